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

void fin_check_places(m_call *call, m_dec amount, int64_t places, const char *list, uint32_t line,
                      const char *member)
{
    if (m_dec_fits(amount, (int)places)) return;
    m_field_fail(call, m_err_places,
                 list ? m_line_path(call, list, line, member) : m_str_of(member),
                 "the currency has %d", (int)places);
}

m_status fin_read_tenant(fin_module *fin, m_call *call, m_tenant_info *out)
{
    m_ids none = {0};
    return m_masters_tenant(fin->masters, call, &none, out);
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int fin_compare_text(m_str a, m_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++)
        if (small(a.p[i]) != small(b.p[i])) return small(a.p[i]) < small(b.p[i]) ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

bool fin_same_text(m_str a, m_str b)
{
    return a.n && b.n && fin_compare_text(m_str_trim(a), m_str_trim(b)) == 0;
}
