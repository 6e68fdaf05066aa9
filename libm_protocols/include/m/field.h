/* Field tables: one constant table per record type; everything that walks records reads it.
 *
 * A record is a plain C struct. M_F_…() entries are held against the struct by the compiler: the
 * member must exist and have the C type of the kind. Walkers in libm_protocols: new, copy, equal,
 * diff, validate. Walkers in libm_adapters/codec: JSON in and out, CSV, DDL, SQL rows, OpenAPI,
 * form metadata. */
#ifndef M_FIELD_H
#define M_FIELD_H

#include "m/call.h"

typedef enum {
    M_KIND_BOOL,   /* bool */
    M_KIND_INT,    /* int64_t; JSON number up to 2^53, SQL bigint */
    M_KIND_STR,    /* m_str, one line; SQL text */
    M_KIND_TEXT,   /* m_str, many lines; SQL text */
    M_KIND_ID,     /* m_id; JSON ULID text, SQL uuid */
    M_KIND_LINK,   /* m_id of a document of type `link` */
    M_KIND_DATE,   /* m_date; SQL date */
    M_KIND_TIME,   /* m_time; SQL timestamptz */
    M_KIND_DEC,    /* m_dec; JSON string, SQL numeric(18,6): rates, percentages, factors */
    M_KIND_QTY,    /* m_dec: a quantity */
    M_KIND_MONEY,  /* m_dec: an amount in the document's currency, at most `places` places (default
                      2) */
    M_KIND_SUM,    /* m_dec_sum: a total in the base currency; JSON string, SQL numeric(38,6) */
    M_KIND_ENUM,   /* m_enum; JSON and SQL text from `choices` */
    M_KIND_BYTES,  /* m_str of raw bytes; JSON hex, SQL bytea */
    M_KIND_STRUCT, /* nested struct of type `type`; SQL columns "<name>_<field>" */
    M_KIND_LIST    /* m_list of structs of type `type`; SQL table "<table>_<name>", see below */
} m_kind;

enum {
    M_REQUIRED =
        1 << 0, /* may not be empty, none or the null id (decimals: may not be absent in JSON) */
    M_READONLY = 1 << 1, /* set by the system; refused in input */
    M_UNIQUE = 1 << 2,   /* unique per tenant when not empty */
    M_KEY = 1 << 3,      /* part of the key of a type that has no "id" */
    M_SUMMED = 1 << 4,   /* m_store_accumulate adds to it */
    M_POSITIVE = 1 << 5, /* > 0 */
    M_NON_NEGATIVE = 1 << 6,
    M_SECRET = 1 << 7,     /* never leaves the server: not in JSON out, lists, audit */
    M_HIDDEN = 1 << 8,     /* not in forms */
    M_EXT = 1 << 9,        /* contributed field: offset counts inside the record's ext block */
    M_IMMUTABLE = 1 << 10, /* may be set at creation only */
    /* Empty in most records: then left out of canonical text, and NULL in SQL. A decimal's zero is
     * absent like a none date: equal to itself only, neither less nor more than anything. Not for
     * fields that m_store_accumulate adds to. */
    M_SPARSE = 1 << 11
};

typedef struct m_type m_type;
typedef struct m_field m_field;

struct m_field {
    const char *name;  /* snake_case; JSON member and SQL column */
    const char *label; /* for people */
    m_kind kind;
    uint32_t flags;
    uint32_t offset;
    const char *help;           /* one sentence or NULL */
    const char *link;           /* M_KIND_LINK: "core.item" (document type name) */
    const char *const *choices; /* M_KIND_ENUM: names, NULL-terminated; index 0 is the default */
    const m_type *type;         /* M_KIND_STRUCT, M_KIND_LIST */
    /* STR, TEXT: length in characters (max 0: 140 and 10,000); BYTES: bytes, LIST: lines (max 0:
     * 10,000); INT, DEC, …: bounds when max > min, decimals in micro-units */
    int64_t min, max;
    int places; /* decimals: most places; 0: six for DEC and QTY, two for MONEY; −1: none */
    const char *pattern;  /* STR: allowed form, small language of m_pattern_match() */
    const char *fallback; /* default as JSON text would give it, e.g. "Nos"; NULL: zero */
    const char *section;  /* heading of the part of the form it stands in; NULL: the first part */
    /* Forms show it only when another field of the record is true or not empty ("currency"), or is
     * one of these choices ("type=refund,return"), and always when it has a value; NULL: always. */
    const char *depends_on;
};

