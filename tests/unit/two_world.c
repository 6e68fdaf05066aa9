#include "two_world.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "m/book_keeper.h"
#include "m/delivering.h"
#include "m/receiving.h"
#include "m/stock_keeper.h"
#include "m_adapters/codec.h"
#include "m_adapters/keepers.h"
#include "m_adapters/outbox.h"
#include "masters.h"

two_world T;

#define ROUNDS     16
#define AHEAD_FROM 3 /* as the worker does */

/* ---- boot ---- */

static bool has(const process *p, const char *module)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (strcmp(p->house[i].module->name, module) == 0) return true;
    return false;
}

static bool engine(process *p, const char *name, m_iface *out)
{
    m_book_keeper book = m_book_keeper_make(&p->store);
    m_stock_keeper stock = m_stock_keeper_make(&p->store);
    m_events events = m_outbox_events(&p->store);
    m_ledger ledger = m_remote_ledger(&p->books);
    m_budget budget = m_remote_budget(&p->books);
    m_deciding deciding =
        has(p, "finance") && !has(p, "wms") ? m_remote_deciding() : m_decisions_of(&p->store);
    m_crosscheck crosscheck = m_crosscheck_of(&p->store);
    const struct {
        const char *name;
        m_iface value;
        bool here;
    } known[] = {
        {"store", {p->store.ops, p->store.self}, true},
        {"book_keeper", {book.ops, book.self}, true},
        {"stock_keeper", {stock.ops, stock.self}, true},
        {"events", {events.ops, events.self}, true},
        {"deciding", {deciding.ops, deciding.self}, true},
        {"ledger", {ledger.ops, ledger.self}, !has(p, "finance")},
        {"budget", {budget.ops, budget.self}, !has(p, "finance")},
        {"crosscheck", {crosscheck.ops, crosscheck.self}, !has(p, "finance")},
        {"receiving", m_remote_bind(&p->receiving, "wms", &m_receiving_protocol), !has(p, "wms")},
        {"delivering", m_remote_bind(&p->delivering, "wms", &m_delivering_protocol),
         !has(p, "wms")},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].here && strcmp(name, known[i].name) == 0) {
            *out = known[i].value;
            return true;
        }
    return false;
}

m_iface two_provided(process *p, const char *name)
{
    m_iface found;
    if (engine(p, name, &found)) return found;
    for (uint32_t i = 0; i < p->count; i++)
        for (const m_provided *at = p->house[i].module->provides; at && at->name; at++)
            if (strcmp(name, at->name) == 0) return (m_iface){at->ops, p->house[i].instance};
    ck_abort_msg("nobody provides %s", name);
    return (m_iface){0};
}

static void open_process(process *p, const char *name, const char *modules, process *first)
{
    const m_module *all[ALL_MODULES_MAX];
    uint32_t n = all_modules(all);
    p->name = name;
    p->call = test_call();
    if (first) p->call->env = first->call->env; /* one clock; no id is given twice */
    p->db = m_memory_db_new();
    p->uow = m_memory_uow(p->db);
    p->store = m_memory_store(p->db);
    p->answers = m_answers_new(0);
    for (uint32_t i = 0; i < n; i++)
        if (strstr(modules, all[i]->name))
            p->house[p->count++] = (m_module_instance){all[i], calloc(1, all[i]->instance_size)};
    p->books = (m_remote_books){p->store, m_outbox_events(&p->store), .service = "finance",
                                .caller = "wms"};
    for (uint32_t i = 0; i < p->count; i++)
        for (const m_required *r = p->house[i].module->requires_; r && r->name; r++) {
            m_iface value = two_provided(p, r->name);
            memcpy((char *)p->house[i].instance + r->offset, &value, sizeof value);
        }
    static const m_module *known[ALL_MODULES_MAX];
    uint32_t count = all_modules(known);
    core_configure(p->house[0].instance, &(core_config){.modules = known, .module_count = count});
    p->registry = m_registry_new(p->house, p->count);
    m_iface masters = two_provided(p, "masters");
    p->service = m_documents_new(&(m_documents_config){.registry = p->registry,
                                                       .store = p->store,
                                                       .events = m_outbox_events(&p->store),
                                                       .masters = {masters.ops, masters.self}});
    p->documents = m_documents_of(p->service);
}

