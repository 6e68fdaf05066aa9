/* OpenAPI and metadata of a small module. */
#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "m_adapters/codec.h"
#include "test_env.h"
#include "unit.h"

typedef struct {
    m_id id;
    m_str note;
    m_dec qty;
} line;
static const m_field line_fields[] = {
    M_F_ID(line, id, "Id", .flags = M_READONLY | M_HIDDEN),
    M_F_STR(line, note, "Note"),
    M_F_QTY(line, qty, "Qty", .flags = M_REQUIRED | M_POSITIVE, .places = 3),
};
static const m_type line_type = {.name = "test.line", .size = sizeof(line), M_FIELDS(line_fields)};

typedef struct {
    M_DOC;
    m_date day;
    m_id supplier;
    m_dec total;
    m_str code;
    m_str key;
    m_list lines;
} order;
static const m_field order_fields[] = {
    M_DOC_FIELDS(order, m_states_submittable),
    M_F_DATE(order, day, "Day", .flags = M_REQUIRED, .help = "When \"it\" happened."),
    M_F_LINK(order, supplier, "Supplier", "core.supplier"),
    M_F_MONEY(order, total, "Total", .flags = M_READONLY, .max = 1000 * M_DEC_ONE),
    M_F_STR(order, code, "Code", .pattern = "[A-Z]{2}-\\d+.x", .max = 12, .section = "Terms",
            .depends_on = "supplier"),
    M_F_STR(order, key, "Key", .flags = M_SECRET, .fallback = "none"),
    M_F_LIST(order, lines, "Lines", &line_type, .flags = M_REQUIRED, .max = 50),
};
static const m_type order_type = {.name = "test.order",
                                  .schema = "test",
                                  .table = "order",
                                  .size = sizeof(order),
                                  M_FIELDS(order_fields)};

typedef struct {
    m_str reason;
} cancel_input;
static const m_field cancel_fields[] = {
    M_F_STR(cancel_input, reason, "Reason", .flags = M_REQUIRED)};
static const m_type cancel_type = {
    .name = "test.cancel", .size = sizeof(cancel_input), M_FIELDS(cancel_fields)};

