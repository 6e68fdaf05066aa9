#include "pipe.h"

#include <stdlib.h>

uint64_t pg_hash(const void *bytes, size_t n, uint64_t seed)
{
    const uint8_t *p = bytes;
    uint64_t h = seed ^ (n * UINT64_C(0x9e3779b97f4a7c15));
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
        h ^= h >> 32;
    }
    uint64_t tail = 0;
    if (n) memcpy(&tail, p, n);
    h = (h ^ tail) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 29;
}

pg_sql pg_sql_of(const char *text)
{
    size_t n = strlen(text);
    return (pg_sql){text, n, pg_hash(text, n, 0)};
}

void pg_pipe_free(pg_pipe *pipe)
{
    free(pipe->bytes);
    free(pipe->params);
    free(pipe->steps);
    *pipe = (pg_pipe){.failed = true};
}

#define KEEP_BYTES ((size_t)4 << 20)

void pg_pipe_reset(pg_pipe *pipe)
{
    if (pipe->room > KEEP_BYTES) { /* one large batch shall not stay for ever */
        free(pipe->bytes);
        pipe->bytes = NULL;
        pipe->room = 0;
    }
    pipe->used = 0;
    pipe->param_count = 0;
    pipe->step_count = 0;
    pipe->failed = false;
}

pg_pipe_mark pg_pipe_tell(const pg_pipe *pipe)
{
    return (pg_pipe_mark){pipe->used, pipe->param_count};
}

void pg_pipe_back(pg_pipe *pipe, pg_pipe_mark mark)
{
    pipe->used = mark.used;
    pipe->param_count = mark.params;
}

/* items with twice the room; NULL (and they stay) when memory is short. */
static void *grow(pg_pipe *pipe, void *items, uint32_t *room, size_t size)
{
    uint32_t larger = *room ? *room * 2 : 64;
    void *more = larger > *room ? reallocarray(items, larger, size) : NULL;
    if (more)
        *room = larger;
    else
        pipe->failed = true;
    return more;
}

pg_step *pg_pipe_step(pg_pipe *pipe, pg_pipe_mark mark, pg_sql sql, const struct pg_plan *plan)
{
    if (pipe->step_count == pipe->step_room) {
        pg_step *steps = grow(pipe, pipe->steps, &pipe->step_room, sizeof *steps);
        if (!steps) return NULL;
        pipe->steps = steps;
    }
    pg_step *step = &pipe->steps[pipe->step_count++];
    *step = (pg_step){
        .sql = sql, .first = mark.params, .count = pipe->param_count - mark.params, .plan = plan};
    return step;
}

/* Room for n more bytes; NULL when memory is short or the message would pass libpq's limit. */
static uint8_t *take(pg_pipe *pipe, size_t n)
{
    if (pipe->failed) return NULL;
    if (n > pipe->room - pipe->used) {
        size_t larger = pipe->room ? pipe->room * 2 : 64 << 10;
        while (larger - pipe->used < n && larger < INT32_MAX)
            larger *= 2;
        uint8_t *bytes = larger < INT32_MAX ? realloc(pipe->bytes, larger) : NULL;
        if (!bytes) {
            pipe->failed = true;
            return NULL;
        }
        pipe->bytes = bytes;
        pipe->room = larger;
    }
    uint8_t *p = pipe->bytes + pipe->used;
    pipe->used += n;
    return p;
}