void two_begin(process *p)
{
    m_error_clear(p->call);
    p->call->uow = p->uow;
    ck_assert_int_eq(p->uow->ops->begin(p->uow, p->call, M_UOW_WRITE, NULL, 0), M_OK);
}

void two_end(process *p)
{
    ck_assert_int_eq(p->uow->ops->commit(p->uow, p->call), M_OK);
}

static void copy_type(const m_type *type)
{
    m_query all = {0};
    m_fetch read = {.type = type, .query = &all};
    two_begin(T.goods);
    ck_assert_int_eq(m_store_fetch(T.goods->store, T.goods->call, &read, 1), M_OK);
    two_begin(T.finance);
    for (uint32_t i = 0; i < read.count; i++)
        ck_assert_int_eq(m_store_put(T.finance->store, T.finance->call, type,
                                     m_record_copy(type, read.records[i], T.finance->call->arena)),
                         M_OK);
    two_end(T.finance);
    two_end(T.goods);
}

/* Masters as replicas have them. */
static void replicate(void)
{
    if (T.goods == T.finance) return;
    for (const m_doctype *const *d = core_module()->doctypes; *d; d++)
        copy_type((*d)->type);
    for (const m_type *const *t = core_module()->types; t && *t; t++)
        copy_type(*t);
}

static void seed(process *p, bool core)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const m_module *module = p->house[i].module;
        if (!module->seed || (strcmp(module->name, "core") == 0 && !core)) continue;
        two_begin(p);
        m_status status = module->seed(p->house[i].instance, p->call);
        ck_assert_msg(status == M_OK, "%s: %.*s", module->name, M_STR_ARG(p->call->error.message));
        two_end(p);
    }
}

void two_open(bool split, bool ahead)
{
    T = (two_world){.ahead = ahead};
    T.goods = &T.processes[0];
    T.finance = &T.processes[split];
    open_process(T.goods, split ? "wms" : "all",
                 split ? "core wms people" : "core finance wms people", NULL);
    if (split) open_process(T.finance, "finance", "core finance", T.goods);
    seed(T.goods, true);
    replicate();
    if (split) seed(T.finance, false);
}

static void close_process(process *p)
{
    m_documents_free(p->service);
    m_registry_free(p->registry);
    for (uint32_t i = 0; i < p->count; i++)
        free(p->house[i].instance);
    m_answers_free(p->answers);
    m_memory_db_free(p->db);
}

void two_restore(void)
{
    close_process(T.finance);
    test_call_free(T.finance->call);
    *T.finance = (process){.name = NULL};
    open_process(T.finance, "finance", "core finance", T.goods);
    replicate();
    seed(T.finance, false);
}

void two_close(void)
{
    bool split = T.goods != T.finance;
    if (split) close_process(T.finance);
    close_process(T.goods);
    if (split) test_call_free(T.finance->call);
    test_call_free(T.goods->call);
}

/* ---- questions ---- */

static process *process_of(const char *service)
{
    return strcmp(service, "finance") == 0 ? T.finance : T.goods;
}

static void dispatch(process *to, m_question *q, const m_call *as, m_answers *answers)
{
    m_call call = *to->call;
    call.actor = as->actor;
    call.system = as->system;
    m_str reply = {NULL, 0};
    call.arena = m_answers_arena(answers);
    m_error_clear(&call);
    call.uow = to->uow;
    ck_assert_int_eq(to->uow->ops->begin(to->uow, &call, M_UOW_WRITE, NULL, 0), M_OK);
    m_status status =
        m_remote_dispatch(two_provided(to, q->protocol->name), q->method, &call, q->body, &reply);
    if (status == M_OK)
        ck_assert_int_eq(to->uow->ops->commit(to->uow, &call), M_OK);
    else
        to->uow->ops->rollback(to->uow);
    q->answered = true;
    q->status = status;
    q->reply = reply;
    if (status != M_OK) m_question_refuse(q, &call);
}

