#include "m/stock_keeper.h"

const m_error_def m_stock_errors[] = {
    {"wms.stock.negative", M_PRECONDITION, "There is not enough stock: %s.",
     "Receive or transfer stock first, or issue less."},
    {"wms.stock.backdated", M_PRECONDITION, "Stock was moved after this date already: %s.",
     "Use the date of the latest movement or a later one."},
    {"wms.stock.duplicate", M_EXISTS, "This stock movement is recorded already: %s.",
     "Nothing was recorded twice; load the document to see its present state."},
    {"wms.stock.layer", M_PRECONDITION, "The receipt is used up: %s.",
     "Goods that were issued since cannot be drawn from the same receipt again."},
    {"wms.stock.value", M_PRECONDITION, "Quantity and value of the stock would part: %s.",
     "An issue that empties the stock takes all its value; report this with the request id."},
    {"wms.stock.move", M_INVALID, "The stock movement makes no sense: %s.",
     "Quantity and value come in together or go out together."},
    {NULL, M_OK, NULL, NULL},
};
const m_error_def *const m_err_stock_negative = &m_stock_errors[0];
const m_error_def *const m_err_stock_backdated = &m_stock_errors[1];
const m_error_def *const m_err_stock_duplicate = &m_stock_errors[2];
const m_error_def *const m_err_stock_layer = &m_stock_errors[3];
const m_error_def *const m_err_stock_value = &m_stock_errors[4];
const m_error_def *const m_err_stock_move = &m_stock_errors[5];

static const char *const bases[] = {"given",  "cost",  "rate",    "pair", "follows",
                                    "mirror", "count", "arrears", NULL};

