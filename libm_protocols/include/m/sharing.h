/* Sharing: what the process that owns a domain tells the others about documents they point to.
 * Served for the modules a process owns; asked only where modules live in several processes. All
 * methods only read, but `page` and `digest` need a writing unit of work: under the tenant's gate
 * what they say belongs to one moment. Which types: m_module.shared. */
#ifndef M_SHARING_H
#define M_SHARING_H

#include "m/masters.h"
#include "m/module.h"

#define M_SHARE_PAGE_ROWS   200
#define M_SHARE_DIGEST_ROWS 1000

/* One document. Secret fields are never shared. */
typedef struct {
    m_id id;
    int64_t version;
    m_str body;     /* JSON of the shared columns, or a part of it */
    bool continued; /* the next row goes on with this body: texts in JSON have a limit */
} m_share_row;
extern const m_type m_share_row_type;

typedef struct {
    m_str type;    /* "core.item" */
    m_id after;    /* null id: from the start */
    int64_t limit; /* documents; 0 and beyond M_SHARE_PAGE_ROWS: that many */
} m_share_page_question;
extern const m_type m_share_page_question_type;

typedef struct {
    int64_t seq; /* the owner's last event when the page was read */
    m_id last;   /* its id */
    m_list rows; /* m_share_row, by id */
    bool more;
} m_share_page;
extern const m_type m_share_page_type;

typedef struct {
    m_str type;
    m_list ids; /* m_id */
} m_share_ids;
extern const m_type m_share_ids_type;

typedef struct {
    m_str type;
    m_id id;
} m_share_document;
extern const m_type m_share_document_type;

typedef struct {
    m_str label; /* of what points to it; empty: nothing does */
} m_share_reference;
extern const m_type m_share_reference_type;

typedef struct {
    m_str type;
    m_id after;    /* null id: from the start */
    int64_t limit; /* documents; 0 and beyond M_SHARE_DIGEST_ROWS: that many */
} m_share_digest_question;
extern const m_type m_share_digest_question_type;

/* Independent of order: SHA-256 of each document's shared JSON, combined by exclusive or. */
typedef struct {
    int64_t seq;
    int64_t count;
    m_str digest; /* 32 bytes */
    m_id last;    /* where it ends; null id: at the end of all */
} m_share_digest;
extern const m_type m_share_digest_type;

typedef struct {
    m_ops_head head;
    /* M_NOT_FOUND core.share.none: the type is not shared. */
    m_status (*page)(void *self, m_call *call, const m_share_page_question *in, m_share_page *out);
    /* Which of these documents are there? Any document type of the owner. */
    m_status (*exist)(void *self, m_call *call, const m_share_ids *in, m_ids *out);
    /* Does a document of the owner point to this one of somebody else's? */
    m_status (*reference)(void *self, m_call *call, const m_share_document *in,
                          m_share_reference *out);
    /* core.share.none as in page. */
    m_status (*digest)(void *self, m_call *call, const m_share_digest_question *in,
                       m_share_digest *out);
    /* in->type: name of a policy. Its label, when a module of the owner asks for it. */
    m_status (*policy)(void *self, m_call *call, const m_share_document *in,
                       m_share_reference *out);
} m_sharing_ops;

typedef struct {
    const m_sharing_ops *ops;
    void *self;
} m_sharing;

M_WRAPPER(sharing, page, m_share_page_question, m_share_page)
M_WRAPPER(sharing, exist, m_share_ids, m_ids)
M_WRAPPER(sharing, reference, m_share_document, m_share_reference)
M_WRAPPER(sharing, digest, m_share_digest_question, m_share_digest)
M_WRAPPER(sharing, policy, m_share_document, m_share_reference)

extern const m_protocol m_sharing_protocol;

/* The label of a stored type of these modules that holds a link to document `id` of the type
 * `link`, or NULL when there is none.
 * Looks at every link field, also inside lists; where there are more than M_QUERY_LIMIT_MAX
 * documents with lists, the answer is "it is referred to". */
m_status m_find_reference(m_store store, m_call *call, const m_module *const *modules,
                          uint32_t module_count, const char *link, m_id id,
                          const char **out_label) M_MUST_USE;

#endif
