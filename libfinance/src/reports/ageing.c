#include "reports/columns.h"
#include "reports/open_items.h"
#include "reports/reports.h"

#define BOUND_MAX 3650

/* What both reports ask after the party. */
#define AGEING_PARAMS                                                                              \
    M_F_DATE(fin_ageing_params, as_of, "As of",                                                    \
             .help =                                                                               \
                 "Today when left empty. A day before today: what was open then, without what is " \
                 "dated later; from today on: all that is posted so far, aged to this day."),      \
        M_F_KNOWN(fin_ageing_params),                                                              \
        M_F_INT(fin_ageing_params, bound_1, "First span, up to days", .min = 1, .max = BOUND_MAX,  \
                .fallback = "30"),                                                                 \
        M_F_INT(fin_ageing_params, bound_2, "Second span, up to days", .min = 1, .max = BOUND_MAX, \
                .fallback = "60"),                                                                 \
        M_F_INT(fin_ageing_params, bound_3, "Third span, up to days", .min = 1, .max = BOUND_MAX,  \
                .fallback = "90"),                                                                 \
        M_F_BOOL(fin_ageing_params, detail, "By document"), M_F_COMPARE_TIMES(fin_ageing_params)

static const m_field supplier_params[] = {
    M_F_LINK(fin_ageing_params, supplier, "Supplier", "core.supplier"),
    AGEING_PARAMS,
};
static const m_type supplier_params_type = {.name = "finance.supplier_ageing_params",
                                            .size = sizeof(fin_ageing_params),
                                            M_FIELDS(supplier_params)};
static const m_field customer_params[] = {
    M_F_LINK(fin_ageing_params, customer, "Customer", "core.customer"),
    AGEING_PARAMS,
};
static const m_type customer_params_type = {.name = "finance.customer_ageing_params",
                                            .size = sizeof(fin_ageing_params),
                                            M_FIELDS(customer_params)};

/* What both reports show after the party. */
#define AGEING_FIELDS                                                                              \
    M_F_STR(fin_ageing_row, document_type, "Document type", .flags = M_HIDDEN),                    \
        M_F_ID(fin_ageing_row, document, "Document id", .flags = M_HIDDEN),                        \
        M_F_STR(fin_ageing_row, number, "Document"),                                               \
        M_F_INT(fin_ageing_row, instalment, "Instalment"),                                         \
        M_F_DATE(fin_ageing_row, posting_date, "Posted"),                                          \
        M_F_DATE(fin_ageing_row, due_date, "Due"),                                                 \
        M_F_INT(fin_ageing_row, days_late, "Days late"),                                           \
        M_F_SUM(fin_ageing_row, outstanding, "Outstanding"),                                       \
        M_F_COLUMNS(fin_ageing_row, "what is outstanding now."),                                   \
        M_F_SUM(fin_ageing_row, not_due, "Not due"),                                               \
        M_F_SUM(fin_ageing_row, span_1, "Late, first span"),                                       \
        M_F_SUM(fin_ageing_row, span_2, "Late, second span"),                                      \
        M_F_SUM(fin_ageing_row, span_3, "Late, third span"),                                       \
        M_F_SUM(fin_ageing_row, beyond, "Later than that"),                                        \
        M_F_SUM(fin_ageing_row, advance, "Advances"),                                              \
        M_F_LINK(fin_ageing_row, currency, "Currency", "core.currency"),                           \
        M_F_SUM(fin_ageing_row, foreign, "Outstanding in it")

static const m_field supplier_fields[] = {
    M_F_LINK(fin_ageing_row, supplier, "Supplier id", "core.supplier", .flags = M_HIDDEN),
    M_F_STR(fin_ageing_row, supplier_name, "Supplier"),
    AGEING_FIELDS,
};
static const m_type supplier_row_type = {.name = "finance.supplier_ageing_row",
                                         .size = sizeof(fin_ageing_row),
                                         M_FIELDS(supplier_fields)};
static const m_field customer_fields[] = {
    M_F_LINK(fin_ageing_row, customer, "Customer id", "core.customer", .flags = M_HIDDEN),
    M_F_STR(fin_ageing_row, customer_name, "Customer"),
    AGEING_FIELDS,
};
static const m_type customer_row_type = {.name = "finance.customer_ageing_row",
                                         .size = sizeof(fin_ageing_row),
                                         M_FIELDS(customer_fields)};

typedef struct {
    int64_t up_to[3];
} spans;

static m_status understand(m_call *call, const fin_ageing_params *in, spans *out)
{
    spans s = {{in->bound_1 ? in->bound_1 : 30, in->bound_2 ? in->bound_2 : 60,
                in->bound_3 ? in->bound_3 : 90}};
    if (s.up_to[0] < 1) m_field_fail(call, FIN_ERR(AGEING_BOUNDS), M_STR("bound_1"), NULL);
    if (s.up_to[1] <= s.up_to[0])
        m_field_fail(call, FIN_ERR(AGEING_BOUNDS), M_STR("bound_2"), NULL);
    if (s.up_to[2] <= s.up_to[1])
        m_field_fail(call, FIN_ERR(AGEING_BOUNDS), M_STR("bound_3"), NULL);
    M_TRY(m_failed_fields(call));
    *out = s;
    return M_OK;
}