static void store16(uint8_t *p, int value)
{
    uint16_t v = (uint16_t)value;
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void store32(uint8_t *p, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(p, &v, 4);
}

static void store64(uint8_t *p, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(p, &v, 8);
}

/* ---- values ---- */

#define BASE         10000
#define POSITIVE     0x0000
#define NEGATIVE     0x4000
#define SUM_GROUPS   10 /* of four digits before the point: 10^38 and more */
#define DEC_WIRE_MAX (8 + 2 * (SUM_GROUPS + 2))

/* numeric on the wire: count of base-10000 digits, weight of the first, sign, places, digits. */
static size_t numeric_encode(uint8_t *out, m_dec_sum value)
{
    unsigned __int128 u = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    uint16_t digits[SUM_GROUPS + 2];
    int at = SUM_GROUPS;
    uint32_t fraction = (uint32_t)(u % 1000000);
    u /= 1000000;
    digits[SUM_GROUPS] = (uint16_t)(fraction / 100);
    digits[SUM_GROUPS + 1] = (uint16_t)(fraction % 100 * 100);
    while (u > UINT64_MAX && at > 0) {
        digits[--at] = (uint16_t)(u % BASE);
        u /= BASE;
    }
    for (uint64_t low = (uint64_t)u; low && at > 0; low /= BASE)
        digits[--at] = (uint16_t)(low % BASE);
    int end = SUM_GROUPS + 2;
    while (end > at && digits[end - 1] == 0)
        end--;
    while (at < end && digits[at] == 0)
        at++;
    int n = end - at;
    store16(out, n);
    store16(out + 2, n ? SUM_GROUPS - 1 - at : 0);
    store16(out + 4, n && value < 0 ? NEGATIVE : POSITIVE);
    store16(out + 6, M_DEC_SCALE);
    for (int i = 0; i < n; i++)
        store16(out + 8 + 2 * i, digits[at + i]);
    return 8 + 2 * (size_t)n;
}

#define PG_EPOCH_DAY (M_DATE_1970 + 10957)
#define PG_EPOCH_US  INT64_C(946684800000000)

static void put_bytes(pg_pipe *pipe, const void *bytes, size_t n)
{
    if (n > INT32_MAX / 2) {
        pipe->failed = true;
        return;
    }
    uint8_t *p = take(pipe, 4 + n);
    if (!p) return;
    store32(p, (uint32_t)n);
    if (n) memcpy(p + 4, bytes, n);
}

static void put_numeric(pg_pipe *pipe, m_dec_sum value)
{
    uint8_t *p = take(pipe, 4 + DEC_WIRE_MAX);
    if (!p) return;
    size_t n = numeric_encode(p + 4, value);
    store32(p, (uint32_t)n);
    pipe->used -= DEC_WIRE_MAX - n;
}

static void put_int(pg_pipe *pipe, int64_t value)
{
    uint8_t *p = take(pipe, 12);
    if (!p) return;
    store32(p, 8);
    store64(p + 4, (uint64_t)value);
}

static void put_date(pg_pipe *pipe, m_date date)
{
    uint8_t *p = take(pipe, 8);
    if (!p) return;
    store32(p, 4);
    store32(p + 4, (uint32_t)(date.d - PG_EPOCH_DAY));
}

static void put_null(pg_pipe *pipe)
{
    uint8_t *p = take(pipe, 4);
    if (p) store32(p, UINT32_MAX);
}

const char *pg_choice(const m_field *field, m_enum index)
{
    for (m_enum i = 0; field->choices && field->choices[i]; i++)
        if (i == index) return field->choices[i];
    return "";
}

static void put_choice(pg_pipe *pipe, const m_field *field, m_enum index)
{
    const char *name = pg_choice(field, index);
    put_bytes(pipe, name, strlen(name));
}

static const union {
    m_dec_sum sum;
    m_str str;
    m_id id;
} nothing;

#define AS(C, p) (*(const C *)(p))

/* Length, then the bytes: as it stands in an array. */
static void put_value(pg_pipe *pipe, const m_field *field, bool nullable, const void *value)
{
    if (!value) value = &nothing;
    if (nullable && pg_value_absent(field, value)) {
        put_null(pipe);
        return;
    }
    switch (field->kind) {
    case M_KIND_BOOL:
        put_bytes(pipe, AS(bool, value) ? "\1" : "\0", 1);
        break;
    case M_KIND_INT:
        put_int(pipe, AS(int64_t, value));
        break;
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        put_bytes(pipe, AS(m_str, value).p, AS(m_str, value).n);
        break;
    case M_KIND_ID:
    case M_KIND_LINK:
        put_bytes(pipe, value, sizeof(m_id));
        break;
    case M_KIND_DATE:
        put_date(pipe, AS(m_date, value));
        break;
    case M_KIND_TIME:
        put_int(pipe, AS(m_time, value).us - PG_EPOCH_US);
        break;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        put_numeric(pipe, AS(m_dec, value).u);
        break;
    case M_KIND_SUM:
        put_numeric(pipe, AS(m_dec_sum, value));
        break;
    case M_KIND_ENUM:
        put_choice(pipe, field, AS(m_enum, value));
        break;
    case M_KIND_STRUCT:
    case M_KIND_LIST:
        pipe->failed = true;
        break;
    }
}

/* Declares what was written from `start` on, length included, as the next parameter. */
static void end_param(pg_pipe *pipe, size_t start)
{
    if (pipe->failed) return;
    if (pipe->param_count == pipe->param_room) {
        pg_param *params = grow(pipe, pipe->params, &pipe->param_room, sizeof *params);
        if (!params) return;
        pipe->params = params;
    }
    uint32_t n;
    memcpy(&n, pipe->bytes + start, 4);
    pipe->params[pipe->param_count++] = (pg_param){start + 4, (int32_t)__builtin_bswap32(n)};
}

void pg_param_id(pg_pipe *pipe, m_id id)
{
    size_t start = pipe->used;
    put_bytes(pipe, &id, sizeof id);
    end_param(pipe, start);
}

void pg_param_int(pg_pipe *pipe, int64_t value)
{
    size_t start = pipe->used;
    put_int(pipe, value);
    end_param(pipe, start);
}

void pg_param_text(pg_pipe *pipe, m_str text)
{
    size_t start = pipe->used;
    put_bytes(pipe, text.p, text.n);
    end_param(pipe, start);
}

void pg_param_value(pg_pipe *pipe, const m_field *field, bool nullable, const void *value)
{
    size_t start = pipe->used;
    put_value(pipe, field, nullable, value);
    end_param(pipe, start);
}

void pg_array_open(pg_pipe *pipe, uint32_t element_oid, uint32_t n)
{
    pipe->array_at = pipe->used;
    uint8_t *p = take(pipe, n ? 24 : 16);
    if (!p) return;
    store32(p + 4, n ? 1 : 0); /* dimensions */
    store32(p + 8, 1);         /* may hold NULL */
    store32(p + 12, element_oid);
    if (!n) return;
    store32(p + 16, n);
    store32(p + 20, 1); /* first index */
}

void pg_array_value(pg_pipe *pipe, const m_field *field, bool nullable, const void *value)
{
    put_value(pipe, field, nullable, value);
}

void pg_array_int(pg_pipe *pipe, int64_t value)
{
    put_int(pipe, value);
}

void pg_array_id(pg_pipe *pipe, m_id id)
{
    put_bytes(pipe, &id, sizeof id);
}

void pg_array_close(pg_pipe *pipe)
{
    if (pipe->failed) return;
    store32(pipe->bytes + pipe->array_at, (uint32_t)(pipe->used - pipe->array_at - 4));
    end_param(pipe, pipe->array_at);
}

/* ---- reading ---- */

static uint16_t load16(const char *p)
{
    return (uint16_t)((uint8_t)p[0] << 8 | (uint8_t)p[1]);
}

static uint32_t load32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}

