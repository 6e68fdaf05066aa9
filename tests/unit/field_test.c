#include "m/field.h"

#include <stdio.h>

#include "unit.h"

/* ---- a record with every kind ---- */

typedef struct {
    m_str city;
    m_str pin;
} t_address;

static const m_field address_fields[] = {
    M_F_STR(t_address, city, "City", .flags = M_REQUIRED),
    M_F_STR(t_address, pin, "PIN", .pattern = "\\d{6}"),
};
static const m_type address_type = {
    .name = "t.address", .size = sizeof(t_address), M_FIELDS(address_fields)};

typedef struct {
    m_id item;
    m_dec qty;
    m_dec rate;
    m_str unit;
    t_address to;
} t_line;

static const m_field line_fields[] = {
    M_F_LINK(t_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_QTY(t_line, qty, "Quantity", .flags = M_POSITIVE),
    M_F_MONEY(t_line, rate, "Rate", .flags = M_NON_NEGATIVE),
    M_F_STR(t_line, unit, "Unit", .fallback = "Nos"),
    M_F_STRUCT(t_line, to, "Deliver to", t_address, &address_type),
};
static const m_type line_type = {.name = "t.line", .size = sizeof(t_line), M_FIELDS(line_fields)};

typedef struct {
    m_str gstin;
    m_dec cess;
    t_address depot;
} t_ext;

typedef struct {
    m_id id;
    bool active;
    int64_t days;
    m_str name;
    m_str notes;
    m_id supplier;
    m_date date;
    m_time at;
    m_dec factor;
    m_dec qty;
    m_dec amount;
    m_dec_sum total;
    m_enum status;
    m_enum mode;
    m_str digest;
    t_address address;
    m_list lines;
    void *ext;
} t_doc;

static const char *const status_names[] = {"draft", "open", "closed", NULL};
static const char *const mode_names[] = {"", "road", "rail", NULL};

static const m_field doc_fields[] = {
    M_F_ID(t_doc, id, "Id", .flags = M_READONLY),
    M_F_BOOL(t_doc, active, "Active", .fallback = "true"),
    M_F_INT(t_doc, days, "Credit days", .min = 0, .max = 365, .fallback = "30"),
    M_F_STR(t_doc, name, "Name", .flags = M_REQUIRED, .min = 2, .max = 20),
    M_F_TEXT(t_doc, notes, "Notes"),
    M_F_LINK(t_doc, supplier, "Supplier", "core.supplier", .flags = M_REQUIRED),
    M_F_DATE(t_doc, date, "Date", .flags = M_REQUIRED, .fallback = "2026-04-01"),
    M_F_TIME(t_doc, at, "At", .fallback = "2026-04-01T08:00:00Z"),
    M_F_DEC(t_doc, factor, "Factor", .max = 2500000, .fallback = "1.5"),
    M_F_QTY(t_doc, qty, "Quantity", .places = -1),
    M_F_MONEY(t_doc, amount, "Amount", .flags = M_NON_NEGATIVE),
    M_F_SUM(t_doc, total, "Total", .flags = M_NON_NEGATIVE, .fallback = "0.25"),
    M_F_ENUM(t_doc, status, "Status", status_names, .flags = M_REQUIRED),
    M_F_ENUM(t_doc, mode, "Mode", mode_names, .flags = M_REQUIRED, .fallback = "rail"),
    M_F_BYTES(t_doc, digest, "Digest", .min = 2, .max = 4),
    M_F_STRUCT(t_doc, address, "Address", t_address, &address_type),
    M_F_LIST(t_doc, lines, "Lines", &line_type, .flags = M_REQUIRED, .max = 5),
    M_F_STR(t_ext, gstin, "GSTIN", .flags = M_EXT, .pattern = "\\d{2}[A-Z]{5}"),
    M_F_DEC(t_ext, cess, "Cess", .flags = M_EXT, .fallback = "0.5"),
    M_F_STRUCT(t_ext, depot, "Depot", t_address, &address_type, .flags = M_EXT),
};
static const m_type doc_type = {
    .name = "t.doc",
    .schema = "t",
    .table = "doc",
    .size = sizeof(t_doc),
    M_FIELDS(doc_fields),
    .ext_at = offsetof(t_doc, ext) + 1,
    .ext_size = sizeof(t_ext),
};

static m_arena *arena;
static m_call call;

static void set_up(void)
{
    arena = m_arena_new(0);
    memset(&call, 0, sizeof call);
    call.arena = arena;
}

static void tear_down(void)
{
    m_arena_free(arena);
}

static m_id some_id(uint8_t n)
{
    return (m_id){.b = {1, [15] = n}};
}

static t_line *add_line(t_doc *doc, uint32_t *capacity, int64_t qty)
{
    t_line *line = m_list_add(arena, &doc->lines, capacity, sizeof *line);
    ck_assert_ptr_nonnull(line);
    ck_assert_int_eq(m_record_init(&line_type, line, arena), M_OK);
    line->item = some_id(9);
    line->qty = m_dec_of_int(qty);
    return line;
}

static t_ext *ext_of(t_doc *doc)
{
    return doc->ext;
}

/* Valid, and with something in every field. */
static t_doc *full_doc(void)
{
    uint32_t capacity = 0;
    t_doc *doc = m_record_new(&doc_type, arena);
    ck_assert_ptr_nonnull(doc);
    doc->id = some_id(1);
    doc->name = M_STR("Order");
    doc->notes = M_STR("two\nlines");
    doc->supplier = some_id(2);
    doc->qty = m_dec_of_int(3);
    doc->amount = m_dec_of_int(100);
    doc->status = 1;
    doc->digest = (m_str){"\0\xff", 2};
    doc->address = (t_address){M_STR("Pune"), M_STR("411001")};
    for (int i = 1; i <= 3; i++)
        add_line(doc, &capacity, i)->to.city = M_STR("Mumbai");
    ext_of(doc)->gstin = M_STR("27AAPFU");
    ext_of(doc)->depot.city = M_STR("Nagpur");
    return doc;
}

/* ---- look-up ---- */

START_TEST(fields_are_found_by_name)
{
    ck_assert_ptr_eq(m_field_find(&doc_type, M_STR("id")), &doc_fields[0]);
    ck_assert_str_eq(m_field_find(&doc_type, M_STR("lines"))->name, "lines");
    ck_assert_ptr_null(m_field_find(&doc_type, M_STR("line")));
    ck_assert_ptr_null(m_field_find(&doc_type, M_STR("linesx")));
    ck_assert_ptr_null(m_field_find(&doc_type, M_STR("")));
    ck_assert_ptr_null(m_field_find(&doc_type, (m_str){"id\0", 3}));
}
END_TEST

START_TEST(values_are_found_by_name)
{
    t_doc doc = {.qty = {3000000}};
    ck_assert_ptr_eq(m_field_value(&doc_type, "qty", &doc), &doc.qty);
    ck_assert_ptr_null(m_field_value(&doc_type, "quantity", &doc));
    ck_assert_ptr_null(m_field_value(&doc_type, "qty", NULL));
}
END_TEST

START_TEST(paths_lead_into_structs)
{
    m_field out = {.name = "untouched"};
    ck_assert_int_eq(m_field_resolve(&doc_type, M_STR("address.pin"), &out), M_OK);
    ck_assert_str_eq(out.name, "pin");
    ck_assert_uint_eq(out.offset, offsetof(t_doc, address) + offsetof(t_address, pin));
    t_doc *doc = full_doc();
    ck_assert(m_str_is(*(const m_str *)m_field_get(&doc_type, &out, doc), "411001"));

    ck_assert_int_eq(m_field_resolve(&doc_type, M_STR("depot.city"), &out), M_OK);
    ck_assert(out.flags & M_EXT);
    ck_assert(m_str_is(*(const m_str *)m_field_get(&doc_type, &out, doc), "Nagpur"));
    ck_assert_int_eq(m_field_resolve(&doc_type, M_STR("qty"), &out), M_OK);
    ck_assert_uint_eq(out.offset, offsetof(t_doc, qty));

    static const char *const wrong[] = {
        "",       ".",         "address.",      ".pin",        "address.x",
        "name.x", "lines.qty", "address.pin.x", "address..pin"};
    out.name = "untouched";
    for (size_t i = 0; i < UNIT_COUNT(wrong); i++)
        ck_assert_int_eq(m_field_resolve(&doc_type, m_str_of(wrong[i]), &out), M_NOT_FOUND);
    ck_assert_str_eq(out.name, "untouched");
}
END_TEST

START_TEST(no_path_leads_behind_an_inner_ext_block)
{
    typedef struct {
        t_doc inner;
    } t_outer;
    const m_field fields[] = {M_F_STRUCT(t_outer, inner, "Inner", t_doc, &doc_type)};
    const m_type outer = {.name = "t.outer", .size = sizeof(t_outer), M_FIELDS(fields)};
    m_field out;
    ck_assert_int_eq(m_field_resolve(&outer, M_STR("inner.address.pin"), &out), M_OK);
    ck_assert_int_eq(m_field_resolve(&outer, M_STR("inner.gstin"), &out), M_UNSUPPORTED);
}
END_TEST

static const m_field *named(const char *name)
{
    const m_field *field = m_field_find(&doc_type, m_str_of(name));
    ck_assert_ptr_nonnull(field);
    return field;
}

START_TEST(limits_have_defaults)
{
    ck_assert_int_eq(m_field_places(named("factor")), 6);
    ck_assert_int_eq(m_field_places(named("qty")), 0);
    ck_assert_int_eq(m_field_places(named("amount")), 2);
    ck_assert_int_eq(m_field_places(named("total")), 6);
    ck_assert_int_eq(m_field_places(named("name")), 0);
    ck_assert_int_eq(m_field_max(named("name")), 20);
    ck_assert_int_eq(m_field_max(named("gstin")), 140);
    ck_assert_int_eq(m_field_max(named("notes")), 10000);
    ck_assert_int_eq(m_field_max(named("days")), 365);
    ck_assert_int_eq(m_field_max(named("amount")), M_DEC_MAX);
    ck_assert_int_eq(m_field_max(named("factor")), 2500000);
    ck_assert_int_eq(m_field_max(named("lines")), 5);
}
END_TEST

/* ---- new ---- */

START_TEST(new_records_hold_the_defaults)
{
    t_doc *doc = m_record_new(&doc_type, arena);
    char text[M_TIME_TEXT];
    ck_assert_ptr_nonnull(doc);
    ck_assert(doc->active);
    ck_assert_int_eq(doc->days, 30);
    m_date_format(doc->date, text);
    ck_assert_str_eq(text, "2026-04-01");
    m_time_format(doc->at, text);
    ck_assert_str_eq(text, "2026-04-01T08:00:00.000000Z");
    ck_assert_int_eq(doc->factor.u, 1500000);
    ck_assert(doc->total == 250000);
    ck_assert_int_eq(doc->status, 0);
    ck_assert_int_eq(doc->mode, 2);
    ck_assert_int_eq(ext_of(doc)->cess.u, 500000);
    ck_assert_uint_eq(doc->name.n + doc->lines.count, 0);
    t_line line = {0};
    ck_assert_int_eq(m_record_init(&line_type, &line, arena), M_OK);
    ck_assert(m_str_is(line.unit, "Nos"));
}
END_TEST

START_TEST(defaults_that_cannot_be_read_are_noticed)
{
    static const struct {
        m_kind kind;
        const char *fallback;
    } wrong[] = {
        {M_KIND_BOOL, "yes"},  {M_KIND_INT, "1.5"}, {M_KIND_DATE, "today"},
        {M_KIND_TIME, "now"},  {M_KIND_DEC, "x"},   {M_KIND_SUM, ""},
        {M_KIND_ENUM, "gone"}, {M_KIND_ID, "1"},    {M_KIND_BYTES, "00"},
    };
    for (size_t i = 0; i < UNIT_COUNT(wrong); i++) {
        m_field field = {.name = "f",
                         .kind = wrong[i].kind,
                         .fallback = wrong[i].fallback,
                         .choices = status_names};
        m_type type = {.name = "t.wrong", .size = 32, .fields = &field, .count = 1};
        ck_assert_ptr_null(m_record_new(&type, arena));
    }
}
END_TEST

/* ---- copy and equal ---- */

START_TEST(copies_are_equal_and_share_nothing)
{
    t_doc *doc = full_doc();
    t_doc *copy = m_record_copy(&doc_type, doc, arena);
    ck_assert_ptr_nonnull(copy);
    ck_assert(m_record_equal(&doc_type, doc, copy));
    ck_assert_ptr_ne(copy->name.p, doc->name.p);
    ck_assert_ptr_ne(copy->lines.items, doc->lines.items);
    ck_assert_ptr_ne(copy->ext, doc->ext);
    ck_assert_ptr_ne(ext_of(copy)->depot.city.p, ext_of(doc)->depot.city.p);
    ck_assert_ptr_ne(M_AT(copy->lines, t_line, 2)->to.city.p,
                     M_AT(doc->lines, t_line, 2)->to.city.p);
    memset(doc->ext, 0, sizeof(t_ext));
    memset(doc->lines.items, 0, doc->lines.count * sizeof(t_line));
    ck_assert(m_record_equal(&doc_type, full_doc(), copy));
}
END_TEST

START_TEST(copying_with_short_memory_fails_whole)
{
    t_doc *doc = full_doc();
    t_doc blank = {.days = 77};
    size_t failures = 0;
    for (size_t n = 1; n < 100; n++) {
        t_doc to = blank;
        m_arena_fail_nth(arena, n);
        m_status status = m_record_copy_to(&doc_type, &to, doc, arena);
        m_arena_fail_nth(arena, 0);
        if (status == M_OK) {
            ck_assert(m_record_equal(&doc_type, doc, &to));
            break;
        }
        ck_assert_int_eq(status, M_NOMEM);
        ck_assert_int_eq(memcmp(&to, &blank, sizeof to), 0);
        failures++;
    }
    ck_assert_uint_ge(failures, 10);
    ck_assert_uint_lt(failures, 99);
    for (size_t n = 1; n <= 2; n++) {
        m_arena_fail_nth(arena, n);
        ck_assert_ptr_null(m_record_new(&doc_type, arena));
    }
}
END_TEST

START_TEST(a_missing_ext_block_is_an_empty_one)
{
    t_doc *a = full_doc();
    t_doc *b = m_record_copy(&doc_type, a, arena);
    b->ext = NULL;
    ck_assert(!m_record_equal(&doc_type, a, b));
    ck_assert(!m_record_equal(&doc_type, b, a));
    ck_assert_ptr_null(m_field_get(&doc_type, named("gstin"), b));
    ck_assert(m_field_is_empty(&doc_type, named("gstin"), b));
    memset(a->ext, 0, sizeof(t_ext));
    ck_assert(m_record_equal(&doc_type, a, b));
    ck_assert(m_record_equal(&doc_type, m_record_copy(&doc_type, b, arena), a));
}
END_TEST

START_TEST(lists_grow)
{
    m_list list = {NULL, 0};
    uint32_t capacity = 0;
    for (int64_t i = 0; i < 1000; i++) {
        int64_t *item = m_list_add(arena, &list, &capacity, sizeof *item);
        ck_assert_int_eq(*item, 0);
        *item = i;
    }
    int64_t next = 0;
    for (M_EACH(int64_t, item, list))
        ck_assert_int_eq(*item, next++);
    ck_assert_int_eq(next, 1000);
    uint32_t full = capacity;
    list.count = full;
    m_arena_fail_nth(arena, 1);
    ck_assert_ptr_null(m_list_add(arena, &list, &capacity, sizeof(int64_t)));
    ck_assert(list.count == full && capacity == full);
}
END_TEST

/* ---- diff ---- */

typedef struct {
    char text[2000]; /* "path path …" */
    int count;
} seen;

static void see(void *arg, const char *path, const m_type *type, const m_field *field,
                const void *before, const void *after)
{
    seen *s = arg;
    size_t n = strlen(s->text);
    snprintf(s->text + n, sizeof s->text - n, "%s%s", n ? " " : "", path);
    s->count++;
    ck_assert(before || after);
    if (field->kind != M_KIND_LIST) ck_assert(!m_field_equal(type, field, before, after));
}

static const char *diff(const t_doc *before, const t_doc *after)
{
    static seen s;
    memset(&s, 0, sizeof s);
    m_record_diff(&doc_type, before, after, see, &s);
    return s.text;
}

/* Changes a value to another one of its kind. */
static void spoil(const m_field *field, void *value)
{
    switch (field->kind) {
    case M_KIND_BOOL:
        *(bool *)value = !*(bool *)value;
        break;
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        *(m_str *)value = M_STR("other");
        break;
    case M_KIND_LIST:
        ((m_list *)value)->count--;
        break;
    case M_KIND_SUM:
        *(m_dec_sum *)value += (m_dec_sum)1 << 70;
        break;
    case M_KIND_STRUCT:
        spoil(&field->type->fields[0], (char *)value + field->type->fields[0].offset);
        break;
    default: /* an integer or more bytes: the first byte will do */
        *(unsigned char *)value ^= 0x40;
        break;
    }
}

START_TEST(every_changed_field_is_seen)
{
    const t_doc *doc = full_doc();
    for (size_t i = 0; i < UNIT_COUNT(doc_fields); i++) {
        const m_field *field = &doc_fields[i];
        t_doc *other = m_record_copy(&doc_type, doc, arena);
        spoil(field, m_field_at(&doc_type, field, other));
        ck_assert_msg(!m_record_equal(&doc_type, doc, other), "%s", field->name);
        const char *paths = diff(doc, other);
        ck_assert_msg(strncmp(paths, field->name, strlen(field->name)) == 0, "%s: %s", field->name,
                      paths);
        for (size_t k = 0; k < UNIT_COUNT(doc_fields); k++)
            ck_assert(m_field_equal(&doc_type, &doc_fields[k], doc, other) == (k != i));
    }
    ck_assert_str_eq(diff(doc, m_record_copy(&doc_type, doc, arena)), "");
}
END_TEST

START_TEST(diffs_name_the_inner_fields)
{
    t_doc *before = full_doc();
    t_doc *after = m_record_copy(&doc_type, before, arena);
    after->address.pin = M_STR("411002");
    M_AT(after->lines, t_line, 1)->qty.u++;
    M_AT(after->lines, t_line, 2)->to.city = M_STR("Thane");
    ext_of(after)->depot.city = M_STR("Wardha");
    ck_assert_str_eq(diff(before, after), "address.pin lines[1].qty lines[2].to.city depot.city");

    after = m_record_copy(&doc_type, before, arena);
    after->lines.count = 2;
    ck_assert_str_eq(diff(before, after),
                     "lines[2].item lines[2].qty lines[2].unit lines[2].to.city");
    ck_assert_str_eq(diff(after, before),
                     "lines[2].item lines[2].qty lines[2].unit lines[2].to.city");
    memset(M_AT(before->lines, t_line, 2), 0, sizeof(t_line));
    ck_assert_str_eq(diff(after, before), "lines[2]"); /* an empty line more */
    ck_assert_str_eq(diff(NULL, NULL), "");
}
END_TEST

START_TEST(diffs_with_nothing_tell_everything)
{
    t_doc *doc = full_doc();
    const char *all = "id active days name notes supplier date at factor qty amount total status "
                      "mode digest address.city address.pin "
                      "lines[0].item lines[0].qty lines[0].unit lines[0].to.city "
                      "lines[1].item lines[1].qty lines[1].unit lines[1].to.city "
                      "lines[2].item lines[2].qty lines[2].unit lines[2].to.city "
                      "gstin cess depot.city";
    ck_assert_str_eq(diff(NULL, doc), all);
    ck_assert_str_eq(diff(doc, NULL), all);
}
END_TEST

/* ---- validate ---- */

/* "path:code path:code …" with the code's last word. */
static const char *faults(const t_doc *doc, const char *prefix)
{
    static char text[4000];
    m_error_clear(&call);
    m_record_validate(&call, &doc_type, doc, prefix);
    text[0] = 0;
    for (uint32_t i = 0; i < call.error.field_count; i++) {
        const m_field_error *e = &call.error.fields[i];
        const char *word = e->code.p + strlen("core.field.");
        size_t n = strlen(text);
        ck_assert(e->message.n > 0 && m_utf8_valid(e->message));
        snprintf(text + n, sizeof text - n, "%s%.*s:%s", n ? " " : "", M_STR_ARG(e->path), word);
    }
    ck_assert_int_eq(m_failed_fields(&call), text[0] ? M_INVALID : M_OK);
    return text;
}

START_TEST(a_good_record_passes)
{
    t_doc *doc = full_doc();
    ck_assert_str_eq(faults(doc, ""), "");
    doc->ext = NULL;
    memset(&doc->address, 0,
           sizeof doc->address); /* optional: its required city is not asked for */
    doc->notes = doc->digest = (m_str){NULL, 0};
    doc->total = (m_dec_sum)M_DEC_MAX * 1000000;
    ck_assert_str_eq(faults(doc, ""), "");
}
END_TEST

START_TEST(the_first_and_the_last_day_pass)
{
    static const struct {
        int32_t day;
        const char *fault;
    } cases[] = {{M_DATE_FIRST, ""},
                 {M_DATE_LAST, ""},
                 {M_DATE_FIRST - 1, "date:range"},
                 {M_DATE_LAST + 1, "date:range"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        t_doc *doc = full_doc();
        doc->date = (m_date){cases[i].day};
        ck_assert_str_eq(faults(doc, ""), cases[i].fault);
    }
}
END_TEST

START_TEST(all_wrong_fields_are_told_at_once)
{
    t_doc *doc = full_doc();
    doc->days = 366;
    doc->name = M_STR("");
    doc->notes = M_STR("bell \a");
    doc->supplier = (m_id){{0}};
    doc->date = (m_date){5};
    doc->factor.u = 2500001;
    doc->qty.u = 1500000;
    doc->amount.u = 1;
    doc->total = -1;
    doc->status = 3;
    doc->mode = 0;
    doc->digest = M_STR("12345");
    doc->address = (t_address){.pin = M_STR("4110")};
    M_AT(doc->lines, t_line, 0)->item = (m_id){{0}};
    M_AT(doc->lines, t_line, 2)->qty.u = 0;
    M_AT(doc->lines, t_line, 2)->rate.u = -1;
    M_AT(doc->lines, t_line, 2)->to = (t_address){.pin = M_STR("411001")};
    ext_of(doc)->gstin = M_STR("27aapfu");
    ck_assert_str_eq(faults(doc, ""),
                     "days:range name:required notes:form supplier:required date:range "
                     "factor:range qty:places amount:places total:range status:choice "
                     "mode:required digest:too_long address.city:required address.pin:pattern "
                     "lines[0].item:required lines[2].qty:range lines[2].rate:range "
                     "lines[2].to.city:required gstin:pattern");
    ck_assert_int_eq(m_failed_fields(&call), M_INVALID);
    ck_assert(m_str_is(call.error.message, "The input is not valid: 19 fields are wrong."));
}
END_TEST

START_TEST(messages_say_what_is_allowed)
{
    t_doc *doc = full_doc();
    doc->days = -1;
    doc->amount.u = 1;
    M_AT(doc->lines, t_line, 1)->qty.u = -1;
    faults(doc, "docs[4]");
    const m_field_error *e = call.error.fields;
    ck_assert(m_str_is(e[0].path, "docs[4].days"));
    ck_assert(m_str_is(e[0].message, "This value is out of range: from 0 to 365."));
    ck_assert(m_str_is(e[1].message, "This number has too many decimal places: at most 2."));
    ck_assert(m_str_is(e[2].path, "docs[4].lines[1].qty"));
    ck_assert(m_str_is(e[2].message, "This value is out of range: it must be more than zero."));
}
END_TEST

static const struct {
    const char *name;
    const char *fault;
} name_cases[] = {
    {"Ab", ""},
    {"A", "name:range"},
    {"12345678901234567890", ""},
    {"123456789012345678901", "name:too_long"},
    {"\xe0\xa4\xb9\xe0\xa4\xb9\xe0\xa4\xb9\xe0\xa4\xb9\xe0\xa4\xb9\xe0\xa4\xb9\xe0\xa4\xb9\xe0\xa4"
     "\xb9",
     ""}, /* 8 characters in 24 bytes */
    {"two\nlines", "name:form"},
    {"tab\there", "name:form"},
    {"del\x7f", "name:form"},
    {"bad\xc3", "name:form"},
};

START_TEST(texts_are_checked)
{
    t_doc *doc = full_doc();
    doc->name = m_str_of(name_cases[_i].name);
    ck_assert_str_eq(faults(doc, ""), name_cases[_i].fault);
}
END_TEST

START_TEST(the_edges_of_ranges_pass)
{
    t_doc *doc = full_doc();
    doc->days = 0;
    doc->factor.u = 0;
    doc->amount.u = M_DEC_MAX / 10000 * 10000;
    ck_assert_str_eq(faults(doc, ""), "");
    doc->days = 365;
    doc->factor.u = 2500000;
    doc->amount.u = 0;
    ck_assert_str_eq(faults(doc, ""), "");
    doc->amount.u = INT64_MAX;
    doc->factor.u = -1;
    doc->status = -1;
    doc->digest = M_STR("1");
    ck_assert_str_eq(faults(doc, ""), "factor:range amount:range status:choice digest:range");
}
END_TEST

START_TEST(lists_have_counts)
{
    t_doc *doc = full_doc();
    uint32_t capacity = 3;
    for (int i = 0; i < 3; i++)
        add_line(doc, &capacity, 1);
    ck_assert_str_eq(faults(doc, ""), "lines:too_long");
    doc->lines.count = 5;
    ck_assert_str_eq(faults(doc, ""), "");
    doc->lines.count = 0;
    ck_assert_str_eq(faults(doc, ""), "lines:required");
}
END_TEST

START_TEST(short_memory_never_makes_a_record_good)
{
    t_doc *doc = full_doc();
    doc->days = 366;
    for (size_t n = 1; n < 6; n++) {
        m_error_clear(&call);
        m_arena_fail_nth(arena, n);
        m_record_validate(&call, &doc_type, doc, "");
        ck_assert_int_eq(m_failed_fields(&call), M_INVALID);
        m_arena_fail_nth(arena, 0);
    }
}
END_TEST

START_TEST(long_paths_are_cut)
{
    char prefix[400];
    memset(prefix, 'p', sizeof prefix);
    prefix[sizeof prefix - 1] = 0;
    t_doc *doc = full_doc();
    doc->days = 366;
    faults(doc, prefix);
    ck_assert_uint_eq(call.error.field_count, 1);
    ck_assert_uint_eq(call.error.fields[0].path.n, 255);
}
END_TEST

static void add_walking_tests(TCase *t)
{
    tcase_add_test(t, fields_are_found_by_name);
    tcase_add_test(t, values_are_found_by_name);
    tcase_add_test(t, paths_lead_into_structs);
    tcase_add_test(t, no_path_leads_behind_an_inner_ext_block);
    tcase_add_test(t, limits_have_defaults);
    tcase_add_test(t, new_records_hold_the_defaults);
    tcase_add_test(t, defaults_that_cannot_be_read_are_noticed);
    tcase_add_test(t, copies_are_equal_and_share_nothing);
    tcase_add_test(t, copying_with_short_memory_fails_whole);
    tcase_add_test(t, a_missing_ext_block_is_an_empty_one);
    tcase_add_test(t, lists_grow);
    tcase_add_test(t, every_changed_field_is_seen);
    tcase_add_test(t, diffs_name_the_inner_fields);
    tcase_add_test(t, diffs_with_nothing_tell_everything);
}

static void add_validation_tests(TCase *t)
{
    tcase_add_test(t, a_good_record_passes);
    tcase_add_test(t, the_first_and_the_last_day_pass);
    tcase_add_test(t, all_wrong_fields_are_told_at_once);
    tcase_add_test(t, messages_say_what_is_allowed);
    tcase_add_loop_test(t, texts_are_checked, 0, (int)UNIT_COUNT(name_cases));
    tcase_add_test(t, the_edges_of_ranges_pass);
    tcase_add_test(t, lists_have_counts);
    tcase_add_test(t, short_memory_never_makes_a_record_good);
    tcase_add_test(t, long_paths_are_cut);
}

int main(void)
{
    TCase *t = tcase_create("field");
    tcase_add_checked_fixture(t, set_up, tear_down);
    add_walking_tests(t);
    add_validation_tests(t);
    return unit_run(t, "field");
}