static void answer(process *p)
{
    m_question *open[M_REMOTE_QUESTIONS];
    uint32_t n = m_answers_open(p->answers, open, M_REMOTE_QUESTIONS);
    for (uint32_t i = 0; i < n; i++) {
        T.questions++;
        if (T.cut) {
            m_call lost = {.arena = m_answers_arena(p->answers)};
            (void)m_fail(&lost, m_err_unavailable, "%s", open[i]->service);
            m_question_refuse(open[i], &lost);
            continue;
        }
        for (uint32_t k = 0; k < 1U + T.twice; k++)
            dispatch(process_of(open[i]->service), open[i], p->call, p->answers);
    }
}

/* *out_open: it asked, and nothing was written. */
static m_status run_once(process *p, two_case use_case, void *arg, bool *out_open)
{
    const m_env *env = p->call->env;
    m_question *open;
    m_answers_rerun(p->answers);
    p->call->answers = p->answers;
    p->call->env = m_answers_env(p->answers);
    two_begin(p);
    m_status status = use_case(p, arg);
    *out_open = m_answers_open(p->answers, &open, 1) > 0;
    if (status == M_OK && !*out_open)
        two_end(p);
    else
        p->uow->ops->rollback(p->uow);
    p->call->env = env;
    p->call->answers = NULL;
    return status;
}

m_status two_go_on(process *p, two_case use_case, void *arg)
{
    bool open = true;
    m_status status = M_AGAIN;
    for (uint32_t round = 0; round < ROUNDS && open; round++) {
        status = run_once(p, use_case, arg, &open);
        if (!open) break;
        if (round >= AHEAD_FROM) m_answers_ahead(p->answers);
        answer(p);
        if (T.stop) return M_AGAIN;
    }
    ck_assert(!open);
    return status;
}

m_status two_run(process *p, two_case use_case, void *arg)
{
    m_answers_reset(p->answers, p->call->env);
    if (T.ahead) m_answers_ahead(p->answers);
    return two_go_on(p, use_case, arg);
}

/* ---- documents ---- */

const char *two_text(const char *format, ...)
{
    char buffer[4000];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    ck_assert_int_lt(n, (int)sizeof buffer);
    return m_arena_copy(T.goods->call->arena, buffer, (size_t)n);
}

const char *two_id(m_id id)
{
    char out[M_ID_TEXT];
    m_id_format(id, out);
    return two_text("%s", out);
}

static m_status ask(process *p, void *arg)
{
    request *r = arg;
    m_document_request in = {.module = m_str_of(r->module),
                             .collection = m_str_of(r->collection),
                             .id = r->id,
                             .action = m_str_of(r->action),
                             .body = m_str_of(r->body)};
    return m_id_is_null(r->id) ? m_documents_create(p->documents, p->call, &in, &r->reply)
                               : m_documents_act(p->documents, p->call, &in, &r->reply);
}

m_status two_ask(request *r)
{
    bool finance = strcmp(r->module, "finance") == 0;
    m_status status = two_run(finance ? T.finance : T.goods, ask, r);
    if (status == M_OK && strcmp(r->module, "core") == 0) replicate();
    return status;
}

static void good(const process *p, m_status status)
{
    const m_error *error = &p->call->error;
    ck_assert_msg(status == M_OK, "%.*s: %.*s; %.*s %.*s", M_STR_ARG(error->code),
                  M_STR_ARG(error->message), M_STR_ARG(error->fields[0].path),
                  M_STR_ARG(error->fields[0].message));
}

m_document_reply two_make(const char *module, const char *collection, const char *action,
                          const char *body)
{
    request r = {module, collection, action, body, {{0}}, {{0}}};
    good(strcmp(module, "finance") == 0 ? T.finance : T.goods, two_ask(&r));
    return r.reply;
}

void two_act(const char *module, const char *collection, m_id id, const char *action)
{
    request r = {module, collection, action, NULL, id, {{0}}};
    good(strcmp(module, "finance") == 0 ? T.finance : T.goods, two_ask(&r));
}

void two_refused(process *p, m_status status, const char *code)
{
    ck_assert_msg(status != M_OK, "it went through, want %s", code);
    ck_assert_msg(m_str_is(p->call->error.code, code), "got %.*s (%.*s), want %s",
                  M_STR_ARG(p->call->error.code), M_STR_ARG(p->call->error.message), code);
}