static int64_t load64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return (int64_t)__builtin_bswap64(v);
}

static m_status numeric_decode(const char *bytes, int n, m_dec_sum *out)
{
    if (n < 8) return M_INTERNAL;
    int count = load16(bytes);
    int weight = (int16_t)load16(bytes + 2);
    int sign = load16(bytes + 4);
    if (n != 8 + 2 * count || (sign != POSITIVE && sign != NEGATIVE)) return M_INTERNAL; /* NaN */
    if (count && (weight >= SUM_GROUPS - 2 || weight < -2)) return M_RANGE;
    m_dec_sum value = 0;
    for (int i = 0; i < count; i++) {
        int digit = load16(bytes + 8 + 2 * i);
        int place = weight - i; /* power of 10000 */
        if (place >= -1) {
            value = value * BASE + digit;
        } else {
            if (place < -2 || digit % 100) return M_RANGE; /* below a micro-unit */
            value = value * 100 + digit / 100;
        }
    }
    int last = count ? weight - count + 1 : -2; /* place of the last digit read */
    for (; count && last > -1; last--)
        value *= BASE;
    if (count && last == -1) value *= 100;
    *out = sign == NEGATIVE ? -value : value;
    return M_OK;
}

static m_status choice_decode(const m_field *field, const char *bytes, size_t n, m_enum *out)
{
    for (m_enum i = 0; field->choices && field->choices[i]; i++) {
        if (strlen(field->choices[i]) == n && memcmp(field->choices[i], bytes, n) == 0) {
            *out = i;
            return M_OK;
        }
    }
    return M_INTERNAL; /* a choice that this version does not know */
}

static m_status dec_decode(const char *bytes, int n, m_dec *out)
{
    m_dec_sum sum;
    M_TRY(numeric_decode(bytes, n, &sum));
    if (sum > INT64_MAX || sum < INT64_MIN) return M_RANGE;
    out->u = (int64_t)sum;
    return M_OK;
}

/* Not before the first day and not after the last: infinity is neither. */
static m_status date_decode(const char *bytes, m_date *out)
{
    int64_t day = (int64_t)(int32_t)load32(bytes) + PG_EPOCH_DAY;
    if (day < M_DATE_FIRST || day > M_DATE_LAST) return M_INTERNAL;
    out->d = (int32_t)day;
    return M_OK;
}

