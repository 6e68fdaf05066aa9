#include "pay_scale/pay_scale.h"

static void note_overlap(m_call *call, const ppl_pay_scale *doc, const m_fetch *others)
{
    for (uint32_t i = 0; i < others->count; i++) {
        const ppl_pay_scale *other = others->records[i];
        if (m_id_eq(other->id, doc->id)) continue;
        if (!ppl_periods_overlap(doc->effective_from, doc->effective_to, other->effective_from,
                                 other->effective_to))
            continue;
        m_field_fail(call, PPL_ERR(OVERLAP), M_STR("effective_from"), "%.*s",
                     M_STR_ARG(doc->grade));
        return;
    }
}

m_status ppl_pay_scale_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_pay_scale *doc = record;
    doc->grade = m_str_trim(doc->grade);
    if (!m_date_is_none(doc->effective_to) &&
        m_date_cmp(doc->effective_to, doc->effective_from) < 0) {
        m_field_fail(call, PPL_ERR(PERIOD), M_STR("effective_to"), NULL);
        return M_OK;
    }
    if (!ppl_scale_good(doc->start_basic, doc->stretches.items, doc->stretches.count))
        m_field_fail(call, PPL_ERR(SCALE), M_STR("stretches"), NULL);
    m_filter filter = {"grade", M_OP_EQ, &doc->grade};
    m_query query = {.filters = &filter, .filter_count = 1, .without_lists = true};
    m_fetch others = {.type = &ppl_pay_scale_type, .query = &query};
    M_TRY(m_store_fetch(p->store, call, &others, 1));
    note_overlap(call, doc, &others);
    return M_OK;
}

m_status ppl_pay_scale_on_delete(void *module, m_call *call, const void *record)
{
    const ppl_pay_scale *doc = record;
    return ppl_refuse_used(module, call, "pay_scale", doc->id, doc->code);
}
