/* Audit trail: one row in m.audit for every change of a document, in the same unit of work. */
#ifndef M_ADAPTERS_AUDIT_H
#define M_ADAPTERS_AUDIT_H

#include "m_adapters/codec.h"
#include "m_adapters/infra.h"
#include "m_adapters/registry.h"

/* Queue the row of one change: the fields that differ. before NULL: created, no changes listed
 * (what the document held is what it holds now, or what the first change of a field names as
 * before); after NULL: deleted, the whole document is the change. Secret values are left out. Types
 * begin with the members of m_doc. */
M_MUST_USE m_status m_audit_write(m_store store, m_call *call, const m_type *type,
                                  const char *action, const void *before, const void *after);

/* Queue a row that says something about a document and changes nothing: the action "comment", the
 * text as what came after. */
M_MUST_USE m_status m_audit_comment(m_store store, m_call *call, const m_type *type,
                                    const void *document, m_str text);

/* Queue a row about anything of the named type; changes: as JSON, a list of {path, before, after}.
 * Who, when and from where are call's. */
M_MUST_USE m_status m_audit_note(m_store store, m_call *call, const char *type, m_id document,
                                 int64_t version, const char *action, m_str changes);

/* One row as histories show it. */
void m_audit_entry(m_buf *buf, const m_audit_row *row);

/* A store for modules: what a use case of one document does to another one (an order that becomes
 * received, an invoice that becomes paid) is audited too, as "change", "create" or "delete". Other
 * types and all reads pass through. The documents service audits its own writes and works on the
 * inner store. */
typedef struct {
    m_store inner;
    const m_registry *registry; /* NULL until boot has it: nothing is audited */
} m_audit_over;

/* over must live as long as the value. */
m_store m_audit_store(m_audit_over *over);

#endif
