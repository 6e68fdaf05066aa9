#include "fin.h"

const m_permission fin_master_permissions[] = {
    {FIN_MANAGER, M_CAN_ALL},   {"Accounts User", M_CAN_READ}, {"Purchase User", M_CAN_READ},
    {"Stock User", M_CAN_READ}, {"Auditor", M_CAN_READ},       {NULL, 0}};

const m_permission fin_voucher_permissions[] = {{FIN_MANAGER, M_CAN_ALL},
                                                {"Accounts User", M_CAN_DRAFT | M_CAN_SUBMIT},
                                                {"Purchase User", M_CAN_READ},
                                                {"Auditor", M_CAN_READ},
                                                {NULL, 0}};

const m_permission fin_report_permissions[] = {
    {FIN_MANAGER, M_CAN_READ}, {"Accounts User", M_CAN_READ}, {"Auditor", M_CAN_READ}, {NULL, 0}};

const m_permission fin_manager_permissions[] = {
    {FIN_MANAGER, M_CAN_ALL}, {"Accounts User", M_CAN_READ}, {"Auditor", M_CAN_READ}, {NULL, 0}};

m_str fin_path(m_call *call, const char *list, uint32_t line, const char *member)
{
    char *text = m_arena_printf(call->arena, "%s[%u].%s", list, (unsigned)line, member);
    return m_str_of(text ? text : list);
}

m_status fin_told(m_call *call, m_status status)
{
    switch (status) {
    case M_OK:
        return M_OK;
    case M_NOMEM:
        return m_fail(call, m_err_memory, NULL);
    case M_RANGE:
        return m_fail(call, m_err_overflow, "an amount of this document");
    default:
        return m_fail(call, m_err_internal, NULL);
    }
}

void fin_check_places(m_call *call, m_dec amount, int64_t places, const char *list, uint32_t line,
                      const char *member)
{
    if (m_dec_fits(amount, (int)places)) return;
    m_field_fail(call, m_err_places, list ? fin_path(call, list, line, member) : m_str_of(member),
                 "the currency has %d", (int)places);
}

m_status fin_read_tenant(fin_module *fin, m_call *call, m_tenant_info *out)
{
    m_ids none = {0};
    return m_masters_tenant(fin->masters, call, &none, out);
}
