/* What the files of this room share. One `work` stands for one request. */
#ifndef M_SRC_DOCUMENTS_WORK_H
#define M_SRC_DOCUMENTS_WORK_H

#include "m_adapters/codec.h"
#include "m_adapters/documents.h"
#include "m_adapters/infra.h"

#pragma GCC visibility push(hidden)

struct m_documents_service {
    m_documents_config config;
};

typedef struct {
    const m_documents_service *service;
    m_call *call;
    const m_document_request *in;
    const m_collection *at;
    const m_doctype *doctype;
    const m_type *type;
} work;

/* A document's record begins with m_doc. */
static inline m_doc *doc_of(void *record)
{
    return record;
}
static inline const m_doc *doc_in(const void *record)
{
    return record;
}
static inline m_store store_of(const work *w)
{
    return w->service->config.store;
}
/* Has it a number of a series? It then is part of the gapless order and stays. A master's code is
 * no such number. */
static inline bool is_numbered(const work *w, const void *record)
{
    return w->doctype->life && !w->doctype->code_field && doc_in(record)->number.n > 0;
}

/* ---- work.c ---- */

/* Find the collection and ask for the right; `verb` names what was asked in the refusal. */
M_MUST_USE m_status work_open(work *w, m_documents_service *service, m_call *call,
                              const m_document_request *in, uint32_t can, const char *verb);
/* Refuses writes to what another process owns. */
M_MUST_USE m_status work_owned(const work *w);
M_MUST_USE m_status work_denied(const work *w, const char *verb);
/* The document named by in->id; core.not_found when the tenant has none. */
M_MUST_USE m_status work_load(const work *w, const void **out);
/* in->if_version, when given, must be that of the document. */
M_MUST_USE m_status work_check_version(const work *w, const void *before);
/* A private copy to work on. */
M_MUST_USE m_status work_copy(const work *w, const void *before, void **out);
/* Who and when; version 1 and a new id, or the next version. */
void work_stamp_new(const work *w, void *record);
void work_stamp_next(const work *w, void *record);
/* The date of doctype->series_date, or today. */
m_date work_date(const work *w, const void *record);
/* Name of the record's state; "" for a type without a life cycle. */
const char *work_state(const work *w, const void *record);
/* core.state.not_allowed, with what is allowed as the hint. */
M_MUST_USE m_status work_refuse_state(const work *w, const void *record, const char *verb);

/* ---- check.c ---- */

/* Everything that must hold before a document is written: check hook, field table and, unless the
 * document was checked when it was stored, links and unique values. before NULL: a new document. */
M_MUST_USE m_status check_document(const work *w, void *record, const void *before);
M_MUST_USE m_status check_again(const work *w, void *record, const void *before);

/* ---- links.c ---- */

/* Do the new links lead somewhere, are the new unique values free? Notes what is wrong. */
M_MUST_USE m_status links_check(const work *w, const void *record, const void *before);

/* ---- lines.c ---- */

/* Gives every new line its id and every kept line its READONLY values; notes line ids that are not
 * the document's own and IMMUTABLE fields that differ. before NULL: everything is new. */
M_MUST_USE m_status lines_settle(const work *w, void *record, const void *before);
/* For a copy of another document: READONLY fields back to their defaults, fresh line ids. */
M_MUST_USE m_status lines_renew(const work *w, void *record);

/* ---- number.c ---- */

/* Gives the record its number when it has none. */
M_MUST_USE m_status number_give(const work *w, void *record);

/* ---- move.c ---- */

/* The move of in->action when the API may make it and the actor has the right. */
M_MUST_USE m_status move_find(const work *w, const m_move **out);
/* Its state must allow it. */
M_MUST_USE m_status move_check_state(const work *w, const m_move *move, const void *record);
/* Decode the input, number, effect, new state: changes record only. body: of the action. */
M_MUST_USE m_status move_make(const work *w, const m_move *move, void *record, m_str body);
/* Emit what happened. text: the document as JSON. */
M_MUST_USE m_status move_tell(const work *w, m_str action, const void *record, m_str text);
/* As move_tell, but only when a module listens. */
M_MUST_USE m_status move_tell_listeners(const work *w, m_str action, const void *record,
                                        m_str text);
m_status move_act(void *self, m_call *call, const m_document_request *in, m_document_reply *out);

/* ---- comment.c ---- */

/* Is the action a comment? A type with an action of this name has its own. */
bool comment_is(const work *w);
/* Adds {"text"} of the body to the history. */
M_MUST_USE m_status comment_make(const work *w, m_document_reply *out);

/* ---- attachment.c ---- */

m_status attachment_list(void *self, m_call *call, const m_document_request *in,
                         m_document_reply *out);
m_status attachment_get(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out);
m_status attachment_add(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out);
m_status attachment_remove(void *self, m_call *call, const m_document_request *in,
                           m_document_reply *out);
/* All of them, with a document that is deleted. */
M_MUST_USE m_status attachments_drop(const work *w, const void *document);

/* ---- attachment_file.c ---- */

/* The file of an attach request: its name as people may be shown it, what kind it is, its bytes. */
typedef struct {
    m_str name;
    const char *media_type;
    m_str content;
    m_str hash; /* SHA-256 in hex */
} attached_file;
M_MUST_USE m_status attached_file_read(const work *w, attached_file *out);
/* Most bytes of one file. */
uint32_t attachment_limit(const work *w);
/* Endings of the kinds that are taken, as a JSON list. */
void attachment_kinds(m_buf *buf);

/* ---- audit.c ---- */

/* m_audit_write for this request. */
M_MUST_USE m_status audit_write(const work *w, const char *action, const void *before,
                                const void *after);
m_status audit_history(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out);

/* ---- reply.c ---- */

/* The document as JSON text. */
M_MUST_USE m_status reply_text(const work *w, const void *record, m_str *out);
/* text plus what the actor may do with it now. */
M_MUST_USE m_status reply_document(const work *w, const void *record, m_str text,
                                   m_document_reply *out);
/* Names of what the actor may do in this state, comma-separated; "" when nothing. */
const char *reply_actions(const work *w, const void *record);

/* ---- list.c, query.c, cursor.c ---- */

m_status list_documents(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out);

#define LIST_LIMIT     20
#define LIST_LIMIT_MAX 200

/* A list request, understood. */
typedef struct {
    m_filter filters[M_QUERY_FILTERS_MAX];
    m_order orders[2];
    m_query query; /* points into this struct */
    uint32_t limit;
    const char *only; /* columns of the reply */
    m_str cursor;
    m_str sort; /* what the cursor must have been made for */
} list_query;

/* Faults are noted and end in core.query.malformed. */
M_MUST_USE m_status query_read(const work *w, list_query *out);
/* limit (1 to LIST_LIMIT_MAX); false: malformed. */
bool query_limit(m_str text, uint32_t *out);

/* Where a page ends: sort and order values of `record`, and its id. */
M_MUST_USE m_status cursor_write(const work *w, const list_query *query, const void *record,
                                 m_str *out);
/* A record that holds just that; core.query.malformed when the text was not made by cursor_write
 * for the same sort. */
M_MUST_USE m_status cursor_read(const work *w, const list_query *query, const void **out);

#pragma GCC visibility pop

#endif