const char *two_code(const char *type_name, const char *code)
{
    process *p = strncmp(type_name, "finance.", 8) == 0 ? T.finance : T.goods;
    const m_type *type = m_registry_type(p->registry, m_str_of(type_name));
    m_str wanted = m_str_of(code);
    const void *found = NULL;
    two_begin(p);
    ck_assert_int_eq(m_store_find_one(p->store, p->call, type, "code", &wanted, &found), M_OK);
    ck_assert_msg(found != NULL, "%s %s", type_name, code);
    const char *id = two_id(((const m_doc *)found)->id);
    two_end(p);
    return id;
}

const char *two_member(m_document_reply reply, const char *name, uint32_t n)
{
    const char *body = m_str_z(T.goods->call->arena, reply.body);
    const char *sought = two_text("\"%s\":\"", name);
    for (uint32_t i = 0; body; i++, body += strlen(sought)) {
        body = strstr(body, sought);
        if (body && i == n) return two_text("%.26s", body + strlen(sought));
    }
    ck_abort_msg("no %s in %.*s", name, M_STR_ARG(reply.body));
    return NULL;
}

/* ---- events ---- */

uint32_t two_outbox(process *p, m_outbox_row *out, uint32_t max)
{
    m_enum ready = M_OUTBOX_READY;
    m_filter filter = {"status", M_OP_EQ, &ready};
    m_order order = {"id", false};
    m_query query = {
        .filters = &filter, .filter_count = 1, .orders = &order, .order_count = 1, .limit = max};
    m_fetch read = {.type = &m_outbox_type, .query = &query};
    two_begin(p);
    ck_assert_int_eq(m_store_fetch(p->store, p->call, &read, 1), M_OK);
    for (uint32_t i = 0; i < read.count; i++)
        ck_assert_int_eq(m_record_copy_to(&m_outbox_type, &out[i], read.records[i], p->call->arena),
                         M_OK);
    two_end(p);
    return read.count;
}

typedef struct {
    const m_outbox_row *row;
    const m_listener *listener;
    void *instance;
} delivery;

static m_status hear(process *p, void *arg)
{
    const delivery *d = arg;
    m_delivery event = {.id = d->row->id,
                        .type = d->row->type,
                        .aggregate = d->row->aggregate,
                        .occurred_on = d->row->occurred_on,
                        .recorded_at = d->row->recorded_at,
                        .producer = M_STR("wms"),
                        .payload = d->row->payload};
    if (d->listener->payload_type) {
        void *record = m_record_new(d->listener->payload_type, p->call->arena);
        M_TRY(m_json_read(p->call, d->listener->payload_type, event.payload, M_JSON_TRUSTED, record,
                          NULL));
        event.record = record;
    }
    return d->listener->handle(d->instance, p->call, &event);
}

static void deliver_to(process *p, const m_outbox_row *row)
{
    m_id actor = p->call->actor;
    p->call->system = true;
    p->call->actor = (m_id){{0}};
    for (uint32_t i = 0; i < p->count; i++) {
        const m_listener *at = p->house[i].module->listeners;
        for (; at && at->type; at++) {
            delivery d = {row, at, p->house[i].instance};
            if (m_str_is(row->type, at->type)) good(p, two_run(p, hear, &d));
        }
    }
    p->call->system = false;
    p->call->actor = actor;
}

void two_deliver(const m_outbox_row *row)
{
    deliver_to(T.goods, row);
    if (T.finance != T.goods) deliver_to(T.finance, row);
}

void two_done(process *p, const m_outbox_row *row)
{
    m_outbox_row done = *row;
    done.status = M_OUTBOX_DONE;
    two_begin(p);
    ck_assert_int_eq(m_store_put(p->store, p->call, &m_outbox_type, &done), M_OK);
    two_end(p);
}

static uint32_t carry_from(process *p)
{
    static m_outbox_row rows[500];
    uint32_t n = two_outbox(p, rows, 500);
    for (uint32_t i = 0; i < n; i++) {
        two_deliver(&rows[i]);
        two_done(p, &rows[i]);
    }
    return n;
}

void two_carry(void)
{
    while (carry_from(T.goods) + (T.finance == T.goods ? 0 : carry_from(T.finance)) > 0)
        ;
}

