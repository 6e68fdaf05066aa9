#include "deferral/deferral_run.h"
#include "fiscal_year/fiscal_year.h"

m_status fin_deferral_run_check(void *module, m_call *call, void *record, const void *before)
{
    (void)module, (void)before;
    fin_deferral_run *run = record;
    if (m_date_is_none(run->date)) run->date = m_today(call);
    run->lines = (m_list){NULL, 0};
    run->expense = run->income = (m_dec){0};
    return M_OK;
}

static m_status release_one(fin_module *fin, m_call *call, fin_deferral_run *run,
                            const m_fetch *years, const fin_deferral *stored, uint32_t *capacity)
{
    fin_deferral_run_line line = {.deferral = stored->id};
    fin_deferral *deferral = m_record_copy(&fin_deferral_type, stored, call->arena);
    FIN_NEED(call, deferral);
    M_TRY(fin_deferral_release_due(fin, call, deferral, years, run->date, &line.parts));
    if (line.parts == 0) return M_OK;
    FIN_TRY(call, m_dec_sub(deferral->released, stored->released, &line.amount));
    m_dec *sum = deferral->kind == FIN_DEFERRED_EXPENSE ? &run->expense : &run->income;
    FIN_TRY(call, m_dec_add(*sum, line.amount, sum));
    fin_deferral_run_line *added = m_list_add(call->arena, &run->lines, capacity, sizeof *added);
    FIN_NEED(call, added);
    *added = line;
    deferral->version++;
    deferral->modified_by = call->actor;
    deferral->modified_at = m_now(call);
    return m_store_update(fin->store, call, &fin_deferral_type, deferral);
}

m_status fin_deferral_run_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    fin_module *fin = module;
    fin_deferral_run *run = record;
    m_enum submitted = M_SUBMITTED;
    m_dec zero = {0};
    uint32_t capacity = 0;
    m_filter filters[] = {{"state", M_OP_EQ, &submitted},
                          {"remaining", M_OP_GT, &zero},
                          {"start", M_OP_LE, &run->date}};
    m_query query = {.filters = filters, .filter_count = 3, .limit = FIN_DEFERRAL_RUN_MAX};
    m_fetch reads[] = {{.type = &fin_deferral_type, .query = &query},
                       {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all}};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    for (uint32_t i = 0; i < reads[0].count; i++)
        M_TRY(release_one(fin, call, run, &reads[1], reads[0].records[i], &capacity));
    return run->lines.count ? M_OK : fin_deferral_refuse_nothing(call, run->date);
}
