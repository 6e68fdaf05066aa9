/* Records to JSON and back. */
#include <check.h>
#include <stdlib.h>

#include "m/doc.h"
#include "m_adapters/codec.h"
#include "test_env.h"
#include "unit.h"

typedef struct {
    m_id id;
    m_str note;
    m_dec qty;
    m_dec done;
} line;
static const m_field line_fields[] = {
    M_F_ID(line, id, "Id", .flags = M_READONLY),
    M_F_STR(line, note, "Note", .flags = M_REQUIRED),
    M_F_QTY(line, qty, "Qty", .flags = M_REQUIRED | M_POSITIVE),
    M_F_QTY(line, done, "Done", .flags = M_READONLY),
};
static const m_type line_type = {.name = "test.line", .size = sizeof(line), M_FIELDS(line_fields)};

typedef struct {
    m_str city;
    int64_t floor;
} place;
static const m_field place_fields[] = {
    M_F_STR(place, city, "City", .fallback = "Pune"),
    M_F_INT(place, floor, "Floor"),
};
static const m_type place_type = {
    .name = "test.place", .size = sizeof(place), M_FIELDS(place_fields)};

static const char *const colours[] = {"red", "blue", "amber", NULL};

typedef struct {
    m_str gstin;
    m_dec rate;
} extension;

typedef struct {
    m_id id;
    int64_t version;
    bool active;
    int64_t count;
    m_str name;
    m_str story;
    m_id item;
    m_date day;
    m_time at;
    m_dec factor;
    m_dec qty;
    m_dec price;
    m_dec_sum total;
    m_enum colour;
    m_str bytes;
    m_str password;
    place place;
    m_list lines;
    void *ext;
} thing;
static const m_field thing_fields[] = {
    M_F_ID(thing, id, "Id", .flags = M_READONLY),
    M_F_INT(thing, version, "Version", .flags = M_READONLY),
    M_F_BOOL(thing, active, "Active"),
    M_F_INT(thing, count, "Count"),
    M_F_STR(thing, name, "Name", .flags = M_REQUIRED),
    M_F_TEXT(thing, story, "Story"),
    M_F_LINK(thing, item, "Item", "core.item"),
    M_F_DATE(thing, day, "Day"),
    M_F_TIME(thing, at, "At"),
    M_F_DEC(thing, factor, "Factor", .fallback = "1"),
    M_F_QTY(thing, qty, "Qty", .places = 3),
    M_F_MONEY(thing, price, "Price"),
    M_F_SUM(thing, total, "Total"),
    M_F_ENUM(thing, colour, "Colour", colours),
    M_F_BYTES(thing, bytes, "Bytes"),
    M_F_STR(thing, password, "Password", .flags = M_SECRET),
    M_F_STRUCT(thing, place, "Place", place, &place_type),
    M_F_LIST(thing, lines, "Lines", &line_type),
    {.name = "gstin",
     .label = "GSTIN",
     .kind = M_KIND_STR,
     .flags = M_EXT,
     .offset = offsetof(extension, gstin)},
    {.name = "rate",
     .label = "Rate",
     .kind = M_KIND_DEC,
     .flags = M_EXT,
     .offset = offsetof(extension, rate)},
};
static const m_type thing_type = {.name = "test.thing",
                                  .size = sizeof(thing),
                                  M_FIELDS(thing_fields),
                                  .ext_at = offsetof(thing, ext) + 1,
                                  .ext_size = sizeof(extension)};

static m_call *call;

static void setup(void)
{
    call = test_call();
}

static void teardown(void)
{
    test_call_free(call);
}

static thing *fresh(void)
{
    return m_record_new(&thing_type, call->arena);
}

