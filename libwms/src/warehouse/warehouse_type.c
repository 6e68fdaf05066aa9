#include "warehouse/warehouse.h"

static const char *const kinds[] = {"depot", "outlet", "transit", "returns", NULL};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_warehouse, m_states_active),
    M_F_STR(wms_warehouse, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(wms_warehouse, name, "Name", .flags = M_REQUIRED),
    M_F_ENUM(wms_warehouse, kind, "Kind", kinds,
             .help = "Depots receive and feed outlets; transit holds goods on their way."),
    M_F_LINK(wms_warehouse, parent, "Parent depot", "wms.warehouse",
             .help = "The depot this warehouse is fed by."),
    M_F_LINK(wms_warehouse, cost_center, "Cost center", "finance.cost_center",
             .help = "Carries the stock, its losses and what is consumed here."),
    M_F_TEXT(wms_warehouse, address, "Address", .max = 1000),
    M_F_BOOL(wms_warehouse, active, "Active", .fallback = "true"),
};
static const m_index indexes[] = {{"parent", false, NULL}, {NULL, false, NULL}};
const m_type wms_warehouse_type = {.name = "wms.warehouse",
                                   .schema = "wms",
                                   .table = "warehouse",
                                   .size = sizeof(wms_warehouse),
                                   M_FIELDS(fields),
                                   .flags = M_TYPE_REFERENCE,
                                   .indexes = indexes};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL},     {"Stock User", M_CAN_READ}, {"Purchase User", M_CAN_READ},
    {"Purchase Manager", M_CAN_READ}, {"Auditor", M_CAN_READ},    {NULL, 0}};

const m_doctype wms_warehouse_doctype = {.type = &wms_warehouse_type,
                                         .module = "wms",
                                         .collection = "warehouses",
                                         .label = "Warehouse",
                                         .label_plural = "Warehouses",
                                         .group = "Stock",
                                         .code_field = "code",
                                         .permissions = permissions,
                                         .list_columns = "code,name,kind,parent,active",
                                         .search_fields = "code,name",
                                         .title_field = "name",
                                         .check = wms_warehouse_check,
                                         .on_delete = wms_warehouse_on_delete};
