/* Files attached to documents, with the toy module; contents are base64url. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/attachments.h"
#include "m_adapters/infra.h"
#include "toy.h"
#include "unit.h"

#define ORDERS .collection = "orders"
#define ITEMS  .collection = "items"
#define HELLO  "aGVsbG8"     /* hello */
#define PDF    "JVBERi0xLjQ" /* %PDF-1.4 */

static toy_world world;
static m_id item;

static void setup(void)
{
    toy_setup(&world);
    test_role(world.call, "Boss");
    item =
        toy_ok(&world, "create", (toy_request){ITEMS, .body = "{\"code\":\"A1\",\"name\":\"Tea\"}"})
            .id;
}

static void teardown(void)
{
    toy_teardown(&world);
}

static m_id order(const char *action)
{
    char id[M_ID_TEXT];
    m_id_format(item, id);
    const char *body =
        m_arena_printf(world.call->arena,
                       "{\"date\":\"2026-05-04\",\"lines\":[{\"item\":\"%s\",\"qty\":\"2\"}]}", id);
    return toy_ok(&world, "create", (toy_request){ORDERS, .action = action, .body = body}).id;
}

static toy_request file(m_id document, const char *query, const char *content)
{
    return (toy_request){ORDERS, .id = document, .query = query, .body = content};
}

static m_str list_of(m_id document)
{
    return toy_ok(&world, "attachments", (toy_request){ORDERS, .id = document}).body;
}

static m_str history_of(m_id document)
{
    return toy_ok(&world, "history", (toy_request){ORDERS, .id = document}).body;
}

START_TEST(a_file_comes_back_as_it_was_sent)
{
    m_id document = order(NULL);
    m_document_reply sent = toy_ok(&world, "attach", file(document, "name=Bill 7.PDF", PDF));
    TOY_CHECK(sent.body, "\"name\":\"Bill 7.PDF\"");
    TOY_CHECK(sent.body, "\"media_type\":\"application/pdf\"");
    TOY_CHECK(sent.body, "\"size\":8");
    m_str list = list_of(document);
    TOY_CHECK(list, "\"name\":\"Bill 7.PDF\"");
    TOY_CHECK(list, "\"_actions\":[\"attach\",\"detach\"],\"max_bytes\":4096,\"kinds\":[\"pdf\",");
    m_document_reply back =
        toy_ok(&world, "attachment", (toy_request){ORDERS, .id = document, .attachment = sent.id});
    TOY_CHECK(back.body,
              "{\"name\":\"Bill 7.PDF\",\"media_type\":\"application/pdf\",\"content\":\"" PDF
              "\"}");
    m_document_reply still = toy_ok(&world, "get", (toy_request){ORDERS, .id = document});
    ck_assert_int_eq(still.version, 1); /* the document itself has not changed */
    TOY_CHECK(history_of(document), "\"action\":\"attach\"");
    TOY_CHECK(history_of(document), "\"before\":null,\"after\":{\"id\":");
}
END_TEST

START_TEST(one_content_is_kept_once)
{
    m_id first = order(NULL), second = order(NULL);
    m_id a = toy_ok(&world, "attach", file(first, "name=a.txt", HELLO)).id;
    m_id again = toy_ok(&world, "attach", file(first, "name=b.txt", HELLO)).id;
    m_id b = toy_ok(&world, "attach", file(second, "name=b.txt", HELLO)).id;
    ck_assert(m_id_eq(a, again));
    ck_assert(!m_id_eq(a, b));
    ck_assert_uint_eq(toy_count(&world, &m_attachment_type), 2);
    ck_assert_uint_eq(toy_count(&world, &m_blob_type), 1);
    toy_ok(&world, "detach", (toy_request){ORDERS, .id = first, .attachment = a});
    ck_assert_uint_eq(toy_count(&world, &m_blob_type), 1);
    TOY_CHECK(history_of(first), "\"action\":\"detach\"");
    TOY_CHECK(history_of(first), "\"after\":null,\"before\":{\"id\":");
    TOY_CHECK(list_of(first), "\"items\":[]");
    toy_ok(&world, "detach", (toy_request){ORDERS, .id = second, .attachment = b});
    ck_assert_uint_eq(toy_count(&world, &m_blob_type), 0);
    toy_refused(&world, "detach", (toy_request){ORDERS, .id = second, .attachment = b},
                "core.not_found");
}
END_TEST

START_TEST(what_is_no_good_is_refused)
{
    static const struct {
        const char *query, *content, *code;
    } cases[] = {
        {NULL, HELLO, "core.validation"},
        {"name=", HELLO, "core.validation"},
        {"name=../..", HELLO, "core.validation"},
        {"name=a.txt&colour=red", HELLO, "core.validation"},
        {"name=page.html", HELLO, "core.attachment.kind"},
        {"name=drawing.svg", HELLO, "core.attachment.kind"},
        {"name=run.exe", HELLO, "core.attachment.kind"},
        {"name=pdf", PDF, "core.attachment.kind"},
        {"name=a.pdf", HELLO, "core.attachment.content"},
        {"name=a.png", PDF, "core.attachment.content"},
        {"name=a.txt", "", "core.attachment.content"},
        {"name=a.txt", "not base64!", "core.attachment.content"},
        {"name=a.txt", "A", "core.attachment.content"},
    };
    m_id document = order(NULL);
    for (size_t i = 0; i < UNIT_COUNT(cases); i++)
        toy_refused(&world, "attach", file(document, cases[i].query, cases[i].content),
                    cases[i].code);
    ck_assert_uint_eq(toy_count(&world, &m_attachment_type), 0);
    ck_assert_uint_eq(toy_count(&world, &m_blob_type), 0);
}
END_TEST

