#include "saved_view.h"

#include "core_internal.h"

static const m_field view_fields[] = {
    M_DOC_FIELDS(core_saved_view, m_states_active),
    M_F_STR(core_saved_view, name, "Name", .flags = M_REQUIRED, .max = 60),
    M_F_STR(core_saved_view, list, "List", .flags = M_REQUIRED | M_IMMUTABLE, .max = 80,
            .pattern = "[a-z_]+\\.[a-z_]+", .help = "Document type, such as wms.purchase_order."),
    M_F_TEXT(core_saved_view, query, "Query", .max = 2000,
             .help = "Filters, order and columns as in the address of the list."),
    M_F_BOOL(core_saved_view, shared, "Shared", .help = "Others may use it."),
    M_F_BOOL(core_saved_view, preferred, "Shown first",
             .help = "The list opens with it, for whom it belongs to."),
};
static const m_index view_indexes[] = {{.fields = "list,created_by"}, {0}};
const m_type core_saved_view_type = {.name = "core.saved_view",
                                     .schema = "core",
                                     .table = "saved_view",
                                     .size = sizeof(core_saved_view),
                                     .indexes = view_indexes,
                                     M_FIELDS(view_fields)};

/* Whoever may look at any list may keep views of it. */
static const m_permission everybody[] = {{"Master Manager", M_CAN_DRAFT},
                                         {"Purchase User", M_CAN_DRAFT},
                                         {"Stock User", M_CAN_DRAFT},
                                         {"Purchase Manager", M_CAN_DRAFT},
                                         {"Stock Manager", M_CAN_DRAFT},
                                         {"Accounts User", M_CAN_DRAFT},
                                         {"HR User", M_CAN_DRAFT},
                                         {"Accounts Manager", M_CAN_DRAFT},
                                         {"HR Manager", M_CAN_DRAFT},
                                         {"Auditor", M_CAN_DRAFT},
                                         {NULL, 0}};

bool core_saved_view_is_own(const m_call *call, const core_saved_view *view)
{
    return m_id_eq(call->actor, view->created_by);
}

/* Those who have left are tidied up after by administrators. */
static m_status check_owner(m_call *call, const core_saved_view *view)
{
    if (call->system || core_saved_view_is_own(call, view)) return M_OK;
    if (m_call_has_role(call, "Administrator")) return M_OK;
    return m_fail(call, m_err_denied, "it belongs to somebody else");
}

static m_status view_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module, (void)doc;
    return before ? check_owner(call, before) : M_OK;
}

static m_status view_delete(void *module, m_call *call, const void *doc)
{
    (void)module;
    return check_owner(call, doc);
}

const m_doctype core_saved_view_doctype = {.type = &core_saved_view_type,
                                           .module = "core",
                                           .collection = CORE_SAVED_VIEWS,
                                           .label = "Saved view",
                                           .label_plural = "Saved views",
                                           .group = "Setup",
                                           .permissions = everybody,
                                           .list_columns = "name,list,shared,preferred",
                                           .search_fields = "name,list",
                                           .title_field = "name",
                                           .check = view_check,
                                           .on_delete = view_delete};