/* An index besides the key. fields: comma-separated names. */
typedef struct {
    const char *fields;
    bool unique;
    const char *where; /* SQL condition or NULL; only on names of fields */
    bool summary; /* one entry for a range of blocks: cheap, for values that grow with the rows */
} m_index;

enum {
    M_TYPE_APPEND = 1 << 0, /* rows are only inserted: no UPDATE or DELETE right in the database */
    M_TYPE_REFERENCE =
        1 << 1, /* small, often read, seldom written: the store may cache it (store.h) */
    M_TYPE_MONTHLY = 1 << 2,  /* partitioned by month of the field "posting_date" */
    M_TYPE_NO_TENANT = 1 << 3 /* not tenant data (tenants themselves) */
};

struct m_type {
    const char *name;   /* "finance.journal_voucher"; plain structs: "finance.journal_line" */
    const char *schema; /* SQL schema: "finance"; NULL for plain structs and DTOs */
    const char *table;  /* SQL table: "journal_voucher" */
    size_t size;        /* sizeof the struct */
    const m_field *fields;
    uint16_t count;
    uint16_t flags;
    const m_index *indexes; /* ends with NULL fields; may be NULL */
    uint32_t ext_at;        /* offset of a `void *ext` member + 1; 0: takes no contributed fields */
    uint32_t ext_size;      /* bytes of the ext block of a baked type */
};

/* A stored type has either a field "id" of kind ID (first field) or one or more M_KEY fields.
 * A list inside a stored type is a table "<table>_<list name>" with (tenant_id, parent_id, line_no)
 * as key and the columns of its struct; a list inside a list is not supported. */

#define M_C_(S, m, C) ((uint32_t)(offsetof(S, m) + 0 * sizeof(_Generic(((S *)0)->m, C : 1))))
#define M_F_BOOL(S, m, l, ...)                                                                     \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_BOOL, .offset = M_C_(S, m, bool), __VA_ARGS__       \
    }
#define M_F_INT(S, m, l, ...)                                                                      \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_INT, .offset = M_C_(S, m, int64_t), __VA_ARGS__     \
    }
#define M_F_STR(S, m, l, ...)                                                                      \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_STR, .offset = M_C_(S, m, m_str), __VA_ARGS__       \
    }
#define M_F_TEXT(S, m, l, ...)                                                                     \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_TEXT, .offset = M_C_(S, m, m_str), __VA_ARGS__      \
    }
#define M_F_ID(S, m, l, ...)                                                                       \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_ID, .offset = M_C_(S, m, m_id), __VA_ARGS__         \
    }
#define M_F_LINK(S, m, l, to, ...)                                                                 \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_LINK, .offset = M_C_(S, m, m_id), .link = to,       \
        __VA_ARGS__                                                                                \
    }
#define M_F_DATE(S, m, l, ...)                                                                     \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_DATE, .offset = M_C_(S, m, m_date), __VA_ARGS__     \
    }
#define M_F_TIME(S, m, l, ...)                                                                     \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_TIME, .offset = M_C_(S, m, m_time), __VA_ARGS__     \
    }
#define M_F_DEC(S, m, l, ...)                                                                      \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_DEC, .offset = M_C_(S, m, m_dec), __VA_ARGS__       \
    }
#define M_F_QTY(S, m, l, ...)                                                                      \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_QTY, .offset = M_C_(S, m, m_dec), __VA_ARGS__       \
    }
#define M_F_MONEY(S, m, l, ...)                                                                    \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_MONEY, .offset = M_C_(S, m, m_dec), __VA_ARGS__     \
    }
#define M_F_SUM(S, m, l, ...)                                                                      \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_SUM, .offset = M_C_(S, m, m_dec_sum), __VA_ARGS__   \
    }
#define M_F_ENUM(S, m, l, names, ...)                                                              \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_ENUM, .offset = M_C_(S, m, m_enum),                 \
        .choices = names, __VA_ARGS__                                                              \
    }
#define M_F_BYTES(S, m, l, ...)                                                                    \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_BYTES, .offset = M_C_(S, m, m_str), __VA_ARGS__     \
    }
#define M_F_STRUCT(S, m, l, C, t, ...)                                                             \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_STRUCT, .offset = M_C_(S, m, C), .type = t,         \
        __VA_ARGS__                                                                                \
    }
