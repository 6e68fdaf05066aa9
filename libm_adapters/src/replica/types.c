#include "internal.h"

const m_error_def m_replica_errors[] = {
    [REPLICA_E_NONE] = {"core.share.none", M_NOT_FOUND, "This is not shared: %s.",
                        "Ask for a type that the module shares."},
    [REPLICA_E_KEPT] = {"core.replica.unknown", M_NOT_FOUND, "No copy of this is kept here: %s.",
                        "Name one of the types this process keeps."},
    [REPLICA_E_OVERTAKEN] = {"core.replica.overtaken", M_CONFLICT,
                             "Another filling of this copy began: %s.", "Wait for that one."},
    [REPLICA_E_BUSY] = {"core.replica.busy", M_AGAIN, "The copy is being made: %s.",
                        "Try again in a moment."},
    [REPLICA_E_MARKS] = {"core.marks.form", M_INVALID, "These are no marks: %s.",
                         "Write them as core=42,finance=7."},
    {NULL, M_OK, NULL, NULL},
};

static const char *const states[] = {"filling", "ready", "asked", NULL};
static const m_field replica_fields[] = {
    M_F_STR(m_replica_row, type, "Type", .flags = M_KEY, .max = 80),
    M_F_ENUM(m_replica_row, status, "Status", states),
    M_F_INT(m_replica_row, seq, "Complete from event", .flags = M_NON_NEGATIVE),
    M_F_ID(m_replica_row, last, "Id of that event"),
    M_F_ID(m_replica_row, run, "Filling"),
    M_F_TIME(m_replica_row, at, "Last step at"),
    M_F_INT(m_replica_row, filled, "Documents", .flags = M_NON_NEGATIVE),
    M_F_BOOL(m_replica_row, complete, "Filled once"),
};
const m_type m_replica_type = {.name = "m.replica",
                               .schema = "m",
                               .table = "replica",
                               .size = sizeof(m_replica_row),
                               M_FIELDS(replica_fields),
                               .flags = M_TYPE_REFERENCE};

static const m_field record_fields[] = {
    M_F_STR(m_replica_record, type, "Type", .flags = M_KEY, .max = 80),
    M_F_ID(m_replica_record, id, "Document", .flags = M_KEY),
    M_F_INT(m_replica_record, version, "Version"),
    M_F_TEXT(m_replica_record, body, "Shared fields", .max = 1000000),
};
const m_type m_replica_record_type = {.name = "m.replica_record",
                                      .schema = "m",
                                      .table = "replica_record",
                                      .size = sizeof(m_replica_record),
                                      M_FIELDS(record_fields),
                                      .flags = M_TYPE_REFERENCE};

static const m_field touch_fields[] = {
    M_F_STR(m_replica_touch, type, "Type", .flags = M_KEY, .max = 80),
    M_F_ID(m_replica_touch, id, "Document", .flags = M_KEY),
    M_F_INT(m_replica_touch, seq, "Event"),
};
const m_type m_replica_touch_type = {.name = "m.replica_touch",
                                     .schema = "m",
                                     .table = "replica_touch",
                                     .size = sizeof(m_replica_touch),
                                     M_FIELDS(touch_fields)};

static const m_field module_fields[] = {
    M_F_STR(m_tenant_module, module, "Module", .flags = M_KEY, .max = 40),
    M_F_STR(m_tenant_module, version, "Version", .max = 40),
    M_F_TIME(m_tenant_module, at, "At"),
};
const m_type m_tenant_module_type = {.name = "m.tenant_module",
                                     .schema = "m",
                                     .table = "tenant_module",
                                     .size = sizeof(m_tenant_module),
                                     M_FIELDS(module_fields),
                                     .flags = M_TYPE_REFERENCE};
