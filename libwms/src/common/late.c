#include "common/wms_instance.h"

void wms_late_check(m_call *call, m_date *posting_date, m_date belongs_on, m_str reason)
{
    char text[M_DATE_TEXT];
    wms_default_date(call, posting_date);
    bool given = m_str_trim(reason).n > 0;
    if (m_date_is_none(belongs_on)) {
        if (given) m_field_fail(call, m_err_required, M_STR("belongs_on"), NULL);
        return;
    }
    if (m_date_cmp(belongs_on, *posting_date) >= 0) {
        m_date_format(*posting_date, text);
        m_field_fail(call, WMS_ERR(LATE_DATE), M_STR("belongs_on"), "%s", text);
    }
    if (given) return;
    m_date_format(belongs_on, text);
    m_field_fail(call, WMS_ERR(LATE_REASON), M_STR("late_reason"), "%s", text);
}

m_status wms_late_allowed(const wms *w, m_call *call, m_date belongs_on)
{
    m_ledger_result result;
    m_dec policy;
    char text[M_DATE_TEXT];
    if (m_date_is_none(belongs_on)) return M_OK;
    m_status status = m_ledger_check_date(w->ledger, call, &(m_ledger_date){belongs_on}, &result);
    if (status == M_PRECONDITION || status == M_DENIED) {
        m_error_clear(call);
        return M_OK;
    }
    M_TRY(status);
    M_TRY(m_policy(w->masters, call, WMS_POLICY_BACKDATING, belongs_on,
                   m_dec_of_int(WMS_BACKDATING_REFUSE), &policy));
    if (policy.u == WMS_BACKDATING_REFUSE * M_DEC_ONE) return M_OK;
    m_date_format(belongs_on, text);
    m_field_fail(call, WMS_ERR(LATE_OPEN), M_STR("belongs_on"), "%s", text);
    return m_fail(call, WMS_ERR(LATE_OPEN), "%s", text);
}
