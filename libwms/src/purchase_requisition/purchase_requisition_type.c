#include "purchase_requisition/purchase_requisition.h"

const char *const wms_requisition_states[] = {
    "draft", "submitted", "partially_ordered", "ordered", "stopped", "cancelled", NULL};

static const m_field line_fields[] = {
    M_F_ID(wms_requisition_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_requisition_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_STR(wms_requisition_line, description, "Description",
            .help = "The item's name when left out."),
    M_F_QTY(wms_requisition_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_LINK(wms_requisition_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left out."),
    M_F_DATE(wms_requisition_line, needed_by, "Needed by",
             .help = "The day of the requisition when left out."),
    M_F_QTY(wms_requisition_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_QTY(wms_requisition_line, stock_ordered, "Ordered in stock units", .flags = M_READONLY),
    M_F_QTY(wms_requisition_line, still_requested, "Still requested", .flags = M_READONLY),
};
const m_type wms_requisition_line_type = {
    .name = "wms.requisition_line", .size = sizeof(wms_requisition_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_purchase_requisition, wms_requisition_states),
    M_F_DATE(wms_purchase_requisition, requested_on, "Requested on",
             .help = "Today when left out."),
    M_F_DATE(wms_purchase_requisition, needed_by, "Needed by"),
    M_F_LINK(wms_purchase_requisition, warehouse, "Needed in", "wms.warehouse"),
    M_F_STR(wms_purchase_requisition, purpose, "Purpose"),
    M_F_BOOL(wms_purchase_requisition, from_proposals, "Take the reorder proposals",
             .help = "Without lines: everything that is to be ordered again is taken."),
    M_F_LIST(wms_purchase_requisition, lines, "Lines", &wms_requisition_line_type,
             .max = WMS_LINES_MAX, .help = "Needed, unless the reorder proposals are taken."),
    M_F_DEC(wms_purchase_requisition, per_ordered, "Ordered %", .flags = M_READONLY, .places = 2),
    M_F_TEXT(wms_purchase_requisition, remarks, "Remarks"),
};
static const m_index indexes[] = {
    {"requested_on,id", false, NULL}, {"state", false, NULL}, {NULL, false, NULL}};
const m_type wms_purchase_requisition_type = {.name = "wms.purchase_requisition",
                                              .schema = "wms",
                                              .table = "purchase_requisition",
                                              .size = sizeof(wms_purchase_requisition),
                                              M_FIELDS(fields),
                                              .indexes = indexes};

static const m_move moves[] = {
    {.action = "submit",
     .label = "Submit",
     .from = "draft",
     .to = "submitted",
     .can = M_CAN_SUBMIT,
     .flags = M_MOVE_NUMBER | M_MOVE_PRIMARY},
    {.action = "stop",
     .label = "Stop",
     .from = "submitted,partially_ordered",
     .to = "stopped",
     .can = M_CAN_SUBMIT},
    {.action = "resume",
     .label = "Resume",
     .from = "stopped",
     .can = M_CAN_SUBMIT,
     .effect = wms_requisition_resume},
    {.action = "cancel",
     .label = "Cancel",
     .from = "submitted", /* that is: nothing is ordered, or all of it cancelled */
     .to = "cancelled",
     .can = M_CAN_CANCEL},
    {NULL},
};
static const m_lifecycle life = {wms_requisition_states, "draft", moves};

static const m_permission permissions[] = {
    {"Purchase Manager", M_CAN_ALL},
    {"Purchase User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
    {"Stock Manager", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
    {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT},
    {"Auditor", M_CAN_READ},
    {NULL, 0}};

const m_doctype wms_purchase_requisition_doctype = {
    .type = &wms_purchase_requisition_type,
    .module = "wms",
    .collection = "purchase-requisitions",
    .label = "Purchase requisition",
    .label_plural = "Purchase requisitions",
    .group = "Purchasing",
    .series = "PR",
    .series_date = "requested_on",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,requested_on,needed_by,warehouse,purpose,per_ordered,state",
    .search_fields = "number,purpose",
    .title_field = "number",
    .check = wms_requisition_check};
