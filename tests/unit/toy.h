/* A small module for tests of the documents service and the relay: a master with a code, and an
 * order with lines, a series and a life cycle. */
#ifndef TOY_H
#define TOY_H

#include "bind.h"
#include "m_adapters/documents.h"
#include "test_env.h"

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_str secret;
} toy_item;
extern const m_type toy_item_type;

typedef struct {
    m_id id;
    m_id item;
    m_dec qty;
    m_dec received; /* READONLY */
} toy_line;

typedef struct {
    M_DOC;
    m_date date;
    m_str note;
    m_str reference; /* unique */
    m_str channel;   /* immutable */
    m_id item;
    m_id elsewhere; /* link to a type of another process */
    m_list lines;
    m_dec total; /* READONLY, Σ qty */
    m_str reason;
} toy_order;
extern const m_type toy_order_type;

/* What the module's functions saw. */
typedef struct {
    uint32_t checks;
    uint32_t effects;
    m_str submit_number; /* number the effect of submit saw */
    uint32_t heard;
    m_id heard_ids[64];
    m_status answer; /* of the listeners; anything but M_OK is a failure */
    m_id refuse_aggregate;
} toy;

/* Roles: "Boss" everything, "Clerk" drafts only, "Reader" reads. */
extern const m_module toy_module;

#define TOY_FILE_MAX 4096 /* bytes of one attached file */

/* A whole world: store, registry, service. */
typedef struct {
    m_call *call;
    bind bound;
    m_uow *uow;
    m_store store;
    m_registry *registry;
    m_documents_service *service;
    m_documents documents;
    toy module;
} toy_world;

/* For bind_start. */
extern const m_type *const toy_types[];

void toy_setup(toy_world *world);
void toy_teardown(toy_world *world);

/* One request in a unit of work of its own; a refused one is rolled back. method: "create", …;
 * query: "a=b&c=d" or NULL. The error is in world->call->error. */
typedef struct {
    const char *collection;
    m_id id;
    const char *action;
    int64_t version;
    const char *body;
    const char *query;
    m_id attachment;
} toy_request;
m_status toy_run(toy_world *world, const char *method, toy_request request, m_document_reply *out);
/* As run, must succeed. */
m_document_reply toy_ok(toy_world *world, const char *method, toy_request request);
/* Must fail with this code. */
void toy_refused(toy_world *world, const char *method, toy_request request, const char *code);
/* Does the text hold the part? */
bool toy_has(m_str text, const char *part);
/* Is there a field error at this path? */
bool toy_field(const toy_world *world, const char *path, const char *code);
/* Rows of a type in the store. */
uint32_t toy_count(toy_world *world, const m_type *type);

#define TOY_CHECK(text, part)                                                                      \
    ck_assert_msg(toy_has(text, part), "%s is not in %.*s", part, M_STR_ARG(text))

#endif
