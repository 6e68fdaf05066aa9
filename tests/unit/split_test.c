/* The same errors in one process and in four: the real modules, once together and once apart, each
 * apart with a database of its own, copies of what it reads, and questions for the rest. The
 * scenario writes down what was answered; both texts must be equal. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../arch/all_modules.h"
#include "m/budget.h"
#include "m/delivering.h"
#include "m/ledger.h"
#include "m/receiving.h"
#include "m_adapters/codec.h"
#include "m_adapters/keepers.h"
#include "m_adapters/memory.h"
#include "m_adapters/outbox.h"
#include "m_adapters/remote.h"
#include "m_adapters/remote_ledger.h"
#include "m_adapters/replica.h"
#include "masters.h"
#include "test_env.h"
#include "unit.h"

#define PROCS     4
#define REMOTES   16
#define TEXT_MAX_ 16384

typedef struct {
    const char *domain; /* NULL: all of them */
    m_memory_db *db;
    m_uow *uow, *side; /* side: for what others ask */
    m_store raw, store;
    m_events events;
    m_outgoing outgoing;
    m_share_over share;
    m_module_instance house[ALL_MODULES_MAX];
    uint32_t count;
    m_registry *registry;
    m_documents_service *service;
    m_documents documents;
    m_remote_value remote[REMOTES];
    uint32_t remote_count;
    m_replica_owner owners[PROCS];
    m_sharing others[PROCS];
    uint32_t other_count;
    m_replica *replica;
    m_share_server server;
    m_sharing sharing;
    m_outgoing_store rows;
    m_outgoing_source source;
    m_outbox outbox;
    m_stream_sink sink;
    m_consumer *consumer;
} proc;

static proc procs[PROCS];
static uint32_t proc_count;
static m_call *call;
static m_answers *answers;
static m_id tenants[2];
static const m_module *all[ALL_MODULES_MAX];

static bool is_split(void)
{
    return proc_count > 1;
}

static proc *proc_of(const char *domain)
{
    for (uint32_t i = 0; i < proc_count; i++)
        if (!procs[i].domain || strcmp(procs[i].domain, domain) == 0) return &procs[i];
    ck_abort_msg("no process %s", domain);
    return NULL;
}

static void begin(proc *p)
{
    m_error_clear(call);
    ck_assert_int_eq(p->uow->ops->begin(p->uow, call, M_UOW_WRITE, NULL, 0), M_OK);
    p->uow->ops->mark(p->uow);
}

static void end(proc *p, m_status status)
{
    if (status == M_OK)
        ck_assert_int_eq(p->uow->ops->commit(p->uow, call), M_OK);
    else
        p->uow->ops->rollback(p->uow);
}

/* ---- what a process offers, and what it asks for ---- */

static m_iface asked(proc *p, const char *service, const m_protocol *protocol)
{
    ck_assert_uint_lt(p->remote_count, REMOTES);
    return m_remote_bind(&p->remote[p->remote_count++], service, protocol);
}

static bool offered(proc *p, const char *name, m_iface *out)
{
    m_book_keeper book = m_book_keeper_make(&p->store);
    m_stock_keeper stock = m_stock_keeper_make(&p->store);
    m_deciding deciding = m_decisions_of(&p->store);
    const struct {
        const char *name;
        m_iface value;
    } known[] = {{"store", {p->store.ops, p->store.self}},
                 {"events", {p->events.ops, p->events.self}},
                 {"book_keeper", {book.ops, book.self}},
                 {"stock_keeper", {stock.ops, stock.self}},
                 {"deciding", {deciding.ops, deciding.self}},
                 {"sharing", {p->sharing.ops, p->sharing.self}}};
    for (size_t i = 0; i < UNIT_COUNT(known); i++)
        if (strcmp(name, known[i].name) == 0) {
            *out = known[i].value;
            return true;
        }
    for (uint32_t i = 0; i < p->count; i++)
        for (const m_provided *at = p->house[i].module->provides; at && at->name; at++)
            if (strcmp(name, at->name) == 0) {
                *out = (m_iface){at->ops, p->house[i].instance};
                return true;
            }
    return false;
}