static const m_move moves[] = {
    {"submit", "Submit", "draft", "submitted", M_CAN_SUBMIT, M_MOVE_NUMBER | M_MOVE_PRIMARY},
    {"cancel", "Cancel", "submitted", "cancelled", M_CAN_CANCEL, 0, &cancel_type},
    {"settle", "Settle", "submitted", "submitted", M_CAN_WRITE, M_MOVE_INTERNAL},
    {NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};
static const m_permission permissions[] = {{"Buyer", M_CAN_DRAFT | M_CAN_SUBMIT}, {NULL}};
static const m_doctype order_doctype = {
    .type = &order_type,
    .module = "test",
    .collection = "orders",
    .label = "Order",
    .label_plural = "Orders",
    .group = "Buying",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,day, total",
    .search_fields = "code",
    .title_field = "number",
};
static const m_doctype *const doctypes[] = {&order_doctype, NULL};

typedef struct {
    m_date until;
    bool all;
} params;
static const m_field params_fields[] = {
    M_F_DATE(params, until, "Until", .flags = M_REQUIRED),
    M_F_BOOL(params, all, "All", .fallback = "true"),
};
static const m_type params_type = {
    .name = "test.params", .size = sizeof(params), M_FIELDS(params_fields)};
static const m_report report = {
    .name = "open-orders",
    .label = "Open orders",
    .permissions = permissions,
    .params = &params_type,
    .row = &line_type,
    .drill = "id:document",
    .totals = "qty",
};
static const m_report *const reports[] = {&report, NULL};
static const m_module module = {.size = sizeof(m_module),
                                .name = "test",
                                .label = "Test",
                                .doctypes = doctypes,
                                .reports = reports};
static const m_module empty_module = {.size = sizeof(m_module), .name = "empty"};

static m_call *call;

static void setup(void)
{
    call = test_call();
}

static void teardown(void)
{
    test_call_free(call);
}

/* Strictly well-formed, so also without double keys. */
static const char *checked(const m_buf *buf)
{
    m_json_limits limits = m_json_default_limits;
    size_t at;
    const char *why;
    ck_assert(!buf->failed);
    bool good = m_json_check(m_buf_str(buf), &limits, &at, &why);
    const char *text = m_str_z(call->arena, m_buf_str(buf));
    ck_assert_msg(good, "%s at %.80s", why, text + at);
    return text;
}

START_TEST(schema_of_a_small_type)
{
    m_buf in = {.arena = call->arena};
    m_openapi_schema(&in, &line_type, true);
    ck_assert_str_eq(
        checked(&in),
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"note\":{\"title\":"
        "\"Note\",\"type\":\"string\",\"maxLength\":140},\"qty\":{\"title\":\"Qty\",\"type\":["
        "\"string\",\"number\"],\"pattern\":\"^(0|[1-9][0-9]{0,11})(\\\\.[0-9]{1,3})?$\","
        "\"format\":\"decimal\",\"x-places\":3,\"x-positive\":true}},\"required\":[\"qty\"]}");
    m_buf out = {.arena = call->arena};
    m_openapi_schema(&out, &params_type, false);
    ck_assert_str_eq(
        checked(&out),
        "{\"type\":\"object\",\"properties\":{\"until\":{\"title\":\"Until\",\"type\":\"string\","
        "\"format\":\"date\"},\"all\":{\"title\":\"All\",\"type\":\"boolean\",\"default\":true}},"
        "\"required\":[\"until\",\"all\"]}");
}
END_TEST

static const cJSON *at(const cJSON *node, const char *const *path)
{
    for (; node && *path; path++)
        node = cJSON_GetObjectItemCaseSensitive(node, *path);
    return node;
}
#define AT(node, ...) at(node, (const char *const[]){__VA_ARGS__, NULL})

static void check_refs(const cJSON *root, const cJSON *node)
{
    for (const cJSON *child = node->child; child; child = child->next) {
        if (child->string && !strcmp(child->string, "$ref")) {
            char *copy = m_str_z(call->arena, m_str_of(child->valuestring));
            char *save;
            const char *word = strtok_r(copy, "/", &save);
            ck_assert_str_eq(word, "#");
            const cJSON *to = root;
            while ((word = strtok_r(NULL, "/", &save)) != NULL)
                to = cJSON_GetObjectItemCaseSensitive(to, word);
            ck_assert_msg(to != NULL, "%s", child->valuestring);
        }
        check_refs(root, child);
    }
}

START_TEST(whole_document)
{
    const m_module *const modules[] = {&module, &empty_module};
    m_buf buf = {.arena = call->arena};
    m_openapi_write(&buf, modules, 2, "1.2.3");
    cJSON *root = cJSON_Parse(checked(&buf));
    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(AT(root, "openapi")->valuestring, "3.1.0");
    ck_assert_str_eq(AT(root, "info", "version")->valuestring, "1.2.3");
    check_refs(root, root);
    const cJSON *paths = AT(root, "paths");
    static const char *const expected[] = {"/api/v1/test/orders",
                                           "/api/v1/test/orders/{id}",
                                           "/api/v1/test/orders/{id}/history",
                                           "/api/v1/test/orders/{id}/submit",
                                           "/api/v1/test/orders/{id}/cancel",
                                           "/api/v1/test/reports/open-orders",
                                           "/api/v1/test/dead-letters",
                                           "/api/v1/test/dead-letters/{id}",
                                           "/api/v1/test/dead-letters/{id}/history",
                                           "/api/v1/test/dead-letters/{id}/replay",
                                           "/api/v1/test/dead-letters/{id}/drop",
                                           "/api/v1/empty/dead-letters",
                                           "/api/v1/test/orders/{id}/comment",
                                           "/api/v1/test/orders/{id}/attachments",
                                           "/api/v1/test/orders/{id}/attachments/{attachment}",
                                           "/api/v1/prove",
                                           "/api/v1/import"};
    ck_assert_int_eq(cJSON_GetArraySize(paths), (int)UNIT_COUNT(expected) + 4);
    for (size_t i = 0; i < UNIT_COUNT(expected); i++)
        ck_assert_msg(AT(paths, expected[i]) != NULL, "%s", expected[i]);
    ck_assert_ptr_nonnull(AT(paths, expected[0], "get", "responses", "default"));
    ck_assert_ptr_nonnull(AT(paths, expected[0], "post", "requestBody"));
    ck_assert_ptr_nonnull(AT(paths, expected[1], "patch"));
    ck_assert_ptr_nonnull(AT(paths, expected[1], "delete", "responses", "204"));
    ck_assert_ptr_null(AT(paths, expected[3], "post", "requestBody"));
    ck_assert_ptr_nonnull(AT(paths, expected[4], "post", "requestBody"));
    ck_assert_str_eq(AT(root, "components", "securitySchemes", "bearer", "scheme")->valuestring,
                     "bearer");
    const cJSON *in = AT(root, "components", "schemas", "test.order.input");
    ck_assert_ptr_null(AT(in, "properties", "id"));
    ck_assert_ptr_null(AT(in, "properties", "total"));
    ck_assert_ptr_nonnull(AT(in, "properties", "key"));
    ck_assert_ptr_nonnull(AT(in, "properties", "lines", "items", "properties", "id"));
    ck_assert_int_eq(cJSON_GetArraySize(AT(in, "required")), 2); /* day, lines */
    ck_assert_str_eq(AT(in, "properties", "code", "pattern")->valuestring, "^[A-Z]{2}-\\d+\\.x$");
    const cJSON *out = AT(root, "components", "schemas", "test.order");
    ck_assert_ptr_null(AT(out, "properties", "key"));
    ck_assert_ptr_nonnull(
        AT(paths, "/api/v1/import", "post", "requestBody", "content", "text/csv"));
    ck_assert(cJSON_IsTrue(AT(out, "properties", "total", "readOnly")));
    ck_assert_ptr_null(AT(root, "components", "schemas", "test.order.change", "required"));
    cJSON_Delete(root);
}
END_TEST

/* What several processes say of their modules is the document of one that has them all. */
START_TEST(parts_make_the_whole)
{
    const m_module *const modules[] = {&module, &empty_module};
    m_openapi_part parts[2];
    m_buf whole = {.arena = call->arena}, joined = {.arena = call->arena},
          marked = {.arena = call->arena}, sent = {.arena = call->arena};
    m_openapi_write(&whole, modules, 2, "1.2.3");
    ck_assert(m_openapi_part_of(call->arena, &modules[0], 1, &parts[0]));
    ck_assert(m_openapi_part_of(call->arena, &modules[1], 1, &parts[1]));
    ck_assert_uint_eq(parts[1].schemas.n, 0);
    m_json_canonical(&sent, &m_openapi_part_type, &parts[0]); /* over the wire and back */
    ck_assert_int_eq(
        m_json_read(call, &m_openapi_part_type, m_buf_str(&sent), M_JSON_TRUSTED, &parts[0], NULL),
        M_OK);
    m_openapi_join(&joined, parts, 2, "1.2.3", "");
    ck_assert_str_eq(checked(&joined), checked(&whole));
    m_openapi_join(&marked, parts, 1, "1.2.3", "empty,other");
    cJSON *root = cJSON_Parse(checked(&marked));
    ck_assert_int_eq(cJSON_GetArraySize(AT(root, "info", "x-down")), 2);
    ck_assert_int_eq(cJSON_GetArraySize(AT(root, "tags")), 1);
    cJSON_Delete(root);
}
END_TEST

START_TEST(metadata)
{
    m_buf buf = {.arena = call->arena};
    m_meta_doctype(&buf, call, &order_doctype);
    cJSON *root = cJSON_Parse(checked(&buf));
    ck_assert_str_eq(AT(root, "collection")->valuestring, "orders");
    ck_assert_int_eq(cJSON_GetArraySize(AT(root, "states")), 3);
    ck_assert_int_eq(cJSON_GetArraySize(AT(root, "actions")), 2);
    const cJSON *submit = cJSON_GetArrayItem(AT(root, "actions"), 0);
    ck_assert_str_eq(AT(submit, "action")->valuestring, "submit");
    ck_assert(cJSON_IsTrue(AT(submit, "primary")));
    ck_assert_str_eq(cJSON_GetArrayItem(AT(submit, "needs"), 0)->valuestring, "submit");
    ck_assert_str_eq(cJSON_GetArrayItem(AT(root, "list_columns"), 2)->valuestring, "total");
    ck_assert_int_eq(cJSON_GetArraySize(AT(root, "fields")), (int)UNIT_COUNT(order_fields));
    const cJSON *lines = cJSON_GetArrayItem(AT(root, "fields"), 14);
    ck_assert_str_eq(AT(lines, "kind")->valuestring, "list");
    ck_assert_int_eq(cJSON_GetArraySize(AT(lines, "fields")), 3);
    ck_assert_int_eq(AT(lines, "max")->valueint, 50);
    const cJSON *total = cJSON_GetArrayItem(AT(root, "fields"), 11);
    ck_assert_str_eq(AT(total, "max")->valuestring, "1000");
    ck_assert_int_eq(AT(total, "places")->valueint, 2);
    ck_assert_ptr_null(AT(total, "section"));
    const cJSON *code = cJSON_GetArrayItem(AT(root, "fields"), 12);
    ck_assert_str_eq(AT(code, "section")->valuestring, "Terms");
    ck_assert_str_eq(AT(code, "depends_on")->valuestring, "supplier");
    cJSON_Delete(root);

    m_doctype master = order_doctype;
    master.life = NULL;
    buf = (m_buf){.arena = call->arena};
    m_meta_doctype(&buf, call, &master);
    ck_assert_ptr_nonnull(
        strstr(checked(&buf), "\"states\":[{\"name\":\"active\",\"editable\":true}]"));

    buf = (m_buf){.arena = call->arena};
    m_meta_report(&buf, call, "test", &report);
    ck_assert_str_eq(
        checked(&buf),
        "{\"name\":\"open-orders\",\"module\":\"test\",\"label\":\"Open orders\",\"permissions\":[{"
        "\"role\":\"Buyer\",\"can\":[\"read\",\"create\",\"write\",\"delete\",\"submit\"]}],"
        "\"params\":[{\"name\":\"until\",\"label\":\"Until\",\"kind\":\"date\",\"required\":true},{"
        "\"name\":\"all\",\"label\":\"All\",\"kind\":\"bool\",\"default\":\"true\"}],"
        "\"columns\":[{\"name\":\"id\",\"label\":\"Id\",\"kind\":\"id\",\"read_only\":true,"
        "\"hidden\":true},{\"name\":\"note\",\"label\":\"Note\",\"kind\":\"str\",\"max\":140},{"
        "\"name\":\"qty\",\"label\":\"Qty\",\"kind\":\"qty\",\"places\":3,\"required\":true,"
        "\"positive\":true}],\"drill\":[\"id:document\"],\"totals\":[\"qty\"]}");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, schema_of_a_small_type);
    tcase_add_test(tc, whole_document);
    tcase_add_test(tc, parts_make_the_whole);
    tcase_add_test(tc, metadata);
    return unit_run(tc, "openapi");
}