static m_dec_sum *column_of(fin_ageing_row *row, const fin_side *side, const spans *s,
                            const fin_outstanding_row *item)
{
    bool money = !m_str_is(item->document_type, side->invoices->name);
    if (money || item->outstanding.u < 0) return &row->advance;
    if (item->days_late <= 0) return &row->not_due;
    if (item->days_late <= s->up_to[0]) return &row->span_1;
    if (item->days_late <= s->up_to[1]) return &row->span_2;
    if (item->days_late <= s->up_to[2]) return &row->span_3;
    return &row->beyond;
}

static fin_ageing_row begin_row(const fin_outstanding_row *item, bool detail)
{
    fin_ageing_row row = {.party = item->party, .party_name = item->party_name};
    if (!detail) return row;
    row.document_type = item->document_type;
    row.document = item->document;
    row.number = item->number;
    row.instalment = item->instalment;
    row.posting_date = item->posting_date;
    row.due_date = item->due_date;
    row.days_late = item->days_late;
    row.currency = item->currency;
    row.foreign = item->foreign_outstanding.u;
    return row;
}

typedef struct {
    const fin_side *side;
    fin_module *fin;
    m_call *call;
    const fin_ageing_params *in;
    spans spans;
    m_known known;
} work;

/* The rows of one day. */
static m_status ageing_of(void *self, fin_span span, m_list *out)
{
    const work *w = self;
    m_call *call = w->call;
    bool past = m_date_cmp(span.to, m_today(call)) < 0;
    m_date last = past ? span.to : (m_date){M_DATE_LAST};
    m_list open, items;
    M_TRY(past || w->known.limited
              ? fin_open_on(w->side, w->fin, call, w->in->party, last, &w->known, &open)
              : fin_open_now(w->side, w->fin, call, w->in->party, &open));
    M_TRY(fin_outstanding_rows(w->side, w->fin, call, &open, span.to, &items));
    fin_ageing_row *rows = m_arena_array(call->arena, items.count, sizeof *rows);
    FIN_NEED(call, rows);
    uint32_t n = 0;
    for (M_EACH(const fin_outstanding_row, item, items)) {
        if (w->in->detail || n == 0 || !m_id_eq(rows[n - 1].party, item->party))
            rows[n++] = begin_row(item, w->in->detail);
        rows[n - 1].outstanding += item->outstanding.u;
        *column_of(&rows[n - 1], w->side, &w->spans, item) += item->outstanding.u;
    }
    *out = (m_list){rows, n};
    return M_OK;
}

/* As open items come. */
static int by_party(const void *a, const void *b)
{
    const fin_ageing_row *x = a, *y = b;
    int order = m_id_cmp(x->party, y->party);
    if (order == 0) order = m_date_cmp(x->due_date, y->due_date);
    if (order == 0) order = m_id_cmp(x->document, y->document);
    return order ? order : (x->instalment > y->instalment) - (x->instalment < y->instalment);
}

static m_dec_sum amount_of(const void *row)
{
    return ((const fin_ageing_row *)row)->outstanding;
}

static void empty(void *row, fin_span asked)
{
    fin_ageing_row *of = row;
    (void)asked;
    of->days_late = 0;
    of->outstanding = of->not_due = of->advance = of->foreign = 0;
    of->span_1 = of->span_2 = of->span_3 = of->beyond = 0;
}

static const fin_beside beside = {.size = sizeof(fin_ageing_row),
                                  .columns = offsetof(fin_ageing_row, columns),
                                  .read = ageing_of,
                                  .order = by_party,
                                  .amount = amount_of,
                                  .empty = empty};

static m_status run(const fin_side *side, fin_module *fin, m_call *call,
                    const fin_ageing_params *in, m_list *out_rows)
{
    work w = {side, fin, call, in, {{0}}, {0}};
    m_date as_of = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    fin_span span = {as_of, as_of};
    M_TRY(understand(call, in, &w.spans));
    M_TRY(fin_known_read(fin, call, in->known_at, &w.known));
    if (in->compare != FIN_COMPARE_NONE) {
        fin_book book;
        M_TRY(fin_book_open(fin, call, (m_id){{0}}, &book));
        span = fin_span_until(&book, as_of, in->compare);
    }
    return fin_beside_read(call, &beside, &w, span, in->compare, out_rows);
}

static m_status run_suppliers(void *module, m_call *call, const void *params, m_list *out_rows)
{
    return run(&fin_supplier_side, module, call, params, out_rows);
}

static m_status run_customers(void *module, m_call *call, const void *params, m_list *out_rows)
{
    return run(&fin_customer_side, module, call, params, out_rows);
}

#define TOTALS "outstanding,not_due,span_1,span_2,span_3,beyond,advance"

const m_report fin_supplier_ageing_report = {.name = "supplier-ageing",
                                             .label = "Supplier ageing",
                                             .group = "Accounts",
                                             .permissions = fin_report_permissions,
                                             .params = &supplier_params_type,
                                             .row = &supplier_row_type,
                                             .run = run_suppliers,
                                             .drill =
                                                 "supplier:supplier-statement,document:document",
                                             .totals = TOTALS};

const m_report fin_customer_ageing_report = {.name = "customer-ageing",
                                             .label = "Customer ageing",
                                             .group = "Accounts",
                                             .permissions = fin_report_permissions,
                                             .params = &customer_params_type,
                                             .row = &customer_row_type,
                                             .run = run_customers,
                                             .drill =
                                                 "customer:customer-statement,document:document",
                                             .totals = TOTALS};
