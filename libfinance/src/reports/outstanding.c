#include "reports/open_items.h"
#include "reports/reports.h"

static const m_field supplier_params[] = {
    M_F_LINK(fin_outstanding_params, supplier, "Supplier", "core.supplier"),
    M_F_DATE(fin_outstanding_params, as_of, "Late as of", .help = "Today when left empty."),
    M_F_KNOWN(fin_outstanding_params),
};
static const m_type supplier_params_type = {.name = "finance.outstanding_params",
                                            .size = sizeof(fin_outstanding_params),
                                            M_FIELDS(supplier_params)};
static const m_field customer_params[] = {
    M_F_LINK(fin_outstanding_params, customer, "Customer", "core.customer"),
    M_F_DATE(fin_outstanding_params, as_of, "Late as of", .help = "Today when left empty."),
    M_F_KNOWN(fin_outstanding_params),
};
static const m_type customer_params_type = {.name = "finance.customer_outstanding_params",
                                            .size = sizeof(fin_outstanding_params),
                                            M_FIELDS(customer_params)};

/* What both reports show after the party. */
#define DOCUMENT_FIELDS                                                                            \
    M_F_STR(fin_outstanding_row, document_type, "Document type", .flags = M_HIDDEN),               \
        M_F_ID(fin_outstanding_row, document, "Document id", .flags = M_HIDDEN),                   \
        M_F_STR(fin_outstanding_row, number, "Document"),                                          \
        M_F_STR(fin_outstanding_row, reference, "Reference"),                                      \
        M_F_INT(fin_outstanding_row, instalment, "Instalment"),                                    \
        M_F_DATE(fin_outstanding_row, posting_date, "Posted"),                                     \
        M_F_DATE(fin_outstanding_row, due_date, "Due"),                                            \
        M_F_INT(fin_outstanding_row, days_late, "Days late"),                                      \
        M_F_MONEY(fin_outstanding_row, amount, "Amount"),                                          \
        M_F_MONEY(fin_outstanding_row, paid, "Paid"),                                              \
        M_F_MONEY(fin_outstanding_row, credited, "Credited"),                                      \
        M_F_MONEY(fin_outstanding_row, outstanding, "Outstanding"),                                \
        M_F_MONEY(fin_outstanding_row, not_due, "Not due"),                                        \
        M_F_MONEY(fin_outstanding_row, late_30, "1 to 30 days"),                                   \
        M_F_MONEY(fin_outstanding_row, late_60, "31 to 60 days"),                                  \
        M_F_MONEY(fin_outstanding_row, late_90, "61 to 90 days"),                                  \
        M_F_MONEY(fin_outstanding_row, older, "Over 90 days"),                                     \
        M_F_LINK(fin_outstanding_row, currency, "Currency", "core.currency"),                      \
        M_F_MONEY(fin_outstanding_row, foreign_outstanding, "Outstanding in it", .places = 6)

static const m_field supplier_fields[] = {
    M_F_LINK(fin_outstanding_row, supplier, "Supplier id", "core.supplier", .flags = M_HIDDEN),
    M_F_STR(fin_outstanding_row, supplier_name, "Supplier"),
    DOCUMENT_FIELDS,
};
static const m_type supplier_row_type = {.name = "finance.outstanding_row",
                                         .size = sizeof(fin_outstanding_row),
                                         M_FIELDS(supplier_fields)};
static const m_field customer_fields[] = {
    M_F_LINK(fin_outstanding_row, customer, "Customer id", "core.customer", .flags = M_HIDDEN),
    M_F_STR(fin_outstanding_row, customer_name, "Customer"),
    DOCUMENT_FIELDS,
};
static const m_type customer_row_type = {.name = "finance.customer_outstanding_row",
                                         .size = sizeof(fin_outstanding_row),
                                         M_FIELDS(customer_fields)};

static m_dec *bucket_of(fin_outstanding_row *row)
{
    if (row->days_late <= 0) return &row->not_due;
    if (row->days_late <= 30) return &row->late_30;
    if (row->days_late <= 60) return &row->late_60;
    if (row->days_late <= 90) return &row->late_90;
    return &row->older;
}

