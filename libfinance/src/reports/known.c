#include "reports/known.h"

m_status fin_known_read(fin_module *fin, m_call *call, m_str text, m_known *out)
{
    return m_known_read(fin->store, call, &m_book_event_type, FIN_ERR(KNOWN_AT), text, out);
}

bool fin_known_from_behind(const m_known *known)
{
    return known->head - known->seq <= known->seq;
}
