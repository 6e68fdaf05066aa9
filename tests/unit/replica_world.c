#include "replica_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/codec.h"
#include "m_adapters/memory.h"

/* ---- types ---- */

static const m_field remark_fields[] = {M_F_TEXT(goods_remark, text, "Text", .max = 100000)};
static const m_type remark_type = {
    .name = "goods.remark", .size = sizeof(goods_remark), M_FIELDS(remark_fields)};

static const m_field item_fields[] = {
    M_DOC_FIELDS(goods_item, m_states_active),
    M_F_STR(goods_item, code, "Code", .flags = M_REQUIRED | M_UNIQUE),
    M_F_STR(goods_item, name, "Name"),
    M_F_STR(goods_item, secret, "Secret", .flags = M_SECRET),
    M_F_INT(goods_item, shelf, "Shelf"),
    M_F_INT(goods_item, slot, "Slot"),
    M_F_LIST(goods_item, remarks, "Remarks", &remark_type),
};
static const m_index item_indexes[] = {{.fields = "shelf,slot", .unique = true}, {NULL}};
const m_type goods_item_type = {.name = "goods.item",
                                .schema = "goods",
                                .table = "item",
                                .size = sizeof(goods_item),
                                .flags = M_TYPE_REFERENCE,
                                .indexes = item_indexes,
                                M_FIELDS(item_fields)};

static const m_field thing_fields[] = {
    M_DOC_FIELDS(far_thing, m_states_active),
    M_F_STR(far_thing, code, "Code"),
    M_F_STR(far_thing, private_note, "Private"),
};
const m_type far_thing_type = {.name = "far.thing",
                               .schema = "far",
                               .table = "thing",
                               .size = sizeof(far_thing),
                               M_FIELDS(thing_fields)};
static const m_type far_other_type = {.name = "far.other",
                                      .schema = "far",
                                      .table = "other",
                                      .size = sizeof(far_thing),
                                      M_FIELDS(thing_fields)};

static const m_field line_fields[] = {
    M_F_LINK(near_line, item, "Item", "goods.item"),
    M_F_LINK(near_line, thing, "Thing", "far.thing"),
};
static const m_type line_type = {
    .name = "near.line", .size = sizeof(near_line), M_FIELDS(line_fields)};
static const m_field note_fields[] = {
    M_DOC_FIELDS(near_note, m_states_active),
    M_F_STR(near_note, title, "Title"),
    M_F_LINK(near_note, thing, "Thing", "far.thing"),
    M_F_LINK(near_note, item, "Item", "goods.item"),
    M_F_LINK(near_note, other, "Other", "far.other"),
    M_F_LIST(near_note, lines, "Lines", &line_type),
};
const m_type near_note_type = {.name = "near.note",
                               .schema = "near",
                               .table = "note",
                               .size = sizeof(near_note),
                               M_FIELDS(note_fields)};

const m_type *const world_types[] = {&goods_item_type, &near_note_type, NULL};

/* ---- modules ---- */

static const m_permission anybody[] = {{"Administrator", M_CAN_ALL}, {NULL, 0}};

#define DOCTYPE(module_name, noun, t, words)                                                       \
    static const m_doctype noun##_doctype = {.type = t,                                            \
                                             .module = module_name,                                \
                                             .collection = words,                                  \
                                             .label = #noun,                                       \
                                             .label_plural = words,                                \
                                             .permissions = anybody}
DOCTYPE("goods", item, &goods_item_type, "items");
DOCTYPE("far", thing, &far_thing_type, "things");
DOCTYPE("far", other, &far_other_type, "others");
DOCTYPE("near", note, &near_note_type, "notes");

static const m_doctype *const goods_doctypes[] = {&item_doctype, NULL};
static const m_shared goods_shared[] = {{&item_doctype, NULL}, {NULL, NULL}};
static const m_module goods_module = {.size = sizeof(m_module),
                                      .name = "goods",
                                      .version = "1",
                                      .doctypes = goods_doctypes,
                                      .shared = goods_shared};

static const m_doctype *const far_doctypes[] = {&thing_doctype, &other_doctype, NULL};
static const m_shared far_shared[] = {{&thing_doctype, "id,version,code"}, {NULL, NULL}};
static const m_module far_module = {.size = sizeof(m_module),
                                    .name = "far",
                                    .version = "1",
                                    .doctypes = far_doctypes,
                                    .shared = far_shared};

/* A seed that needs the copies. */
static m_status near_seed(void *module, m_call *call)
{
    world *w = *(world **)module;
    uint32_t n = 0;
    m_query all = {0};
    M_TRY(m_store_count(w->bound.store, call, &goods_item_type, &all, 1, &n));
    if (!n) return m_fail(call, m_err_not_found, "no item to begin with");
    w->seeds++;
    return M_OK;
}
static const m_doctype *const near_doctypes[] = {&note_doctype, NULL};
static const m_module near_module = {.size = sizeof(m_module),
                                     .name = "near",
                                     .version = "1",
                                     .doctypes = near_doctypes,
                                     .seed = near_seed};

