/* Lists of the documents service: filters, order, pages, and what is refused. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "toy.h"

#define ORDERS .collection = "orders"
#define COUNT  23

static toy_world world;
static m_id items[2];

__attribute__((format(printf, 1, 2))) static const char *text(const char *format, ...)
{
    char buffer[4000];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    return m_arena_copy(world.call->arena, buffer, strlen(buffer));
}

/* 23 orders: note n00 … n22, quantity 1 … 23, dates in five days, every third one submitted; n05
 * and n06 link to the second item. */
static void setup(void)
{
    toy_setup(&world);
    for (int i = 0; i < 2; i++)
        items[i] =
            toy_ok(&world, "create",
                   (toy_request){.collection = "items",
                                 .body = text("{\"code\":\"A%d\",\"name\":\"Tea %d\"}", i, i)})
                .id;
    for (int i = 0; i < COUNT; i++) {
        char id[M_ID_TEXT];
        m_id_format(items[i == 5 || i == 6], id);
        toy_ok(&world, "create",
               (toy_request){ORDERS, .action = i % 3 == 0 ? "submit" : NULL,
                             .body = text("{\"date\":\"2026-05-%02d\",\"note\":\"n%02d\",\"item\":"
                                          "\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"%d\"}]}",
                                          1 + i % 5, i, id, id, i + 1)});
    }
}

static void teardown(void)
{
    toy_teardown(&world);
}

static m_str list(const char *query)
{
    return toy_ok(&world, "list", (toy_request){ORDERS, .query = query}).body;
}

static uint32_t times(m_str body, const char *part)
{
    uint32_t n = 0;
    const char *at = body.p;
    const char *end = body.p + body.n;
    while ((at = memmem(at, (size_t)(end - at), part, strlen(part)))) {
        n++;
        at += strlen(part);
    }
    return n;
}

static uint32_t rows(const char *query)
{
    return times(list(query), "\"id\":");
}

static void bad(const char *query, const char *path)
{
    toy_refused(&world, "list", (toy_request){ORDERS, .query = query}, "core.query.malformed");
    bool found = false;
    for (uint32_t i = 0; i < world.call->error.field_count; i++)
        found |= m_str_is(world.call->error.fields[i].path, path);
    ck_assert_msg(found, "%s: no fault at %s", query, path);
}

START_TEST(default_page)
{
    m_str body = list(NULL);
    ck_assert_uint_eq(times(body, "\"id\":"), 20);
    TOY_CHECK(body, "\"next_cursor\":\"");
    TOY_CHECK(body, "\"total\":\"23\"");
    ck_assert(!toy_has(body, "\"total\":\"3\"")); /* the oldest ones come last */
    ck_assert(!toy_has(body, "note"));
    ck_assert(!toy_has(body, "lines"));
    TOY_CHECK(body, "\"state\":\"submitted\"");
    ck_assert_uint_eq(rows("limit=200"), COUNT);
    TOY_CHECK(list("limit=200"), "\"next_cursor\":null");
    ck_assert_uint_eq(rows("limit=1"), 1);
}
END_TEST

typedef struct {
    const char *query;
    uint32_t rows;
} counted;
static const counted filters[] = {
    {"note=n04", 1},
    {"note[eq]=n04", 1},
    {"note[ne]=n04", 22},
    {"note[in]=n01,n02,n99", 2},
    {"note[prefix]=N1", 10},
    {"note[contains]=2", 5},
    {"note[empty]=true", 0},
    {"note[empty]=false", 23},
    {"reference[empty]=true", 23},
    {"date=2026-05-01", 5},
    {"date[ge]=2026-05-04", 8},
    {"date[gt]=2026-05-04", 4},
    {"date[lt]=2026-05-02", 5},
    {"date[le]=2026-05-02&date[ge]=2026-05-02", 5},
    {"total[gt]=20", 3},
    {"total[gt]=20&total[lt]=22", 1},
    {"state=submitted", 8},
    {"state[in]=draft,submitted", 23},
    {"state[ne]=draft", 8},
    {"number=SO-2026-00003", 1},
    {"number[empty]=true", 15},
    {"version=1", 23},
    {"q=n1", 10},
    {"q=so-2026", 8},
    {"q=nothing", 0},
    {"q=", 20},
};

START_TEST(filters_match)
{
    const counted *f = &filters[_i];
    const char *query = strcmp(f->query, "q=") == 0 ? f->query : text("%s&limit=200", f->query);
    uint32_t n = rows(query);
    ck_assert_msg(n == f->rows, "%s: %u rows, expected %u", f->query, n, f->rows);
}
END_TEST

START_TEST(links_filter)
{
    char id[M_ID_TEXT];
    m_id_format(items[1], id);
    ck_assert_uint_eq(rows(text("item=%s", id)), 2);
    ck_assert_uint_eq(rows(text("item[ne]=%s&limit=100", id)), 21);
}
END_TEST

START_TEST(fields_choose_columns)
{
    m_str body = list("fields=note,lines&limit=1");
    TOY_CHECK(body, "\"note\":\"n22\"");
    TOY_CHECK(body, "\"lines\":[{");
    TOY_CHECK(body, "\"version\":1");
    ck_assert(!toy_has(body, "state"));
}
END_TEST

