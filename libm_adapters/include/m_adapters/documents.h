/* The documents service: m/documents.h for every document type of a registry, over any store.
 *
 * Order of refusals: collection unknown → core.not_found; no permission → core.permission.denied;
 * id unknown or of another tenant → core.not_found; then version, state, fields.
 *
 * create  one stored insert, one audit row and, with in->action, the move in the same breath: the
 *         document appears in its final state with version 1 and the audit row says
 *         "create,submit".
 * update  needs in->if_version (core.version.required); nothing changed → nothing written.
 * act     a move of the life cycle, or "amend": a new draft from a cancelled document. Amended
 *         documents get the number of the first one with "-1", "-2", … at submit.
 * remove  only in an editable state, and never a document that has a number of a series and a life
 *         cycle. Masters, also those with a life cycle, are known by a code instead.
 * list    query: field[op]=value (eq ne lt le gt ge in prefix contains empty), field=value, sort
 *         (two fields, "-" for descending; newest first by default), limit (1 to 200, default 20),
 *         cursor, fields, q. Reply {"items":[…],"next_cursor":…}.
 * history newest first, with limit and cursor.
 * attach  who may write documents of the type may add files to one, in every state; the same
 *         content on the same document is the attachment that is there. detach: while the document
 *         is editable the same right, afterwards the right to cancel. Both leave an audit row.
 *         See m_adapters/attachments.h.
 *
 * Events: every move emits "<type>.<verb>" ("wms.goods_receipt.submitted") with the document as
 * payload; "<type>.created", ".updated" and ".deleted" are emitted only when a module of the
 * registry listens, or when they are to be told to others. A submitted voucher so costs one row.
 *
 * Documents of a module that is a replica here can be read, never written
 * (core.document.owned_elsewhere).
 *
 * Ids of lines: a line type whose first field is an ID named "id" gets one from the service. An
 * update keeps a line's id, and its READONLY values, when the line names the id it had. */
#ifndef M_ADAPTERS_DOCUMENTS_H
#define M_ADAPTERS_DOCUMENTS_H

#include "m/documents.h"
#include "m/masters.h"
#include "m_adapters/registry.h"

/* Are these documents there, of a type this process does not store? Fills out_found[0..n). M_AGAIN:
 * the answer comes, the use case is run again (remote.h). */
typedef struct {
    m_status (*exist)(void *self, m_call *call, const char *type, const m_id *ids, uint32_t n,
                      bool *out_found);
    void *self;
} m_foreign_links;

typedef struct {
    const m_registry *registry; /* outlives the service */
    m_store store;
    m_events events;
    m_masters masters; /* knows where the fiscal year starts; {NULL}: in January */
    /* Events to emit besides those a module here listens to: "core.*", "people.employee.created";
     * ends with NULL; may be NULL. */
    const char *const *told;
    bool outgoing; /* events leave with a number (stream.h): its read is among the wants */
    m_foreign_links foreign;   /* {NULL}: links to types that are not stored here are not checked */
    uint32_t attachment_bytes; /* most of one attached file; 0: M_ATTACHMENT_BYTES_MAX */
} m_documents_config;

typedef struct m_documents_service m_documents_service;

/* NULL when memory is short. The service holds nothing but its configuration: safe in any thread
 * as far as store, events and masters are. */
m_documents_service *m_documents_new(const m_documents_config *config);
/* Accepts NULL. */
void m_documents_free(m_documents_service *service);
m_documents m_documents_of(m_documents_service *service);

/* Catalogue of the service; ends with a NULL code. */
extern const m_error_def m_documents_errors[];
extern const m_error_def *const m_err_version_required;   /* core.version.required */
extern const m_error_def *const m_err_owned_elsewhere;    /* core.document.owned_elsewhere */
extern const m_error_def *const m_err_attachment_kind;    /* core.attachment.kind */
extern const m_error_def *const m_err_attachment_content; /* core.attachment.content */
extern const m_error_def *const m_err_attachment_large;   /* core.attachment.too_large */
extern const m_error_def *const m_err_attachment_many;    /* core.attachment.many */

/* Reads a request will surely make (the document, its number series, the stream heads its move
 * needs), for the start of a transaction. method: "get", "update", …. Returns how many of `max`
 * were filled; never fails, a wrong guess only costs a read. Memory: the call's arena. */
uint32_t m_documents_wants(const m_documents_service *service, m_call *call, const char *method,
                           const m_document_request *in, m_fetch *out, uint32_t max);

/* ---- numbers ---- */

/* The next number of a series: "GRN-2026-00017", or "SUP-00017" when period is empty. Gapless: the
 * count is part of the unit of work. */
M_MUST_USE m_status m_series_next(m_store store, m_call *call, m_str series, m_str period,
                                  m_str *out);
/* First calendar year of the fiscal year that holds `date`: its label. */
int m_fiscal_year(m_date date, int fiscal_start_month);

#endif
