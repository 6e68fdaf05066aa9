/* Memory of one request: allocated piece by piece, freed at once.
 *
 * Thread rule: one arena belongs to one thread at a time. */
#ifndef M_ARENA_H
#define M_ARENA_H

#include "m/status.h"

typedef struct m_arena m_arena;

/* A position to return to; valid until the arena is reset or freed. */
typedef struct {
    void *block;
    size_t used;
    size_t total;
} m_arena_mark;

/* limit_bytes bounds what is handed out between two resets (0: 64 MiB). NULL when memory is short.
 */
m_arena *m_arena_new(size_t limit_bytes);
/* Runs the clean-ups, newest first, then frees everything. Accepts NULL. */
void m_arena_free(m_arena *arena);
/* As free, but keeps the first block for the next request. */
void m_arena_reset(m_arena *arena);

/* Zeroed memory aligned to 16 bytes; NULL beyond the limit. size 0 gives a valid pointer. */
void *m_arena_alloc(m_arena *arena, size_t size);
/* count * size, checked for overflow. */
void *m_arena_array(m_arena *arena, size_t count, size_t size);
/* Copy of n bytes plus a terminating zero. */
char *m_arena_copy(m_arena *arena, const void *bytes, size_t n);
/* printf into the arena; NULL when memory is short. */
char *m_arena_printf(m_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* fn(arg) runs at reset or free, newest first. */
m_status m_arena_on_free(m_arena *arena, void (*fn)(void *), void *arg) M_MUST_USE;

/* Give back everything allocated after the mark (clean-ups are kept). */
m_arena_mark m_arena_tell(const m_arena *arena);
void m_arena_back(m_arena *arena, m_arena_mark mark);

/* Bytes handed out so far, each piece rounded up to 16. */
size_t m_arena_used(const m_arena *arena);

/* Tests: the n-th allocation from now on (1 = the next) fails once; 0 switches this off. */
void m_arena_fail_nth(m_arena *arena, size_t n);

#endif
