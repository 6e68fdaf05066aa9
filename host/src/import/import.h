/* Import of CSV files through the documents service: every row passes the checks a user's entry
 * passes.
 *
 * Columns find their field by the header: the field's name ("credit_days"), its label ("Credit
 * days"), a path ("address.city", "lines.qty", also with "_"), a part that only one struct or list
 * has ("city"), the name of a struct for its first part ("address"), the name of a link with _id,
 * _code, _no or _name behind ("supplier_id"), or the noun itself with these ("supplier_id" among
 * suppliers is the code, "supplier_name" the title). A header that fits nothing stops the import
 * before the first row; a mapping decides otherwise.
 *
 * Cells: links take a code, a number, a name (when only one has it) or an id. Numbers are rounded
 * to the places of their field; a column that was plainly written by a binary-float program
 * (9.80000019) is cleaned first, so that 123.790001 becomes 123.79 also in a field of six places.
 * Dates are ISO dates, with or without a time of midnight. Booleans: true, false, yes, no, y, n, 1,
 * 0. An empty cell leaves the field at its default.
 *
 * Documents with lines: rows that follow each other and agree in all columns that are not of the
 * list (or leave them empty) are one document.
 *
 * A row that was loaded before (same mapped content) or whose code exists is "unchanged": running
 * the same file again does nothing. A file may be loaded in part: good rows are, faulty ones are
 * told.
 *
 * Thread rule: a run belongs to one thread. Blocks. */
#ifndef HOST_IMPORT_H
#define HOST_IMPORT_H

#include "m/documents.h"
#include "m_adapters/registry.h"

#include "../identity/identity.h"

typedef enum { IMPORT_CREATED, IMPORT_UNCHANGED, IMPORT_ERROR } import_verdict;

/* What became of one document. Valid during the callback. In a dry run "created" means "would be".
 */
typedef struct {
    uint32_t line; /* of the file, from 1; of its first row */
    import_verdict verdict;
    m_id document;        /* null id: there is none */
    m_str name;           /* its code, else the first cell */
    m_str note;           /* why: for people; empty when there is nothing to say */
    const m_error *error; /* IMPORT_ERROR: everything that is wrong */
} import_row;

typedef struct {
    void (*row)(void *self, const import_row *row); /* may be NULL */
    /* Rows of the file done so far. May be NULL. */
    void (*progress)(void *self, uint32_t done, uint32_t total);
    void *self;
    /* Before the first row, for every column of the file: its header and the path it goes to, empty
     * for one that is left out. May be NULL. */
    void (*column)(void *self, m_str header, m_str path);
} import_listener;

typedef struct {
    const m_registry *registry;
    m_documents documents; /* of this process */
    m_store store;
    identity_runner runner;
    bool asks; /* other processes, within its transactions: these are of one document then */
} import_config;

#define IMPORT_BYTES_MAX  (256u << 20)
#define IMPORT_ERRORS_MAX 1000 /* then the import stops; summary.rows tells how far it came */

typedef struct {
    m_str collection; /* "suppliers" or "core/suppliers" */
    m_str file_name;  /* for the record */
    m_str text;       /* the whole file */
    /* name: header, value: field or path; "": leave the column out; "!active": the opposite (yes →
     * false); "@key": not stored, tells which rows are one document. */
    m_list mapping;   /* m_pair */
    m_list constants; /* m_pair, name: field or path, value: text as in a cell */
    m_str action;     /* move to make right after creation, "submit"; may be empty */
    bool commit;      /* false: a dry run, nothing stays */
    import_listener listener;
} import_request;

typedef struct {
    m_id batch; /* for undo; null id: nothing was created */
    uint32_t rows;
    uint32_t created;
    uint32_t unchanged;
    uint32_t errors;
} import_summary;

/* "header=field,header=field" into m_pair; quotes around a header with a comma. M_INVALID. */
m_status import_mapping_parse(m_call *call, m_str text, m_list *out) M_MUST_USE;

/* M_OK also with faulty rows: see the summary. Fails when the file, its header or the mapping
 * cannot be used, when the actor may not import, or the database cannot be reached (then what is
 * loaded stays; run it again). */
m_status import_run(const import_config *config, m_call *call, const import_request *request,
                    import_summary *out) M_MUST_USE;

/* Deletes what the batch created, all or nothing: only while none of it was changed and nothing
 * outside of the batch refers to it. core.import.batch, core.import.undone, core.import.changed,
 * core.document.referenced. */
m_status import_undo(const import_config *config, m_call *call, m_id batch,
                     import_listener listener, uint32_t *out_deleted) M_MUST_USE;

#endif