START_TEST(its_first_bytes_are_those_of_its_kind)
{
    static const struct {
        const char *query, *content, *media_type;
    } cases[] = {
        {"name=a.pdf", "JVBERi0xLjc", "application/pdf"},
        {"name=a.png", "iVBORw0KGgo", "image/png"},
        {"name=a.webp", "UklGRhAAAABXRUJQVlA4IA", "image/webp"},
        {"name=a.tif", "SUkqAAgAAAA", "image/tiff"},
        {"name=a.TIFF", "TU0AKgAAAAg", "image/tiff"},
        {"name=a.heic", "AAAAGGZ0eXBoZWljAAAAAA", "image/heic"},
        {"name=a.heic", "AAAAGGZ0eXBtaWYxAAAAAA", "image/heic"},
        {"name=a.xlsx", "UEsDBA",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        const char *wanted =
            m_arena_printf(world.call->arena, "\"media_type\":\"%s\"", cases[i].media_type);
        m_id document = order(NULL);
        toy_ok(&world, "attach", file(document, cases[i].query, cases[i].content));
        TOY_CHECK(list_of(document), wanted);
    }
    static const char *const others[][2] = {
        {"name=a.tif", "SUkrAAgAAAA"},             /* another number */
        {"name=a.tiff", "TU0qAA"},                 /* the other order */
        {"name=a.tif", "SUkq"},                    /* cut off */
        {"name=a.heic", "AAAAGGZ0eXBpc29tAAAAAA"}, /* a film */
        {"name=a.heic", "ZnR5cGhlaWM"},            /* four bytes too early */
        {"name=a.heic", "AAAAGGZ0eXBoZQ"},         /* cut off */
        {"name=a.webp", "UklGRhAAAABBVkkgTElTVA"}, /* a film */
    };
    m_id document = order(NULL);
    for (size_t i = 0; i < UNIT_COUNT(others); i++)
        toy_refused(&world, "attach", file(document, others[i][0], others[i][1]),
                    "core.attachment.content");
}
END_TEST

START_TEST(names_are_made_harmless)
{
    static const char *const cases[][2] = {
        {"/etc/passwd.txt", "passwd.txt"},
        {"C:\\scans\\a.txt", "a.txt"},
        {"..\\.\\..hidden.txt", "hidden.txt"},
        {" a b.txt ", "a b.txt"},
        {"a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"},
        {"invoice\xe2\x80\xaetxt.pdf.txt", "invoicetxt.pdf.txt"},
        {"\xe0\xa4\xac\xe0\xa4\xbf\xe0\xa4\xb2.txt", "\xe0\xa4\xac\xe0\xa4\xbf\xe0\xa4\xb2.txt"},
        {"a\"<b>|?*.txt", "a__b____.txt"},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        m_id document = order(NULL);
        const char *query = m_arena_printf(world.call->arena, "name=%s", cases[i][0]);
        const char *wanted = m_arena_printf(world.call->arena, "\"name\":\"%s\"", cases[i][1]);
        TOY_CHECK(toy_ok(&world, "attach", file(document, query, HELLO)).body, wanted);
    }
    char longest[300];
    snprintf(longest, sizeof longest, "name=%0210d.txt", 0);
    toy_refused(&world, "attach", file(order(NULL), longest, HELLO), "core.validation");
    ck_assert(toy_field(&world, "name", "core.field.too_long"));
}
END_TEST

START_TEST(size_and_number_are_limited)
{
    m_id document = order(NULL);
    static char large[8000];
    size_t fits = TOY_FILE_MAX / 3 * 4 + 2; /* 4096 = 1365 × 3 + 1 */
    memset(large, 'A', sizeof large - 1);
    large[fits] = 0;
    toy_ok(&world, "attach", file(document, "name=a.txt", large));
    memcpy(large + fits, "A", 2);
    toy_refused(&world, "attach", file(document, "name=a.txt", large), "core.attachment.too_large");
    for (int i = 1; i < M_ATTACHMENTS_MAX; i++)
        toy_ok(&world, "attach",
               file(document, "name=a.txt", m_arena_printf(world.call->arena, "%04d", i)));
    toy_refused(&world, "attach", file(document, "name=a.txt", "zzzz"), "core.attachment.many");
    TOY_CHECK(list_of(document), "\"_actions\":[\"detach\"]");
    TOY_CHECK(toy_ok(&world, "attach", file(document, "name=a.txt", "0001")).body, "\"size\":3");
}
END_TEST

START_TEST(rights_are_those_of_the_document)
{
    m_id draft = order(NULL), fixed = order("submit");
    m_id a = toy_ok(&world, "attach", file(draft, "name=a.txt", HELLO)).id;
    m_id b = toy_ok(&world, "attach", file(fixed, "name=a.txt", HELLO)).id;
    toy_request of_draft = {ORDERS, .id = draft, .attachment = a},
                of_fixed = {ORDERS, .id = fixed, .attachment = b};
    test_role(world.call, "Reader");
    toy_ok(&world, "attachment", of_draft);
    TOY_CHECK(list_of(draft), "\"_actions\":[]");
    toy_refused(&world, "attach", file(draft, "name=b.txt", PDF), "core.permission.denied");
    toy_refused(&world, "detach", of_draft, "core.permission.denied");
    test_role(world.call, "Clerk"); /* writes, but cannot cancel */
    toy_ok(&world, "attach", file(fixed, "name=b.txt", PDF));
    TOY_CHECK(list_of(fixed), "\"_actions\":[\"attach\"]");
    toy_refused(&world, "detach", of_fixed, "core.permission.denied");
    toy_ok(&world, "detach", of_draft);
    test_role(world.call, "Boss");
    toy_ok(&world, "detach", of_fixed);
    test_role(world.call, "Nobody");
    toy_refused(&world, "attachments", of_fixed, "core.permission.denied");
    toy_refused(&world, "attachment", of_fixed, "core.permission.denied");
}
END_TEST

START_TEST(another_document_or_tenant_has_none)
{
    m_id mine = order(NULL), other = order(NULL);
    m_id a = toy_ok(&world, "attach", file(mine, "name=a.txt", HELLO)).id;
    toy_request wrong = {ORDERS, .id = other, .attachment = a};
    toy_request right = {ORDERS, .id = mine, .attachment = a};
    toy_request type = {ITEMS, .id = mine, .attachment = a};
    toy_refused(&world, "attachment", wrong, "core.not_found");
    toy_refused(&world, "detach", wrong, "core.not_found");
    toy_refused(&world, "attachment", type, "core.not_found");
    m_id tenant = world.call->tenant;
    world.call->tenant = test_id(77);
    static const char *const methods[] = {"attachment", "attachments", "detach"};
    for (size_t i = 0; i < UNIT_COUNT(methods); i++)
        toy_refused(&world, methods[i], right, "core.not_found");
    toy_refused(&world, "attach", file(mine, "name=a.txt", HELLO), "core.not_found");
    world.call->tenant = tenant;
    TOY_CHECK(toy_ok(&world, "attachment", right).body, HELLO);
}
END_TEST

START_TEST(they_go_with_the_document)
{
    m_id first = order(NULL), second = order(NULL);
    toy_ok(&world, "attach", file(first, "name=a.txt", HELLO));
    toy_ok(&world, "attach", file(first, "name=b.pdf", PDF));
    toy_ok(&world, "attach", file(second, "name=a.txt", HELLO));
    toy_ok(&world, "remove", (toy_request){ORDERS, .id = first});
    ck_assert_uint_eq(toy_count(&world, &m_attachment_type), 1);
    ck_assert_uint_eq(toy_count(&world, &m_blob_type), 1); /* the other one still needs it */
}
END_TEST

START_TEST(memory_may_be_short)
{
    m_pair name = {M_STR("name"), M_STR("a.txt")};
    m_document_request in = {.module = M_STR("toy"),
                             .collection = M_STR("orders"),
                             .id = order(NULL),
                             .body = M_STR(HELLO),
                             .query = {&name, 1}};
    m_status status = M_NOMEM;
    for (uint32_t n = 1; status != M_OK; n++) {
        m_document_reply reply;
        ck_assert_uint_lt(n, 500);
        m_error_clear(world.call);
        world.call->uow = world.uow;
        world.uow->ops->begin(world.uow, world.call, M_UOW_WRITE, NULL, 0);
        m_arena_fail_nth(world.call->arena, n);
        status = m_documents_attach(world.documents, world.call, &in, &reply);
        m_arena_fail_nth(world.call->arena, 0);
        world.uow->ops->rollback(world.uow);
        ck_assert(status == M_OK || status == M_NOMEM);
    }
    ck_assert_uint_eq(toy_count(&world, &m_attachment_type), 0);
}
END_TEST

int main(void)
{
    bind_start(toy_types);
    TCase *t = tcase_create("attachments");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_file_comes_back_as_it_was_sent);
    tcase_add_test(t, one_content_is_kept_once);
    tcase_add_test(t, what_is_no_good_is_refused);
    tcase_add_test(t, its_first_bytes_are_those_of_its_kind);
    tcase_add_test(t, names_are_made_harmless);
    tcase_add_test(t, size_and_number_are_limited);
    tcase_add_test(t, rights_are_those_of_the_document);
    tcase_add_test(t, another_document_or_tenant_has_none);
    tcase_add_test(t, they_go_with_the_document);
    tcase_add_test(t, memory_may_be_short);
    int failed = unit_run(t, "attachments");
    bind_stop();
    return failed;
}
