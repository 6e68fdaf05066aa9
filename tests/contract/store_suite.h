/* One suite for every binding of store and unit of work. */
#ifndef STORE_SUITE_H
#define STORE_SUITE_H

#include <check.h>

#include "m/uow.h"

/* A binding under test. The tests run in processes of their own, each with a tenant of its own; so
 * open is called in the child. */
typedef struct {
    void (*start)(void);       /* in the child, before a test; may be NULL */
    m_uow *(*open)(void);      /* a unit of work on the common data; never NULL */
    void (*close)(m_uow *uow); /* may be NULL */
    m_store (*store)(void);
    bool faults_at_once; /* conflicts are told by the operation, never by the commit */
} store_binding;

Suite *store_suite(const char *name, const store_binding *binding);

#endif