/* ---- what is there ---- */

m_dec_sum two_balance(const char *code)
{
    process *p = T.finance;
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(two_code("finance.account", code)), &account), M_OK);
    m_filter filter = {"account", M_OP_EQ, &account};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &m_gl_entry_type, .query = &query};
    m_dec_sum sum = 0;
    two_begin(p);
    ck_assert_int_eq(m_store_fetch(p->store, p->call, &read, 1), M_OK);
    for (uint32_t i = 0; i < read.count; i++) {
        const m_gl_entry *entry = read.records[i];
        sum += (m_dec_sum)entry->debit.u - entry->credit.u;
    }
    two_end(p);
    return sum;
}

void two_balance_is(const char *code, const char *want)
{
    char got[M_DEC_SUM_TEXT];
    m_dec_sum sum = two_balance(code);
    m_dec_sum_format(sum, 2, got);
    ck_assert_msg(sum == test_dec(want).u, "account %s: %s, want %s", code, got, want);
}

uint32_t two_count(process *p, const m_type *type, const m_filter *filter)
{
    m_query query = {.filters = filter, .filter_count = filter ? 1 : 0};
    uint32_t n = 0;
    two_begin(p);
    ck_assert_int_eq(m_store_count(p->store, p->call, type, &query, 1000, &n), M_OK);
    two_end(p);
    return n;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *joined(const char **lines, uint32_t n, const char *between)
{
    const char *text = "";
    if (n) qsort(lines, n, sizeof *lines, by_text);
    for (uint32_t i = 0; i < n; i++)
        text = m_arena_printf(T.goods->call->arena, "%s%s%s", text, lines[i], between);
    return text;
}

/* An id that is not the same in both worlds, by the code of its record. */
static const char *code_of(const char *type_name, m_id id)
{
    process *p = T.finance;
    const void *found = NULL;
    if (m_id_is_null(id)) return "-";
    const m_type *type = m_registry_type(p->registry, m_str_of(type_name));
    ck_assert_int_eq(m_store_get(p->store, p->call, type, id, &found), M_OK);
    return two_text("%.*s", M_STR_ARG(((const m_doc *)found)->number));
}

static const char *voucher_text(const m_book_event *event, const m_fetch *entries)
{
    const char *lines[200];
    uint32_t n = 0;
    char date[M_DATE_TEXT], debit[M_DEC_TEXT], credit[M_DEC_TEXT];
    for (uint32_t i = 0; i < entries->count; i++) {
        const m_gl_entry *entry = entries->records[i];
        if (entry->seq != event->seq) continue;
        m_dec_format(entry->debit, 2, debit);
        m_dec_format(entry->credit, 2, credit);
        ck_assert_uint_lt(n, 200);
        lines[n++] = two_text("%s/%s %s %s %.*s;", code_of("finance.account", entry->account),
                              code_of("finance.cost_center", entry->cost_center), debit, credit,
                              M_STR_ARG(entry->narration));
    }
    m_date_format(event->posting_date, date);
    return m_arena_printf(T.goods->call->arena, "%.*s %.*s of %s, %.*s, by %s%s: %s",
                          M_STR_ARG(event->voucher_type), M_STR_ARG(event->voucher_no), date,
                          M_STR_ARG(event->source_type),
                          m_id_is_null(event->actor) ? "nobody" : "a user",
                          m_id_is_null(event->reverses) ? "" : ", a mirror", joined(lines, n, ""));
}

const char *two_ledger(void)
{
    process *p = T.finance;
    static const char *vouchers[1000];
    m_query all = {0};
    m_fetch reads[] = {{.type = &m_book_event_type, .query = &all},
                       {.type = &m_gl_entry_type, .query = &all}};
    two_begin(p);
    ck_assert_int_eq(m_store_fetch(p->store, p->call, reads, 2), M_OK);
    ck_assert_uint_lt(reads[0].count, 1000);
    for (uint32_t i = 0; i < reads[0].count; i++)
        vouchers[i] = voucher_text(reads[0].records[i], &reads[1]);
    const char *text = joined(vouchers, reads[0].count, "\n");
    two_end(p);
    return text;
}
