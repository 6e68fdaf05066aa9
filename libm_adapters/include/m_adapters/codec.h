/* Codec: field tables ↔ JSON, CSV, OpenAPI, form metadata. Reading goes through a strict check of
 * the bytes and then cJSON; writing is done by hand because cJSON cannot print 64-bit integers. */
#ifndef M_ADAPTERS_CODEC_H
#define M_ADAPTERS_CODEC_H

#include "m/doc.h"
#include "m/module.h"

/* A growing text in an arena. After a failed allocation `failed` is set and further writes do
 * nothing. */
typedef struct {
    m_arena *arena;
    char *p;
    size_t n;
    size_t capacity;
    bool failed;
} m_buf;

void m_buf_bytes(m_buf *buf, const char *bytes, size_t n);
void m_buf_text(m_buf *buf, const char *zero_terminated);
void m_buf_format(m_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline m_str m_buf_str(const m_buf *buf)
{
    return (m_str){buf->p, buf->n};
}

/* ---- writing ---- */

void m_json_string(m_buf *buf, m_str text); /* quoted and escaped */
/* One field's value as JSON. Decimals, sums and ids are strings; none, null id: null. Money and
 * sums have at least two places (fewer if the field allows fewer), other decimals the shortest
 * form. Integers beyond 2^53 are strings. */
void m_json_field(m_buf *buf, const m_type *type, const m_field *field, const void *record);
/* The whole record as an object; M_SECRET fields are left out. `only`: comma-separated names or
 * NULL. */
void m_json_record(m_buf *buf, const m_type *type, const void *record, const char *only);
/* As record but including secrets, in table order, no white space: the form that is hashed and
 * stored. */
void m_json_canonical(m_buf *buf, const m_type *type, const void *record);
/* The fields of an error: [{"path":…,"code":…,"message":…},…]; error may be NULL. */
void m_json_error_fields(m_buf *buf, const m_error *error);
/* The standard error envelope {"error":{…}} of the call. */
void m_json_error(m_buf *buf, const m_call *call);

/* ---- reading ---- */

typedef struct {
    uint32_t max_depth;  /* 32 */
    uint32_t max_nodes;  /* 50,000 */
    uint32_t max_string; /* 65,536 bytes */
} m_json_limits;
extern const m_json_limits m_json_default_limits;

/* Is it one well-formed JSON value under the limits? Strict UTF-8, no duplicate keys, no \u0000, no
 * lone surrogates, no trailing bytes, RFC 8259 numbers. Not recursive. Pure. *at: byte where it
 * went wrong; *why: constant text. */
bool m_json_check(m_str text, const m_json_limits *limits, size_t *at, const char **why);

typedef enum {
    M_JSON_CREATE,  /* whole record: required fields must be there, defaults fill the rest */
    M_JSON_PATCH,   /* only what is present changes; a list, when present, is replaced whole */
    M_JSON_TRUSTED, /* written by us: READONLY and SECRET fields are taken, unknown ones ignored */
    M_JSON_MESSAGE  /* as TRUSTED, but required fields must be there, be it as null */
} m_json_mode;

/* Decode into record (made by m_record_new or a copy of the stored one). All faults of form are
 * noted with m_field_fail under their paths (unknown field, READONLY field in input, wrong kind,
 * too many places, unknown choice, bad date); the result then is M_INVALID via m_failed_fields and
 * the record is half filled. Text that is no JSON object under the limits: core.body.malformed.
 * null: CREATE as if absent, the others empty the field (a REQUIRED one is a fault in
 * PATCH). The lines of a list in PATCH are read as in CREATE; a line's "id" is taken even when
 * READONLY, so that lines keep their identity. Limits of m_record_validate are not looked at. Texts
 * are copied to the call's arena. Amounts are accepted as JSON strings, and as JSON numbers when
 * they are plain decimals (no exponent) within the field's places. present: bit i is set when field
 * i of the type was in the input; may be NULL (types have ≤ 128 fields). */
typedef struct {
    uint64_t bits[2];
} m_presence;
m_status m_json_read(m_call *call, const m_type *type, m_str text, m_json_mode mode, void *record,
                     m_presence *present) M_MUST_USE;
/* One value given as plain text ("2026-04-01", "9.80", "draft", a ULID) into the field: for query
 * strings, CSV cells, environment variables. Empty text: the empty value. bool: true, false, yes,
 * no, 1, 0. A fault is noted under path and gives M_INVALID (no m_fail). */
m_status m_text_read(m_call *call, const m_type *type, const m_field *field, m_str text, m_str path,
                     void *record) M_MUST_USE;
/* The plain text of a field, as CSV has it. */
void m_text_write(m_buf *buf, const m_type *type, const m_field *field, const void *record);

/* ---- CSV (RFC 4180, UTF-8, optional BOM, comma or semicolon) ---- */

typedef struct {
    m_str text;
    size_t at;
    char separator;
    uint32_t line;      /* of the record returned last (or at fault), from 1 */
    uint32_t next_line; /* private; 0: not begun */
} m_csv;
/* Start with {.text = …}; separator 0: the one more frequent in the first line. Next record into
 * cells (arena, or views of text); *out_more false at the end. Empty lines are skipped. At most
 * 1,000 cells of 65,536 bytes. A fault gives M_INVALID with the line in the error; stop then. */
m_status m_csv_next(m_call *call, m_csv *csv, m_str **out_cells, uint32_t *out_count,
                    bool *out_more) M_MUST_USE;
/* Quoted where needed. A text that a spreadsheet would run as a formula (=1+1, @x, +a) gets a ' in
 * front; m_csv_next takes it away again. */
void m_csv_cell(m_buf *buf, m_str cell);

/* ---- descriptions ---- */

/* JSON schema of a type (OpenAPI 3.1 dialect). */
void m_openapi_schema(m_buf *buf, const m_type *type, bool for_input);
/* The whole OpenAPI 3.1 document of these modules. */
void m_openapi_write(m_buf *buf, const m_module *const *modules, uint32_t n, const char *version);
/* What some modules add to it, where the modules live in several processes: members of JSON, with
 * commas between. */
typedef struct {
    m_str tags;
    m_str paths;
    m_str schemas;
} m_openapi_part;
extern const m_type m_openapi_part_type;
/* False when memory is short. */
bool m_openapi_part_of(m_arena *arena, const m_module *const *modules, uint32_t n,
                       m_openapi_part *out) M_MUST_USE;
/* The parts in their order are the document of all their modules. down: names, with commas between,
 * of modules that are away and whose parts may be old or missing; "": none. */
void m_openapi_join(m_buf *buf, const m_openapi_part *parts, uint32_t n, const char *version,
                    const char *down);
/* Form and list metadata of one document type for the Desk: fields, labels, kinds, choices, links,
 * limits, list columns, search fields, states, actions per state with needed rights, permissions.
 * Labels, headings and help are in the language of the call; "words" then says what the names of
 * states and choices are in it. */
void m_meta_doctype(m_buf *buf, const m_call *call, const m_doctype *doctype);
void m_meta_report(m_buf *buf, const m_call *call, const char *module, const m_report *report);

/* SHA-256. */
void m_sha256(const void *bytes, size_t n, uint8_t out[32]);

#endif