static thing *full(void)
{
    static line lines[2];
    lines[0] = (line){test_id(10), M_STR("one"), test_dec("1.5"), test_dec("0")};
    lines[1] = (line){test_id(11), M_STR("two \"quoted\""), test_dec("0.000001"), test_dec("1")};
    thing *t = fresh();
    t->id = test_id(1);
    t->version = INT64_MAX;
    t->active = true;
    t->count = -42;
    t->name = M_STR("Na\xc3\xafve \xf0\x9f\x98\x80 \\ / <b>");
    t->story = M_STR("a\nb\tc\r\x01\x1f\x7f");
    t->item = test_id(2);
    t->day = test_date("2028-02-29");
    t->at = (m_time){TEST_START_US + 123456};
    t->factor.u = -1;
    t->qty = test_dec("12.125");
    t->price = test_dec("9.8");
    t->total = (m_dec_sum)M_DEC_MAX * 1000000;
    t->colour = 2;
    t->bytes = (m_str){"\x00\xff\x10", 3};
    t->password = M_STR("secret");
    t->place.city = M_STR("Goa");
    t->place.floor = 3;
    t->lines = (m_list){lines, 2};
    extension *ext = t->ext;
    ext->gstin = M_STR("29ABC");
    ext->rate = test_dec("18");
    return t;
}

static const char *json_of(const thing *t, bool canonical)
{
    m_buf buf = {.arena = call->arena};
    if (canonical)
        m_json_canonical(&buf, &thing_type, t);
    else
        m_json_record(&buf, &thing_type, t, NULL);
    ck_assert(!buf.failed);
    size_t at;
    const char *why;
    ck_assert_msg(m_json_check(m_buf_str(&buf), &m_json_default_limits, &at, &why), "%s", why);
    return m_str_z(call->arena, m_buf_str(&buf));
}

START_TEST(written_form)
{
    ck_assert_str_eq(
        json_of(full(), true),
        "{\"id\":\"01KN44ARM00000000000000001\",\"version\":\"9223372036854775807\",\"active\":"
        "true,"
        "\"count\":-42,\"name\":\"Na\xc3\xafve \xf0\x9f\x98\x80 \\\\ / <b>\","
        "\"story\":\"a\\nb\\tc\\r\\u0001\\u001f\x7f\",\"item\":\"01KN44ARM00000000000000002\","
        "\"day\":\"2028-02-29\",\"at\":\"2026-04-01T09:00:00.123456Z\",\"factor\":\"-0.000001\","
        "\"qty\":\"12.125\",\"price\":\"9.80\",\"total\":\"999999999999999999.00\","
        "\"colour\":\"amber\",\"bytes\":\"00ff10\",\"password\":\"secret\","
        "\"place\":{\"city\":\"Goa\",\"floor\":3},\"lines\":[{\"id\":"
        "\"01KN44ARM0000000000000000A\","
        "\"note\":\"one\",\"qty\":\"1.5\",\"done\":\"0\"},{\"id\":\"01KN44ARM0000000000000000B\","
        "\"note\":\"two \\\"quoted\\\"\",\"qty\":\"0.000001\",\"done\":\"1\"}],\"gstin\":\"29ABC\","
        "\"rate\":\"18\"}");
    ck_assert_ptr_null(strstr(json_of(full(), false), "secret"));
    ck_assert_ptr_nonnull(strstr(json_of(fresh(), false),
                                 "\"item\":null,\"day\":null,\"at\":null,\"factor\":\"1\","
                                 "\"qty\":\"0\",\"price\":\"0.00\",\"total\":\"0.00\""));
    m_buf buf = {.arena = call->arena};
    m_json_record(&buf, &thing_type, full(), "price,nothing,count");
    ck_assert(m_str_is(m_buf_str(&buf), "{\"count\":-42,\"price\":\"9.80\"}"));
    buf = (m_buf){.arena = call->arena};
    m_json_record(&buf, &thing_type, full(), "nothing");
    ck_assert(m_str_is(m_buf_str(&buf), "{}"));
}
END_TEST

