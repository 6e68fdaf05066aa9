#include "leave_application/leave_application.h"

#include "posting/posting.h"

static m_status refuse_overlap(const ppl *p, m_call *call, const ppl_leave_application *doc)
{
    m_filter filters[] = {{"employee", M_OP_EQ, &doc->employee},
                          {"first_day", M_OP_LE, &doc->last_day},
                          {"last_day", M_OP_GE, &doc->first_day},
                          {"id", M_OP_NE, &doc->id}};
    m_query query = {.filters = filters, .filter_count = 4};
    m_fetch read = {.type = &ppl_leave_application_type, .query = &query};
    M_TRY(m_store_fetch(p->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++) {
        const ppl_leave_application *other = read.records[i];
        if (other->state == PPL_APPLICATION_SUBMITTED || other->state == PPL_APPLICATION_SANCTIONED)
            m_field_fail(call, PPL_ERR(LEAVE_OVERLAP), M_STR("first_day"), "%.*s",
                         M_STR_ARG(other->number));
    }
    return M_OK;
}

m_status ppl_leave_application_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_leave_application *doc = record;
    const void *found = NULL;
    if (m_date_is_none(doc->first_day) || m_id_is_null(doc->leave_type))
        return M_OK; /* told as required */
    if (m_date_is_none(doc->last_day)) doc->last_day = doc->first_day;
    int64_t days = (int64_t)doc->last_day.d - doc->first_day.d + 1;
    if (days < 1 || days > 1000) {
        m_field_fail(call, PPL_ERR(LEAVE_DATES), M_STR("last_day"), NULL);
        return M_OK;
    }
    doc->days = m_dec_of_int(days);
    if (doc->half_day) doc->days.u -= M_DEC_ONE / 2;
    M_TRY(m_store_get(p->store, call, &ppl_leave_type_type, doc->leave_type, &found));
    if (found) doc->unpaid_fraction = ((const ppl_leave_type *)found)->unpaid_fraction;
    return refuse_overlap(p, call, doc);
}

m_status ppl_leave_application_sanction(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl *p = module;
    const ppl_leave_application *doc = record;
    ppl_leave_of whose = {doc->employee, doc->leave_type};
    const void *found = NULL;
    m_dec now, ever;
    M_TRY(m_store_need(p->store, call, &ppl_leave_type_type, doc->leave_type, &found));
    if (!((const ppl_leave_type *)found)->draws_balance) return M_OK;
    M_TRY(ppl_leave_balance(p, call, &whose, doc->first_day, &now));
    M_TRY(ppl_leave_balance(p, call, &whose, M_DATE_NONE, &ever));
    M_TRY(ppl_leave_need(call, now.u < ever.u ? now : ever, doc->days, "first_day"));
    return ppl_leave_write(p, call, &whose, &ppl_leave_application_type, doc->id, doc->first_day,
                           PPL_LEAVE_TAKEN, m_dec_neg(doc->days));
}

m_status ppl_leave_application_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl_leave_application *doc = record;
    ppl_leave_of whose = {doc->employee, doc->leave_type};
    return ppl_leave_reverse(module, call, &whose, &ppl_leave_application_type, doc->id);
}