#define M_F_LIST(S, m, l, t, ...)                                                                  \
    {                                                                                              \
        .name = #m, .label = l, .kind = M_KIND_LIST, .offset = M_C_(S, m, m_list), .type = t,      \
        __VA_ARGS__                                                                                \
    }

/* {M_FIELDS(array)} fills fields and count of an m_type. */
#define M_FIELDS(array) .fields = array, .count = sizeof(array) / sizeof((array)[0])

/* ---- walking ---- */

/* Where the field lives in the record (follows the ext block). NULL: an ext field and no block. */
void *m_field_at(const m_type *type, const m_field *field, void *record);
static inline const void *m_field_get(const m_type *type, const m_field *field, const void *record)
{
    return m_field_at(type, field, (void *)(uintptr_t)record);
}
/* The value of the field of that name, for those who see no record from inside; NULL when there is
 * none, also without a record. */
const void *m_field_value(const m_type *type, const char *name, const void *record);
/* Bytes of the field's C value; of a struct member all of it. */
size_t m_field_bytes(const m_field *field);
/* NULL when there is none. */
const m_field *m_field_find(const m_type *type, m_str name);
/* "a.b" walks into structs; the offset of the result is relative to the record (to its ext block
 * with M_EXT). M_NOT_FOUND; M_UNSUPPORTED: a contributed field of an inner struct. */
m_status m_field_resolve(const m_type *type, m_str path, m_field *out);
/* Effective limits with defaults filled in. */
int m_field_places(const m_field *field);
int64_t m_field_max(const m_field *field);

/* Zeroed record with defaults and ext block; NULL when memory is short (or a default in the table
 * cannot be read, which is a mistake in the table). */
void *m_record_new(const m_type *type, m_arena *arena);
/* The same for zeroed memory of type->size bytes: items of a list. M_NOMEM; M_INTERNAL: such a
 * mistake. */
m_status m_record_init(const m_type *type, void *record, m_arena *arena) M_MUST_USE;
/* Deep copy; NULL when memory is short. */
void *m_record_copy(const m_type *type, const void *record, m_arena *arena);
/* Into existing memory of type->size bytes. */
m_status m_record_copy_to(const m_type *type, void *to, const void *record,
                          m_arena *arena) M_MUST_USE;
bool m_record_equal(const m_type *type, const void *a, const void *b);
/* Is this one field of both equal? */
bool m_field_equal(const m_type *type, const m_field *field, const void *a, const void *b);
/* Empty text, zero number, none date, null id, false, empty list. */
bool m_field_is_empty(const m_type *type, const m_field *field, const void *record);

/* Calls fn for each field that differs, structs and lists by their inner fields ("terms.days",
 * "lines[0].qty"). before or after may be NULL: everything not empty is then reported.
 * What fn gets: `type` is the type that holds `field`; before and after are records of that type
 * (of the line, the struct, the document), so m_field_get(type, field, before) is the old value;
 * NULL: there is no such record, as for an added line. Only an added or removed line that is wholly
 * empty is reported as itself: path "lines[2]", the list field, and the records that hold the list.
 */
typedef void (*m_diff_fn)(void *arg, const char *path, const m_type *type, const m_field *field,
                          const void *before, const void *after);
void m_record_diff(const m_type *type, const void *before, const void *after, m_diff_fn fn,
                   void *arg);

/* Checks required, length, range, places, pattern of every field (lists too) and notes each fault
 * with m_field_fail. prefix: path before the names, "" at the top, "lines[2]" for a line. Does not
 * end the call. An optional struct that is wholly empty is not looked into. Required enums are only
 * wrong when their first choice is "" and chosen. Read-only, unique and links are for those who
 * know input and store. */
void m_record_validate(m_call *call, const m_type *type, const void *record, const char *prefix);

/* Small pattern language, whole text must match: literals; [A-Z0-9] classes; \d; ? * + and {n} or
 * {n,m} after one of these; a backslash before anything else makes it a literal. No alternation, no
 * groups, no "any character". Works on bytes; false for a malformed pattern and for text above
 * 1,000 bytes. */
bool m_pattern_match(const char *pattern, m_str text);

/* A growable list: adds one zeroed item and returns it; NULL when memory is short. *capacity starts
 * at 0 with an empty list. */
void *m_list_add(m_arena *arena, m_list *list, uint32_t *capacity, size_t item_size);

#endif