START_TEST(round_trip)
{
    thing *t = full();
    thing *back = fresh();
    const char *text = json_of(t, true);
    m_presence present;
    ck_assert_int_eq(m_json_read(call, &thing_type, m_str_of(text), M_JSON_TRUSTED, back, &present),
                     M_OK);
    ck_assert(m_record_equal(&thing_type, t, back));
    ck_assert_uint_eq(present.bits[0], (UINT64_C(1) << UNIT_COUNT(thing_fields)) - 1);
    ck_assert_str_eq(json_of(back, true), text);
    ck_assert_int_eq(m_json_read(call, &thing_type,
                                 M_STR("{\"later\":{\"x\":[1]},\"day\":null,\"lines\":null}"),
                                 M_JSON_TRUSTED, back, NULL),
                     M_OK);
    ck_assert(m_date_is_none(back->day));
    ck_assert_uint_eq(back->lines.count, 0);
}
END_TEST

static m_status read_as(m_json_mode mode, const char *text, thing *t, m_presence *present)
{
    m_error_clear(call);
    return m_json_read(call, &thing_type, m_str_of(text), mode, t, present);
}

START_TEST(create_fills_defaults)
{
    thing *t = fresh();
    m_presence present;
    ck_assert_int_eq(read_as(M_JSON_CREATE,
                             "{\"name\":\"n\",\"factor\":null,\"place\":{\"floor\":-1},"
                             "\"lines\":[{\"note\":\"x\",\"qty\":\"1\"}]}",
                             t, &present),
                     M_OK);
    ck_assert_int_eq(t->factor.u, M_DEC_ONE);
    ck_assert(m_str_is(t->place.city, "Pune"));
    ck_assert_int_eq(t->place.floor, -1);
    ck_assert_uint_eq(t->lines.count, 1);
    /* name, place, lines */
    ck_assert_uint_eq(present.bits[0], 1u << 4 | 1u << 16 | 1u << 17);
}
END_TEST

START_TEST(patch_changes_only_what_is_there)
{
    thing *t = full();
    m_presence present;
    ck_assert_int_eq(read_as(M_JSON_PATCH,
                             "{\"item\":null,\"story\":null,\"place\":{\"floor\":7},\"price\":10.5,"
                             "\"lines\":[{\"id\":\"01kn44arm0000000000000000b\",\"note\":\"kept\","
                             "\"qty\":2}]}",
                             t, &present),
                     M_OK);
    ck_assert(m_id_is_null(t->item));
    ck_assert_uint_eq(t->story.n, 0);
    ck_assert(m_str_is(t->place.city, "Goa"));
    ck_assert_int_eq(t->place.floor, 7);
    ck_assert_int_eq(t->price.u, 10500000);
    ck_assert_uint_eq(t->lines.count, 1);
    ck_assert(m_id_eq(M_AT(t->lines, line, 0)->id, test_id(11)));
    ck_assert_int_eq(t->count, -42);
    ck_assert_uint_eq(present.bits[0], 1u << 5 | 1u << 6 | 1u << 11 | 1u << 16 | 1u << 17);
    ck_assert_int_eq(read_as(M_JSON_PATCH, "{\"name\":null}", t, NULL), M_INVALID);
}
END_TEST

