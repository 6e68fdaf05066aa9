#include "toy.h"

#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/outbox.h"

/* Not of Check, because fuzz targets use this too; to Check an abort is a failure. */
#define MUST_SAY(condition, ...)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                        \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)
#define MUST(condition) MUST_SAY(condition, "%s", #condition)

/* ---- types ---- */

static const m_field item_fields[] = {
    M_DOC_FIELDS(toy_item, m_states_active),
    M_F_STR(toy_item, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(toy_item, name, "Name"),
    M_F_STR(toy_item, secret, "Secret", .flags = M_SECRET),
};
const m_type toy_item_type = {.name = "toy.item",
                              .schema = "toy",
                              .table = "item",
                              .size = sizeof(toy_item),
                              M_FIELDS(item_fields)};

static const m_field line_fields[] = {
    M_F_ID(toy_line, id, "Id", .flags = M_HIDDEN),
    M_F_LINK(toy_line, item, "Item", "toy.item", .flags = M_REQUIRED),
    M_F_QTY(toy_line, qty, "Quantity", .flags = M_POSITIVE),
    M_F_QTY(toy_line, received, "Received", .flags = M_READONLY),
};
static const m_type line_type = {
    .name = "toy.order_line", .size = sizeof(toy_line), M_FIELDS(line_fields)};

static const char *const order_states[] = {"draft", "submitted", "closed", "cancelled", NULL};
static const m_field order_fields[] = {
    M_DOC_FIELDS(toy_order, order_states),
    M_F_DATE(toy_order, date, "Date", .flags = M_REQUIRED),
    M_F_STR(toy_order, note, "Note"),
    M_F_STR(toy_order, reference, "Reference", .flags = M_UNIQUE),
    M_F_STR(toy_order, channel, "Channel", .flags = M_IMMUTABLE, .fallback = "shop"),
    M_F_LINK(toy_order, item, "Item", "toy.item"),
    M_F_LINK(toy_order, elsewhere, "Elsewhere", "far.away"),
    M_F_LIST(toy_order, lines, "Lines", &line_type),
    M_F_QTY(toy_order, total, "Total", .flags = M_READONLY),
    M_F_STR(toy_order, reason, "Reason", .flags = M_READONLY),
};
const m_type toy_order_type = {.name = "toy.order",
                               .schema = "toy",
                               .table = "toy_order",
                               .size = sizeof(toy_order),
                               M_FIELDS(order_fields)};

const m_type *const toy_types[] = {&toy_item_type, &toy_order_type, NULL};

/* ---- rules ---- */

static const m_error_def errors[] = {
    {"toy.order.too_much", M_PRECONDITION, "Too much: %s.", "Order less."},
    {NULL, M_OK, NULL, NULL},
};

static m_status check_order(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    toy *self = module;
    toy_order *order = doc;
    self->checks++;
    order->total = (m_dec){0};
    for (M_EACH(const toy_line, line, order->lines))
        M_TRY(m_dec_add(order->total, line->qty, &order->total));
    if (m_str_is(order->note, "bad")) m_field_fail(call, m_err_pattern, M_STR("note"), "bad");
    return M_OK;
}

static m_status on_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    toy *self = module;
    toy_order *order = doc;
    self->effects++;
    self->submit_number = order->number;
    if (order->total.u > 100 * M_DEC_ONE) return m_fail(call, &errors[0], "more than 100");
    for (M_EACH(toy_line, line, order->lines))
        line->received = line->qty;
    return M_OK;
}

typedef struct {
    m_str reason;
} close_input;
static const m_field close_fields[] = {M_F_STR(close_input, reason, "Reason", .flags = M_REQUIRED)};
static const m_type close_type = {
    .name = "toy.close", .size = sizeof(close_input), M_FIELDS(close_fields)};

static m_status on_close(void *module, m_call *call, void *doc, const void *input)
{
    (void)module, (void)call;
    ((toy_order *)doc)->reason = ((const close_input *)input)->reason;
    return M_OK;
}