static m_iface needed(proc *p, const char *name)
{
    static const struct {
        const char *owner;
        const m_protocol *protocol;
    } far[] = {{"finance", &m_ledger_protocol},
               {"finance", &m_budget_protocol},
               {"wms", &m_receiving_protocol},
               {"wms", &m_delivering_protocol}};
    m_iface value = {NULL, NULL};
    if (offered(p, name, &value)) return value;
    for (size_t i = 0; i < UNIT_COUNT(far); i++)
        if (strcmp(name, far[i].protocol->name) == 0)
            return asked(p, far[i].owner, far[i].protocol);
    ck_abort_msg("nobody provides %s", name);
    return value;
}

/* What a server does with a question. */
static m_status answer(proc *p, m_call *as, const char *protocol, const m_method *method,
                       m_str body, m_str *out)
{
    m_iface value;
    ck_assert(offered(p, protocol, &value));
    as->system = true;
    ck_assert_int_eq(p->side->ops->begin(p->side, as, M_UOW_WRITE, NULL, 0), M_OK);
    m_status status = m_remote_dispatch(value, method, as, body, out);
    if (status == M_OK)
        ck_assert_int_eq(p->side->ops->commit(p->side, as), M_OK);
    else
        p->side->ops->rollback(p->side);
    return status;
}

static void answer_all(void)
{
    m_question *open[M_REMOTE_QUESTIONS];
    uint32_t n = m_answers_open(answers, open, M_REMOTE_QUESTIONS);
    for (uint32_t i = 0; i < n; i++) {
        m_call as = *call;
        as.arena = m_answers_arena(answers);
        as.answers = NULL;
        as.error = (m_error){.status = M_OK};
        m_status status = answer(proc_of(open[i]->service), &as, open[i]->protocol->name,
                                 open[i]->method, open[i]->body, &open[i]->reply);
        open[i]->answered = true;
        open[i]->status = status;
        if (status != M_OK) m_question_refuse(open[i], &as);
    }
}

/* Outside of a transaction. */
static m_status ask_now(void *self, m_call *at, const char *name, const void *in, void *out)
{
    const m_method *method = m_protocol_method(&m_sharing_protocol, m_str_of(name));
    m_buf body = {.arena = at->arena};
    m_str reply;
    m_json_canonical(&body, method->in, in);
    m_call as = *at;
    m_status status = answer(self, &as, "sharing", method, m_buf_str(&body), &reply);
    at->error = as.error;
    if (status != M_OK) return status;
    void *record = m_record_new(method->out, at->arena);
    M_TRY(m_json_read(at, method->out, reply, M_JSON_TRUSTED, record, NULL));
    memcpy(out, record, method->out->size);
    return M_OK;
}

static m_status page_now(void *self, m_call *at, const m_share_page_question *in, m_share_page *out)
{
    return ask_now(self, at, "page", in, out);
}

static m_status digest_now(void *self, m_call *at, const m_share_digest_question *in,
                           m_share_digest *out)
{
    return ask_now(self, at, "digest", in, out);
}

/* ---- boot ---- */

static void open_store(proc *p)
{
    p->db = m_memory_db_new();
    p->uow = m_memory_uow(p->db);
    p->side = m_memory_uow(p->db);
    p->raw = m_memory_store(p->db);
    p->store = p->raw;
    if (is_split()) {
        p->outgoing = (m_outgoing){.store = p->raw, .address = p->domain};
        p->events = m_outgoing_events(&p->outgoing);
        p->share = (m_share_over){.inner = p->raw, .events = p->events};
        p->store = m_share_store(&p->share);
    } else {
        p->events = m_outbox_events(&p->raw);
    }
    p->rows = (m_outgoing_store){p->raw, m_memory_uow(p->db), tenants, 2};
    p->source = m_outgoing_store_source(&p->rows);
    p->outbox = m_outbox_of(&p->source);
}

static void fill_house(proc *p)
{
    uint32_t n = all_modules(all);
    for (uint32_t i = 0; i < n; i++) {
        bool owned = !p->domain || strcmp(all[i]->name, p->domain) == 0;
        if (owned || i == 0)
            p->house[p->count++] =
                (m_module_instance){all[i], calloc(1, all[i]->instance_size), !owned};
    }
    p->registry = m_registry_new(p->house, p->count);
    p->server = (m_share_server){.registry = p->registry, .store = p->raw};
    p->sharing = m_share_serve(&p->server);
}