/* Next page until there is none; every row once. */
static void walk(const char *query, uint32_t limit, uint32_t expected)
{
    const char *cursor = "";
    bool seen[COUNT] = {false};
    uint32_t count = 0;
    for (uint32_t pages = 0; pages < 30; pages++) {
        m_str body = list(text("%s&fields=note&limit=%u%s", query, limit, cursor));
        for (int i = 0; i < COUNT; i++) {
            if (!toy_has(body, text("\"note\":\"n%02d\"", i))) continue;
            ck_assert_msg(!seen[i], "%s: n%02d twice", query, i);
            seen[i] = true;
            count++;
        }
        const char *key = "\"next_cursor\":\"";
        const char *at = memmem(body.p, body.n, key, strlen(key));
        if (!at) break;
        at += strlen(key);
        cursor = text("&cursor=%.*s", (int)strcspn(at, "\""), at);
    }
    ck_assert_msg(count == expected, "%s by %u: %u rows", query, limit, count);
}

static const char *const walks[] = {
    "sort=date",  "sort=-date", "sort=-date,total", "sort=date,-note",
    "sort=total", "sort=-note", "sort=number",      "sort=-number,date",
    "sort=id",    "sort=-id",   "sort=created_at",  "sort=-reference,-version"};

START_TEST(walks_without_gap)
{
    for (uint32_t limit = 1; limit <= 24; limit += 4)
        walk(walks[_i], limit, COUNT);
    walk(text("%s&state=submitted", walks[_i]), 3, 8);
}
END_TEST

START_TEST(order_holds)
{
    m_str body = list("sort=-date,note&fields=note&limit=5");
    const char *expected[] = {"n04", "n09", "n14", "n19", "n03"};
    const char *at = text("%.*s", M_STR_ARG(body));
    for (int i = 0; i < 5; i++) {
        at = strstr(at, "\"note\":");
        ck_assert_ptr_nonnull(at);
        ck_assert_mem_eq(at + 8, expected[i], 3);
        at++;
    }
}
END_TEST

static const char *const malformed[][2] = {
    {"colour=red", "colour"},
    {"lines=1", "lines"},
    {"lines.qty=1", "lines.qty"},
    {"note[like]=x", "note[like]"},
    {"note[=x", "note["},
    {"note[]=x", "note[]"},
    {"date=yesterday", "date"},
    {"date[prefix]=2026", "date[prefix]"},
    {"total[gt]=1e3", "total[gt]"},
    {"state=lost", "state"},
    {"state[gt]=draft", "state[gt]"},
    {"item=12", "item"},
    {"note[empty]=maybe", "note[empty]"},
    {"limit=0", "limit"},
    {"limit=201", "limit"},
    {"limit=-1", "limit"},
    {"limit=1x", "limit"},
    {"limit=", "limit"},
    {"sort=colour", "sort"},
    {"sort=", "sort"},
    {"sort=date,note,total", "sort"},
    {"sort=lines", "sort"},
    {"sort=item", "sort"},
    {"fields=colour", "fields"},
    {"fields=", "fields"},
    {"note=\xff", "note"},
    {"q=\xc0\x80", "q"},
    {"cursor=", "cursor"},
    {"cursor=abc", "cursor"},
    {"cursor=!!!!", "cursor"},
};

START_TEST(malformed_is_refused)
{
    bad(malformed[_i][0], malformed[_i][1]);
}
END_TEST

START_TEST(cursors_are_strict)
{
    m_str body = list("limit=2&sort=date");
    const char *key = "\"next_cursor\":\"";
    const char *at = memmem(body.p, body.n, key, strlen(key));
    ck_assert_ptr_nonnull(at);
    at += strlen(key);
    char *cursor = m_arena_copy(world.call->arena, at, strcspn(at, "\""));
    ck_assert_uint_eq(rows(text("limit=2&sort=date&cursor=%s", cursor)), 2);
    bad(text("limit=2&sort=-date&cursor=%s", cursor), "cursor");
    bad(text("limit=2&cursor=%s", cursor), "cursor");
    bad(text("limit=2&sort=date&cursor=%sA", cursor), "cursor");
    size_t n = strlen(cursor);
    for (size_t i = 1; i < n; i++) {
        m_document_reply reply;
        char *cut = m_arena_copy(world.call->arena, cursor, n - i);
        ck_assert_int_ne(toy_run(&world, "list",
                                 (toy_request){ORDERS, .query = text("sort=date&cursor=%s", cut)},
                                 &reply),
                         M_OK);
    }
}
END_TEST

static const char *repeated(const char *first, const char *more, int n)
{
    const char *all = first;
    for (int i = 0; i < n; i++)
        all = m_arena_printf(world.call->arena, "%s%s", all, more);
    return all;
}

START_TEST(many_filters_are_refused)
{
    bad(repeated("note=n01", "&note=n01", 16), "note");
    bad(repeated("version[in]=1", ",1", 100), "version[in]");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("documents list");
    TCase *t = tcase_create("documents list");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, default_page);
    tcase_add_loop_test(t, filters_match, 0, (int)(sizeof filters / sizeof filters[0]));
    tcase_add_test(t, links_filter);
    tcase_add_test(t, fields_choose_columns);
    tcase_add_loop_test(t, walks_without_gap, 0, (int)(sizeof walks / sizeof walks[0]));
    tcase_add_test(t, order_holds);
    tcase_add_loop_test(t, malformed_is_refused, 0, (int)(sizeof malformed / sizeof malformed[0]));
    tcase_add_test(t, cursors_are_strict);
    tcase_add_test(t, many_filters_are_refused);
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
