/* One list of cases for every method of every protocol that crosses processes, run against each
 * way to bind it: by call in this process, through records as text in memory, and over a broker.
 *
 * The provider behind it compares what arrives with what was sent, and answers what the case says.
 * Every field of every record is filled. */
#include <pthread.h>
#include <stdio.h>

#include "../unit/unit.h"
#include "all_protocols.h"
#include "m_adapters/codec.h"
#include "rpc_world.h"
#include "test_env.h"

static const m_error_def closed = {"core.test.closed", M_PRECONDITION, "It is closed: %s.",
                                   "Open it."};
static const m_error_def bare = {"core.test.bare", M_CONFLICT, "Somebody was faster.", ""};

/* ---- records with every field filled ---- */

#define LINES 3

static void fill(const m_type *type, void *record, m_arena *arena, uint64_t *seed);

static m_str some_text(m_arena *arena, uint64_t *seed, bool lines)
{
    static const char *const texts[] = {"plain", "Z\xc3\xbcrich \"&\\/\" \xe2\x82\xac",
                                        "{\"a\":[1,\"\"]}", " blank \t", "\xf0\x9f\x93\xa6 0"};
    const char *text = m_arena_printf(arena, "%s%s%u", texts[unit_random(seed) % 5],
                                      lines ? "\r\n\n" : "", (unsigned)(unit_random(seed) % 1000));
    return m_str_of(text);
}

/* At most `places` places, either sign unless forbidden. */
static int64_t some_amount(const m_field *field, uint64_t *seed)
{
    int64_t unit = 1;
    for (int i = m_field_places(field); i < M_DEC_SCALE; i++)
        unit *= 10;
    int64_t value = (int64_t)(unit_random(seed) % (UINT64_C(900000000000000) / (uint64_t)unit) + 1);
    bool negative = !(field->flags & (M_POSITIVE | M_NON_NEGATIVE)) && unit_random(seed) % 2;
    return (negative ? -value : value) * unit;
}

static void fill_list(const m_field *field, m_list *list, m_arena *arena, uint64_t *seed)
{
    char *items = m_arena_array(arena, LINES, field->type->size);
    for (uint32_t i = 0; i < LINES; i++)
        fill(field->type, items + i * field->type->size, arena, seed);
    *list = (m_list){items, LINES};
}

static uint32_t choices_of(const m_field *field)
{
    uint32_t n = 0;
    while (field->choices[n])
        n++;
    return n;
}

static void fill_field(const m_field *field, void *at, m_arena *arena, uint64_t *seed)
{
    switch (field->kind) {
    case M_KIND_BOOL:
        *(bool *)at = true;
        return;
    case M_KIND_INT:
        *(int64_t *)at = (int64_t)(unit_random(seed) >> 2) * (unit_random(seed) % 2 ? 1 : -1);
        return;
    case M_KIND_ID:
    case M_KIND_LINK:
        *(m_id *)at = test_id((uint32_t)(unit_random(seed) % 1000000 + 1));
        return;
    case M_KIND_DATE:
        ((m_date *)at)->d = M_DATE_FIRST + (int32_t)(unit_random(seed) % 100000);
        return;
    case M_KIND_TIME:
        ((m_time *)at)->us = (int64_t)(unit_random(seed) % UINT64_C(4000000000000000)) + 1;
        return;
    case M_KIND_SUM:
        *(m_dec_sum *)at = (m_dec_sum)some_amount(field, seed) * 1000000007;
        return;
    case M_KIND_ENUM:
        *(m_enum *)at = (m_enum)(choices_of(field) - 1);
        return;
    case M_KIND_STRUCT:
        fill(field->type, at, arena, seed);
        return;
    case M_KIND_LIST:
        fill_list(field, at, arena, seed);
        return;
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        *(m_str *)at = some_text(arena, seed, field->kind == M_KIND_TEXT);
        return;
    default:
        ((m_dec *)at)->u = some_amount(field, seed);
    }
}

static void fill(const m_type *type, void *record, m_arena *arena, uint64_t *seed)
{
    for (uint16_t i = 0; i < type->count; i++)
        fill_field(&type->fields[i], m_field_at(type, &type->fields[i], record), arena, seed);
}

static void *filled(const m_type *type, m_arena *arena, uint64_t seed)
{
    void *record = m_record_new(type, arena);
    ck_assert_ptr_nonnull(record);
    fill(type, record, arena, &seed);
    for (uint16_t i = 0; i < type->count; i++)
        ck_assert_msg(!m_field_is_empty(type, &type->fields[i], record), "%s.%s is not filled",
                      type->name, type->fields[i].name);
    return record;
}

