#include "../demo/demo.h"
#include "simulate.h"

/* Masters of the simulated company. Items of every valuation; two in kilograms. */
static const demo_step steps[] = {
    {NULL, "finance/cost-centers", NULL, NULL, "{'code':'SHOP','name':'Shop'}"},
    {"DEPOT", "wms/warehouses", NULL, NULL,
     "{'code':'DEPOT','name':'Depot','kind':'depot','cost_center':'@cost-centers:SHOP'}"},
    {"OUTLET", "wms/warehouses", NULL, NULL,
     "{'code':'OUTLET','name':'Outlet','kind':'outlet','parent':'@DEPOT',"
     "'cost_center':'@cost-centers:SHOP'}"},
    {"VAN", "wms/warehouses", NULL, NULL,
     "{'code':'VAN','name':'Van','kind':'transit','cost_center':'@cost-centers:SHOP'}"},
    {"S1", "core/suppliers", NULL, NULL, "{'code':'S1','name':'Supplier one'}"},
    {"S2", "core/suppliers", NULL, NULL, "{'code':'S2','name':'Supplier two','credit_days':7}"},
    {"S3", "core/suppliers", NULL, NULL, "{'code':'S3','name':'Supplier three','credit_days':30}"},
    {"S4", "core/suppliers", NULL, NULL, "{'code':'S4','name':'Supplier four','credit_days':45}"},
    {"S5", "core/suppliers", NULL, NULL, "{'code':'S5','name':'Supplier five'}"},
    {"S6", "core/suppliers", NULL, NULL, "{'code':'S6','name':'Supplier six','credit_days':60}"},
    {"C1", "core/customers", NULL, NULL, "{'code':'C1','name':'Customer one'}"},
    {"C2", "core/customers", NULL, NULL, "{'code':'C2','name':'Customer two','credit_days':10}"},
    {"C3", "core/customers", NULL, NULL,
     "{'code':'C3','name':'Customer three','credit_days':30,'credit_limit':'20000'}"},
    {"C4", "core/customers", NULL, NULL, "{'code':'C4','name':'Customer four','credit_days':45}"},
    {"C5", "core/customers", NULL, NULL, "{'code':'C5','name':'Customer five'}"},
    {"C6", "core/customers", NULL, NULL, "{'code':'C6','name':'Customer six','credit_days':60}"},
    {"I1", "core/items", NULL, NULL,
     "{'code':'I1','name':'Item one','stock_unit':'@units:Nos','valuation':'moving_average'}"},
    {"I2", "core/items", NULL, NULL,
     "{'code':'I2','name':'Item two','stock_unit':'@units:Nos','valuation':'fifo'}"},
    {"I3", "core/items", NULL, NULL,
     "{'code':'I3','name':'Item three','stock_unit':'@units:Kg','valuation':'moving_average'}"},
    {"I4", "core/items", NULL, NULL,
     "{'code':'I4','name':'Item four','stock_unit':'@units:Kg','valuation':'fifo'}"},
    {"I5", "core/items", NULL, NULL,
     "{'code':'I5','name':'Item five','stock_unit':'@units:Nos','valuation':'moving_average',"
     "'purchase_tax':'@taxes:GST18'}"},
    {"I6", "core/items", NULL, NULL,
     "{'code':'I6','name':'Item six','stock_unit':'@units:Nos','valuation':'fifo',"
     "'purchase_tax':'@taxes:GST5'}"},
    {"I7", "core/items", NULL, NULL,
     "{'code':'I7','name':'Item seven','stock_unit':'@units:Nos','valuation':'standard',"
     "'purchase_tax':'@taxes:IGST12'}"},
    {"I8", "core/items", NULL, NULL,
     "{'code':'I8','name':'Item eight','stock_unit':'@units:Nos','valuation':'fifo'}"},
    {"MILK", "core/items", NULL, NULL,
     "{'code':'MILK','name':'By batch','stock_unit':'@units:Nos','valuation':'batch_average',"
     "'tracking':'batch'}"},
    {"M1", "wms/batches", NULL, NULL, "{'item':'@MILK','code':'M1','expires_on':'2099-01-01'}"},
    {"M2", "wms/batches", NULL, NULL, "{'item':'@MILK','code':'M2','expires_on':'2098-01-01'}"},
    {"M3", "wms/batches", NULL, NULL, "{'item':'@MILK','code':'M3'}"},
    {"PHONE", "core/items", NULL, NULL,
     "{'code':'PHONE','name':'By piece','stock_unit':'@units:Nos','valuation':'batch_average',"
     "'tracking':'serial'}"},
    {NULL, "wms/standard-costs", NULL, "submit", "{'item':'@I7','rate':'42.5'}"},
    {NULL, "core/exchange-rates", NULL, NULL,
     "{'currency':'@currencies:USD','valid_from':'#0','rate':'83.4567'}"},
    {"USD", "finance/accounts", NULL, NULL,
     "{'code':'1125','name':'Bank in dollars','parent':'@accounts:1100','kind':'bank',"
     "'currency':'@currencies:USD'}"},
    {NULL, "finance/journal-vouchers", NULL, "submit",
     "{'narration':'Capital','lines':[{'account':'@accounts:1120','debit':'5000000'},"
     "{'account':'@accounts:3100','credit':'5000000'}]}"},
    {NULL, "wms/stock-adjustments", NULL, "submit",
     "{'warehouse':'@DEPOT','reason':'opening','lines':["
     "{'direction':'in','item':'@I1','qty':'300','rate':'11.10'},"
     "{'direction':'in','item':'@I2','qty':'300','rate':'7.77'},"
     "{'direction':'in','item':'@I3','qty':'120.5','rate':'33.33'},"
     "{'direction':'in','item':'@I4','qty':'99.999','rate':'0.07'}]}"},
};

