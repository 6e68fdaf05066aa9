#include "batch/batch.h"

static const m_permission permissions[] = {{"Stock Manager", M_CAN_ALL},
                                           {"Stock User", M_CAN_READ | M_CAN_CREATE | M_CAN_WRITE},
                                           {"Purchase Manager", M_CAN_READ},
                                           {"Auditor", M_CAN_READ},
                                           {NULL, 0}};

static const m_index indexes[] = {{"item,code", true, NULL}, {NULL, false, NULL}};

static const m_field batch_fields[] = {
    M_DOC_FIELDS(wms_batch, m_states_active),
    M_F_STR(wms_batch, code, "Batch", .flags = M_REQUIRED | M_IMMUTABLE, .max = 60),
    M_F_LINK(wms_batch, item, "Item", "core.item", .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_DATE(wms_batch, made_on, "Made on"),
    M_F_DATE(wms_batch, expires_on, "Expires on",
             .help = "Last day of use; what expires first leaves first."),
    M_F_LINK(wms_batch, supplier, "Supplier", "core.supplier"),
    M_F_TEXT(wms_batch, remarks, "Remarks"),
};
const m_type wms_batch_type = {.name = "wms.batch",
                               .schema = "wms",
                               .table = "batch",
                               .size = sizeof(wms_batch),
                               M_FIELDS(batch_fields),
                               .indexes = indexes};

const m_doctype wms_batch_doctype = {.type = &wms_batch_type,
                                     .module = "wms",
                                     .collection = "batches",
                                     .label = "Batch",
                                     .label_plural = "Batches",
                                     .group = "Stock",
                                     .permissions = permissions,
                                     .list_columns = "code,item,made_on,expires_on,supplier",
                                     .search_fields = "code",
                                     .title_field = "code",
                                     .check = wms_batch_check,
                                     .on_delete = wms_batch_on_delete};

static const m_field serial_fields[] = {
    M_DOC_FIELDS(wms_serial_number, m_states_active),
    M_F_STR(wms_serial_number, code, "Serial number", .flags = M_REQUIRED | M_IMMUTABLE,
            .max = WMS_SERIAL_MAX),
    M_F_LINK(wms_serial_number, item, "Item", "core.item", .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_TEXT(wms_serial_number, remarks, "Remarks"),
};
const m_type wms_serial_number_type = {.name = "wms.serial_number",
                                       .schema = "wms",
                                       .table = "serial_number",
                                       .size = sizeof(wms_serial_number),
                                       M_FIELDS(serial_fields),
                                       .indexes = indexes};

const m_doctype wms_serial_number_doctype = {.type = &wms_serial_number_type,
                                             .module = "wms",
                                             .collection = "serial-numbers",
                                             .label = "Serial number",
                                             .label_plural = "Serial numbers",
                                             .group = "Stock",
                                             .permissions = permissions,
                                             .list_columns = "code,item,remarks",
                                             .search_fields = "code",
                                             .title_field = "code",
                                             .check = wms_serial_check,
                                             .on_delete = wms_serial_on_delete};