static void know_others(proc *p)
{
    static const m_sharing_ops now_ops = {
        .head = {.size = sizeof now_ops, .version = 1}, .page = page_now, .digest = digest_now};
    for (uint32_t i = 0; is_split() && i < proc_count; i++) {
        if (&procs[i] == p) continue;
        m_iface within = asked(p, procs[i].domain, &m_sharing_protocol);
        m_sharing sharing = {within.ops, within.self};
        p->others[p->other_count] = sharing;
        p->owners[p->other_count++] =
            (m_replica_owner){procs[i].domain, {&now_ops, &procs[i]}, sharing, NULL};
    }
}

static void wire(proc *p)
{
    static const m_module *modules[PROCS][ALL_MODULES_MAX];
    const m_module **mine = modules[p - procs];
    for (uint32_t i = 0; i < p->count; i++) {
        mine[i] = p->house[i].module;
        for (const m_required *r = mine[i]->requires_; r && r->name; r++) {
            m_iface value = needed(p, r->name);
            memcpy((char *)p->house[i].instance + r->offset, &value, sizeof value);
        }
    }
    core_configure(p->house[0].instance, &(core_config){.modules = mine,
                                                        .module_count = p->count,
                                                        .others = p->others,
                                                        .other_count = p->other_count});
}

static void start_documents(proc *p)
{
    m_iface masters = needed(p, "masters");
    p->replica = m_replica_new(&(m_replica_config){.registry = p->registry,
                                                   .store = p->raw,
                                                   .env = call->env,
                                                   .owners = p->owners,
                                                   .owner_count = p->other_count});
    m_documents_config config = {.registry = p->registry,
                                 .store = p->store,
                                 .events = p->events,
                                 .masters = {masters.ops, masters.self}};
    if (is_split()) config.foreign = m_replica_links(p->replica);
    p->outgoing.registry = p->registry;
    p->share.registry = p->registry;
    p->service = m_documents_new(&config);
    p->documents = m_documents_of(p->service);
    p->sink = m_replica_sink(p->replica);
    p->consumer = m_consumer_new(&(m_consumer_config){.domain = p->domain ? p->domain : "all",
                                                      .sinks = &p->sink,
                                                      .sink_count = 1,
                                                      .store = p->raw,
                                                      .uow = p->uow,
                                                      .env = call->env});
}

/* Events of `from`, as far as they are committed. */
static void catch_up(proc *p, proc *from)
{
    m_take_result took;
    m_call as = *call;
    as.system = true;
    as.answers = NULL;
    m_status status =
        m_consumer_catch_up(p->consumer, &as, m_str_of(from->domain), from->outbox, 0, &took);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(as.error.message));
    ck_assert(!took.frozen && took.held == M_OK && !took.letters && !took.need);
}

static void settle(void)
{
    for (uint32_t i = 0; i < proc_count; i++)
        for (uint32_t k = 0; k < proc_count; k++)
            if (i != k) catch_up(&procs[i], &procs[k]);
}

static void seed(proc *p)
{
    m_status status = M_OK;
    if (is_split() && p != procs) {
        status = m_replica_welcome(p->replica, call, p->uow);
        ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(call->error.message));
        return;
    }
    for (uint32_t i = 0; i < p->count; i++) {
        begin(p);
        const m_module *module = p->house[i].module;
        if (module->seed) status = module->seed(p->house[i].instance, call);
        ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(call->error.message));
        end(p, M_OK);
    }
}

static void open_all(bool split)
{
    static const char *const domains[] = {"core", "finance", "wms", "people"};
    call = test_call();
    answers = m_answers_new(0);
    memset(procs, 0, sizeof procs);
    proc_count = split ? PROCS : 1;
    tenants[0] = call->tenant;
    tenants[1] = test_id(7);
    for (uint32_t i = 0; i < proc_count; i++) {
        procs[i].domain = split ? domains[i] : NULL;
        open_store(&procs[i]);
        fill_house(&procs[i]);
    }
    for (uint32_t i = 0; i < proc_count; i++) {
        know_others(&procs[i]);
        wire(&procs[i]);
        start_documents(&procs[i]);
    }
    for (int t = 1; t >= 0; t--) {
        call->tenant = tenants[t];
        for (uint32_t i = 0; i < proc_count; i++)
            seed(&procs[i]);
    }
}