static m_status find(const demo_build *build, m_call *call, const char *name, m_id *out)
{
    for (uint32_t i = 0; i < build->named; i++) {
        if (strcmp(build->names[i].name, name) != 0) continue;
        *out = build->names[i].id;
        return M_OK;
    }
    return m_fail(call, m_err_internal, "no %s", name);
}

static m_status find_row(const demo_build *build, m_call *call, char letter, m_id *out, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char name[3] = {letter, (char)('1' + i), 0};
        M_TRY(find(build, call, name, &out[i]));
    }
    return M_OK;
}

static m_status set_policy(sim *s, m_call *call, const char *name, unsigned value)
{
    char day[M_DATE_TEXT];
    m_document_reply reply;
    m_date_format(s->today, day);
    m_document_request in = {
        .module = M_STR("core"),
        .collection = M_STR("policies"),
        .body =
            sim_text(call, "{'name':'%s','value':'%u','effective_from':'%s'}", name, value, day)};
    return m_documents_create(s->domains->documents, call, &in, &reply);
}

/* By the seed: movements dated back are refused, valued forward only, or restated; goods may leave
 * before they are booked in. */
static m_status choose_policies(sim *s, m_call *call)
{
    s->below = s->clock.seed % 4 == 0;
    M_TRY(set_policy(s, call, "wms.backdating", s->clock.seed % 3));
    return set_policy(s, call, "wms.negative_stock", s->below);
}

m_status sim_setup(sim *s, m_call *call)
{
    demo_build build = {
        .domains = s->domains, .steps = steps, .step_count = sizeof steps / sizeof steps[0]};
    M_TRY(demo_run(&build, call));
    M_TRY(choose_policies(s, call));
    M_TRY(find(&build, call, "DEPOT", &s->depot));
    M_TRY(find(&build, call, "OUTLET", &s->outlet));
    M_TRY(find(&build, call, "VAN", &s->transit));
    M_TRY(find_row(&build, call, 'S', s->suppliers, SIM_PARTIES));
    M_TRY(find_row(&build, call, 'C', s->customers, SIM_PARTIES));
    M_TRY(find_row(&build, call, 'I', s->items, SIM_ITEMS));
    M_TRY(find_row(&build, call, 'M', s->batches, SIM_BATCHES));
    M_TRY(find(&build, call, "MILK", &s->by_batch));
    M_TRY(find(&build, call, "PHONE", &s->by_piece));
    const void *depot = NULL;
    const m_type *type = NULL;
    M_TRY(sim_read(s, call, "wms/warehouses", s->depot, &type, &depot));
    s->center = sim_link(type, depot, "cost_center");
    m_id account;
    const void *bank = NULL;
    M_TRY(find(&build, call, "USD", &account));
    M_TRY(sim_read(s, call, "finance/accounts", account, &type, &bank));
    s->dollars = sim_link(type, bank, "currency");
    return M_OK;
}
