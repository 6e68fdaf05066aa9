/* Two processes in one: an owner of "goods" and "far" in memory, and a keeper of "near" on the
 * bound store, with a copy of goods in its own tables and of far as JSON. Events go by hand; in
 * between the test may do what it likes. */
#ifndef REPLICA_WORLD_H
#define REPLICA_WORLD_H

#include "bind.h"
#include "m_adapters/documents.h"
#include "m_adapters/remote.h"
#include "m_adapters/replica.h"
#include "test_env.h"

typedef struct {
    m_str text;
} goods_remark;

/* Shared as a whole. */
typedef struct {
    M_DOC;
    m_str code; /* unique */
    m_str name;
    m_str secret;        /* M_SECRET */
    int64_t shelf, slot; /* together unique */
    m_list remarks;      /* goods_remark */
} goods_item;
extern const m_type goods_item_type;

/* Shared: id, version, code. */
typedef struct {
    M_DOC;
    m_str code;
    m_str private_note;
} far_thing;
extern const m_type far_thing_type;

typedef struct {
    m_id item;
    m_id thing;
} near_line;

typedef struct {
    M_DOC;
    m_str title;
    m_id item;  /* goods.item */
    m_id thing; /* far.thing */
    m_id other; /* far.other, which is not shared */
    m_list lines;
} near_note;
extern const m_type near_note_type;

/* For bind_start. */
extern const m_type *const world_types[];

#define WORLD_EVENTS 20000

typedef struct world {
    m_call *call;
    /* the owner */
    void *owner_db;
    m_uow *owner_uow;
    m_store owner_raw, owner_store;
    m_registry *owner_registry;
    m_share_over share;
    m_share_server server;
    m_sharing served;
    struct {
        m_replica_event event;
        m_id tenant;
    } log[WORLD_EVENTS];
    uint32_t logged, committed; /* entries; those of committed transactions */
    m_arena *log_memory;
    /* the keeper */
    bind bound;
    m_registry *registry;
    m_documents_service *service;
    m_documents documents;
    m_replica_owner owners[2];
    m_remote_value remote[2];
    m_answers *answers;
    m_replica *replica;
    uint32_t delivered; /* log entries applied */
    /* the way between them */
    void (*on_page)(struct world *w); /* after each page was read */
    int64_t page_limit;
    bool cut; /* the owner cannot be reached */
    uint32_t asked;
    uint32_t seeds; /* times near was seeded */
} world;

world *world_open(void);
void world_close(world *w);

/* ---- the owner writes ---- */

void item_new(world *w, uint32_t n, const char *code);
/* Does nothing when there is none. NULL: leave it. */
void item_change(world *w, uint32_t n, const char *code, const char *name);
/* Two codes change places, in three steps. */
void item_swap(world *w, uint32_t a, uint32_t b);
void item_delete(world *w, uint32_t n);
bool item_there(world *w, uint32_t n);
void thing_new(world *w, uint32_t n, const char *code);
void thing_change(world *w, uint32_t n, const char *code);
void thing_delete(world *w, uint32_t n);
void other_new(world *w, uint32_t n);
m_id item_id(uint32_t n);

/* ---- the keeper ---- */

/* Applies log entry i in a transaction. */
bool deliver(world *w, uint32_t i);
/* Applies what is left, at most n. */
void deliver_next(world *w, uint32_t n);
m_status fill(world *w, const char *type, m_replica_filled *out);
/* Filled and caught up, are they the same? */
bool same(world *w, const char *type);
void keeper_begin(world *w);
void keeper_end(world *w);
/* The copy, or NULL; valid until the next transaction. */
const goods_item *copy_of(world *w, uint32_t n);
/* Its code as JSON text of the copy of a thing; NULL when there is none. */
const char *thing_copy(world *w, uint32_t n);
/* POST to near.note as the documents service of the keeper does it, with questions answered. */
m_status note_new(world *w, const char *body);

#endif