/* ---- documents ---- */

static const m_permission permissions[] = {
    {"Boss", M_CAN_ALL}, {"Clerk", M_CAN_DRAFT}, {"Reader", M_CAN_READ}, {NULL, 0}};

static const m_doctype item_doctype = {
    .type = &toy_item_type,
    .module = "toy",
    .collection = "items",
    .label = "Item",
    .label_plural = "Items",
    .code_field = "code",
    .permissions = permissions,
    .list_columns = "code,name",
    .search_fields = "code,name",
};

static const m_move moves[] = {
    {.action = "submit",
     .label = "Submit",
     .from = "draft",
     .to = "submitted",
     .can = M_CAN_SUBMIT,
     .flags = M_MOVE_NUMBER | M_MOVE_PRIMARY,
     .effect = on_submit},
    {.action = "close",
     .label = "Close",
     .from = "submitted",
     .to = "closed",
     .can = M_CAN_SUBMIT,
     .input = &close_type,
     .effect = on_close},
    {.action = "cancel",
     .label = "Cancel",
     .from = "submitted,closed",
     .to = "cancelled",
     .can = M_CAN_CANCEL},
    {.action = "expire",
     .label = "Expire",
     .from = "submitted",
     .to = "closed",
     .can = M_CAN_SUBMIT,
     .flags = M_MOVE_INTERNAL},
    {.action = NULL},
};
static const m_lifecycle order_life = {.states = order_states, .editable = "draft", .moves = moves};

static const m_doctype order_doctype = {
    .type = &toy_order_type,
    .module = "toy",
    .collection = "orders",
    .label = "Order",
    .label_plural = "Orders",
    .series = "SO",
    .series_date = "date",
    .life = &order_life,
    .permissions = permissions,
    .list_columns = "date,total",
    .search_fields = "note,number",
    .check = check_order,
};

static const m_doctype *const doctypes[] = {&item_doctype, &order_doctype, NULL};

/* ---- listeners ---- */

static m_status hear(void *module, m_call *call, const m_delivery *event)
{
    toy *self = module;
    if (self->answer != M_OK &&
        (m_id_is_null(self->refuse_aggregate) || m_id_eq(self->refuse_aggregate, event->aggregate)))
        return m_fail(call, self->answer == M_UNAVAILABLE ? m_err_unavailable : m_err_internal,
                      "told to fail");
    MUST(call->system);
    MUST(self->heard < 64);
    self->heard_ids[self->heard++] = event->aggregate;
    return M_OK;
}

static const m_listener listeners[] = {
    {"toy.order.submitted", "toy.first", hear},
    {"toy.order.submitted", "toy.second", hear},
    {"toy.item.updated", "toy.first", hear},
    {NULL, NULL, NULL},
};

static const m_required needs[] = {{"book_keeper", 0}, {NULL, 0}};

const m_module toy_module = {
    .size = sizeof(m_module),
    .name = "toy",
    .label = "Toy",
    .version = "1",
    .instance_size = sizeof(toy),
    .doctypes = doctypes,
    .errors = errors,
    .requires_ = needs,
    .listeners = listeners,
};

/* ---- the world ---- */

void toy_setup(toy_world *world)
{
    *world = (toy_world){.call = test_call()};
    bind_open(&world->bound);
    m_module_instance module = {&toy_module, &world->module};
    world->uow = world->bound.uow;
    world->store = world->bound.store;
    world->registry = m_registry_new(&module, 1);
    MUST(world->uow && world->registry);
    world->service =
        m_documents_new(&(m_documents_config){.registry = world->registry,
                                              .store = world->store,
                                              .attachment_bytes = TOY_FILE_MAX,
                                              .events = m_outbox_events(&world->store)});
    world->documents = m_documents_of(world->service);
}

void toy_teardown(toy_world *world)
{
    m_documents_free(world->service);
    m_registry_free(world->registry);
    bind_close(&world->bound);
    test_call_free(world->call);
}

