#include "marks.h"

#include "m_adapters/codec.h"

void marks_init(marks *m)
{
    pthread_mutex_init(&m->lock, NULL);
}

/* Under the lock. */
static marks_row *row_of(marks *m, m_id tenant, bool make)
{
    marks_row *oldest = &m->rows[0];
    for (uint32_t i = 0; i < m->count; i++) {
        if (m_id_eq(m->rows[i].tenant, tenant)) return &m->rows[i];
        if (m->rows[i].used < oldest->used) oldest = &m->rows[i];
    }
    if (!make) return NULL;
    marks_row *row = m->count < MARKS_TENANTS ? &m->rows[m->count++] : oldest;
    *row = (marks_row){.tenant = tenant};
    return row;
}

void marks_saw(marks *m, m_id tenant, const char *domain, int64_t seq)
{
    if (seq <= 0) return;
    pthread_mutex_lock(&m->lock);
    marks_row *row = row_of(m, tenant, true);
    row->used = ++m->clock;
    for (uint32_t i = 0; i < DOMAINS_MAX; i++) {
        if (row->domains[i] && strcmp(row->domains[i], domain) != 0) continue;
        row->domains[i] = domain;
        if (row->seq[i] < seq) row->seq[i] = seq;
        break;
    }
    pthread_mutex_unlock(&m->lock);
}

m_str marks_text(marks *m, m_arena *arena, m_id tenant)
{
    m_buf text = {.arena = arena};
    pthread_mutex_lock(&m->lock);
    const marks_row *row = row_of(m, tenant, false);
    for (uint32_t i = 0; row && i < DOMAINS_MAX && row->domains[i]; i++)
        m_buf_format(&text, "%s%s=%lld", i ? "," : "", row->domains[i], (long long)row->seq[i]);
    pthread_mutex_unlock(&m->lock);
    return m_buf_str(&text);
}
