#include "stock_transfer/stock_transfer.h"

static const char *const states[] = {
    "draft", "submitted", "part_received", "received", "closed", "cancelled", NULL};

static const m_field line_fields[] = {
    M_F_ID(wms_transfer_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_transfer_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(wms_transfer_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left out."),
    M_F_QTY(wms_transfer_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_LINK(wms_transfer_line, batch, "Batch", "wms.batch",
             .help = "What expires first when left out."),
    M_F_TEXT(wms_transfer_line, serials, "Serial numbers", .max = 61000,
             .help = "One for each piece, with commas or spaces between them."),
    M_F_QTY(wms_transfer_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_MONEY(wms_transfer_line, value, "Value", .flags = M_READONLY),
    M_F_QTY(wms_transfer_line, received_qty, "Received", .flags = M_READONLY),
    M_F_QTY(wms_transfer_line, lost_qty, "Lost", .flags = M_READONLY),
};
const m_type wms_transfer_line_type = {
    .name = "wms.transfer_line", .size = sizeof(wms_transfer_line), M_FIELDS(line_fields)};

static const m_field piece_fields[] = {
    M_F_ID(wms_transit_piece, line, "Line"),
    M_F_ID(wms_transit_piece, layer, "Layer"),
    M_F_QTY(wms_transit_piece, qty, "Quantity"),
    M_F_MONEY(wms_transit_piece, value, "Value"),
    M_F_QTY(wms_transit_piece, left_qty, "Still in transit"),
    M_F_MONEY(wms_transit_piece, left_value, "Value still in transit"),
};
const m_type wms_transit_piece_type = {
    .name = "wms.transit_piece", .size = sizeof(wms_transit_piece), M_FIELDS(piece_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_stock_transfer, states),
    M_F_LINK(wms_stock_transfer, from_warehouse, "From", "wms.warehouse", .flags = M_REQUIRED),
    M_F_LINK(wms_stock_transfer, to_warehouse, "To", "wms.warehouse", .flags = M_REQUIRED),
    M_F_LINK(wms_stock_transfer, transit_warehouse, "By", "wms.warehouse",
             .help = "Transit warehouse; may be left out when there is only one."),
    M_F_DATE(wms_stock_transfer, posting_date, "Posting date", .help = "Today when left out."),
    M_F_DATE(wms_stock_transfer, last_date, "Last movement", .flags = M_READONLY),
    M_F_STR(wms_stock_transfer, reference, "Reference"),
    M_F_LIST(wms_stock_transfer, lines, "Lines", &wms_transfer_line_type, .flags = M_REQUIRED,
             .max = WMS_LINES_MAX),
    M_F_LIST(wms_stock_transfer, transit, "In transit", &wms_transit_piece_type,
             .flags = M_READONLY | M_HIDDEN),
    M_F_MONEY(wms_stock_transfer, total, "Value", .flags = M_READONLY),
    M_F_MONEY(wms_stock_transfer, lost_value, "Value lost", .flags = M_READONLY),
    M_F_TEXT(wms_stock_transfer, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_stock_transfer),
};
static const m_index indexes[] = {{"from_warehouse", false, NULL},
                                  {"to_warehouse", false, NULL},
                                  {"posting_date,id", false, NULL},
                                  {NULL, false, NULL}};
const m_type wms_stock_transfer_type = {.name = "wms.stock_transfer",
                                        .schema = "wms",
                                        .table = "stock_transfer",
                                        .size = sizeof(wms_stock_transfer),
                                        M_FIELDS(fields),
                                        .indexes = indexes};

static const m_field arrival_fields[] = {
    M_F_ID(wms_arrival, line, "Line", .flags = M_REQUIRED),
    M_F_QTY(wms_arrival, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
};
static const m_type arrival_type = {
    .name = "wms.arrival", .size = sizeof(wms_arrival), M_FIELDS(arrival_fields)};
static const m_field receive_fields[] = {
    M_F_DATE(wms_receive_input, posting_date, "Posting date", .help = "Today when left out."),
    M_F_LIST(wms_receive_input, lines, "Arrived", &arrival_type, .max = WMS_LINES_MAX,
             .help = "Everything still under way when left out."),
    WMS_LATE_FIELDS(wms_receive_input),
};
const m_type wms_receive_input_type = {
    .name = "wms.receive_input", .size = sizeof(wms_receive_input), M_FIELDS(receive_fields)};

static const m_field write_off_fields[] = {
    M_F_DATE(wms_write_off_input, posting_date, "Posting date", .help = "Today when left out."),
};
const m_type wms_write_off_input_type = {
    .name = "wms.write_off_input", .size = sizeof(wms_write_off_input), M_FIELDS(write_off_fields)};

static const m_move moves[] = {{.action = "submit",
                                .label = "Send",
                                .from = "draft",
                                .to = "submitted",
                                .can = M_CAN_SUBMIT,
                                .flags = M_MOVE_NUMBER | M_MOVE_PRIMARY,
                                .effect = wms_stock_transfer_submit},
                               {.action = "receive",
                                .label = "Receive",
                                .from = "submitted,part_received",
                                .can = M_CAN_SUBMIT,
                                .flags = M_MOVE_PRIMARY,
                                .input = &wms_receive_input_type,
                                .effect = wms_stock_transfer_receive},
                               {.action = "write_off",
                                .label = "Write off the rest",
                                .from = "submitted,part_received",
                                .to = "closed",
                                .can = M_CAN_CANCEL,
                                .input = &wms_write_off_input_type,
                                .effect = wms_stock_transfer_write_off},
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_stock_transfer_cancel),
                               {NULL}};
static const m_lifecycle life = {states, "draft", moves};

static const m_permission permissions[] = {{"Stock Manager", M_CAN_ALL},
                                           {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
                                           {"Auditor", M_CAN_READ},
                                           {NULL, 0}};

const m_doctype wms_stock_transfer_doctype = {
    .type = &wms_stock_transfer_type,
    .module = "wms",
    .collection = "stock-transfers",
    .label = "Stock transfer",
    .label_plural = "Stock transfers",
    .group = "Stock",
    .series = "ST",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,from_warehouse,to_warehouse,posting_date,total,state",
    .search_fields = "number,reference",
    .title_field = "number",
    .check = wms_stock_transfer_check};