/* text → the faults as "path code;…" */
static const struct {
    const char *text;
    const char *faults;
} faulty[] = {
    {"{\"name\":\"n\"}", ""},
    {"{}", "name core.field.required;"},
    {"{\"name\":null}", "name core.field.required;"},
    {"{\"name\":1}", "name core.field.form;"},
    {"{\"name\":\"n\",\"nope\":1}", "nope core.field.unknown;"},
    {"{\"name\":\"n\",\"Name\":\"n\"}", "Name core.field.unknown;"},
    {"{\"name\":\"n\",\"id\":\"01KN44ARM00000000000000001\"}", "id core.field.read_only;"},
    {"{\"name\":\"n\",\"version\":1}", "version core.field.read_only;"},
    {"{\"name\":\"n\",\"password\":\"p\",\"gstin\":\"g\"}", ""},
    {"{\"name\":\"n\",\"active\":1}", "active core.field.form;"},
    {"{\"name\":\"n\",\"active\":\"true\"}", "active core.field.form;"},
    {"{\"name\":\"n\",\"count\":9007199254740993}", ""},
    {"{\"name\":\"n\",\"count\":1.0}", "count core.field.form;"},
    {"{\"name\":\"n\",\"count\":1e3}", "count core.field.form;"},
    {"{\"name\":\"n\",\"count\":\"1\"}", "count core.field.form;"},
    {"{\"name\":\"n\",\"count\":99999999999999999999}", "count core.field.range;"},
    {"{\"name\":\"n\",\"count\":9223372036854775808}", "count core.field.range;"},
    {"{\"name\":\"n\",\"item\":\"\"}", "item core.field.form;"},
    {"{\"name\":\"n\",\"item\":\"01KN44ARM0000000000000000\"}", "item core.field.form;"},
    {"{\"name\":\"n\",\"item\":\"81KN3V1H600000000000000001\"}", "item core.field.form;"},
    {"{\"name\":\"n\",\"item\":7}", "item core.field.form;"},
    {"{\"name\":\"n\",\"day\":\"2026-04-31\"}", "day core.field.form;"},
    {"{\"name\":\"n\",\"day\":\"2027-02-29\"}", "day core.field.form;"},
    {"{\"name\":\"n\",\"day\":\"99999-01-01\"}", "day core.field.form;"},
    {"{\"name\":\"n\",\"day\":\"2026-4-1\"}", "day core.field.form;"},
    {"{\"name\":\"n\",\"day\":\"\"}", "day core.field.form;"},
    {"{\"name\":\"n\",\"day\":20260401}", "day core.field.form;"},
    {"{\"name\":\"n\",\"at\":\"2026-04-01T24:00:00Z\"}", "at core.field.form;"},
    {"{\"name\":\"n\",\"at\":\"2026-04-01 09:00:00\"}", "at core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"1.0000001\"}", "factor core.field.places;"},
    {"{\"name\":\"n\",\"factor\":1.0000001}", "factor core.field.places;"},
    {"{\"name\":\"n\",\"factor\":1.00000000}", ""},
    {"{\"name\":\"n\",\"factor\":0.1234567890123456789}", "factor core.field.places;"},
    {"{\"name\":\"n\",\"factor\":123456789012.123456}", ""},
    {"{\"name\":\"n\",\"factor\":-999999999999.999999}", ""},
    {"{\"name\":\"n\",\"factor\":1000000000000}", "factor core.field.range;"},
    {"{\"name\":\"n\",\"factor\":1e2}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"1e2\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"NaN\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"Infinity\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\" 1\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"+1\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"01\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"1,5\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":\"\"}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"factor\":true}", "factor core.field.form;"},
    {"{\"name\":\"n\",\"qty\":1.125}", ""},
    {"{\"name\":\"n\",\"qty\":1.1251}", "qty core.field.places;"},
    {"{\"name\":\"n\",\"price\":9.80}", ""},
    {"{\"name\":\"n\",\"price\":9.80000019}", "price core.field.places;"},
    {"{\"name\":\"n\",\"total\":\"99999999999999999999999999999999.99\"}", ""},
    {"{\"name\":\"n\",\"total\":\"100000000000000000000000000000000\"}", "total core.field.range;"},
    {"{\"name\":\"n\",\"colour\":\"green\"}", "colour core.field.choice;"},
    {"{\"name\":\"n\",\"colour\":\"Red\"}", "colour core.field.choice;"},
    {"{\"name\":\"n\",\"colour\":\"\"}", "colour core.field.choice;"},
    {"{\"name\":\"n\",\"colour\":1}", "colour core.field.form;"},
    {"{\"name\":\"n\",\"bytes\":\"0\"}", "bytes core.field.form;"},
    {"{\"name\":\"n\",\"bytes\":\"0g\"}", "bytes core.field.form;"},
    {"{\"name\":\"n\",\"place\":[]}", "place core.field.form;"},
    {"{\"name\":\"n\",\"place\":{\"floor\":\"x\",\"town\":1}}",
     "place.floor core.field.form;place.town core.field.unknown;"},
    {"{\"name\":\"n\",\"lines\":{}}", "lines core.field.form;"},
    {"{\"name\":\"n\",\"lines\":[1,null,{}]}",
     "lines[0] core.field.form;lines[1] core.field.form;lines[2].note core.field.required;"
     "lines[2].qty core.field.required;"},
    {"{\"name\":\"n\",\"lines\":[{\"note\":\"a\",\"qty\":1,\"done\":\"1\"}]}",
     "lines[0].done core.field.read_only;"},
    {"{\"day\":\"x\",\"price\":[],\"colour\":{},\"nope\":null}",
     "day core.field.form;price core.field.form;colour core.field.form;nope core.field.unknown;"
     "name core.field.required;"},
};

