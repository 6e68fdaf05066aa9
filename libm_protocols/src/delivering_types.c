#include "m/delivering.h"

static const m_field line_fields[] = {
    M_F_ID(m_delivered_line, id, "Delivery line"),
    M_F_ID(m_delivered_line, delivery, "Delivery note"),
    M_F_STR(m_delivered_line, delivery_no, "Delivery number"),
    M_F_ID(m_delivered_line, customer, "Customer"),
    M_F_ID(m_delivered_line, item, "Item"),
    M_F_ID(m_delivered_line, unit, "Unit"),
    M_F_ID(m_delivered_line, cost_center, "Cost center"),
    M_F_QTY(m_delivered_line, delivered, "Delivered"),
    M_F_QTY(m_delivered_line, returned, "Returned"),
};
const m_type m_delivered_line_type = {
    .name = "delivering.line", .size = sizeof(m_delivered_line), M_FIELDS(line_fields)};
static const m_field lines_fields[] = {
    M_F_LIST(m_delivered_lines, lines, "Lines", &m_delivered_line_type)};
const m_type m_delivered_lines_type = {
    .name = "delivering.lines", .size = sizeof(m_delivered_lines), M_FIELDS(lines_fields)};

static const m_method methods[] = {
    M_METHOD(delivering, lines, &m_ids_type, &m_delivered_lines_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_delivering_protocol = {"delivering", 1, methods};
