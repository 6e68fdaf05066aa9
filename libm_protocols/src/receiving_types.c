#include "m/receiving.h"

static const m_field line_fields[] = {
    M_F_ID(m_received_line, id, "Receipt line"),
    M_F_ID(m_received_line, receipt, "Receipt"),
    M_F_STR(m_received_line, receipt_no, "Receipt number"),
    M_F_ID(m_received_line, order, "Order"),
    M_F_ID(m_received_line, order_line, "Order line"),
    M_F_ID(m_received_line, supplier, "Supplier"),
    M_F_ID(m_received_line, item, "Item"),
    M_F_ID(m_received_line, cost_center, "Cost center"),
    M_F_ID(m_received_line, tax, "Tax"),
    M_F_QTY(m_received_line, accepted, "Accepted"),
    M_F_QTY(m_received_line, returned, "Returned"),
    M_F_MONEY(m_received_line, order_rate, "Order rate", .places = 6),
    M_F_MONEY(m_received_line, grni_value, "Received value"),
    M_F_MONEY(m_received_line, grni_returned, "Returned value"),
    M_F_ID(m_received_line, currency, "Currency", .flags = M_SPARSE),
    M_F_MONEY(m_received_line, foreign_value, "Received value in it", .flags = M_SPARSE),
    M_F_MONEY(m_received_line, foreign_returned, "Returned value in it", .flags = M_SPARSE),
};
const m_type m_received_line_type = {
    .name = "receiving.line", .size = sizeof(m_received_line), M_FIELDS(line_fields)};
static const m_field lines_fields[] = {
    M_F_LIST(m_received_lines, lines, "Lines", &m_received_line_type)};
const m_type m_received_lines_type = {
    .name = "receiving.lines", .size = sizeof(m_received_lines), M_FIELDS(lines_fields)};

static const m_method methods[] = {
    M_METHOD(receiving, lines, &m_ids_type, &m_received_lines_type, M_METHOD_READ),
    M_METHOD(receiving, of_order, &m_ids_type, &m_received_lines_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_receiving_protocol = {"receiving", 1, methods};
