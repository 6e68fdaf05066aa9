/* Between this room and the streams. */
#include "internal.h"

/* Nobody speaks for others: an event of a type is the owner's, or nothing. */
static bool speaks_for(const m_replica *replica, m_str producer, m_str event_type)
{
    const char *dot = event_type.n ? memrchr(event_type.p, '.', event_type.n) : NULL;
    const kept *k =
        dot ? replica_find(replica, (m_str){event_type.p, (size_t)(dot - event_type.p)}) : NULL;
    if (!k || !k->owner) return false;
    return m_str_is(producer, k->owner->producer ? k->owner->producer : k->owner->module);
}

static m_status take(void *arg, m_call *call, m_str producer, const m_stream_event *event)
{
    bool used = false;
    const m_replica_event news = {.seq = event->seq,
                                  .type = event->type,
                                  .aggregate = event->aggregate,
                                  .payload = event->payload};
    if (!speaks_for(arg, producer, event->type)) return M_OK;
    return m_replica_apply(arg, call, &news, &used);
}

m_stream_sink m_replica_sink(const m_replica *replica)
{
    return (m_stream_sink){
        .consumer = "replica", .prefix = "", .take = take, .arg = (void *)(uintptr_t)replica};
}
