#include "core_internal.h"

enum { DEPTH_MAX = 20 };

static const m_field category_fields[] = {
    M_DOC_FIELDS(core_item_category, m_states_active),
    M_F_STR(core_item_category, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_STR(core_item_category, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(core_item_category, parent, "Parent", "core.item_category"),
    M_F_TEXT(core_item_category, description, "Description"),
    M_F_BOOL(core_item_category, active, "Active", .fallback = "true"),
};
static const m_index category_indexes[] = {{.fields = "parent"}, {0}};
const m_type core_item_category_type = {.name = "core.item_category",
                                        .schema = "core",
                                        .table = "item_category",
                                        .size = sizeof(core_item_category),
                                        .flags = M_TYPE_REFERENCE,
                                        .indexes = category_indexes,
                                        M_FIELDS(category_fields)};

/* The tree has no loops and at most DEPTH_MAX levels. */
static m_status category_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    const core_item_category *category = doc;
    m_id up = category->parent;
    for (int level = 1; !m_id_is_null(up); level++) {
        if (m_id_eq(up, category->id)) {
            m_field_fail(call, &core_errors[CORE_E_CATEGORY_LOOP], M_STR("parent"), NULL);
            break;
        }
        if (level >= DEPTH_MAX) {
            m_field_fail(call, &core_errors[CORE_E_CATEGORY_DEPTH], M_STR("parent"), "%d",
                         DEPTH_MAX);
            break;
        }
        const void *parent;
        M_TRY(m_store_get(core_store(module), call, &core_item_category_type, up, &parent));
        if (!parent) break; /* that the link leads somewhere is checked for all links alike */
        up = ((const core_item_category *)parent)->parent;
    }
    return m_failed_fields(call);
}

static m_status category_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_item_category_doctype, doc);
}

const m_doctype core_item_category_doctype = {.type = &core_item_category_type,
                                              .module = "core",
                                              .collection = "item-categories",
                                              .label = "Item category",
                                              .label_plural = "Item categories",
                                              .group = "Items",
                                              .code_field = "code",
                                              .permissions = core_can_item,
                                              .list_columns = "code,name,parent,active",
                                              .search_fields = "code,name",
                                              .title_field = "name",
                                              .check = category_check,
                                              .on_delete = category_delete};