static void close_all(void)
{
    for (uint32_t i = 0; i < proc_count; i++) {
        proc *p = &procs[i];
        m_consumer_free(p->consumer);
        m_replica_free(p->replica);
        m_documents_free(p->service);
        m_registry_free(p->registry);
        for (uint32_t k = 0; k < p->count; k++)
            free(p->house[k].instance);
        m_memory_db_free(p->db);
    }
    m_answers_free(answers);
    test_call_free(call);
}

/* ---- requests ---- */

typedef struct {
    const char *domain, *collection, *action, *body;
    m_id id;
    bool remove;
} request;

static m_status once(proc *p, const request *r, m_document_reply *out)
{
    m_document_request in = {.module = m_str_of(r->domain),
                             .collection = m_str_of(r->collection),
                             .id = r->id,
                             .action = m_str_of(r->action),
                             .body = m_str_of(r->body)};
    begin(p);
    m_status status = r->remove             ? m_documents_remove(p->documents, call, &in, out)
                      : m_id_is_null(r->id) ? m_documents_create(p->documents, call, &in, out)
                                            : m_documents_act(p->documents, call, &in, out);
    end(p, status);
    return status;
}

/* As a worker does it: what core has said is known first, questions are answered in between. */
static m_status ask(const request *r, m_document_reply *out)
{
    proc *p = proc_of(r->domain);
    const m_env *env = call->env;
    m_status status = M_AGAIN;
    if (is_split() && p != procs) catch_up(p, procs);
    m_answers_reset(answers, env);
    call->answers = answers;
    call->env = m_answers_env(answers);
    for (int round = 0; status == M_AGAIN && round < M_REMOTE_ROUNDS; round++) {
        if (round) answer_all();
        m_answers_rerun(answers);
        status = once(p, r, out);
    }
    call->answers = NULL;
    call->env = env;
    return status;
}

__attribute__((format(printf, 1, 2))) static const char *text(const char *format, ...)
{
    char buffer[2000];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    ck_assert_int_lt(n, (int)sizeof buffer);
    return m_arena_copy(call->arena, buffer, (size_t)n);
}

static const char *id_text(m_id id)
{
    char out[M_ID_TEXT];
    m_id_format(id, out);
    return text("%s", out);
}

static const char *by_code(const char *domain, const char *type_name, const char *code)
{
    proc *p = proc_of(domain);
    const m_type *type = m_registry_type(p->registry, m_str_of(type_name));
    m_str wanted = m_str_of(code);
    const void *found = NULL;
    begin(p);
    ck_assert_int_eq(m_store_find_one(p->raw, call, type, "code", &wanted, &found), M_OK);
    ck_assert_msg(found != NULL, "%s %s", type_name, code);
    const char *id = id_text(((const m_doc *)found)->id);
    end(p, M_OK);
    return id;
}

/* ---- what is written down ---- */

static char written[TEXT_MAX_];
static size_t written_n;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(written + written_n, sizeof written - written_n, format, args);
    va_end(args);
    ck_assert(n >= 0 && written_n + (size_t)n < sizeof written);
    written_n += (size_t)n;
}

/* Code and wrong fields; messages hold ids. */
static m_id tried(const char *what, request r)
{
    m_document_reply reply = {{0}};
    m_status status = ask(&r, &reply);
    const m_error *e = &call->error;
    note("%s: %s", what, status == M_OK ? "ok" : m_status_name(status));
    if (status != M_OK) note(" %.*s", M_STR_ARG(e->code));
    for (uint32_t i = 0; status != M_OK && i < e->field_count; i++)
        note(" %.*s=%.*s", M_STR_ARG(e->fields[i].path), M_STR_ARG(e->fields[i].code));
    note("\n");
    return reply.id;
}

static m_id make(const char *what, const char *domain, const char *collection, const char *body)
{
    return tried(what, (request){.domain = domain, .collection = collection, .body = body});
}

static void delete_one(const char *what, const char *collection, m_id id)
{
    tried(what, (request){.domain = "core", .collection = collection, .id = id, .remove = true});
}

static void says(const char *line)
{
    ck_assert_msg(strstr(written, line) != NULL, "\"%s\" is not in\n%s", line, written);
}

/* ---- the scenario ---- */

static struct {
    const char *nos, *center, *expense, *warehouse;
    m_id tea, coffee, rice, good, bad, free_supplier, foreign_item;
} S;

