/* Goods documents of a time that were never submitted: what to look at before a period is closed.
 */
#include "reports/reports.h"
#include "wms/wms.h"

/* Drafts of one kind that are shown; a time with more of them is not about to be closed. */
#define SHOWN_MAX 200

static const m_field param_fields[] = {
    M_F_DATE(wms_drafts_params, from, "From", .help = "The month before this one when left out."),
    M_F_DATE(wms_drafts_params, to, "To", .help = "The end of the month of the first day."),
};
static const m_type params_type = {
    .name = "wms.drafts_params", .size = sizeof(wms_drafts_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_DATE(wms_drafts_row, date, "Date"),
    M_F_STR(wms_drafts_row, label, "Document"),
    M_F_STR(wms_drafts_row, document_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(wms_drafts_row, document, "Document id", .flags = M_HIDDEN),
    M_F_TIME(wms_drafts_row, modified_at, "Last changed"),
};
static const m_type row_type = {
    .name = "wms.drafts_row", .size = sizeof(wms_drafts_row), M_FIELDS(row_fields)};

static m_status add_drafts(const wms *w, m_call *call, const m_doctype *doctype, m_date from,
                           m_date to, m_list *rows, uint32_t *capacity)
{
    static const m_enum draft = M_DRAFT;
    const m_type *type = doctype->type;
    m_filter filters[] = {{"state", M_OP_EQ, &draft},
                          {doctype->series_date, M_OP_GE, &from},
                          {doctype->series_date, M_OP_LE, &to}};
    m_order by_date = {doctype->series_date, false};
    m_query query = {.filters = filters,
                     .filter_count = 3,
                     .orders = &by_date,
                     .order_count = 1,
                     .limit = SHOWN_MAX,
                     .without_lists = true};
    m_fetch read = {.type = type, .query = &query};
    const m_field *date = m_field_find(type, m_str_of(doctype->series_date));
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++) {
        const m_doc *doc = read.records[i];
        wms_drafts_row *row = m_list_add(call->arena, rows, capacity, sizeof *row);
        if (!row) return m_fail(call, m_err_memory, NULL);
        *row = (wms_drafts_row){.date = *(const m_date *)m_field_get(type, date, doc),
                                .label = m_str_of(doctype->label),
                                .document_type = m_str_of(type->name),
                                .document = doc->id,
                                .modified_at = doc->modified_at};
    }
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out)
{
    const wms_drafts_params *asked = params;
    m_date from = asked->from, to = asked->to;
    uint32_t capacity = 0;
    m_list rows = {NULL, 0};
    if (m_date_is_none(from)) from = m_date_add_months(m_date_month(m_today(call)), -1);
    if (m_date_is_none(to)) to.d = m_date_add_months(m_date_month(from), 1).d - 1;
    for (const m_doctype *const *d = wms_module()->doctypes; *d; d++) {
        if (!(*d)->series_date || !(*d)->life) continue;
        if (m_state_index((*d)->life->states, M_STR("draft")) != M_DRAFT) continue;
        M_TRY(add_drafts(module, call, *d, from, to, &rows, &capacity));
    }
    *out = rows;
    return M_OK;
}

static const m_permission permissions[] = {{"Stock Manager", M_CAN_READ},
                                           {"Accounts Manager", M_CAN_READ},
                                           {"Auditor", M_CAN_READ},
                                           {NULL, 0}};
const m_report wms_drafts_report = {.name = "drafts",
                                    .label = "Goods documents not submitted",
                                    .group = "Stock",
                                    .permissions = permissions,
                                    .params = &params_type,
                                    .row = &row_type,
                                    .run = run,
                                    .drill = "document:document"};
