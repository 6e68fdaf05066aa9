/* A list as somebody wants to see it again: filters, order and columns under a name. It belongs to
 * who made it. */
#ifndef CORE_SAVED_VIEW_H
#define CORE_SAVED_VIEW_H

#include "m/module.h"

#define CORE_SAVED_VIEWS "saved-views" /* the collection */

typedef struct {
    M_DOC;
    m_str name;
    m_str list;  /* document type: "wms.purchase_order" */
    m_str query; /* as in the address of the list: "state=draft&sort=-total"; empty: everything */
    bool shared; /* others may use it */
    bool preferred; /* its owner's list opens with it */
} core_saved_view;
extern const m_type core_saved_view_type;
extern const m_doctype core_saved_view_doctype;

/* Did the caller make it? */
bool core_saved_view_is_own(const m_call *call, const core_saved_view *view);

#endif
