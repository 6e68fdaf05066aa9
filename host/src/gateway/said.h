/* Said: what domains of other processes said of themselves last, for while they are away. Any
 * thread. */
#ifndef HOST_SAID_H
#define HOST_SAID_H

#include <pthread.h>

#include "m/value.h"

#define SAID_ROWS 64 /* the one that was used longest ago gives way */

typedef struct {
    const char *domain; /* constant text */
    m_str about;        /* what was asked, for whom; malloced, as the text */
    m_str text;
    uint64_t used;
} said_row;

typedef struct {
    pthread_mutex_t lock;
    said_row rows[SAID_ROWS];
    uint32_t count;
    uint64_t clock;
} said;

void said_init(said *s);
void said_destroy(said *s);
/* Texts are copied; one that memory is too short for is not kept. */
void said_note(said *s, const char *domain, m_str about, m_str text);
/* A copy in the arena; {NULL, 0} when it never said anything about that. */
m_str said_last(said *s, m_arena *arena, const char *domain, m_str about);

#endif