static void add_pair(m_arena *arena, m_list *list, uint32_t *capacity, const char *at, size_t n)
{
    m_pair *pair = m_list_add(arena, list, capacity, sizeof *pair);
    const char *equals = memchr(at, '=', n);
    MUST(pair && equals);
    pair->name = (m_str){at, (size_t)(equals - at)};
    pair->value = (m_str){equals + 1, n - pair->name.n - 1};
}

static m_list pairs_of(m_arena *arena, const char *query)
{
    m_list list = {0};
    uint32_t capacity = 0;
    while (query && *query) {
        const char *end = strchrnul(query, '&');
        add_pair(arena, &list, &capacity, query, (size_t)(end - query));
        query = *end ? end + 1 : end;
    }
    return list;
}

static const m_method *method_named(const char *name)
{
    for (const m_method *at = m_documents_protocol.methods; at->name; at++)
        if (strcmp(at->name, name) == 0) return at;
    MUST_SAY(false, "no method %s", name);
    return NULL;
}

m_status toy_run(toy_world *world, const char *method, toy_request request, m_document_reply *out)
{
    m_call *call = world->call;
    m_document_request in = {
        .module = M_STR("toy"),
        .collection = m_str_of(request.collection),
        .id = request.id,
        .action = m_str_of(request.action),
        .if_version = request.version,
        .body = m_str_of(request.body),
        .query = pairs_of(call->arena, request.query),
        .attachment = request.attachment,
    };
    const m_method *m = method_named(method);
    m_iface iface = {world->documents.ops, world->documents.self};
    m_fetch wants[8];
    m_error_clear(call);
    uint32_t n = m_documents_wants(world->service, call, method, &in, wants, 8);
    call->uow = world->uow;
    MUST(world->uow->ops->begin(world->uow, call, M_UOW_WRITE, wants, n) == M_OK);
    world->uow->ops->mark(world->uow);
    *out = (m_document_reply){0};
    m_status status = m_invoke(iface, m, call, &in, out);
    if (status != M_OK) {
        MUST(call->error.status == status);
        (void)world->uow->ops->refuse(world->uow);
        world->uow->ops->rollback(world->uow);
        return status;
    }
    world->uow->ops->accept(world->uow);
    return world->uow->ops->commit(world->uow, call);
}

m_document_reply toy_ok(toy_world *world, const char *method, toy_request request)
{
    m_document_reply reply;
    m_status status = toy_run(world, method, request, &reply);
    const m_error *error = &world->call->error;
    MUST_SAY(status == M_OK, "%s: %.*s %.*s (%.*s %.*s)", method, M_STR_ARG(error->code),
             M_STR_ARG(error->message), M_STR_ARG(error->fields[0].path),
             M_STR_ARG(error->fields[0].message));
    return reply;
}

void toy_refused(toy_world *world, const char *method, toy_request request, const char *code)
{
    m_document_reply reply;
    m_status status = toy_run(world, method, request, &reply);
    MUST_SAY(status != M_OK, "%s was accepted, %s expected", method, code);
    MUST_SAY(m_str_is(world->call->error.code, code), "%.*s, expected %s: %.*s",
             M_STR_ARG(world->call->error.code), code, M_STR_ARG(world->call->error.message));
}

bool toy_has(m_str text, const char *part)
{
    return text.n && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

bool toy_field(const toy_world *world, const char *path, const char *code)
{
    const m_error *error = &world->call->error;
    for (uint32_t i = 0; i < error->field_count; i++)
        if (m_str_is(error->fields[i].path, path) && m_str_is(error->fields[i].code, code))
            return true;
    return false;
}

uint32_t toy_count(toy_world *world, const m_type *type)
{
    uint32_t count = 0;
    m_query all = {0};
    m_call *call = world->call;
    call->uow = world->uow;
    MUST(world->uow->ops->begin(world->uow, call, M_UOW_READ, NULL, 0) == M_OK);
    MUST(m_store_count(world->store, call, type, &all, 100000, &count) == M_OK);
    world->uow->ops->rollback(world->uow);
    return count;
}
