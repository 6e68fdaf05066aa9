#include "standard_cost/standard_cost.h"

static const m_field line_fields[] = {
    M_F_ID(wms_standard_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_standard_line, warehouse, "Warehouse", "wms.warehouse", .flags = M_READONLY),
    M_F_QTY(wms_standard_line, qty, "On hand in stock units", .flags = M_READONLY),
    M_F_MONEY(wms_standard_line, old_value, "Value before", .flags = M_READONLY),
    M_F_MONEY(wms_standard_line, new_value, "Value after", .flags = M_READONLY),
};
const m_type wms_standard_line_type = {
    .name = "wms.standard_line", .size = sizeof(wms_standard_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_standard_cost, m_states_submittable),
    M_F_LINK(wms_standard_cost, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_MONEY(wms_standard_cost, rate, "Standard cost", .flags = M_REQUIRED | M_POSITIVE,
              .places = 6, .help = "Of one stock unit."),
    M_F_DATE(wms_standard_cost, posting_date, "Effective from",
             .help = "Today when left out; what is on hand is revalued on this day."),
    M_F_STR(wms_standard_cost, reason, "Reason", .max = 500),
    M_F_INT(wms_standard_cost, revision, "Revision", .flags = M_READONLY),
    M_F_LIST(wms_standard_cost, lines, "Revalued", &wms_standard_line_type, .flags = M_READONLY,
             .max = WMS_LINES_MAX),
    M_F_MONEY(wms_standard_cost, revaluation, "Revaluation", .flags = M_READONLY,
              .help = "By how much the stock on hand became dearer; below zero: cheaper."),
};
static const m_index indexes[] = {
    {"item,revision", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type wms_standard_cost_type = {.name = "wms.standard_cost",
                                       .schema = "wms",
                                       .table = "standard_cost",
                                       .size = sizeof(wms_standard_cost),
                                       M_FIELDS(fields),
                                       .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_standard_cost_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_standard_cost_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL}, {"Stock User", M_CAN_DRAFT}, {"Auditor", M_CAN_READ}, {NULL, 0}};

const m_doctype wms_standard_cost_doctype = {.type = &wms_standard_cost_type,
                                             .module = "wms",
                                             .collection = "standard-costs",
                                             .label = "Standard cost",
                                             .label_plural = "Standard costs",
                                             .group = "Stock",
                                             .series = "SC",
                                             .series_date = "posting_date",
                                             .life = &life,
                                             .permissions = permissions,
                                             .list_columns =
                                                 "number,item,rate,posting_date,revaluation,state",
                                             .search_fields = "number,reason",
                                             .title_field = "number",
                                             .check = wms_standard_cost_check};
