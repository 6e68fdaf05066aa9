/* What the outside sees, kept as text: a change shows up as a difference in review. Renew with
 *   GOLDEN_RENEW=1 meson test -C build --suite golden
 * and look at the difference before it is committed. GOLDEN_DIR: where the texts are. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../host/src/gateway/figures.h"
#include "../../host/src/gateway/metrics.h"
#include "../arch/all_modules.h"
#include "../contract/all_protocols.h"
#include "../unit/unit.h"
#include "m_adapters/codec.h"
#include "m_adapters/infra.h"
#include "m_adapters/pg.h"
#include "test_env.h"

#define STORED_MAX 256

static m_str read_file(m_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return (m_str){NULL, 0};
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long n = ftell(file);
    rewind(file);
    ck_assert(n >= 0);
    char *text = m_arena_alloc(arena, (size_t)n + 1);
    ck_assert(text && fread(text, 1, (size_t)n, file) == (size_t)n);
    fclose(file);
    return (m_str){text, (size_t)n};
}

/* Line and text where both part. */
static void tell_difference(const char *name, m_str is, m_str was)
{
    size_t at = 0, line = 1, start = 0;
    while (at < is.n && at < was.n && is.p[at] == was.p[at])
        if (is.p[at++] == '\n') {
            line++;
            start = at;
        }
    size_t is_n = strcspn(is.p + start, "\n"),
           was_n = start < was.n ? strcspn(was.p + start, "\n") : 0;
    ck_abort_msg("%s differs in line %zu\n is  %.*s\n was %.*s\nIf that is meant: GOLDEN_RENEW=1 "
                 "meson test --suite golden",
                 name, line, (int)is_n, is.p + start, (int)was_n, was_n ? was.p + start : "");
}

static void compare(m_call *call, const char *name, m_str text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("GOLDEN_DIR"), name);
    if (getenv("GOLDEN_RENEW")) {
        FILE *file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(text.p, 1, text.n, file), text.n);
        ck_assert_int_eq(fclose(file), 0);
    }
    m_str was = read_file(call->arena, path);
    if (!m_str_eq(text, was)) tell_difference(name, text, was);
}

/* One member per line, so that differences can be read. */
static m_str broken_into_lines(m_arena *arena, m_str json)
{
    m_buf out = {.arena = arena};
    bool quoted = false;
    int depth = 0;
    for (size_t i = 0; i < json.n; i++) {
        char c = json.p[i];
        if (quoted && c == '\\') {
            m_buf_bytes(&out, json.p + i++, 2);
            continue;
        }
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '}' || c == ']')) depth--;
        m_buf_bytes(&out, &c, 1);
        if (!quoted && (c == '{' || c == '[')) depth++;
        if (!quoted && (c == ',' || c == '{'))
            m_buf_format(&out, "\n%*s", depth > 40 ? 40 : depth, "");
    }
    m_buf_text(&out, "\n");
    ck_assert(!out.failed);
    return m_buf_str(&out);
}

START_TEST(openapi)
{
    m_call *call = test_call();
    const m_module *modules[ALL_MODULES_MAX];
    uint32_t n = all_modules(modules);
    m_buf text = {.arena = call->arena};
    m_openapi_write(&text, modules, n, "0.0.0");
    ck_assert(!text.failed);
    compare(call, "openapi.txt", broken_into_lines(call->arena, m_buf_str(&text)));
    test_call_free(call);
}
END_TEST

