#include "lot.h"

#include <stdatomic.h>

#include "m_adapters/fault.h"
#include "m_adapters/remote_ledger.h"

#define AHEAD_FROM    3 /* rounds of questions */
#define QUESTIONS_MAX (LOT_MAX * 8)

bool lot_open(lot *l, uint32_t room, size_t limit, const m_asker *asker)
{
    bool good = !asker || (l->read_arena = m_arena_new(limit)) != NULL;
    l->asker = asker;
    for (uint32_t i = 0; i < room; i++)
        good = (l->arenas[i] = m_arena_new(limit)) != NULL && good;
    for (uint32_t i = 0; asker && i < room; i++)
        good = (l->answers[i] = m_answers_new(limit)) != NULL && good;
    return good;
}

void lot_close(lot *l)
{
    for (uint32_t i = 0; i < LOT_MAX; i++) {
        m_arena_free(l->arenas[i]);
        m_answers_free(l->answers[i]);
    }
    m_arena_free(l->read_arena);
}

void lot_swap(lot *l, uint32_t a, uint32_t b)
{
    if (a == b) return;
    job *j = l->jobs[a];
    m_answers *answers = l->answers[a];
    m_arena *arena = l->arenas[a];
    m_call call = l->calls[a];
    m_status result = l->results[a];
    l->jobs[a] = l->jobs[b], l->answers[a] = l->answers[b], l->arenas[a] = l->arenas[b];
    l->calls[a] = l->calls[b], l->results[a] = l->results[b];
    l->jobs[b] = j, l->answers[b] = answers, l->arenas[b] = arena;
    l->calls[b] = call, l->results[b] = result;
}

bool lot_asks(const lot *l, uint32_t at)
{
    m_question *open;
    return l->answers[at] && m_answers_open(l->answers[at], &open, 1) > 0;
}

bool lot_waits(const lot *l, uint32_t at)
{
    return l->results[at] != M_OK && lot_asks(l, at);
}

/* ---- reads ahead ---- */

/* Room for the keys of all wants in one list; false when memory is short. */
static bool open_list(m_arena *arena, m_fetch *f, uint32_t room)
{
    size_t size = f->ids ? sizeof *f->ids : sizeof *f->keys;
    void *list = m_arena_array(arena, room, size);
    if (!list) return false;
    memcpy(list, f->ids ? (const void *)f->ids : (const void *)f->keys, f->key_count * size);
    if (f->ids)
        f->ids = list;
    else
        f->keys = list;
    return true;
}

static void append_keys(m_fetch *to, const m_fetch *from)
{
    if (to->ids)
        memcpy((m_id *)(uintptr_t)to->ids + to->key_count, from->ids,
               from->key_count * sizeof *from->ids);
    else
        memcpy((const void **)(uintptr_t)to->keys + to->key_count, from->keys,
               from->key_count * sizeof *from->keys);
    to->key_count += from->key_count;
}

/* Works in place; returns how many are left. */
static uint32_t merge_wants(m_arena *arena, m_fetch *wants, uint32_t n)
{
    uint32_t kept = 0, room = 0;
    for (uint32_t i = 0; i < n; i++)
        room += wants[i].key_count;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = 0;
        while (at < kept && (wants[i].query || wants[at].query || wants[at].type != wants[i].type ||
                             !wants[at].ids != !wants[i].ids))
            at++;
        if (at < kept) {
            append_keys(&wants[at], &wants[i]);
            continue;
        }
        m_fetch want = wants[i];
        if (!want.query && !open_list(arena, &want, room)) continue; /* only a hint is lost */
        wants[kept++] = want;
    }
    return kept;
}

void lot_note_reads(lot *l, m_uow *uow)
{
    m_arena_reset(l->read_arena);
    l->read_count =
        uow->ops->reads ? uow->ops->reads(uow, l->read_arena, l->reads, LOT_READS_MAX) : 0;
}

uint32_t lot_wants(lot *l, uint32_t n, domain_set *domains, m_arena *arena, m_fetch *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (l->jobs[i]->ops->wants)
            count += l->jobs[i]->ops->wants(l->jobs[i], domains, &l->calls[i], out + count,
                                            JOB_WANTS_MAX);
        if (l->answers[i]) count += m_remote_wants(l->answers[i], l->calls[i].arena, out + count);
    }
    if (l->read_count) memcpy(out + count, l->reads, l->read_count * sizeof *out);
    return merge_wants(arena, out, count + l->read_count);
}

/* ---- questions to other processes ---- */

void lot_ask(lot *l)
{
    m_question *open[QUESTIONS_MAX];
    const m_call *as[QUESTIONS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->round >= AHEAD_FROM) m_answers_ahead(l->answers[i]);
        uint32_t more = m_answers_open(l->answers[i], open + count, QUESTIONS_MAX - count);
        for (uint32_t k = 0; k < more; k++)
            as[count + k] = &l->calls[i];
        count += more;
    }
    l->round++;
    atomic_fetch_add_explicit(&l->asked, count, memory_order_relaxed);
    l->asker->ask(l->asker->self, open, as, count);
    m_fault_point("answered");
}
