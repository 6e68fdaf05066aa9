#include "core_internal.h"

/* Parties and their further addresses. */

static const char *const party_kinds[] = {"company", "person", NULL};

static const m_field party_fields[] = {
    M_DOC_FIELDS(core_party, m_states_active),
    M_F_STR(core_party, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_STR(core_party, name, "Name", .flags = M_REQUIRED),
    M_F_ENUM(core_party, kind, "Kind", party_kinds),
    M_F_STR(core_party, tax_id, "Tax id", .max = 40),
    M_F_STR(core_party, registration_no, "Registration number", .max = 40),
    M_F_BOOL(core_party, active, "Active", .fallback = "true"),
};
const m_type core_party_type = {.name = "core.party",
                                .schema = "core",
                                .table = "party",
                                .size = sizeof(core_party),
                                .ext_at = offsetof(core_party, ext) + 1,
                                M_FIELDS(party_fields)};

static m_status party_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_party_doctype, doc);
}

const m_doctype core_party_doctype = {.type = &core_party_type,
                                      .module = "core",
                                      .collection = "parties",
                                      .label = "Party",
                                      .label_plural = "Parties",
                                      .group = "Partners",
                                      .code_field = "code",
                                      .permissions = core_can_party,
                                      .list_columns = "code,name,kind,tax_id,active",
                                      .search_fields = "code,name,tax_id",
                                      .title_field = "name",
                                      .on_delete = party_delete};

static const char *const address_purposes[] = {"billing", "shipping", "office", NULL};

static const m_field address_fields[] = {
    M_DOC_FIELDS(core_address, m_states_active),
    M_F_STR(core_address, label, "Label", .flags = M_REQUIRED, .help = "Such as \"Head office\"."),
    M_F_LINK(core_address, party, "Party", "core.party"),
    M_F_ENUM(core_address, purpose, "Purpose", address_purposes),
    M_F_STR(core_address, line1, "Address", .flags = M_REQUIRED, .max = 200),
    M_F_STR(core_address, line2, "Address, second line", .max = 200),
    M_F_STR(core_address, city, "City", .flags = M_REQUIRED),
    M_F_STR(core_address, region, "State or province"),
    M_F_STR(core_address, postal_code, "Postal code", .max = 20),
    M_F_STR(core_address, country, "Country", .max = 60),
    M_F_BOOL(core_address, active, "Active", .fallback = "true"),
};
static const m_index address_indexes[] = {{.fields = "party"}, {0}};
const m_type core_address_type = {.name = "core.address",
                                  .schema = "core",
                                  .table = "address",
                                  .size = sizeof(core_address),
                                  .indexes = address_indexes,
                                  .ext_at = offsetof(core_address, ext) + 1,
                                  M_FIELDS(address_fields)};

const m_doctype core_address_doctype = {.type = &core_address_type,
                                        .module = "core",
                                        .collection = "addresses",
                                        .label = "Address",
                                        .label_plural = "Addresses",
                                        .group = "Partners",
                                        .permissions = core_can_party,
                                        .list_columns = "label,party,purpose,city,country",
                                        .search_fields = "label,line1,city,postal_code",
                                        .title_field = "label"};
