#include "m/events.h"

m_status m_events_emit(m_events events, m_call *call, const m_event *event)
{
    if (!events.ops || !events.ops->emit) return m_fail(call, m_err_unsupported, "events.emit");
    return events.ops->emit(events.self, call, event);
}