static const char *item_body(const char *code)
{
    return text("{\"code\":\"%s\",\"name\":\"x\",\"stock_unit\":\"%s\"}", code, S.nos);
}

static void standing_data(void)
{
    call->tenant = tenants[1];
    S.nos = by_code("core", "core.unit", "Nos");
    S.foreign_item = make("somebody else's item", "core", "items", item_body("TEA"));
    call->tenant = tenants[0];
    S.nos = by_code("core", "core.unit", "Nos");
    S.center = by_code("finance", "finance.cost_center", "Main");
    S.expense = by_code("finance", "finance.account", "5250");
    S.tea = make("tea", "core", "items", item_body("TEA"));
    S.coffee = make("coffee", "core", "items", item_body("COFFEE"));
    S.rice = make(
        "rice", "core", "items",
        text("{\"code\":\"RICE\",\"name\":\"x\",\"stock_unit\":\"%s\",\"active\":false}", S.nos));
    S.good = make("good", "core", "suppliers", "{\"code\":\"G\",\"name\":\"Good\"}");
    S.bad = make("bad", "core", "suppliers", "{\"code\":\"B\",\"name\":\"Bad\"}");
    S.free_supplier = make("free", "core", "suppliers", "{\"code\":\"F\",\"name\":\"Free\"}");
    tried("blacklist", (request){.domain = "core",
                                 .collection = "suppliers",
                                 .id = S.bad,
                                 .action = "blacklist",
                                 .body = "{\"reason\":\"fraud\"}"});
    S.warehouse =
        id_text(make("warehouse", "wms", "warehouses",
                     text("{\"code\":\"W\",\"name\":\"W\",\"cost_center\":\"%s\"}", S.center)));
}

static m_id order(const char *what, m_id supplier, m_id item, const char *action)
{
    return tried(what, (request){.domain = "wms",
                                 .collection = "purchase-orders",
                                 .action = action,
                                 .body = text("{\"supplier\":\"%s\",\"warehouse\":\"%s\",\"lines\":"
                                              "[{\"item\":\"%s\",\"qty\":\"2\",\"rate\":\"3\"}]}",
                                              id_text(supplier), S.warehouse, id_text(item))});
}

static void orders(void)
{
    m_id nobody = test_id(900001);
    order("order", S.good, S.tea, NULL);
    order("order submitted", S.good, S.tea, "submit");
    order("unknown supplier", nobody, S.tea, NULL);
    order("unknown item", S.good, nobody, NULL);
    order("both unknown", nobody, nobody, NULL);
    order("item of another tenant", S.good, S.foreign_item, NULL);
    order("inactive item", S.good, S.rice, "submit");
    order("blacklisted supplier", S.bad, S.tea, "submit");
    tried("reinstate",
          (request){.domain = "core", .collection = "suppliers", .id = S.bad, .action = "lift"});
    order("reinstated supplier", S.bad, S.tea, "submit");
}

/* Links to documents of a domain that is not core. */
static void across(void)
{
    const char *nobody = id_text(test_id(900002));
    make("unknown cost center", "wms", "warehouses",
         text("{\"code\":\"X\",\"name\":\"X\",\"cost_center\":\"%s\"}", nobody));
    const char *fresh =
        id_text(make("cost center", "finance", "cost-centers", "{\"code\":\"C2\",\"name\":\"C\"}"));
    make("a cost center made just now", "wms", "warehouses",
         text("{\"code\":\"Y\",\"name\":\"Y\",\"cost_center\":\"%s\"}", fresh));
    make("unknown department's center", "people", "departments",
         text("{\"code\":\"D\",\"name\":\"D\",\"cost_center\":\"%s\"}", nobody));
    const char *employee =
        id_text(make("employee", "people", "employees",
                     text("{\"personal_number\":\"E1\",\"full_name\":\"Holder\",\"birth_date\":"
                          "\"1990-01-01\",\"joining_date\":\"2020-01-01\",\"depot\":\"%s\"}",
                          S.warehouse)));
    make("employee at no depot", "people", "employees",
         text("{\"personal_number\":\"E2\",\"full_name\":\"x\",\"birth_date\":\"1990-01-01\","
              "\"joining_date\":\"2020-01-01\",\"depot\":\"%s\"}",
              nobody));
    const char *float_body =
        "{\"code\":\"%s\",\"name\":\"Float\",\"holder\":\"%s\",\"cost_center\":"
        "\"%s\",\"ledger\":\"%s\",\"source\":\"%s\",\"limit\":\"10000\","
        "\"cycle\":\"none\"}";
    const char *ledgers[] = {by_code("finance", "finance.account", "1115"),
                             by_code("finance", "finance.account", "1110")};
    const char *bank = by_code("finance", "finance.account", "1120");
    char body[1000];
    const char *holders[] = {employee, nobody};
    for (int i = 0; i < 2; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(body, sizeof body, float_body, i ? "F2" : "F1", holders[i], S.center, ledgers[i],
                 bank);
#pragma GCC diagnostic pop
        make(i ? "float of nobody" : "float", "finance", "imprest-accounts", body);
    }
    make("debit note for no return", "finance", "debit-notes",
         text("{\"supplier\":\"%s\",\"goods_return\":\"%s\",\"reason\":\"x\"}", id_text(S.good),
              nobody));
}

