/* Shared inside host/src/import. */
#ifndef IMPORT_INTERNAL_H
#define IMPORT_INTERNAL_H

#include "../identity/core_errors.h"
#include "import.h"
#include "m_adapters/codec.h"
#include "m_adapters/infra.h"

/* ---- text_map.c: texts seen before ---- */

/* The ways to name a document: code, number, title. */
#define IMPORT_WAYS 3

/* What has that name, in each of the ways. */
typedef struct {
    m_id found[IMPORT_WAYS];
    bool several[IMPORT_WAYS];
} import_named;

typedef struct {
    const void *tag; /* what kind of text */
    m_str text;
    m_id id;
    uint32_t line;
    m_str hash;
    import_named *named; /* NULL: nothing has */
} map_entry;

/* Grows in the arena; zeroed but for the arena it is empty. */
typedef struct {
    m_arena *arena;
    map_entry *entries;
    uint32_t used;
    uint32_t capacity;
} text_map;

map_entry *text_map_find(const text_map *map, const void *tag, m_str text);
/* A new entry with tag and a copy of the text; NULL when memory is short. */
map_entry *text_map_add(text_map *map, const void *tag, m_str text);
void text_map_clear(text_map *map);

/* ---- numbers.c: binary-float noise ---- */

/* What a column's numbers tell about who wrote them. Zeroed at first. */
typedef struct {
    int digits; /* most significant digits of a number with a fraction */
    int places; /* most digits behind the point */
} number_look;

void number_look_at(number_look *look, m_str text);
/* text without noise, in the arena when it differs; other text as it is. */
m_str number_clean(const number_look *look, m_arena *arena, m_str text);

/* ---- columns.c ---- */

typedef struct {
    m_str header; /* as in the file; empty: a constant */
    m_str constant;
    uint32_t cell; /* index of its cell */
    bool skipped;
    bool is_key; /* "@key" */
    bool inverted;
    const m_field *list;        /* or NULL */
    const m_field *group;       /* struct, or NULL */
    const m_field *field;       /* NULL: skipped or key */
    const m_collection *target; /* of a link; NULL: another process has the documents */
    number_look look;
} column;

typedef struct {
    const import_config *config;
    const import_request *request;
    m_call *call; /* its arena lasts as long as the run */
    const m_collection *at;
    const m_doctype *doctype;
    column *columns;
    uint32_t column_count;
    uint32_t cell_count; /* of the header */
    bool has_lists;
    bool has_key;
    bool points_to_itself; /* a link to documents of the same type */
    const column *code;    /* column of the code field, or NULL */
    text_map links;        /* id of (target, text) */
    text_map codes;        /* codes seen in this file */
    text_map copies;       /* texts of links to documents of other processes */
    m_csv csv;
    m_csv first; /* where the rows begin */
    uint32_t total;
    m_id batch;
    bool batch_stored;
    import_summary summary;
} import_job;

/* Finds the collection; asks for the right to import. */
m_status job_collection(import_job *job) M_MUST_USE;
/* Reads the header line; binds all columns. */
m_status job_columns(import_job *job) M_MUST_USE;
/* Lower case, everything else than letters and digits as one "_" between them; in the arena. */
m_str header_normal(m_arena *arena, m_str text);

/* ---- reader.c ---- */

typedef struct {
    uint32_t line;
    m_list rows;     /* m_str *: cells of each row */
    uint32_t repeat; /* how many documents of the same cells came before; 0 for those with a code */
    /* found out inside the transaction */
    m_str code;
    m_str body;
    m_str hash; /* 64 hexadecimal digits */
    import_verdict verdict;
    m_id document;
    m_str note;
    m_error *error;
    bool decided; /* verdict holds, nothing to do */
} import_doc;

/* Reads the whole file once: counts rows, looks at numbers. */
m_status job_survey(import_job *job) M_MUST_USE;
/* Each row of the file from its first on, in the arena of call until it is done; the place of
 * job_next stays. */
m_status job_each_row(import_job *job, m_call *call,
                      m_status (*each)(import_job *job, m_call *call, m_str *cells)) M_MUST_USE;
/* The next document of the file, in the arena of call. *out_more false: the end. */
m_status job_next(import_job *job, m_call *call, import_doc *out, bool *out_more) M_MUST_USE;
m_str cell_of(const column *column, m_str *const cells);

/* ---- body.c ---- */

/* JSON of the document, with links as ids; notes what is wrong. Inside a transaction. */
m_status job_body(import_job *job, m_call *call, import_doc *doc) M_MUST_USE;

/* ---- links.c ---- */

/* *out: the document that text names. Notes under path when there is none, or more than one. In a
 * dry run a code of an earlier row of the same file gives the null id: leave the link out. */
m_status job_link(import_job *job, m_call *call, const column *column, m_str text, m_str path,
                  m_id *out) M_MUST_USE;

/* ---- copies.c ---- */

/* Finds all documents of other processes that the file names; in transactions of its own. The
 * call's arena is not that of the job. */
m_status job_copies_read(import_job *job, m_call *call) M_MUST_USE;
/* Those that text names; null ids: none. */
import_named job_copies(const import_job *job, const column *column, m_str text);

/* ---- load.c ---- */

/* Tag of codes in job->codes. */
extern const char job_codes_tag[];
m_status job_load(import_job *job) M_MUST_USE;

#endif