static const m_field move_fields[] = {
    M_F_LINK(m_stock_move, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(m_stock_move, warehouse, "Warehouse", "wms.warehouse", .flags = M_REQUIRED),
    M_F_QTY(m_stock_move, qty, "Quantity"),
    M_F_MONEY(m_stock_move, value, "Value", .places = 6),
    M_F_ID(m_stock_move, layer, "Layer"),
    M_F_ID(m_stock_move, source_line, "Source line"),
    M_F_ENUM(m_stock_move, method, "Method", m_valuation_methods),
    M_F_ID(m_stock_move, rule, "Rule"),
    M_F_ENUM(m_stock_move, basis, "Basis", bases),
    M_F_ID(m_stock_move, follows, "Follows"),
};
const m_type m_stock_move_type = {
    .name = "wms.stock_move", .size = sizeof(m_stock_move), M_FIELDS(move_fields)};

static const m_field correction_fields[] = {
    M_F_INT(m_stock_correction, seq, "Corrected entry"),
    M_F_INT(m_stock_correction, line, "Its line"),
    M_F_DATE(m_stock_correction, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_LINK(m_stock_correction, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(m_stock_correction, warehouse, "Warehouse", "wms.warehouse", .flags = M_REQUIRED),
    M_F_QTY(m_stock_correction, qty, "Quantity"),
    M_F_MONEY(m_stock_correction, value, "Value", .places = 6),
    M_F_ID(m_stock_correction, layer, "Layer"),
    M_F_ID(m_stock_correction, source_line, "Source line"),
    M_F_ENUM(m_stock_correction, method, "Method", m_valuation_methods),
    M_F_ID(m_stock_correction, rule, "Rule"),
    M_F_STR(m_stock_correction, event_type, "Event type"),
    M_F_STR(m_stock_correction, voucher_no, "Voucher number"),
    M_F_STR(m_stock_correction, source_type, "Source type"),
    M_F_ID(m_stock_correction, source_id, "Source"),
    M_F_ENUM(m_stock_correction, basis, "Basis", bases),
};
const m_type m_stock_correction_type = {.name = "wms.stock_correction",
                                        .size = sizeof(m_stock_correction),
                                        M_FIELDS(correction_fields)};

/* The moves are not a stored list: they live in payload, which the hash covers. */
static const m_index event_indexes[] = {
    {.fields = "posting_date", .where = "belongs_on IS NOT NULL"}, {0}};
static const m_field event_fields[] = {
    M_F_INT(m_stock_event, seq, "Sequence", .flags = M_KEY | M_READONLY),
    M_F_ID(m_stock_event, event_id, "Event", .flags = M_REQUIRED | M_UNIQUE),
    M_F_STR(m_stock_event, event_type, "Event type", .flags = M_REQUIRED),
    M_F_STR(m_stock_event, voucher_no, "Voucher number"),
    M_F_DATE(m_stock_event, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_TIME(m_stock_event, recorded_at, "Recorded at"),
    M_F_STR(m_stock_event, source_type, "Source type"),
    M_F_ID(m_stock_event, source_id, "Source"),
    M_F_ID(m_stock_event, reverses, "Reverses", .flags = M_UNIQUE),
    M_F_ID(m_stock_event, actor, "Actor"),
    M_F_DATE(m_stock_event, belongs_on, "Belongs on"),
    M_F_STR(m_stock_event, late_reason, "Why it comes late", .max = 300),
    M_F_STR(m_stock_event, counter_purpose, "Counter purpose"),
    M_F_ID(m_stock_event, counter_account, "Counter account"),
    M_F_ID(m_stock_event, counter_subject, "Counter subject"),
    M_F_ID(m_stock_event, counter_center, "Counter cost center"),
    M_F_TEXT(m_stock_event, payload, "Payload", .max = 16777216),
    M_F_BYTES(m_stock_event, hash, "Hash"),
};
const m_type m_stock_event_type = {.name = "wms.inv_event",
                                   .schema = "wms",
                                   .table = "inv_event",
                                   .size = sizeof(m_stock_event),
                                   M_FIELDS(event_fields),
                                   .flags = M_TYPE_APPEND,
                                   .indexes = event_indexes};

/* What the hash covers, in this order. */
static const m_field payload_fields[] = {
    M_F_INT(m_stock_event, seq, "Sequence"),
    M_F_ID(m_stock_event, event_id, "Event"),
    M_F_STR(m_stock_event, event_type, "Event type"),
    M_F_STR(m_stock_event, voucher_no, "Voucher number"),
    M_F_DATE(m_stock_event, posting_date, "Posting date"),
    M_F_TIME(m_stock_event, recorded_at, "Recorded at"),
    M_F_STR(m_stock_event, source_type, "Source type"),
    M_F_ID(m_stock_event, source_id, "Source"),
    M_F_ID(m_stock_event, reverses, "Reverses"),
    M_F_ID(m_stock_event, actor, "Actor"),
    M_F_DATE(m_stock_event, belongs_on, "Belongs on"),
    M_F_STR(m_stock_event, late_reason, "Why it comes late", .max = 300),
    M_F_STR(m_stock_event, counter_purpose, "Counter purpose"),
    M_F_ID(m_stock_event, counter_account, "Counter account"),
    M_F_ID(m_stock_event, counter_subject, "Counter subject"),
    M_F_ID(m_stock_event, counter_center, "Counter cost center"),
    M_F_BOOL(m_stock_event, backdated, "Back-dated"),
    M_F_BOOL(m_stock_event, overdraw, "May go below zero"),
    M_F_BOOL(m_stock_event, partial, "Goes on in the next event"),
    M_F_LIST(m_stock_event, moves, "Moves", &m_stock_move_type),
    M_F_LIST(m_stock_event, corrections, "Corrections", &m_stock_correction_type),
};
const m_type m_stock_payload_type = {
    .name = "wms.inv_event_payload", .size = sizeof(m_stock_event), M_FIELDS(payload_fields)};

static const m_index entry_indexes[] = {
    {.fields = "item,warehouse,posting_date,at_seq,seq,line_no"},
    {.fields = "source_id"},
    {.fields = "follows", .where = "follows IS NOT NULL"},
    {0}};
static const m_field entry_fields[] = {
    M_F_INT(m_stock_entry, seq, "Sequence", .flags = M_KEY),
    M_F_INT(m_stock_entry, line_no, "Line", .flags = M_KEY),
    M_F_DATE(m_stock_entry, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_INT(m_stock_entry, at_seq, "At sequence"),
    M_F_INT(m_stock_entry, at_line, "At line"),
    M_F_LINK(m_stock_entry, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(m_stock_entry, warehouse, "Warehouse", "wms.warehouse", .flags = M_REQUIRED),
    M_F_QTY(m_stock_entry, qty, "Quantity", .flags = M_SUMMED),
    M_F_MONEY(m_stock_entry, value, "Value", .flags = M_SUMMED),
    M_F_ENUM(m_stock_entry, basis, "Basis", bases),
    M_F_ID(m_stock_entry, follows, "Follows"),
    M_F_ID(m_stock_entry, layer, "Layer"),
    M_F_STR(m_stock_entry, event_type, "Event type"),
    M_F_STR(m_stock_entry, voucher_no, "Voucher number"),
    M_F_STR(m_stock_entry, source_type, "Source type"),
    M_F_ID(m_stock_entry, source_id, "Source"),
    M_F_ID(m_stock_entry, source_line, "Source line"),
    M_F_ENUM(m_stock_entry, method, "Valuation", m_valuation_methods),
    M_F_ID(m_stock_entry, rule, "Rule"),
};
const m_type m_stock_entry_type = {.name = "wms.stock_entry",
                                   .schema = "wms",
                                   .table = "stock_entry",
                                   .size = sizeof(m_stock_entry),
                                   M_FIELDS(entry_fields),
                                   .flags = M_TYPE_APPEND | M_TYPE_MONTHLY,
                                   .indexes = entry_indexes};

static const m_field bin_fields[] = {
    M_F_LINK(m_stock_bin, item, "Item", "core.item", .flags = M_KEY),
    M_F_LINK(m_stock_bin, warehouse, "Warehouse", "wms.warehouse", .flags = M_KEY),
    M_F_QTY(m_stock_bin, qty, "Quantity", .flags = M_SUMMED | M_NON_NEGATIVE),
    M_F_MONEY(m_stock_bin, value, "Value", .flags = M_SUMMED | M_NON_NEGATIVE),
    M_F_DATE(m_stock_bin, last_date, "Last movement"),
    M_F_INT(m_stock_bin, last_seq, "Last sequence"),
    M_F_INT(m_stock_bin, entries, "Entries"),
};
const m_type m_stock_bin_type = {.name = "wms.stock_bin",
                                 .schema = "wms",
                                 .table = "stock_bin",
                                 .size = sizeof(m_stock_bin),
                                 M_FIELDS(bin_fields)};

/* Open layers are found without a walk through those emptied long ago. */
static const m_index layer_indexes[] = {{"item,warehouse,qty", false, NULL}, {NULL, false, NULL}};
static const m_field layer_fields[] = {
    M_F_LINK(m_stock_layer, item, "Item", "core.item", .flags = M_KEY),
    M_F_LINK(m_stock_layer, warehouse, "Warehouse", "wms.warehouse", .flags = M_KEY),
    M_F_ID(m_stock_layer, layer, "Layer", .flags = M_KEY),
    M_F_INT(m_stock_layer, opened_seq, "Opened by"),
    M_F_INT(m_stock_layer, opened_line, "Opened by line"),
    M_F_DATE(m_stock_layer, opened_on, "Opened on"),
    M_F_QTY(m_stock_layer, qty, "Quantity", .flags = M_SUMMED | M_NON_NEGATIVE),
    M_F_MONEY(m_stock_layer, value, "Value", .flags = M_SUMMED | M_NON_NEGATIVE),
};
const m_type m_stock_layer_type = {.name = "wms.stock_layer",
                                   .schema = "wms",
                                   .table = "stock_layer",
                                   .size = sizeof(m_stock_layer),
                                   M_FIELDS(layer_fields),
                                   .indexes = layer_indexes};

static const m_field checkpoint_fields[] = {
    M_F_LINK(m_stock_checkpoint, item, "Item", "core.item", .flags = M_KEY),
    M_F_LINK(m_stock_checkpoint, warehouse, "Warehouse", "wms.warehouse", .flags = M_KEY),
    M_F_DATE(m_stock_checkpoint, posting_date, "Posting date", .flags = M_KEY),
    M_F_INT(m_stock_checkpoint, at_seq, "At sequence", .flags = M_KEY),
    M_F_QTY(m_stock_checkpoint, qty, "Quantity", .flags = M_NON_NEGATIVE),
    M_F_MONEY(m_stock_checkpoint, value, "Value", .flags = M_NON_NEGATIVE),
    M_F_BYTES(m_stock_checkpoint, layers, "Layers", .max = M_STOCK_CHECKPOINT_LAYERS * 64),
};
const m_type m_stock_checkpoint_type = {.name = "wms.stock_checkpoint",
                                        .schema = "wms",
                                        .table = "stock_checkpoint",
                                        .size = sizeof(m_stock_checkpoint),
                                        M_FIELDS(checkpoint_fields)};

static const m_field receipt_fields[] = {M_F_INT(m_stock_receipt, seq, "Sequence")};
const m_type m_stock_receipt_type = {
    .name = "wms.stock_receipt", .size = sizeof(m_stock_receipt), M_FIELDS(receipt_fields)};