static void deletions(void)
{
    make("bill", "finance", "purchase-invoices",
         text("{\"supplier\":\"%s\",\"supplier_invoice_no\":\"1\",\"lines\":[{\"account\":\"%s\","
              "\"cost_center\":\"%s\",\"qty\":\"1\",\"rate\":\"5\"}]}",
              id_text(S.free_supplier), S.expense, S.center));
    delete_one("an ordered item", "items", S.tea);
    delete_one("a supplier with a bill", "suppliers", S.free_supplier);
    delete_one("an item nobody uses", "items", S.coffee);
    delete_one("the same again", "items", S.coffee);
    order("what was deleted", S.good, S.coffee, NULL);
    make("its code is free", "core", "items", item_body("COFFEE"));
}

/* M7: what is kept is what the owners have. Nobody shares returns of goods. */
static void compare_copies(void)
{
    uint32_t compared = 0;
    for (uint32_t i = 0; i < proc_count; i++) {
        uint32_t n = 0;
        const char *const *names = m_replica_types(procs[i].replica, &n);
        for (uint32_t k = 0; k < n; k++) {
            m_replica_verdict verdict;
            m_error_clear(call);
            m_status status =
                m_replica_compare(procs[i].replica, call, procs[i].uow, names[k], &verdict);
            if (m_str_is(call->error.code, "core.share.none")) continue;
            ck_assert_msg(status == M_OK, "%s: %.*s", names[k], M_STR_ARG(call->error.message));
            ck_assert_msg(verdict.equal, "%s in %s: %lld of %lld", names[k], procs[i].domain,
                          (long long)verdict.count, (long long)verdict.owner_count);
            compared++;
        }
    }
    ck_assert_uint_eq(compared, is_split() ? 3 * 9 + 1 + 2 + 3 : 0);
}

static const char *run(bool split)
{
    written_n = 0;
    open_all(split);
    settle();
    standing_data();
    orders();
    across();
    deletions();
    settle();
    compare_copies();
    close_all();
    return strdup(written);
}

START_TEST(errors_are_those_of_one_process)
{
    char *one = (char *)(uintptr_t)run(false);
    char *many = (char *)(uintptr_t)run(true);
    ck_assert_str_eq(one, many);
    free(one);
    free(many);
    if (getenv("SPLIT_SHOW")) fputs(written, stderr);
    says("unknown supplier: invalid core.validation supplier=core.link.not_found\n");
    says("unknown item: invalid core.validation lines[0].item=core.link.not_found\n");
    says("item of another tenant: invalid core.validation lines[0].item=core.link.not_found\n");
    says("unknown cost center: invalid core.validation cost_center=core.link.not_found\n");
    says("a cost center made just now: ok\n");
    says("float of nobody: invalid core.validation ledger=finance.imprest.ledger "
         "holder=core.link.not_found\n");
    says("debit note for no return: not_found core.not_found\n");
    says("an ordered item: precondition core.document.referenced\n");
    says("a supplier with a bill: precondition core.document.referenced\n");
    says("an item nobody uses: ok\n");
    says("the same again: not_found core.not_found\n");
    says("what was deleted: invalid core.validation lines[0].item=core.link.not_found\n");
    says("reinstated supplier: ok\n");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("split");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, errors_are_those_of_one_process);
    return unit_run(tests, "split");
}