static fin_outstanding_row make_row(const fin_side *side, const fin_open_item *item, m_date as_of)
{
    bool invoice = item->kind == side->invoice;
    const m_type *type = item->kind == side->credit ? side->notes : side->money;
    int64_t days = (int64_t)as_of.d - item->due_date.d;
    bool foreign = !m_id_is_null(item->currency); /* notes take nothing off such */
    m_dec amount = foreign ? item->base_amount : item->amount;
    m_dec open = fin_open_base(item);
    m_dec in_it = foreign ? item->outstanding : (m_dec){0};
    fin_outstanding_row row = {.party = item->party,
                               .document_type =
                                   m_str_of(invoice ? side->invoices->name : type->name),
                               .document = item->document,
                               .number = item->number,
                               .instalment = item->instalment,
                               .reference = item->reference,
                               .posting_date = item->posting_date,
                               .due_date = item->due_date,
                               .days_late = invoice && days > 0 ? days : 0,
                               .amount = invoice ? amount : m_dec_neg(amount),
                               .paid.u = invoice ? amount.u - item->credited.u - open.u : 0,
                               .credited = item->credited,
                               .outstanding = invoice ? open : m_dec_neg(open),
                               .currency = item->currency,
                               .foreign_outstanding = invoice ? in_it : m_dec_neg(in_it)};
    *bucket_of(&row) = row.outstanding;
    return row;
}

/* Rows come by party, so each one is asked for once. */
static m_status fill_names(fin_module *fin, m_call *call, const fin_side *side, m_list *rows)
{
    m_id *ids = m_arena_array(call->arena, rows->count, sizeof *ids);
    FIN_NEED(call, ids);
    m_ids in = {.ids = {ids, 0}};
    for (M_EACH(const fin_outstanding_row, row, *rows))
        if (in.ids.count == 0 || !m_id_eq(ids[in.ids.count - 1], row->party))
            ids[in.ids.count++] = row->party;
    m_parties parties = {0};
    if (in.ids.count == 0) return M_OK;
    M_TRY(side->parties(fin->masters, call, &in, &parties));
    if (parties.parties.count != in.ids.count) return m_fail(call, m_err_internal, NULL);
    uint32_t at = 0;
    for (M_EACH(fin_outstanding_row, row, *rows)) {
        while (!m_id_eq(ids[at], row->party))
            at++;
        row->party_name = M_AT(parties.parties, m_party_info, at)->name;
    }
    return M_OK;
}

m_status fin_outstanding_rows(const fin_side *side, fin_module *fin, m_call *call,
                              const m_list *items, m_date as_of, m_list *out_rows)
{
    fin_outstanding_row *rows = m_arena_array(call->arena, items->count, sizeof *rows);
    FIN_NEED(call, rows);
    m_list list = {rows, 0};
    for (M_EACH(const fin_open_item, item, *items))
        rows[list.count++] = make_row(side, item, as_of);
    M_TRY(fill_names(fin, call, side, &list));
    *out_rows = list;
    return M_OK;
}

static m_status run(const fin_side *side, fin_module *fin, m_call *call,
                    const fin_outstanding_params *in, m_list *out_rows)
{
    m_list items;
    m_date as_of = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    m_known known;
    M_TRY(fin_known_read(fin, call, in->known_at, &known));
    m_date all = {M_DATE_LAST};
    M_TRY(known.limited ? fin_open_on(side, fin, call, in->party, all, &known, &items)
                        : fin_open_now(side, fin, call, in->party, &items));
    return fin_outstanding_rows(side, fin, call, &items, as_of, out_rows);
}

static m_status run_suppliers(void *module, m_call *call, const void *params, m_list *out_rows)
{
    return run(&fin_supplier_side, module, call, params, out_rows);
}

static m_status run_customers(void *module, m_call *call, const void *params, m_list *out_rows)
{
    return run(&fin_customer_side, module, call, params, out_rows);
}

#define TOTALS "outstanding,not_due,late_30,late_60,late_90,older"

const m_report fin_outstanding_report = {.name = "supplier-outstanding",
                                         .label = "Supplier outstanding",
                                         .group = "Accounts",
                                         .permissions = fin_report_permissions,
                                         .params = &supplier_params_type,
                                         .row = &supplier_row_type,
                                         .run = run_suppliers,
                                         .drill = "document:document",
                                         .totals = TOTALS};

const m_report fin_customer_outstanding_report = {.name = "customer-outstanding",
                                                  .label = "Customer outstanding",
                                                  .group = "Accounts",
                                                  .permissions = fin_report_permissions,
                                                  .params = &customer_params_type,
                                                  .row = &customer_row_type,
                                                  .run = run_customers,
                                                  .drill = "document:document",
                                                  .totals = TOTALS};