m_status pg_decode(const m_field *field, const char *bytes, int n, bool null, void *value)
{
    static const int widths[] = {
        [M_KIND_BOOL] = 1, [M_KIND_INT] = 8,  [M_KIND_ID] = 16, [M_KIND_LINK] = 16,
        [M_KIND_DATE] = 4, [M_KIND_TIME] = 8, [M_KIND_LIST] = 0};
    if (null) {
        memset(value, 0, m_field_bytes(field));
        return M_OK;
    }
    if (widths[field->kind] && widths[field->kind] != n) return M_INTERNAL;
    switch (field->kind) {
    case M_KIND_BOOL:
        *(bool *)value = bytes[0] != 0;
        return M_OK;
    case M_KIND_INT:
        *(int64_t *)value = load64(bytes);
        return M_OK;
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        *(m_str *)value = n ? (m_str){bytes, (size_t)n} : (m_str){NULL, 0};
        return M_OK;
    case M_KIND_ID:
    case M_KIND_LINK:
        memcpy(value, bytes, sizeof(m_id));
        return M_OK;
    case M_KIND_DATE:
        return date_decode(bytes, value);
    case M_KIND_TIME:
        ((m_time *)value)->us = load64(bytes) + PG_EPOCH_US;
        return M_OK;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return dec_decode(bytes, n, value);
    case M_KIND_SUM: {
        m_dec_sum sum; /* the field may not be aligned for a direct read-modify */
        M_TRY(numeric_decode(bytes, n, &sum));
        memcpy(value, &sum, sizeof sum);
        return M_OK;
    }
    case M_KIND_ENUM:
        return choice_decode(field, bytes, (size_t)n, value);
    case M_KIND_STRUCT:
    case M_KIND_LIST:
        return M_INTERNAL;
    }
    return M_INTERNAL;
}

int64_t pg_get_int(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column) || PQgetlength(result, row, column) != 8) return 0;
    return load64(PQgetvalue(result, row, column));
}

m_id pg_get_id(const PGresult *result, int row, int column)
{
    m_id id = {{0}};
    if (PQgetlength(result, row, column) == (int)sizeof id)
        memcpy(&id, PQgetvalue(result, row, column), sizeof id);
    return id;
}

/* ---- kinds ---- */

typedef struct {
    uint32_t oid;
    const char *type;
    const char *ddl;
} kind_info;

static const kind_info kinds[] = {
    [M_KIND_BOOL] = {16, "boolean", "boolean"},
    [M_KIND_INT] = {20, "bigint", "bigint"},
    [M_KIND_STR] = {25, "text", "text"},
    [M_KIND_TEXT] = {25, "text", "text"},
    [M_KIND_ID] = {2950, "uuid", "uuid"},
    [M_KIND_LINK] = {2950, "uuid", "uuid"},
    [M_KIND_DATE] = {1082, "date", "date"},
    [M_KIND_TIME] = {1184, "timestamptz", "timestamp with time zone"},
    [M_KIND_DEC] = {1700, "numeric", "numeric(18,6)"},
    [M_KIND_QTY] = {1700, "numeric", "numeric(18,6)"},
    [M_KIND_MONEY] = {1700, "numeric", "numeric(18,6)"},
    [M_KIND_SUM] = {1700, "numeric", "numeric(38,6)"},
    [M_KIND_ENUM] = {25, "text", "text"},
    [M_KIND_BYTES] = {17, "bytea", "bytea"},
    [M_KIND_LIST] = {0, NULL, NULL},
};

uint32_t pg_kind_oid(m_kind kind)
{
    return kinds[kind].oid;
}

const char *pg_kind_type(m_kind kind)
{
    return kinds[kind].type;
}

const char *pg_kind_ddl(m_kind kind)
{
    return kinds[kind].ddl;
}

static bool is_sparse(const m_field *field)
{
    m_kind kind = field->kind;
    return (field->flags & M_SPARSE) &&
           (kind == M_KIND_DEC || kind == M_KIND_QTY || kind == M_KIND_MONEY);
}

bool pg_field_absent(const m_field *field)
{
    m_kind kind = field->kind;
    return kind == M_KIND_ID || kind == M_KIND_LINK || kind == M_KIND_DATE || kind == M_KIND_TIME ||
           is_sparse(field);
}

bool pg_value_absent(const m_field *field, const void *value)
{
    switch (field->kind) {
    case M_KIND_ID:
    case M_KIND_LINK:
        return m_id_is_null(AS(m_id, value));
    case M_KIND_DATE:
        return m_date_is_none(AS(m_date, value));
    case M_KIND_TIME:
        return AS(m_time, value).us == 0;
    default:
        return is_sparse(field) && AS(m_dec, value).u == 0;
    }
}