/* ---- the provider ---- */

typedef enum { ANSWER, REFUSE, REFUSE_FIELDS, REFUSE_BARE } behaviour;

static struct {
    pthread_mutex_t lock; /* the server's threads are not the test's */
    const m_method *method;
    const void *in;  /* what must arrive; NULL: anything */
    const void *out; /* what is answered */
    behaviour does;
    uint32_t calls, wrong;
    m_id tenant;
} provider = {.lock = PTHREAD_MUTEX_INITIALIZER};

static m_status refuse(m_call *call)
{
    if (provider.does == REFUSE_BARE) return m_fail(call, &bare, NULL);
    if (provider.does == REFUSE_FIELDS) {
        for (int i = 0; i < M_ERROR_FIELDS_MAX + 2; i++)
            m_field_fail(call, m_err_link, m_line_path(call, "lines", (uint32_t)i, "item"),
                         "\"x\"");
        return m_failed_fields(call);
    }
    m_field_fail(call, m_err_required, M_STR("posting_date"), NULL);
    return m_fail(call, &closed, "%s", "March \xc3\xa4");
}

static m_status provide(m_call *call, const void *in, void *out, uint32_t slot)
{
    pthread_mutex_lock(&provider.lock);
    const m_method *m = provider.method;
    provider.calls++;
    uint32_t offset = (uint32_t)(sizeof(m_ops_head) + slot * sizeof(m_method_fn));
    if (m->ops_offset != offset || !m_id_eq(call->tenant, provider.tenant) ||
        (provider.in && !m_record_equal(m->in, in, provider.in)))
        provider.wrong++;
    m_status status = provider.does == ANSWER
                          ? m_record_copy_to(m->out, out, provider.out, call->arena)
                          : refuse(call);
    pthread_mutex_unlock(&provider.lock);
    return status;
}

#define SLOT(n)                                                                                    \
    static m_status slot_##n(void *self, m_call *call, const void *in, void *out)                  \
    {                                                                                              \
        (void)self;                                                                                \
        return provide(call, in, out, n);                                                          \
    }
SLOT(0)
SLOT(1)
SLOT(2)
SLOT(3)
SLOT(4)
SLOT(5)
SLOT(6)
SLOT(7)
SLOT(8)
SLOT(9)
SLOT(10)
SLOT(11)

typedef struct {
    m_ops_head head;
    m_method_fn fns[12];
} provider_ops;

static provider_ops ops_of(const m_protocol *protocol)
{
    return (provider_ops){
        {sizeof(provider_ops), protocol->version, protocol->name},
        {slot_0, slot_1, slot_2, slot_3, slot_4, slot_5, slot_6, slot_7, slot_8, slot_9, slot_10,
         slot_11},
    };
}

/* ---- ways to bind ---- */

/* The arena and error of a question answered in memory. */
static void ask_in_memory(void *self, m_question **questions, const m_call *const *as, uint32_t n)
{
    (void)self;
    for (uint32_t i = 0; i < n; i++) {
        m_question *q = questions[i];
        provider_ops ops = ops_of(q->protocol);
        m_call call = *as[i];
        call.arena = q->arena;
        m_error_clear(&call);
        q->answered = true;
        q->status = m_remote_dispatch((m_iface){&ops, NULL}, q->method, &call, q->body, &q->reply);
        q->error = call.error;
    }
}

static rpc_world w;
static m_asker asker; /* .ask NULL: the protocol is called directly */

static void handle(void *arg, m_rpc_incoming *in)
{
    (void)arg;
    provider_ops ops = ops_of(in->protocol);
    m_iface value = {&ops, NULL};
    m_rpc_answer_locally(&value, in);
}

static void bind_locally(void)
{
    asker = (m_asker){NULL, NULL};
}

static void bind_in_memory(void)
{
    asker = (m_asker){ask_in_memory, NULL};
}

static void bind_over_nats(void)
{
    rpc_world_start(&w, all_protocols, handle, NULL, 2);
    asker = m_rpc_asker(w.client);
}

static void unbind_nats(void)
{
    rpc_world_stop(&w);
}

static m_call *new_call(void)
{
    return w.broker ? rpc_world_call(&w) : test_call();
}

