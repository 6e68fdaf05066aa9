/* Demo: a sample company, made document by document through the documents service, just as users
 * make theirs. The steps are data (company.c); this runs them, and others' steps as well. */
#ifndef HOST_DEMO_H
#define HOST_DEMO_H

#include "../boot/domains.h"

/* One document to make, or one move of a document made before.
 *
 * body is JSON with ' for ". A text that begins with @ or # stands for something else:
 *   '@BILL-1'           id of the document that an earlier step made under this name
 *   '@GRN-1[2]'         id of its second line
 *   '@BILL-1.number'    one of its fields
 *   '@items:SUGAR'      id of the document of a collection that has this code
 *   '#-40'              the day forty days before today
 */
typedef struct {
    const char *name;       /* for later steps; NULL: none refers to it */
    const char *collection; /* "wms/purchase-orders" */
    const char *of;         /* name of the document to move; NULL: a new one is made */
    const char *action;     /* move to make; NULL with a new document: it stays as it is made */
    const char *body;
} demo_step;

extern const demo_step demo_steps[]; /* the sample company's */
extern const uint32_t demo_step_count;

/* Code of the warehouse that tells whether the sample is there. */
#define DEMO_DEPOT "DC-PUNE"

#define DEMO_NAMES_MAX 100

typedef struct {
    domain_set *domains;
    const demo_step *steps;
    uint32_t step_count;
    /* Called before each step and at the end (done == total); may be NULL. */
    void (*progress)(void *self, uint32_t done, uint32_t total);
    void *self;
    const demo_step *failed; /* after a failure: the step that was refused, or NULL */
    uint32_t named;
    struct {
        const char *name;
        const m_collection *collection;
        m_id id;
    } names[DEMO_NAMES_MAX];
} demo_build;

/* Is the sample company there already? */
m_status demo_exists(const demo_build *build, m_call *call, bool *out) M_MUST_USE;
/* All steps in the running write transaction: everything or nothing. May run again after a failure.
 */
m_status demo_run(demo_build *build, m_call *call) M_MUST_USE;

/* For who takes the steps elsewhere, in order: what to ask the documents service for (reads the
 * store), and then the document that was made. */
m_status demo_request(const demo_build *build, m_call *call, const demo_step *step,
                      m_document_request *out) M_MUST_USE;
m_status demo_made(demo_build *build, m_call *call, const demo_step *step, m_id id) M_MUST_USE;

/* The step's body with everything that stands for something else replaced. */
m_status demo_body(const demo_build *build, m_call *call, const char *body, m_str *out) M_MUST_USE;

#endif
