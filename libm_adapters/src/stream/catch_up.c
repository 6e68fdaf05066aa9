/* Asking the producer for what did not come by itself. */
#include "consumer.h"

typedef struct {
    m_consumer *c;
    m_call *call;
    m_str producer;
    m_outbox outbox;
    m_consumer_mark mark;
    m_take_result total;
} chase;

static m_status write_frozen(chase *h, m_call *inner, const char *why)
{
    m_store store = h->c->config.store;
    m_consumer_mark mark;
    M_TRY(mark_read(store, inner, h->producer, &mark));
    mark.state = M_MARK_FROZEN;
    mark.why = m_str_of(why);
    mark.at = m_now(inner);
    return m_store_put(store, inner, &m_consumer_mark_type, &mark);
}

static m_status freeze(chase *h, const char *why)
{
    m_uow *uow = h->c->config.uow;
    m_call inner = inner_call(h->c, h->call);
    m_status status = uow->ops->begin(uow, &inner, M_UOW_WRITE, NULL, 0);
    if (status == M_OK) {
        status = write_frozen(h, &inner, why);
        if (status == M_OK)
            status = uow->ops->commit(uow, &inner);
        else
            uow->ops->rollback(uow);
    }
    if (status != M_OK) {
        error_over(h->call, &inner);
        return status;
    }
    tell(h->c, "error", "stream_frozen", m_str_of(why));
    h->total.frozen = true;
    return M_OK;
}

/* The producer's answer was asked for after the mark was read, so its head cannot be older. */
static const char *contradiction(const chase *h, const m_outbox_page *page)
{
    const m_consumer_mark *mark = &h->mark;
    if (page->head < mark->seq)
        return "the producer has fewer events than were applied here: it was set back";
    if (page->head == mark->seq && mark->seq && !m_id_eq(page->last, mark->last))
        return "the producer's history is not the one that was applied here";
    if (page->head == mark->seq) return NULL;
    if (!page->first || page->first > mark->seq + 1)
        return "the producer does not keep the events after the mark any more: load a snapshot";
    if (page->events.count && M_AT(page->events, m_stream_event, 0)->seq != mark->seq + 1)
        return "the producer's events have a hole";
    return NULL; /* none: they were recorded while it answered, and are in the next page */
}

static void add(m_take_result *to, const m_take_result *from)
{
    to->applied += from->applied;
    to->dropped += from->dropped;
    to->letters += from->letters;
    to->mark = from->mark;
    to->need = from->need;
    to->frozen = from->frozen;
    to->held = from->held;
}

static m_status take_page(chase *h, const m_outbox_page *page, bool *more)
{
    uint32_t n = page->events.count;
    for (uint32_t from = 0; from < n && *more; from += M_TAKE_MAX) {
        m_take_result took = {0};
        uint32_t count = n - from < M_TAKE_MAX ? n - from : M_TAKE_MAX;
        M_TRY(m_consumer_take(h->c, h->call, h->producer, M_AT(page->events, m_stream_event, from),
                              count, &took));
        add(&h->total, &took);
        *more = !took.frozen && took.held == M_OK && !took.need;
    }
    return M_OK;
}

static m_status next_page(chase *h, bool *more)
{
    m_outbox_ask ask = {.limit = M_OUTBOX_PAGE};
    m_outbox_page page = {0};
    m_call asking = inner_call(h->c, h->call);
    asking.arena = h->call->arena;
    asking.deadline = h->call->deadline;
    M_TRY(m_consumer_mark_of(h->c, h->call, h->producer, &h->mark));
    h->total.mark = h->mark.seq;
    h->total.frozen = h->mark.state == M_MARK_FROZEN;
    *more = !h->total.frozen;
    if (!*more) return M_OK;
    ask.after = h->mark.seq;
    m_status status = m_outbox_since(h->outbox, &asking, &ask, &page);
    if (status != M_OK) {
        error_over(h->call, &asking);
        return status;
    }
    const char *wrong = contradiction(h, &page);
    *more = !wrong && page.head > h->mark.seq;
    if (wrong) return freeze(h, wrong);
    M_TRY(take_page(h, &page, more));
    *more = *more && h->total.mark < page.head;
    return M_OK;
}

m_status m_consumer_catch_up(m_consumer *consumer, m_call *call, m_str producer, m_outbox outbox,
                             uint32_t pages, m_take_result *out)
{
    chase h = {.c = consumer, .call = call, .producer = producer, .outbox = outbox};
    bool more = !goes_without(consumer, M_WITHOUT_CATCH_UP);
    for (uint32_t page = 0; more && (!pages || page < pages); page++) {
        m_arena_mark before = m_arena_tell(call->arena);
        m_status status = next_page(&h, &more);
        if (status != M_OK) return status; /* its words are in the arena */
        if (more) m_arena_back(call->arena, before);
    }
    *out = h.total;
    return M_OK;
}
