#include "counts.h"

void counts_init(counts *c)
{
    memset(c, 0, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
}

void counts_end(counts *c)
{
    pthread_mutex_destroy(&c->lock);
}

/* One method table may be asked of several services, so both make the key. */
static m_rpc_count *row_of(counts *c, const counted *what)
{
    size_t at = ((uintptr_t)what->method >> 4) % M_RPC_COUNTS;
    for (size_t i = 0; i < M_RPC_COUNTS; i++, at = (at + 1) % M_RPC_COUNTS) {
        m_rpc_count *row = &c->rows[at];
        if (c->methods[at] == what->method && strcmp(row->service, what->service) == 0) return row;
        if (c->methods[at]) continue;
        c->methods[at] = what->method;
        *row = (m_rpc_count){.service = what->service,
                             .protocol = what->protocol->name,
                             .method = what->method->name};
        return row;
    }
    return NULL;
}

void counts_add(counts *c, const counted *what)
{
    uint64_t us = what->time_us > 0 ? (uint64_t)what->time_us : 0;
    pthread_mutex_lock(&c->lock);
    m_rpc_count *row = row_of(c, what);
    if (row) {
        row->count++;
        row->time_us += us;
        row->retries += what->retries;
        if (us > row->longest_us) row->longest_us = us;
    }
    if (row && what->status != M_OK) {
        size_t n =
            what->error.n < sizeof row->last_error ? what->error.n : sizeof row->last_error - 1;
        row->errors++;
        memcpy(row->last_error, n ? what->error.p : "", n);
        row->last_error[n] = 0;
    }
    pthread_mutex_unlock(&c->lock);
}

uint32_t counts_read(counts *c, m_rpc_count *out, uint32_t max)
{
    uint32_t n = 0;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < M_RPC_COUNTS && n < max; i++)
        if (c->methods[i]) out[n++] = c->rows[i];
    pthread_mutex_unlock(&c->lock);
    return n;
}