/* ---- the owner's events ---- */

static m_status emit(void *self, m_call *call, const m_event *event)
{
    world *w = self;
    ck_assert_uint_lt(w->logged, WORLD_EVENTS);
    m_replica_event *kept = &w->log[w->logged].event;
    kept->type = m_str_dup(w->log_memory, m_str_of(event->type));
    kept->payload = m_str_dup(w->log_memory, event->payload_json);
    kept->aggregate = event->aggregate;
    w->log[w->logged++].tenant = call->tenant;
    return M_OK;
}

static const m_events_ops event_ops = {.head = {.size = sizeof event_ops, .version = 1},
                                       .emit = emit};

static int64_t head_of(const world *w, m_id tenant)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < w->committed; i++)
        n += m_id_eq(w->log[i].tenant, tenant);
    return n;
}

static m_status head(void *arg, m_call *call, int64_t *out_seq, m_id *out_last)
{
    *out_seq = head_of(arg, call->tenant);
    *out_last = test_id((uint32_t)*out_seq);
    return M_OK;
}

static void owner_begin(world *w)
{
    m_error_clear(w->call);
    ck_assert_int_eq(w->owner_uow->ops->begin(w->owner_uow, w->call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void owner_end(world *w)
{
    ck_assert_int_eq(w->owner_uow->ops->commit(w->owner_uow, w->call), M_OK);
    for (; w->committed < w->logged; w->committed++)
        w->log[w->committed].event.seq = head_of(w, w->log[w->committed].tenant) + 1;
    w->call->uow = NULL;
}

/* ---- the way to the owner ---- */

static m_status reach(world *w, const m_method *method, m_call *call, m_str body, m_str *out)
{
    w->asked++;
    if (w->cut) return m_fail(call, m_err_unavailable, "cut");
    m_call inner = *call;
    inner.system = true;
    ck_assert_int_eq(w->owner_uow->ops->begin(w->owner_uow, &inner, M_UOW_WRITE, NULL, 0), M_OK);
    m_status status =
        m_remote_dispatch((m_iface){w->served.ops, w->served.self}, method, &inner, body, out);
    w->owner_uow->ops->rollback(w->owner_uow);
    call->error = inner.error;
    return status;
}

static m_status ask_now(world *w, m_call *call, const char *name, const void *in, void *out)
{
    const m_method *method = m_protocol_method(&m_sharing_protocol, m_str_of(name));
    m_buf body = {.arena = call->arena};
    m_str reply;
    m_json_canonical(&body, method->in, in);
    M_TRY(reach(w, method, call, m_buf_str(&body), &reply));
    void *record = m_record_new(method->out, call->arena);
    M_TRY(m_json_read(call, method->out, reply, M_JSON_TRUSTED, record, NULL));
    memcpy(out, record, method->out->size);
    return M_OK;
}

static m_status now_page(void *self, m_call *call, const m_share_page_question *in,
                         m_share_page *out)
{
    world *w = self;
    m_share_page_question few = *in;
    if (w->page_limit) few.limit = w->page_limit;
    M_TRY(ask_now(w, call, "page", &few, out));
    if (w->on_page) w->on_page(w);
    return M_OK;
}

static m_status now_digest(void *self, m_call *call, const m_share_digest_question *in,
                           m_share_digest *out)
{
    world *w = self;
    m_share_digest_question few = *in;
    if (w->page_limit) few.limit = w->page_limit;
    return ask_now(w, call, "digest", &few, out);
}

static const m_sharing_ops now_ops = {
    .head = {.size = sizeof now_ops, .version = 1}, .page = now_page, .digest = now_digest};

static void answer_all(world *w)
{
    m_question *open[M_REMOTE_QUESTIONS];
    uint32_t n = m_answers_open(w->answers, open, M_REMOTE_QUESTIONS);
    for (uint32_t i = 0; i < n; i++) {
        m_call inner = *w->call;
        inner.arena = m_answers_arena(w->answers);
        inner.error = (m_error){.status = M_OK};
        m_status status = reach(w, open[i]->method, &inner, open[i]->body, &open[i]->reply);
        open[i]->answered = true;
        open[i]->status = status;
        if (status != M_OK) m_question_refuse(open[i], &inner);
    }
}

/* ---- open and close ---- */

static void open_owner(world *w)
{
    m_module_instance modules[] = {{&goods_module, NULL, false}, {&far_module, NULL, false}};
    w->owner_db = m_memory_db_new();
    w->owner_uow = m_memory_uow(w->owner_db);
    w->owner_raw = m_memory_store(w->owner_db);
    w->owner_registry = m_registry_new(modules, 2);
    w->share = (m_share_over){w->owner_raw, w->owner_registry, {&event_ops, w}};
    w->owner_store = m_share_store(&w->share);
    w->server = (m_share_server){w->owner_registry, w->owner_raw, head, w};
    w->served = m_share_serve(&w->server);
}

static void open_keeper(world *w)
{
    static world *self;
    self = w;
    static const char *const names[] = {"goods", "far"};
    m_module_instance modules[] = {{&near_module, &self, false}, {&goods_module, NULL, true}};
    bind_open(&w->bound);
    w->registry = m_registry_new(modules, 2);
    for (int i = 0; i < 2; i++) {
        m_iface within = m_remote_bind(&w->remote[i], names[i], &m_sharing_protocol);
        w->owners[i] = (m_replica_owner){names[i], {&now_ops, w}, {within.ops, within.self}};
    }
    w->replica = m_replica_new(&(m_replica_config){.registry = w->registry,
                                                   .store = w->bound.store,
                                                   .env = w->call->env,
                                                   .owners = w->owners,
                                                   .owner_count = 2});
    w->answers = m_answers_new(0);
    w->service = m_documents_new(&(m_documents_config){.registry = w->registry,
                                                       .store = w->bound.store,
                                                       .events = {&event_ops, w},
                                                       .foreign = m_replica_links(w->replica)});
    w->documents = m_documents_of(w->service);
}

world *world_open(void)
{
    world *w = calloc(1, sizeof *w);
    ck_assert_ptr_nonnull(w);
    w->call = test_call();
    w->log_memory = m_arena_new(0);
    open_owner(w);
    open_keeper(w);
    return w;
}

void world_close(world *w)
{
    m_replica_free(w->replica);
    m_documents_free(w->service);
    m_registry_free(w->registry);
    m_registry_free(w->owner_registry);
    m_answers_free(w->answers);
    bind_close(&w->bound);
    m_memory_db_free(w->owner_db);
    m_arena_free(w->log_memory);
    test_call_free(w->call);
    free(w);
}

/* ---- the owner writes ---- */

m_id item_id(uint32_t n)
{
    return test_id(100 + n);
}

static void *read_for_change(world *w, const m_type *type, uint32_t n)
{
    const void *found = NULL;
    ck_assert_int_eq(m_store_get(w->owner_store, w->call, type, item_id(n), &found), M_OK);
    return found ? m_record_copy(type, found, w->call->arena) : NULL;
}

static void *new_document(world *w, const m_type *type, uint32_t n)
{
    m_doc *doc = m_record_new(type, w->call->arena);
    doc->id = item_id(n);
    doc->version = 1;
    return doc;
}

static void insert(world *w, const m_type *type, const void *doc)
{
    ck_assert_int_eq(m_store_insert(w->owner_store, w->call, type, doc), M_OK);
}

static void update(world *w, const m_type *type, void *doc)
{
    ((m_doc *)doc)->version++;
    m_status status = m_store_update(w->owner_store, w->call, type, doc);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
}

void item_new(world *w, uint32_t n, const char *code)
{
    owner_begin(w);
    goods_item *item = new_document(w, &goods_item_type, n);
    item->code = item->number = m_str_of(code);
    item->name = M_STR("as \"new\"\n");
    item->secret = M_STR("hush");
    item->shelf = 1;
    item->slot = n;
    goods_remark remarks[] = {{M_STR("one")}, {M_STR("two")}};
    item->remarks = (m_list){remarks, n % 3};
    insert(w, &goods_item_type, item);
    owner_end(w);
}

void item_change(world *w, uint32_t n, const char *code, const char *name)
{
    owner_begin(w);
    goods_item *item = read_for_change(w, &goods_item_type, n);
    if (item) {
        if (code) item->code = item->number = m_str_of(code);
        if (name) item->name = m_str_of(name);
        update(w, &goods_item_type, item);
    }
    owner_end(w);
}

void item_swap(world *w, uint32_t a, uint32_t b)
{
    owner_begin(w);
    goods_item *x = read_for_change(w, &goods_item_type, a);
    goods_item *y = read_for_change(w, &goods_item_type, b);
    owner_end(w);
    if (!x || !y || a == b) return;
    char one[40], two[40];
    snprintf(one, sizeof one, "%.*s", M_STR_ARG(x->code));
    snprintf(two, sizeof two, "%.*s", M_STR_ARG(y->code));
    item_change(w, a, "on its way", NULL);
    item_change(w, b, one, NULL);
    item_change(w, a, two, NULL);
}

static void delete_one(world *w, const m_type *type, uint32_t n)
{
    owner_begin(w);
    void *doc = read_for_change(w, type, n);
    if (doc) ck_assert_int_eq(m_store_remove(w->owner_store, w->call, type, doc), M_OK);
    owner_end(w);
}

void item_delete(world *w, uint32_t n)
{
    delete_one(w, &goods_item_type, n);
}

bool item_there(world *w, uint32_t n)
{
    owner_begin(w);
    bool there = read_for_change(w, &goods_item_type, n) != NULL;
    owner_end(w);
    return there;
}

void thing_new(world *w, uint32_t n, const char *code)
{
    owner_begin(w);
    far_thing *thing = new_document(w, &far_thing_type, n);
    thing->code = m_str_of(code);
    thing->private_note = M_STR("nobody's business");
    insert(w, &far_thing_type, thing);
    owner_end(w);
}

void thing_change(world *w, uint32_t n, const char *code)
{
    owner_begin(w);
    far_thing *thing = read_for_change(w, &far_thing_type, n);
    if (thing) {
        thing->code = m_str_of(code);
        update(w, &far_thing_type, thing);
    }
    owner_end(w);
}

void thing_delete(world *w, uint32_t n)
{
    delete_one(w, &far_thing_type, n);
}

void other_new(world *w, uint32_t n)
{
    owner_begin(w);
    insert(w, &far_other_type, new_document(w, &far_other_type, n));
    owner_end(w);
}

/* ---- the keeper ---- */

void keeper_begin(world *w)
{
    m_error_clear(w->call);
    ck_assert_int_eq(w->bound.uow->ops->begin(w->bound.uow, w->call, M_UOW_WRITE, NULL, 0), M_OK);
    w->bound.uow->ops->mark(w->bound.uow);
}

void keeper_end(world *w)
{
    w->bound.uow->ops->accept(w->bound.uow);
    m_status status = w->bound.uow->ops->commit(w->bound.uow, w->call);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
    w->call->uow = NULL;
}

bool deliver(world *w, uint32_t i)
{
    bool used = false;
    m_id tenant = w->call->tenant;
    w->call->tenant = w->log[i].tenant;
    keeper_begin(w);
    m_status status = m_replica_apply(w->replica, w->call, &w->log[i].event, &used);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
    keeper_end(w);
    w->call->tenant = tenant;
    return used;
}

void deliver_next(world *w, uint32_t n)
{
    for (; n && w->delivered < w->committed; n--)
        deliver(w, w->delivered++);
}

m_status fill(world *w, const char *type, m_replica_filled *out)
{
    m_error_clear(w->call);
    return m_replica_fill(w->replica, w->call, w->bound.uow, type, out);
}

bool same(world *w, const char *type)
{
    m_replica_verdict verdict;
    m_status status = m_replica_compare(w->replica, w->call, w->bound.uow, type, &verdict);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
    ck_assert(!verdict.equal || verdict.count == verdict.owner_count);
    return verdict.equal;
}

const goods_item *copy_of(world *w, uint32_t n)
{
    const void *found = NULL;
    keeper_begin(w);
    ck_assert_int_eq(m_store_get(w->bound.store, w->call, &goods_item_type, item_id(n), &found),
                     M_OK);
    found = found ? m_record_copy(&goods_item_type, found, w->call->arena) : NULL;
    keeper_end(w);
    return found;
}

const char *thing_copy(world *w, uint32_t n)
{
    const m_replica_record *found = NULL;
    keeper_begin(w);
    ck_assert_int_eq(m_replica_get(w->replica, w->call, "far.thing", item_id(n), &found), M_OK);
    const char *text = found ? m_str_z(w->call->arena, found->body) : NULL;
    keeper_end(w);
    return text;
}

static m_status try_note(world *w, const m_document_request *in)
{
    m_document_reply reply;
    m_uow *uow = w->bound.uow;
    m_error_clear(w->call);
    ck_assert_int_eq(uow->ops->begin(uow, w->call, M_UOW_WRITE, NULL, 0), M_OK);
    uow->ops->mark(uow);
    m_status status = m_documents_create(w->documents, w->call, in, &reply);
    if (status == M_OK) {
        uow->ops->accept(uow);
        status = uow->ops->commit(uow, w->call);
    } else {
        uow->ops->rollback(uow);
    }
    w->logged = w->committed; /* events of near are nobody's */
    return status;
}

m_status note_new(world *w, const char *body)
{
    m_document_request in = {
        .module = M_STR("near"), .collection = M_STR("notes"), .body = m_str_of(body)};
    m_status status = M_AGAIN;
    m_answers_reset(w->answers, w->call->env);
    w->call->answers = w->answers;
    for (int round = 0; round < M_REMOTE_ROUNDS && status == M_AGAIN; round++) {
        if (round) answer_all(w);
        m_answers_rerun(w->answers);
        status = try_note(w, &in);
    }
    w->call->answers = NULL;
    return status;
}