/* The method through the binding, as a worker does it. */
static m_status invoke(m_call *call, const m_protocol *protocol, const m_method *method,
                       const void *in, void *out)
{
    provider_ops ops = ops_of(protocol);
    m_remote_value value;
    m_question *open[M_REMOTE_QUESTIONS];
    if (!asker.ask) return m_invoke((m_iface){&ops, NULL}, method, call, in, out);
    m_iface remote = m_remote_bind(&value, "provider", protocol);
    m_status status = m_invoke(remote, method, call, in, out);
    for (int round = 0; status == M_AGAIN && round < 3; round++) {
        uint32_t n = m_answers_open(call->answers, open, M_REMOTE_QUESTIONS);
        const m_call *as[] = {call};
        ck_assert_uint_eq(n, 1);
        asker.ask(asker.self, open, as, n);
        m_error_clear(call);
        status = m_invoke(remote, method, call, in, out);
    }
    return status;
}

/* ---- cases ---- */

typedef void (*one_case)(const m_protocol *protocol, const m_method *method, m_call *call);

static void each_method(one_case run)
{
    for (const m_protocol *const *p = all_protocols; *p; p++)
        for (const m_method *m = (*p)->methods; m->name; m++) {
            m_call *call = new_call();
            call->answers = m_answers_new(0);
            m_answers_reset(call->answers, call->env);
            pthread_mutex_lock(&provider.lock);
            provider.method = m;
            provider.tenant = call->tenant;
            provider.in = provider.out = NULL;
            provider.does = ANSWER;
            provider.calls = provider.wrong = 0;
            pthread_mutex_unlock(&provider.lock);
            run(*p, m, call);
            m_answers_free(call->answers);
            test_call_free(call);
        }
}

static void expect(const void *in, const void *out, behaviour does)
{
    pthread_mutex_lock(&provider.lock);
    provider.in = in;
    provider.out = out;
    provider.does = does;
    pthread_mutex_unlock(&provider.lock);
}

static uint32_t calls_with(bool wrong)
{
    pthread_mutex_lock(&provider.lock);
    uint32_t n = wrong ? provider.wrong : provider.calls;
    pthread_mutex_unlock(&provider.lock);
    return n;
}

static void round_trip(const m_protocol *protocol, const m_method *method, m_call *call)
{
    void *in = filled(method->in, call->arena, 11), *wanted = filled(method->out, call->arena, 23);
    void *out = m_record_new(method->out, call->arena);
    expect(in, wanted, ANSWER);
    m_status status = invoke(call, protocol, method, in, out);
    ck_assert_msg(status == M_OK, "%s.%s: %.*s", protocol->name, method->name,
                  M_STR_ARG(call->error.message));
    ck_assert_msg(!calls_with(true), "%s.%s: another input arrived", protocol->name, method->name);
    ck_assert_msg(m_record_equal(method->out, out, wanted), "%s.%s: another output arrived",
                  protocol->name, method->name);
    ck_assert_uint_eq(calls_with(false), 1);
}

START_TEST(records_arrive_whole)
{
    each_method(round_trip);
}
END_TEST

static void empty_trip(const m_protocol *protocol, const m_method *method, m_call *call)
{
    void *in = m_record_new(method->in, call->arena), *out = m_record_new(method->out, call->arena);
    void *wanted = m_record_new(method->out, call->arena);
    expect(in, wanted, ANSWER);
    m_status status = invoke(call, protocol, method, in, out);
    ck_assert_msg(status == M_OK, "%s.%s: %.*s", protocol->name, method->name,
                  M_STR_ARG(call->error.message));
    ck_assert(!calls_with(true) && m_record_equal(method->out, out, wanted));
}

START_TEST(empty_records_arrive_empty)
{
    each_method(empty_trip);
}
END_TEST

static bool same_error(const m_error *a, const m_error *b)
{
    bool same = a->status == b->status && m_str_eq(a->code, b->code) &&
                m_str_eq(a->message, b->message) && m_str_eq(a->hint, b->hint) &&
                a->field_count == b->field_count && a->fields_dropped == b->fields_dropped;
    for (uint32_t i = 0; same && i < a->field_count; i++)
        same = m_str_eq(a->fields[i].path, b->fields[i].path) &&
               m_str_eq(a->fields[i].code, b->fields[i].code) &&
               m_str_eq(a->fields[i].message, b->fields[i].message);
    return same;
}

