/* Store: records of one tenant, in a transaction. Bindings: PostgreSQL and memory.
 *
 * Reads hand out const records that live until the unit of work begins anew; what must outlive it
 * is copied (m_record_copy), and so is what is to be changed. Writes are queued in the unit of work
 * and reach the engine together; a read that a queued write could change sees it. Within one use
 * case: read first, then write. The tenant is the call's; no operation can name another.
 *
 * Writers of one tenant follow each other (the unit of work holds the tenant's gate row), so what a
 * use case read stays true until it commits. */
#ifndef M_STORE_H
#define M_STORE_H

#include "m/iface.h"

typedef enum {
    M_OP_EQ,
    M_OP_NE,
    M_OP_LT,
    M_OP_LE,
    M_OP_GT,
    M_OP_GE,
    M_OP_IN,       /* value: m_list of the field's C type */
    M_OP_PREFIX,   /* text begins with, ignoring case */
    M_OP_CONTAINS, /* text holds, ignoring case */
    M_OP_EMPTY,    /* none, null id, '' (value ignored) */
    M_OP_NOT_EMPTY
} m_filter_op;

/* field op value; value points to the field's C type (m_id, m_str, m_dec, m_enum, …). A none date
 * or time and the null id equal each other only; they are neither less nor greater than anything.
 */
typedef struct {
    const char *field; /* "posting_date"; "address_city" for a struct's member */
    m_filter_op op;
    const void *value;
} m_filter;

typedef struct {
    const char *field;
    bool descending;
} m_order;

#define M_QUERY_LIMIT_MAX   100000
#define M_QUERY_FILTERS_MAX 16

/* All filters hold. `search`: one of search_fields contains the text. Ends are by (order, key): the
 * key is always the last order, in the direction of the one before it (ascending when it is alone),
 * so that pages are stable and one index serves both directions. Absent values come first when
 * ascending, choices sort by their names. */
typedef struct {
    const m_filter *filters;
    uint32_t filter_count;
    const m_order *orders; /* at most 2 */
    uint32_t order_count;
    uint32_t limit; /* 0: M_QUERY_LIMIT_MAX */
    m_str search;
    const char *search_fields; /* comma-separated */
    const void
        *after; /* record after which the page starts (its order fields and key count); or NULL */
    bool without_lists; /* leave list members empty: cheaper */
} m_query;

/* One read. Either keys (by identity) or query. */
typedef struct {
    const m_type *type;
    const m_id *ids;         /* types with an "id": key_count ids */
    const void *const *keys; /* types with M_KEY fields: key_count records with those fields set */
    uint32_t key_count;
    const m_query *query;
    /* Results: for keys, count == key_count in their order with NULL for what does not exist; for a
     * query the matching records. */
    const void **records;
    uint32_t count;
} m_fetch;

/* Sum the M_SUMMED fields of the rows that match, grouped. Result: records of the type with only
 * the group fields and the sums filled, ordered by the group fields; without group fields always
 * one record. */
typedef struct {
    const m_type *type;
    const m_filter *filters;
    uint32_t filter_count;
    const char *group_by; /* comma-separated, may be "" */
    m_list out;           /* of type->size items */
} m_sum;

typedef struct {
    m_ops_head head;
    /* All reads at once: one round trip for what is not known already. */
    m_status (*fetch)(void *self, m_call *call, m_fetch *fetches, uint32_t n);
    m_status (*sum)(void *self, m_call *call, m_sum *sum);
    /* New row. A key that exists: M_EXISTS (now or at commit). */
    m_status (*insert)(void *self, m_call *call, const m_type *type, const void *record);
    /* Replace the row with the same key. Types with a "version": the stored one must be record's −
     * 1, else M_CONFLICT. */
    m_status (*update)(void *self, m_call *call, const m_type *type, const void *record);
    /* Insert or replace by key. */
    m_status (*put)(void *self, m_call *call, const m_type *type, const void *record);
    /* Insert, or add the M_SUMMED fields to the row with the same key; other fields keep their
     * first value. */
    m_status (*accumulate)(void *self, m_call *call, const m_type *type, const void *record);
    m_status (*remove)(void *self, m_call *call, const m_type *type, const void *key);
    /* Number of matching rows, counted up to `limit`. */
    m_status (*count)(void *self, m_call *call, const m_type *type, const m_query *query,
                      uint32_t limit, uint32_t *out);
} m_store_ops;

typedef struct {
    const m_store_ops *ops;
    void *self;
} m_store;

M_MUST_USE m_status m_store_fetch(m_store store, m_call *call, m_fetch *fetches, uint32_t n);
M_MUST_USE m_status m_store_sum(m_store store, m_call *call, m_sum *sum);
M_MUST_USE m_status m_store_insert(m_store store, m_call *call, const m_type *type,
                                   const void *record);
M_MUST_USE m_status m_store_update(m_store store, m_call *call, const m_type *type,
                                   const void *record);
M_MUST_USE m_status m_store_put(m_store store, m_call *call, const m_type *type,
                                const void *record);
M_MUST_USE m_status m_store_accumulate(m_store store, m_call *call, const m_type *type,
                                       const void *record);
M_MUST_USE m_status m_store_remove(m_store store, m_call *call, const m_type *type,
                                   const void *key);
M_MUST_USE m_status m_store_count(m_store store, m_call *call, const m_type *type,
                                  const m_query *query, uint32_t limit, uint32_t *out);

/* Short forms. *out is NULL when there is none (and the status M_OK). */
M_MUST_USE m_status m_store_get(m_store store, m_call *call, const m_type *type, m_id id,
                                const void **out);
M_MUST_USE m_status m_store_get_key(m_store store, m_call *call, const m_type *type,
                                    const void *key, const void **out);
/* First record whose field equals value. */
M_MUST_USE m_status m_store_find_one(m_store store, m_call *call, const m_type *type,
                                     const char *field, const void *value, const void **out);
/* As get, but M_NOT_FOUND (core.not_found) when there is none. */
M_MUST_USE m_status m_store_need(m_store store, m_call *call, const m_type *type, m_id id,
                                 const void **out);

#endif