START_TEST(all_faults_are_told_with_their_path)
{
    thing *t = fresh();
    m_status status = read_as(M_JSON_CREATE, faulty[_i].text, t, NULL);
    ck_assert_int_eq(status, faulty[_i].faults[0] ? M_INVALID : M_OK);
    m_buf buf = {.arena = call->arena};
    for (uint32_t i = 0; i < call->error.field_count; i++)
        m_buf_format(&buf, "%.*s %.*s;", M_STR_ARG(call->error.fields[i].path),
                     M_STR_ARG(call->error.fields[i].code));
    const char *got = buf.n ? m_str_z(call->arena, m_buf_str(&buf)) : "";
    ck_assert_msg(!strcmp(got, faulty[_i].faults), "%s: %s", faulty[_i].text, got);
    if (faulty[_i].faults[0]) ck_assert(m_str_is(call->error.code, "core.validation"));
}
END_TEST

START_TEST(numbers_keep_all_their_digits)
{
    thing *t = fresh();
    ck_assert_int_eq(read_as(M_JSON_CREATE,
                             "{\"name\":\"\\\"1\\\": 2\",\"count\":9007199254740993,"
                             "\"factor\":123456789012.123456,\"price\":0.29,"
                             "\"lines\":[{\"note\":\"3\",\"qty\":1.500000},{\"note\":\"4\","
                             "\"qty\":0.000001}]}",
                             t, NULL),
                     M_OK);
    ck_assert_int_eq(t->count, INT64_C(9007199254740993));
    ck_assert_int_eq(t->factor.u, INT64_C(123456789012123456));
    ck_assert_int_eq(t->price.u, 290000);
    ck_assert_int_eq(M_AT(t->lines, line, 0)->qty.u, 1500000);
    ck_assert_int_eq(M_AT(t->lines, line, 1)->qty.u, 1);
    ck_assert(m_str_is(t->name, "\"1\": 2"));
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
    static const char *const texts[] = {"",
                                        "[]",
                                        "1",
                                        "\"x\"",
                                        "null",
                                        "{\"name\":\"n\"}x",
                                        "{\"name\":\"a\",\"name\":\"b\"}",
                                        "{\"name\":\"\\u0000\"}",
                                        "{\"name\":NaN}"};
    for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
        ck_assert_int_eq(read_as(M_JSON_CREATE, texts[i], fresh(), NULL), M_INVALID);
        ck_assert(m_str_is(call->error.code, "core.body.malformed"));
    }
    enum { DEEP = 100000 };
    static char deep[DEEP + 1];
    memset(deep, '[', DEEP);
    ck_assert_int_eq(read_as(M_JSON_CREATE, deep, fresh(), NULL), M_INVALID);
}
END_TEST

