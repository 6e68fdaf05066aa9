#include "core_internal.h"

/* Life cycle: active ⇄ suspended; both → blacklisted → active. A suspended or blacklisted supplier
 * takes no new orders; what is already owed stays payable unless payment_hold is set. */

static const char *const supplier_states[] = {"active", "suspended", "blacklisted", NULL};

static const m_field supplier_fields[] = {
    M_DOC_FIELDS(core_supplier, supplier_states),
    M_F_STR(core_supplier, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_STR(core_supplier, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(core_supplier, party, "Party", "core.party"),
    M_F_STR(core_supplier, supplier_group, "Group", .max = 60),
    M_F_STRUCT(core_supplier, contact, "Contact", core_contact, &core_contact_type),
    M_F_STRUCT(core_supplier, address, "Address", core_postal, &core_postal_type),
    M_F_STR(core_supplier, tax_id, "Tax id", .max = 40, .section = "Terms and tax"),
    M_F_INT(core_supplier, credit_days, "Credit days", .min = 0, .max = 3650,
            .help = "Days from the invoice date until it is due.", .section = "Terms and tax"),
    M_F_BOOL(core_supplier, payment_hold, "Hold payments", .section = "Terms and tax"),
    M_F_STR(core_supplier, block_reason, "Reason of the block", .flags = M_READONLY, .max = 500),
    M_F_DATE(core_supplier, blocked_until, "Blocked until", .flags = M_READONLY),
    M_F_TEXT(core_supplier, notes, "Notes"),
};
static const m_index supplier_indexes[] = {{.fields = "name"}, {.fields = "party"}, {0}};
const m_type core_supplier_type = {.name = "core.supplier",
                                   .schema = "core",
                                   .table = "supplier",
                                   .size = sizeof(core_supplier),
                                   .flags = M_TYPE_REFERENCE,
                                   .indexes = supplier_indexes,
                                   .ext_at = offsetof(core_supplier, ext) + 1,
                                   M_FIELDS(supplier_fields)};

typedef struct {
    m_str reason;
} block_input;
static const m_field block_fields[] = {
    M_F_STR(block_input, reason, "Reason", .flags = M_REQUIRED, .max = 500),
};
static const m_type block_type = {
    .name = "core.supplier_suspend", .size = sizeof(block_input), M_FIELDS(block_fields)};

typedef struct {
    m_str reason;
    m_date until;
} blacklist_input;
static const m_field blacklist_fields[] = {
    M_F_STR(blacklist_input, reason, "Reason", .flags = M_REQUIRED, .max = 500),
    M_F_DATE(blacklist_input, until, "Last day", .help = "Empty: until it is lifted."),
};
static const m_type blacklist_type = {
    .name = "core.supplier_blacklist", .size = sizeof(blacklist_input), M_FIELDS(blacklist_fields)};

static m_status suspend(void *module, m_call *call, void *doc, const void *input)
{
    (void)module, (void)call;
    core_supplier *supplier = doc;
    supplier->block_reason = ((const block_input *)input)->reason;
    supplier->blocked_until = M_DATE_NONE;
    return M_OK;
}

static m_status blacklist(void *module, m_call *call, void *doc, const void *input)
{
    (void)module;
    core_supplier *supplier = doc;
    const blacklist_input *in = input;
    if (!m_date_is_none(in->until) && m_date_cmp(in->until, m_today(call)) < 0) {
        m_field_fail(call, m_err_range, M_STR("until"), "not before today");
        return m_failed_fields(call);
    }
    supplier->block_reason = in->reason;
    supplier->blocked_until = in->until;
    return M_OK;
}

static m_status unblock(void *module, m_call *call, void *doc, const void *input)
{
    (void)module, (void)call, (void)input;
    core_supplier *supplier = doc;
    supplier->block_reason = (m_str){0};
    supplier->blocked_until = M_DATE_NONE;
    return M_OK;
}

static const m_move supplier_moves[] = {
    {"suspend", "Suspend", "active", "suspended", M_CAN_CANCEL, 0, &block_type, suspend},
    {"reactivate", "Reactivate", "suspended", "active", M_CAN_CANCEL, M_MOVE_PRIMARY, NULL,
     unblock},
    {"blacklist", "Blacklist", "active,suspended", "blacklisted", M_CAN_CANCEL, 0, &blacklist_type,
     blacklist},
    {"lift", "Lift the blacklisting", "blacklisted", "active", M_CAN_CANCEL, M_MOVE_PRIMARY, NULL,
     unblock},
    {0}};
static const m_lifecycle supplier_life = {supplier_states, "active,suspended,blacklisted",
                                          supplier_moves};

bool core_supplier_blocked(const core_supplier *supplier, m_date on)
{
    if (supplier->state == CORE_SUPPLIER_ACTIVE) return false;
    return m_date_is_none(supplier->blocked_until) || m_date_cmp(on, supplier->blocked_until) <= 0;
}

static m_status supplier_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module, (void)before;
    const core_supplier *supplier = doc;
    core_check_email(call, supplier->contact.email, "contact.email");
    return m_failed_fields(call);
}

static m_status supplier_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_supplier_doctype, doc);
}

const m_doctype core_supplier_doctype = {
    .type = &core_supplier_type,
    .module = "core",
    .collection = "suppliers",
    .label = "Supplier",
    .label_plural = "Suppliers",
    .group = "Partners",
    .code_field = "code",
    .life = &supplier_life,
    .permissions = core_can_supplier,
    .list_columns = "code,name,supplier_group,address.city,credit_days,payment_hold,state",
    .search_fields = "code,name,tax_id",
    .title_field = "name",
    .check = supplier_check,
    .on_delete = supplier_delete};