static void refusals(const m_protocol *protocol, const m_method *method, m_call *call)
{
    void *in = filled(method->in, call->arena, 5), *out = m_record_new(method->out, call->arena);
    void *untouched = m_record_copy(method->out, out, call->arena);
    for (behaviour does = REFUSE; does <= REFUSE_BARE; does++) {
        m_call *local = test_call();
        expect(in, NULL, does);
        m_answers_reset(call->answers, call->env);
        m_status status = invoke(call, protocol, method, in, out);
        m_status wanted = refuse(local);
        ck_assert_int_eq(status, wanted);
        ck_assert_msg(same_error(&call->error, &local->error), "%s.%s: %.*s is not %.*s",
                      protocol->name, method->name, M_STR_ARG(call->error.message),
                      M_STR_ARG(local->error.message));
        ck_assert(m_record_equal(method->out, out, untouched));
        m_error_clear(call);
        test_call_free(local);
    }
}

START_TEST(errors_arrive_as_they_were)
{
    each_method(refusals);
}
END_TEST

/* ---- cases of text: what others may send ---- */

static m_status send_text(m_call *call, const m_protocol *protocol, const m_method *method,
                          m_str body)
{
    m_question q = {.service = "provider",
                    .protocol = protocol,
                    .method = method,
                    .body = body,
                    .arena = call->arena};
    m_question *all[] = {&q};
    const m_call *as[] = {call};
    asker.ask(asker.self, all, as, 1);
    if (q.status != M_OK) call->error = q.error;
    return q.status;
}

/* A newer asker sends more than we know. */
static void unknown_fields(const m_protocol *protocol, const m_method *method, m_call *call)
{
    void *in = filled(method->in, call->arena, 7);
    m_buf plain = {.arena = call->arena}, more = {.arena = call->arena};
    expect(in, m_record_new(method->out, call->arena), ANSWER);
    m_json_canonical(&plain, method->in, in);
    m_buf_bytes(&more, plain.p, plain.n - 1);
    m_buf_text(&more, ",\"later\":{\"a\":[1.5,null]},\"and\":\"more\"}");
    ck_assert_int_eq(send_text(call, protocol, method, m_buf_str(&more)), M_OK);
    ck_assert_uint_eq(calls_with(true), 0);
    ck_assert_uint_eq(calls_with(false), 1);
}

START_TEST(unknown_fields_are_ignored)
{
    if (asker.ask) each_method(unknown_fields);
}
END_TEST

static void missing_fields(const m_protocol *protocol, const m_method *method, m_call *call)
{
    uint32_t required = 0;
    for (uint16_t i = 0; i < method->in->count; i++)
        required += (method->in->fields[i].flags & M_REQUIRED) != 0;
    expect(NULL, m_record_new(method->out, call->arena), ANSWER);
    m_status status = send_text(call, protocol, method, M_STR("{}"));
    ck_assert_msg(status == (required ? M_INVALID : M_OK), "%s.%s: %s", protocol->name,
                  method->name, m_status_name(status));
    ck_assert_uint_eq(call->error.field_count, required);
    for (uint32_t i = 0; i < required; i++)
        ck_assert(m_str_is(call->error.fields[i].code, "core.field.required"));
    ck_assert_uint_eq(calls_with(false), required ? 0 : 1);
}

START_TEST(missing_required_fields_are_refused)
{
    if (asker.ask) each_method(missing_fields);
}
END_TEST

static void no_record(const m_protocol *protocol, const m_method *method, m_call *call)
{
    static const char *const bodies[] = {"", "null", "[]", "{", "{\"a\":1,\"a\":2}", "\xff"};
    for (size_t i = 0; i < UNIT_COUNT(bodies); i++) {
        m_status status = send_text(call, protocol, method, m_str_of(bodies[i]));
        ck_assert_msg(status == M_INVALID && m_str_is(call->error.code, "core.body.malformed"),
                      "%s: %s", bodies[i], m_status_name(status));
        m_error_clear(call);
    }
    ck_assert_uint_eq(calls_with(false), 0);
}

START_TEST(what_is_no_record_is_refused)
{
    if (asker.ask) each_method(no_record);
}
END_TEST

static void add_cases(Suite *suite, const char *name, void (*bind)(void), void (*unbind)(void))
{
    TCase *c = tcase_create(name);
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, bind, unbind);
    tcase_add_test(c, records_arrive_whole);
    tcase_add_test(c, empty_records_arrive_empty);
    tcase_add_test(c, errors_arrive_as_they_were);
    tcase_add_test(c, unknown_fields_are_ignored);
    tcase_add_test(c, missing_required_fields_are_refused);
    tcase_add_test(c, what_is_no_record_is_refused);
    suite_add_tcase(suite, c);
}

int main(void)
{
    Suite *suite = suite_create("protocols");
    add_cases(suite, "local", bind_locally, NULL);
    add_cases(suite, "memory", bind_in_memory, NULL);
    add_cases(suite, "nats", bind_over_nats, unbind_nats);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
