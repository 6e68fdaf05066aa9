/* Marks: how far each domain's events were when a tenant's last writes were answered here, so that
 * what is asked next is answered by somebody who has seen them. Any thread. */
#ifndef HOST_MARKS_H
#define HOST_MARKS_H

#include <pthread.h>

#include "../boot/domains.h"

#define MARKS_TENANTS 512 /* the one that wrote longest ago gives way */

typedef struct {
    m_id tenant;
    uint64_t used;
    const char *domains[DOMAINS_MAX]; /* constant texts */
    int64_t seq[DOMAINS_MAX];
} marks_row;

typedef struct {
    pthread_mutex_t lock;
    marks_row rows[MARKS_TENANTS];
    uint32_t count;
    uint64_t clock;
} marks;

void marks_init(marks *m);
/* A write of the tenant in that domain was answered with this number; 0 is ignored. */
void marks_saw(marks *m, m_id tenant, const char *domain, int64_t seq);
/* "core=42,wms=7", in the arena; empty when nothing is known. */
m_str marks_text(marks *m, m_arena *arena, m_id tenant);

#endif