START_TEST(little_memory_is_an_answer)
{
    m_str text = m_str_of(json_of(full(), true));
    for (size_t nth = 1; nth < 60; nth++) {
        thing *t = fresh();
        m_error_clear(call);
        m_arena_fail_nth(call->arena, nth);
        m_status status = m_json_read(call, &thing_type, text, M_JSON_TRUSTED, t, NULL);
        m_arena_fail_nth(call->arena, 0);
        ck_assert(status == M_OK || status == M_NOMEM || status == M_INVALID);
        if (nth < 3) ck_assert_int_eq(status, M_NOMEM);
    }
}
END_TEST

START_TEST(text_of_one_field)
{
    static const struct {
        const char *field;
        const char *text;
        const char *back; /* NULL: refused */
    } cases[] = {
        {"active", "yes", "true"},
        {"active", "0", "false"},
        {"active", "maybe", NULL},
        {"count", "-7", "-7"},
        {"count", "7.5", NULL},
        {"name", "caf\xc3\xa9", "caf\xc3\xa9"},
        {"name", "caf\xe9", NULL},
        {"day", "2026-04-30", "2026-04-30"},
        {"day", "2026-04-31", NULL},
        {"day", "", ""},
        {"price", "9.8", "9.80"},
        {"price", "9.801", NULL},
        {"price", "", "0.00"},
        {"colour", "blue", "blue"},
        {"colour", "grey", NULL},
        {"item", "01kn44arm00000000000000002", "01KN44ARM00000000000000002"},
        {"item", "", ""},
        {"bytes", "00FF", "00ff"},
        {"total", "-1.5", "-1.50"},
        {"at", "2026-04-01T09:00:00Z", "2026-04-01T09:00:00.000000Z"},
        {"lines", "x", NULL},
        {"place", "x", NULL},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        const m_field *field = m_field_find(&thing_type, m_str_of(cases[i].field));
        thing *t = full();
        m_error_clear(call);
        m_status status =
            m_text_read(call, &thing_type, field, m_str_of(cases[i].text), M_STR("where"), t);
        ck_assert_msg((status == M_OK) == (cases[i].back != NULL), "%s", cases[i].text);
        ck_assert_uint_eq(call->error.field_count, cases[i].back ? 0 : 1);
        if (!cases[i].back) {
            ck_assert(m_str_is(call->error.fields[0].path, "where"));
            continue;
        }
        m_buf buf = {.arena = call->arena};
        m_text_write(&buf, &thing_type, field, t);
        ck_assert_msg(m_str_is(m_buf_str(&buf), cases[i].back), "%s: %.*s", cases[i].text,
                      M_STR_ARG(m_buf_str(&buf)));
    }
}
END_TEST

START_TEST(error_envelope)
{
    m_buf buf = {.arena = call->arena};
    m_field_fail(call, m_err_required, M_STR("lines[2].qty"), NULL);
    ck_assert_int_eq(m_failed_fields(call), M_INVALID);
    m_json_error(&buf, call);
    ck_assert(
        m_str_is(m_buf_str(&buf),
                 "{\"error\":{\"code\":\"core.validation\",\"message\":\"The input is not valid: "
                 "one field is "
                 "wrong.\",\"hint\":\"Correct the fields listed here and send the request again.\","
                 "\"fields\":[{\"path\":\"lines[2].qty\",\"code\":\"core.field.required\","
                 "\"message\":\"This field is required.\"}],\"request_id\":\"test\"}}"));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, written_form);
    tcase_add_test(tc, round_trip);
    tcase_add_test(tc, create_fills_defaults);
    tcase_add_test(tc, patch_changes_only_what_is_there);
    tcase_add_loop_test(tc, all_faults_are_told_with_their_path, 0, (int)UNIT_COUNT(faulty));
    tcase_add_test(tc, numbers_keep_all_their_digits);
    tcase_add_test(tc, what_is_no_object_is_refused);
    tcase_add_test(tc, little_memory_is_an_answer);
    tcase_add_test(tc, text_of_one_field);
    tcase_add_test(tc, error_envelope);
    return unit_run(tc, "json");
}
