#include "employee/employee.h"

/* Years of a policy, whole. */
static m_status years(const ppl *p, m_call *call, const char *policy, m_date on, int fallback,
                      int *out)
{
    m_dec value;
    M_TRY(m_policy(p->masters, call, policy, on, m_dec_of_int(fallback), &value));
    *out = (int)(value.u / M_DEC_ONE);
    return M_OK;
}

static m_status derive_retirement(const ppl *p, m_call *call, ppl_employee *doc)
{
    int age;
    char text[M_DATE_TEXT];
    doc->retirement_date = M_DATE_NONE;
    if (doc->employment_type != PPL_PERMANENT) return M_OK;
    M_TRY(years(p, call, PPL_POLICY_RETIREMENT, m_today(call), PPL_RETIREMENT_AGE, &age));
    if (ppl_retirement_date(doc->birth_date, age, &doc->retirement_date) != M_OK)
        return m_fail(call, m_err_internal, "policy " PPL_POLICY_RETIREMENT);
    if (m_date_cmp(doc->retirement_date, doc->joining_date) > 0) return M_OK;
    m_date_format(doc->retirement_date, text);
    m_field_fail(call, PPL_ERR(RETIRED), M_STR("joining_date"), "on %s", text);
    return M_OK;
}

static m_status check_joining(const ppl *p, m_call *call, const ppl_employee *doc)
{
    int least, age = ppl_age(doc->birth_date, doc->joining_date);
    if (m_date_cmp(doc->birth_date, doc->joining_date) >= 0) {
        m_field_fail(call, PPL_ERR(JOINING), M_STR("joining_date"), NULL);
        return M_OK;
    }
    M_TRY(years(p, call, PPL_POLICY_JOINING_AGE, doc->joining_date, PPL_JOINING_AGE, &least));
    if (age < least)
        m_field_fail(call, PPL_ERR(TOO_YOUNG), M_STR("joining_date"), "%d years, at least %d", age,
                     least);
    return M_OK;
}

static void check_repatriation(m_call *call, const ppl_employee *doc)
{
    if (m_date_is_none(doc->repatriation_date)) return;
    if (doc->employment_type != PPL_DEPUTATIONIST)
        m_field_fail(call, PPL_ERR(REPATRIATION), M_STR("repatriation_date"),
                     "this is no deputationist");
    else if (m_date_cmp(doc->repatriation_date, doc->joining_date) <= 0)
        m_field_fail(call, PPL_ERR(REPATRIATION), M_STR("repatriation_date"),
                     "it is not after the joining date");
}

m_status ppl_employee_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_employee *doc = record;
    if (m_date_is_none(doc->birth_date) || m_date_is_none(doc->joining_date))
        return M_OK; /* told as required */
    M_TRY(check_joining(p, call, doc));
    check_repatriation(call, doc);
    return derive_retirement(p, call, doc);
}
