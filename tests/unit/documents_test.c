/* The documents service over the memory store, with the toy module. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/audit.h"
#include "m_adapters/infra.h"
#include "toy.h"

#define ORDERS .collection = "orders"
#define ITEMS  .collection = "items"

static toy_world world;
static m_id item;
static char item_text[M_ID_TEXT];

static void setup(void)
{
    toy_setup(&world);
    item = toy_ok(&world, "create",
                  (toy_request){ITEMS, .body = "{\"code\":\" A1 \",\"name\":\"Tea\"}"})
               .id;
    m_id_format(item, item_text);
    test_role(world.call, "Boss");
}

static void teardown(void)
{
    toy_teardown(&world);
}

/* printf into the call's arena. */
__attribute__((format(printf, 1, 2))) static const char *text(const char *format, ...)
{
    char buffer[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    return m_arena_copy(world.call->arena, buffer, strlen(buffer));
}

static const char *order_body(const char *date, const char *qty)
{
    return text("{\"date\":\"%s\",\"note\":\"first\",\"lines\":[{\"item\":\"%s\",\"qty\":\"%s\"}]}",
                date, item_text, qty);
}

static m_document_reply create(const char *action)
{
    return toy_ok(&world, "create",
                  (toy_request){ORDERS, .action = action, .body = order_body("2026-05-04", "2")});
}

static m_document_reply act(m_id id, const char *action)
{
    return toy_ok(&world, "act", (toy_request){ORDERS, .id = id, .action = action});
}

/* The text of a JSON member that is a string. */
static const char *member(m_str body, const char *name)
{
    const char *key = text("\"%s\":\"", name);
    const char *at = memmem(body.p, body.n, key, strlen(key));
    ck_assert_msg(at != NULL, "no %s in %.*s", name, M_STR_ARG(body));
    at += strlen(key);
    const char *end = memchr(at, '"', (size_t)(body.p + body.n - at));
    return m_arena_copy(world.call->arena, at, (size_t)(end - at));
}

/* ---- create ---- */

START_TEST(creates_a_master)
{
    m_document_reply reply = toy_ok(&world, "get", (toy_request){ITEMS, .id = item});
    TOY_CHECK(reply.body, "\"number\":\"A1\"");
    TOY_CHECK(reply.body, "\"code\":\"A1\"");
    TOY_CHECK(reply.body, "\"version\":1");
    TOY_CHECK(reply.body, "\"_actions\":[\"update\",\"delete\"]");
    ck_assert(!toy_has(reply.body, "secret"));
}
END_TEST

START_TEST(creates_a_draft)
{
    m_document_reply reply = create(NULL);
    ck_assert_int_eq(reply.version, 1);
    TOY_CHECK(reply.body, "\"state\":\"draft\"");
    TOY_CHECK(reply.body, "\"total\":\"2\"");
    TOY_CHECK(reply.body, "\"channel\":\"shop\"");
    TOY_CHECK(reply.body, "\"_actions\":[\"submit\",\"update\",\"delete\"]");
    ck_assert(!toy_has(reply.body, "SO-2026"));
    ck_assert_uint_eq(toy_count(&world, &m_outbox_type), 0);
    ck_assert_uint_eq(toy_count(&world, &m_audit_type), 2);
}
END_TEST

START_TEST(creates_and_submits_in_one)
{
    m_document_reply reply = create("submit");
    ck_assert_int_eq(reply.version, 1);
    TOY_CHECK(reply.body, "\"number\":\"SO-2026-00001\"");
    TOY_CHECK(reply.body, "\"state\":\"submitted\"");
    TOY_CHECK(reply.body, "\"received\":\"2\"");
    ck_assert_uint_eq(world.module.checks, 1);
    ck_assert_uint_eq(toy_count(&world, &m_outbox_type), 1);
    m_document_reply history = toy_ok(&world, "history", (toy_request){ORDERS, .id = reply.id});
    TOY_CHECK(history.body, "\"action\":\"create,submit\"");
    TOY_CHECK(history.body, "\"changes\":[]"); /* the document itself shows what it began with */
    TOY_CHECK(history.body, "\"next_cursor\":null");
}
END_TEST

START_TEST(reports_wrong_fields)
{
    toy_refused(&world, "create",
                (toy_request){ORDERS, .body =
                                          "{\"date\":\"2026-02-30\",\"colour\":1,"
                                          "\"total\":\"4\",\"lines\":[{\"qty\":\"0.1234567\"}]}"},
                "core.validation");
    ck_assert(toy_field(&world, "date", "core.field.form"));
    ck_assert(toy_field(&world, "colour", "core.field.unknown"));
    ck_assert(toy_field(&world, "total", "core.field.read_only"));
    ck_assert(toy_field(&world, "lines[0].item", "core.field.required"));
    toy_refused(
        &world, "create",
        (toy_request){ORDERS, .body = text("{\"date\":\"2026-04-02\",\"note\":\"bad\",\"lines\":"
                                           "[{\"item\":\"%s\",\"qty\":\"-1\"}]}",
                                           item_text)},
        "core.validation");
    ck_assert(toy_field(&world, "note", "core.field.pattern"));
    ck_assert(toy_field(&world, "lines[0].qty", "core.field.range"));
    ck_assert_uint_eq(toy_count(&world, &toy_order_type), 0);
}
END_TEST

START_TEST(links_must_lead_somewhere)
{
    const char *nowhere = "00000000000000000000000ZZZ";
    toy_refused(
        &world, "create",
        (toy_request){ORDERS, .body = text("{\"date\":\"2026-04-02\",\"item\":\"%s\",\"lines\":["
                                           "{\"item\":\"%s\",\"qty\":\"1\"},"
                                           "{\"item\":\"%s\",\"qty\":\"1\"}]}",
                                           nowhere, item_text, nowhere)},
        "core.validation");
    ck_assert(toy_field(&world, "item", "core.link.not_found"));
    ck_assert(toy_field(&world, "lines[1].item", "core.link.not_found"));
    ck_assert_uint_eq(world.call->error.field_count, 2);
    toy_ok(&world, "create",
           (toy_request){ORDERS,
                         .body = text("{\"date\":\"2026-04-02\",\"elsewhere\":\"%s\"}", nowhere)});
}
END_TEST

START_TEST(codes_and_unique_values_are_taken)
{
    toy_refused(&world, "create", (toy_request){ITEMS, .body = "{\"code\":\"A1\"}"}, "core.exists");
    ck_assert(toy_field(&world, "code", "core.exists"));
    ck_assert_int_eq(world.call->error.status, M_EXISTS);
    const char *body = "{\"date\":\"2026-04-02\",\"reference\":\"R1\"}";
    m_id first = toy_ok(&world, "create", (toy_request){ORDERS, .body = body}).id;
    toy_refused(&world, "create", (toy_request){ORDERS, .body = body}, "core.exists");
    toy_ok(&world, "update",
           (toy_request){ORDERS, .id = first, .version = 1, .body = "{\"reference\":\"R2\"}"});
    toy_ok(&world, "create", (toy_request){ORDERS, .body = body});
}
END_TEST

/* ---- permissions, addresses ---- */

START_TEST(permissions_come_first)
{
    m_document_reply order = create(NULL);
    test_role(world.call, "Reader");
    toy_refused(&world, "create", (toy_request){ORDERS, .body = "{"}, "core.permission.denied");
    toy_refused(&world, "update", (toy_request){ORDERS, .id = test_id(5)},
                "core.permission.denied");
    toy_refused(&world, "remove", (toy_request){ORDERS, .id = order.id}, "core.permission.denied");
    m_document_reply reply = toy_ok(&world, "get", (toy_request){ORDERS, .id = order.id});
    TOY_CHECK(reply.body, "\"_actions\":[]");
    test_role(world.call, "Clerk");
    toy_refused(&world, "act", (toy_request){ORDERS, .id = order.id, .action = "submit"},
                "core.permission.denied");
    toy_refused(&world, "create",
                (toy_request){ORDERS, .action = "submit", .body = order_body("2026-05-04", "1")},
                "core.permission.denied");
    toy_refused(&world, "act", (toy_request){ORDERS, .id = order.id, .action = "amend"},
                "core.permission.denied");
    test_role(world.call, NULL);
    toy_refused(&world, "get", (toy_request){ORDERS, .id = order.id}, "core.permission.denied");
    toy_refused(&world, "list", (toy_request){ORDERS}, "core.permission.denied");
    toy_refused(&world, "history", (toy_request){ORDERS, .id = order.id}, "core.permission.denied");
}
END_TEST

START_TEST(unknown_and_foreign_are_alike)
{
    m_document_reply order = create(NULL);
    toy_refused(&world, "get", (toy_request){.collection = "ghosts"}, "core.not_found");
    toy_refused(&world, "act", (toy_request){ORDERS, .id = order.id, .action = "dance"},
                "core.not_found");
    toy_refused(&world, "act", (toy_request){ORDERS, .id = order.id, .action = "expire"},
                "core.not_found");
    m_id mine = world.call->tenant;
    world.call->tenant = test_id(77);
    toy_refused(&world, "get", (toy_request){ORDERS, .id = order.id}, "core.not_found");
    m_str foreign = world.call->error.message;
    world.call->tenant = mine;
    m_id unknown = test_id(4242);
    toy_refused(&world, "get", (toy_request){ORDERS, .id = unknown}, "core.not_found");
    m_str missing = world.call->error.message;
    ck_assert_uint_eq(foreign.n, missing.n); /* they differ in the id asked for, no more */
    toy_refused(&world, "history", (toy_request){ORDERS, .id = unknown}, "core.not_found");
    toy_refused(&world, "update", (toy_request){ORDERS, .id = unknown, .body = "{}"},
                "core.not_found");
}
END_TEST

/* ---- update ---- */

START_TEST(updates_need_the_version)
{
    m_document_reply order = create(NULL);
    toy_request change = {ORDERS, .id = order.id, .body = "{\"note\":\"second\"}"};
    toy_refused(&world, "update", change, "core.version.required");
    change.version = 2;
    toy_refused(&world, "update", change, "core.version.stale");
    ck_assert_int_eq(world.call->error.status, M_CONFLICT);
    change.version = 1;
    m_document_reply reply = toy_ok(&world, "update", change);
    ck_assert_int_eq(reply.version, 2);
    TOY_CHECK(reply.body, "\"note\":\"second\"");
    TOY_CHECK(reply.body, "\"total\":\"2\"");
    toy_refused(&world, "update", change, "core.version.stale");
    toy_refused(&world, "act",
                (toy_request){ORDERS, .id = order.id, .action = "submit", .version = 1},
                "core.version.stale");
}
END_TEST

START_TEST(no_change_writes_nothing)
{
    m_document_reply order = create(NULL);
    uint32_t audits = toy_count(&world, &m_audit_type);
    test_advance_us(world.call, 1000000);
    m_document_reply reply =
        toy_ok(&world, "update",
               (toy_request){ORDERS, .id = order.id, .version = 1, .body = "{\"note\":\"first\"}"});
    ck_assert_int_eq(reply.version, 1);
    ck_assert_uint_eq(toy_count(&world, &m_audit_type), audits);
}
END_TEST

START_TEST(immutable_and_read_only_stay)
{
    m_document_reply order = create(NULL);
    toy_refused(
        &world, "update",
        (toy_request){ORDERS, .id = order.id, .version = 1, .body = "{\"channel\":\"web\"}"},
        "core.validation");
    ck_assert(toy_field(&world, "channel", "core.field.read_only"));
    toy_refused(&world, "update",
                (toy_request){ORDERS, .id = order.id, .version = 1, .body = "{\"version\":7}"},
                "core.validation");
}
END_TEST

START_TEST(lines_keep_their_ids)
{
    m_document_reply order = create(NULL);
    const char *lines = strstr(text("%.*s", M_STR_ARG(order.body)), "\"lines\"");
    const char *line_id = member(m_str_of(lines), "id");
    m_document_reply reply =
        toy_ok(&world, "update",
               (toy_request){ORDERS, .id = order.id, .version = 1,
                             .body = text("{\"lines\":[{\"item\":\"%s\",\"qty\":\"1\"},"
                                          "{\"id\":\"%s\",\"item\":\"%s\",\"qty\":\"5\"}]}",
                                          item_text, line_id, item_text)});
    TOY_CHECK(reply.body, text("{\"id\":\"%s\",\"item\":\"%s\",\"qty\":\"5\"", line_id, item_text));
    TOY_CHECK(reply.body, "\"total\":\"6\"");
    const char *twice = text("{\"lines\":[{\"id\":\"%s\",\"item\":\"%s\",\"qty\":\"1\"},"
                             "{\"id\":\"%s\",\"item\":\"%s\",\"qty\":\"5\"}]}",
                             line_id, item_text, line_id, item_text);
    toy_refused(&world, "update",
                (toy_request){ORDERS, .id = order.id, .version = 2, .body = twice},
                "core.validation");
    ck_assert(toy_field(&world, "lines[1].id", "core.field.form"));
    toy_refused(
        &world, "create",
        (toy_request){ORDERS, .body = text("{\"date\":\"2026-05-04\",\"lines\":[{\"id\":\"%s\","
                                           "\"item\":\"%s\",\"qty\":\"1\"}]}",
                                           line_id, item_text)},
        "core.validation");
}
END_TEST

START_TEST(audit_holds_the_difference)
{
    m_document_reply order = create(NULL);
    toy_ok(
        &world, "update",
        (toy_request){ORDERS, .id = order.id, .version = 1, .body = "{\"note\":\"se\\\"cond\"}"});
    act(order.id, "submit");
    m_document_reply history = toy_ok(&world, "history", (toy_request){ORDERS, .id = order.id});
    const char *all = text("%.*s", M_STR_ARG(history.body));
    TOY_CHECK(history.body, "{\"path\":\"note\",\"before\":\"first\",\"after\":\"se\\\"cond\"}");
    TOY_CHECK(history.body, "{\"path\":\"state\",\"before\":\"draft\",\"after\":\"submitted\"}");
    TOY_CHECK(history.body, "{\"path\":\"lines[0].received\",\"before\":\"0\",\"after\":\"2\"}");
    TOY_CHECK(history.body, "\"actor_name\":\"tester\"");
    ck_assert(!strstr(all, "\"path\":\"modified_at\""));
    ck_assert(!strstr(all, "\"path\":\"version\""));
    const char *submit = strstr(all, "\"action\":\"submit\"");
    const char *update = strstr(all, "\"action\":\"update\"");
    const char *created = strstr(all, "\"action\":\"create\"");
    ck_assert(submit && update && created && submit < update && update < created);
}
END_TEST

START_TEST(secrets_stay_inside)
{
    toy_ok(&world, "update",
           (toy_request){ITEMS, .id = item, .version = 1, .body = "{\"secret\":\"hush\"}"});
    m_document_reply history = toy_ok(&world, "history", (toy_request){ITEMS, .id = item});
    ck_assert(!toy_has(history.body, "hush"));
    TOY_CHECK(history.body, "{\"path\":\"secret\",\"before\":null,\"after\":null}");
    toy_refused(&world, "list", (toy_request){ITEMS, .query = "secret=hush"},
                "core.query.malformed");
    toy_refused(&world, "list", (toy_request){ITEMS, .query = "fields=secret"},
                "core.query.malformed");
    toy_refused(&world, "list", (toy_request){ITEMS, .query = "sort=secret"},
                "core.query.malformed");
}
END_TEST

START_TEST(a_comment_is_a_line_in_the_history)
{
    m_document_reply order = create("submit");
    toy_request said = {ORDERS, .id = order.id, .action = "comment",
                        .body = "{\"text\":\" Call \\\"Ann\\\". \"}"};
    m_document_reply reply = toy_ok(&world, "act", said);
    ck_assert_int_eq(reply.version, order.version);
    m_document_reply history = toy_ok(&world, "history", (toy_request){ORDERS, .id = order.id});
    TOY_CHECK(history.body, "\"action\":\"comment\"");
    TOY_CHECK(history.body,
              "{\"path\":\"comment\",\"before\":null,\"after\":\"Call \\\"Ann\\\".\"}");
    said.body = "{\"text\":\"  \"}";
    toy_refused(&world, "act", said, "core.validation");
    said.body = NULL;
    toy_refused(&world, "act", said, "core.validation");
    said.body = "{\"text\":\"x\",\"who\":\"y\"}";
    toy_refused(&world, "act", said, "core.validation");
    test_role(world.call, "Nobody");
    said.body = "{\"text\":\"x\"}";
    toy_refused(&world, "act", said, "core.permission.denied");
}
END_TEST

START_TEST(history_pages)
{
    m_id id = create(NULL).id;
    for (int64_t v = 1; v < 5; v++)
        toy_ok(&world, "update",
               (toy_request){ORDERS, .id = id, .version = v,
                             .body = text("{\"note\":\"n%lld\"}", (long long)v)});
    m_document_reply page =
        toy_ok(&world, "history", (toy_request){ORDERS, .id = id, .query = "limit=3"});
    TOY_CHECK(page.body, "\"version\":5");
    TOY_CHECK(page.body, "\"version\":3");
    ck_assert(!toy_has(page.body, "\"version\":2"));
    page =
        toy_ok(&world, "history",
               (toy_request){ORDERS, .id = id,
                             .query = text("limit=3&cursor=%s", member(page.body, "next_cursor"))});
    TOY_CHECK(page.body, "\"version\":2");
    TOY_CHECK(page.body, "\"next_cursor\":null");
    toy_refused(&world, "history", (toy_request){ORDERS, .id = id, .query = "note=x"},
                "core.query.malformed");
}
END_TEST

/* ---- moves ---- */

START_TEST(walks_through_its_life)
{
    m_document_reply order = create(NULL);
    m_document_reply reply = act(order.id, "submit");
    ck_assert_int_eq(reply.version, 2);
    TOY_CHECK(reply.body, "\"_actions\":[\"close\",\"cancel\"]");
    ck_assert(m_str_is(world.module.submit_number, "SO-2026-00001"));
    toy_refused(&world, "act", (toy_request){ORDERS, .id = order.id, .action = "submit"},
                "core.state.not_allowed");
    ck_assert(toy_has(world.call->error.hint, "close, cancel"));
    toy_refused(&world, "update",
                (toy_request){ORDERS, .id = order.id, .version = 2, .body = "{\"note\":\"x\"}"},
                "core.state.not_allowed");
    toy_refused(&world, "remove", (toy_request){ORDERS, .id = order.id}, "core.state.not_allowed");
    reply = act(order.id, "cancel");
    TOY_CHECK(reply.body, "\"state\":\"cancelled\"");
    TOY_CHECK(reply.body, "\"number\":\"SO-2026-00001\"");
    TOY_CHECK(reply.body, "\"_actions\":[\"amend\"]");
}
END_TEST

START_TEST(actions_read_their_input)
{
    m_document_reply order = create("submit");
    toy_request close = {ORDERS, .id = order.id, .action = "close"};
    toy_refused(&world, "act", close, "core.validation");
    ck_assert(toy_field(&world, "reason", "core.field.required"));
    close.body = "{\"why\":\"x\"}";
    toy_refused(&world, "act", close, "core.validation");
    close.body = "{\"reason\":\"sold out\"}";
    m_document_reply reply = toy_ok(&world, "act", close);
    TOY_CHECK(reply.body, "\"reason\":\"sold out\"");
    toy_refused(&world, "act",
                (toy_request){ORDERS, .id = order.id, .action = "cancel", .body = "{\"a\":1}"},
                "core.action.input");
}
END_TEST

START_TEST(a_draft_is_checked_again)
{
    m_document_reply order = create(NULL);
    uint32_t checks = world.module.checks;
    act(order.id, "submit");
    ck_assert_uint_eq(world.module.checks, checks + 1);
    act(order.id, "cancel");
    ck_assert_uint_eq(world.module.checks, checks + 1);
}
END_TEST

START_TEST(numbers_have_no_gaps)
{
    TOY_CHECK(create("submit").body, "SO-2026-00001");
    toy_refused(&world, "create",
                (toy_request){ORDERS, .action = "submit", .body = order_body("2026-05-04", "101")},
                "toy.order.too_much");
    ck_assert(m_str_is(world.module.submit_number, "SO-2026-00002"));
    ck_assert_uint_eq(toy_count(&world, &toy_order_type), 1);
    m_document_reply draft =
        toy_ok(&world, "create", (toy_request){ORDERS, .body = order_body("2026-05-04", "101")});
    toy_refused(&world, "act", (toy_request){ORDERS, .id = draft.id, .action = "submit"},
                "toy.order.too_much");
    TOY_CHECK(create("submit").body, "SO-2026-00002");
    m_document_reply last_year =
        toy_ok(&world, "create",
               (toy_request){ORDERS, .action = "submit", .body = order_body("2025-12-31", "1")});
    TOY_CHECK(last_year.body, "SO-2025-00001");
    TOY_CHECK(create("submit").body, "SO-2026-00003");
}
END_TEST

START_TEST(fiscal_years)
{
    ck_assert_int_eq(m_fiscal_year(test_date("2026-03-31"), 4), 2025);
    ck_assert_int_eq(m_fiscal_year(test_date("2026-04-01"), 4), 2026);
    ck_assert_int_eq(m_fiscal_year(test_date("2026-01-01"), 1), 2026);
    ck_assert_int_eq(m_fiscal_year(test_date("2026-12-31"), 1), 2026);
}
END_TEST

START_TEST(amends)
{
    m_id first = create("submit").id;
    toy_refused(&world, "act", (toy_request){ORDERS, .id = first, .action = "amend"},
                "core.state.not_allowed");
    act(first, "cancel");
    m_document_reply draft = act(first, "amend");
    TOY_CHECK(draft.body, "\"state\":\"draft\"");
    TOY_CHECK(draft.body, "\"received\":\"0\"");
    TOY_CHECK(draft.body, "\"note\":\"first\"");
    TOY_CHECK(draft.body, "\"version\":1");
    ck_assert_str_eq(member(draft.body, "amended_from"),
                     text("%s", member(draft.body, "amended_from")));
    ck_assert(!toy_has(draft.body, "SO-2026-00001"));
    toy_refused(&world, "act", (toy_request){ORDERS, .id = first, .action = "amend"},
                "core.amend.done");
    TOY_CHECK(act(draft.id, "submit").body, "\"number\":\"SO-2026-00001-1\"");
    act(draft.id, "cancel");
    m_document_reply again = act(draft.id, "amend");
    TOY_CHECK(act(again.id, "submit").body, "\"number\":\"SO-2026-00001-2\"");
    TOY_CHECK(create("submit").body, "\"number\":\"SO-2026-00002\"");
}
END_TEST

START_TEST(removes_drafts_only)
{
    m_document_reply order = create(NULL);
    toy_refused(&world, "remove", (toy_request){ORDERS, .id = order.id, .version = 9},
                "core.version.stale");
    toy_ok(&world, "remove", (toy_request){ORDERS, .id = order.id, .version = 1});
    toy_refused(&world, "get", (toy_request){ORDERS, .id = order.id}, "core.not_found");
    ck_assert_uint_eq(toy_count(&world, &toy_order_type), 0);
    toy_ok(&world, "remove", (toy_request){ITEMS, .id = item});
}
END_TEST

START_TEST(tells_what_happened)
{
    m_document_reply order = create("submit");
    act(order.id, "cancel");
    toy_ok(&world, "update",
           (toy_request){ITEMS, .id = item, .version = 1, .body = "{\"name\":\"Chai\"}"});
    ck_assert_uint_eq(toy_count(&world, &m_outbox_type), 3);
    world.uow->ops->begin(world.uow, world.call, M_UOW_READ, NULL, 0);
    static const m_query any = {0};
    m_fetch rows = {.type = &m_outbox_type, .query = &any};
    ck_assert_int_eq(m_store_fetch(world.store, world.call, &rows, 1), M_OK);
    const m_outbox_row *row = rows.records[0];
    ck_assert(m_str_is(row->type, "toy.order.submitted"));
    ck_assert(m_id_eq(row->aggregate, order.id));
    ck_assert_int_eq(m_date_cmp(row->occurred_on, test_date("2026-05-04")), 0);
    TOY_CHECK(row->payload, "\"number\":\"SO-2026-00001\"");
    ck_assert(m_str_is(((const m_outbox_row *)rows.records[1])->type, "toy.order.cancelled"));
    ck_assert(m_str_is(((const m_outbox_row *)rows.records[2])->type, "toy.item.updated"));
    world.uow->ops->rollback(world.uow);
}
END_TEST

START_TEST(wants_are_what_is_read)
{
    m_document_request in = {.module = M_STR("toy"),
                             .collection = M_STR("orders"),
                             .action = M_STR("submit"),
                             .body = M_STR("{\"date\": \"2027-02-01\"}")};
    m_fetch wants[4];
    ck_assert_uint_eq(m_documents_wants(world.service, world.call, "create", &in, wants, 4), 2);
    ck_assert_ptr_eq(wants[0].type, &m_series_type);
    const m_series_row *series = wants[0].keys[0];
    ck_assert(m_str_is(series->series, "SO"));
    ck_assert(m_str_is(series->period, "2027"));
    ck_assert_ptr_eq(wants[1].type, &m_stream_head_type);
    in.id = item;
    ck_assert_uint_eq(m_documents_wants(world.service, world.call, "act", &in, wants, 4), 3);
    ck_assert_ptr_eq(wants[0].type, &toy_order_type);
    ck_assert_uint_eq(m_documents_wants(world.service, world.call, "act", &in, wants, 1), 1);
    ck_assert_uint_eq(m_documents_wants(world.service, world.call, "list", &in, wants, 4), 0);
}
END_TEST

/* What one use case does to another document is in that document's history. */
START_TEST(modules_leave_a_trail)
{
    m_id id = create("submit").id;
    m_audit_over over = {world.store, world.registry};
    m_store store = m_audit_store(&over);
    const void *before = NULL;
    world.uow->ops->begin(world.uow, world.call, M_UOW_WRITE, NULL, 0);
    ck_assert_int_eq(m_store_need(store, world.call, &toy_order_type, id, &before), M_OK);
    toy_order *order = m_record_copy(&toy_order_type, before, world.call->arena);
    order->version++;
    order->note = M_STR("all received");
    ck_assert_int_eq(m_store_update(store, world.call, &toy_order_type, order), M_OK);
    m_series_row row = {.series = M_STR("X"), .last = 4};
    ck_assert_int_eq(m_store_put(store, world.call, &m_series_type, &row), M_OK);
    ck_assert_int_eq(world.uow->ops->commit(world.uow, world.call), M_OK);
    m_document_reply history = toy_ok(&world, "history", (toy_request){ORDERS, .id = id});
    TOY_CHECK(history.body, "\"action\":\"change\"");
    TOY_CHECK(history.body, "{\"path\":\"note\",\"before\":\"first\",\"after\":\"all received\"}");
    ck_assert_uint_eq(toy_count(&world, &m_audit_type), 3);
}
END_TEST

/* Each allocation fails once: no crash, no half document, a plain refusal. */
START_TEST(memory_may_be_short)
{
    uint32_t before = toy_count(&world, &toy_order_type);
    for (size_t n = 1; n < 400; n++) {
        m_document_reply reply;
        toy_request request = {ORDERS, .action = "submit", .body = order_body("2026-05-04", "1")};
        m_document_request in = {.module = M_STR("toy"),
                                 .collection = M_STR("orders"),
                                 .action = M_STR("submit"),
                                 .body = m_str_of(request.body)};
        m_error_clear(world.call);
        world.uow->ops->begin(world.uow, world.call, M_UOW_WRITE, NULL, 0);
        m_arena_fail_nth(world.call->arena, n);
        m_status status = m_documents_create(world.documents, world.call, &in, &reply);
        m_arena_fail_nth(world.call->arena, 0);
        world.uow->ops->rollback(world.uow);
        if (status == M_OK && n > 300) break;
    }
    ck_assert_uint_eq(toy_count(&world, &toy_order_type), before);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("documents");
    TCase *t = tcase_create("documents");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, creates_a_master);
    tcase_add_test(t, creates_a_draft);
    tcase_add_test(t, creates_and_submits_in_one);
    tcase_add_test(t, reports_wrong_fields);
    tcase_add_test(t, links_must_lead_somewhere);
    tcase_add_test(t, codes_and_unique_values_are_taken);
    tcase_add_test(t, permissions_come_first);
    tcase_add_test(t, unknown_and_foreign_are_alike);
    tcase_add_test(t, updates_need_the_version);
    tcase_add_test(t, no_change_writes_nothing);
    tcase_add_test(t, immutable_and_read_only_stay);
    tcase_add_test(t, lines_keep_their_ids);
    tcase_add_test(t, audit_holds_the_difference);
    tcase_add_test(t, secrets_stay_inside);
    tcase_add_test(t, history_pages);
    tcase_add_test(t, a_comment_is_a_line_in_the_history);
    tcase_add_test(t, walks_through_its_life);
    tcase_add_test(t, actions_read_their_input);
    tcase_add_test(t, a_draft_is_checked_again);
    tcase_add_test(t, numbers_have_no_gaps);
    tcase_add_test(t, fiscal_years);
    tcase_add_test(t, amends);
    tcase_add_test(t, removes_drafts_only);
    tcase_add_test(t, tells_what_happened);
    tcase_add_test(t, wants_are_what_is_read);
    tcase_add_test(t, modules_leave_a_trail);
    tcase_add_test(t, memory_may_be_short);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    bind_start(toy_types);
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    bind_stop();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