/* Every family that /metrics has, once with values that can be told apart. */
START_TEST(metrics_text)
{
    static metrics counts;
    m_call *call = test_call();
    m_rpc_count asked = {.service = "finance",
                         .protocol = "ledger",
                         .method = "prepare",
                         .count = 7,
                         .errors = 2,
                         .time_us = 1500000,
                         .longest_us = 900,
                         .retries = 1},
                answered = {.service = "wms",
                            .protocol = "documents",
                            .method = "create",
                            .count = 3,
                            .time_us = 42};
    metrics_gauges gauges = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    figures f = {
        .listening = {.delivered = 11, .failed = 12, .waiting = {13, 14, {60000000}}},
        .among_others = true,
        .broker = {.connected = true,
                   .connects = 15,
                   .permission_violations = 16,
                   .slow_consumers = 17,
                   .messages_in = 18,
                   .messages_out = 19,
                   .bytes_in = 20,
                   .bytes_out = 21},
        .asked = &asked,
        .asked_count = 1,
        .answered = &answered,
        .answered_count = 1,
        .server = {.refused = 22, .replayed = 23, .expired = 24, .unknown = 25, .running = 26},
        .services = {{.name = "finance", .open = true, .failures = 27}},
        .service_count = 1,
        .leaving = {.here = true, .sent = 28, .failed = 29, .rows = {30, {70000000}, 31, 32}},
        .arriving = {.here = true,
                     .producers = {{"core", 33, 34, 35, 36, 37, 38}, {.producer = "finance"}},
                     .behind_since = {{80000000}},
                     .producer_count = 2,
                     .letters = {39, 40, 41, 42, 43},
                     .copies = {44, 45, 46, {90000000}}},
    };
    m_buf text = {.arena = call->arena};
    metrics_count(&counts, ROUTE_GET, 200, 700);
    metrics_count(&counts, ROUTE_CREATE, 422, 30000000);
    metrics_write(&counts, &gauges, (m_time){100000000}, &text);
    figures_write(&f, (m_time){100000000}, &text);
    ck_assert(!text.failed);
    compare(call, "metrics.txt", m_buf_str(&text));
    test_call_free(call);
}
END_TEST

static uint32_t stored_types(const m_type **out)
{
    const m_module *modules[ALL_MODULES_MAX];
    uint32_t n = all_modules(modules), count = 0;
    for (const m_type *const *t = m_infra_types; *t; t++)
        out[count++] = *t;
    for (uint32_t m = 0; m < n; m++) {
        for (const m_doctype *const *d = modules[m]->doctypes; d && *d; d++)
            out[count++] = (*d)->type;
        for (const m_type *const *t = modules[m]->types; t && *t; t++)
            out[count++] = *t;
        ck_assert(count < STORED_MAX);
    }
    return count;
}

START_TEST(ddl)
{
    m_call *call = test_call();
    const m_type *types[STORED_MAX];
    m_pg_schema schema = {
        .types = types, .count = stored_types(types), .today = test_date("2026-04-01")};
    m_str sql;
    m_status status = m_pg_ddl(&schema, call, &sql);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(call->error.message));
    compare(call, "schema.txt", sql);
    test_call_free(call);
}
END_TEST

/* ---- messages between processes ---- */

static void put_record(m_buf *out, const m_type *type, int depth)
{
    static const char *const kinds[] = {"bool", "int",   "str",    "text", "id",    "link",
                                        "date", "time",  "dec",    "qty",  "money", "sum",
                                        "enum", "bytes", "struct", "list"};
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *f = &type->fields[i];
        m_buf_format(out, "%*s%s: %s", depth * 2, "", f->name, kinds[f->kind]);
        if (f->flags & M_REQUIRED) m_buf_text(out, ", required");
        for (uint32_t c = 0; f->kind == M_KIND_ENUM && f->choices[c]; c++)
            m_buf_format(out, "%s%s", c ? "|" : " ", f->choices[c]);
        m_buf_text(out, "\n");
        if (f->type) put_record(out, f->type, depth + 1);
    }
}

START_TEST(messages)
{
    m_call *call = test_call();
    m_buf text = {.arena = call->arena};
    for (const m_protocol *const *p = all_protocols; *p; p++) {
        m_buf_format(&text, "%s, version %u\n", (*p)->name, (unsigned)(*p)->version);
        for (const m_method *m = (*p)->methods; m->name; m++) {
            const char *kind = m->flags & M_METHOD_READ         ? "reads"
                               : m->flags & M_METHOD_IDEMPOTENT ? "idempotent"
                                                                : "once";
            m_buf_format(&text, "  %s, %s\n    in %s\n", m->name, kind, m->in->name);
            put_record(&text, m->in, 3);
            m_buf_format(&text, "    out %s\n", m->out->name);
            put_record(&text, m->out, 3);
        }
    }
    ck_assert(!text.failed);
    compare(call, "messages.txt", m_buf_str(&text));
    test_call_free(call);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("texts");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, openapi);
    tcase_add_test(tests, ddl);
    tcase_add_test(tests, messages);
    tcase_add_test(tests, metrics_text);
    return unit_run(tests, "golden");
}
