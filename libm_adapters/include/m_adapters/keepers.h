/* Book-keeper and stock-keeper over any store (m/book_keeper.h, m/stock_keeper.h), and what the
 * rebuild of their projections needs.
 *
 * Cost of a post: one read of the stream head (at hand when the worker asked for it; the
 * stock-keeper reads bins and layers in the same round trip) and queued writes.
 *
 * The same voucher twice: the unique index on voucher_id (event_id) is what keeps the promise. A
 * store that sees it only at commit then answers M_EXISTS there. An event that reverses another is
 * rare and often a double click, so for those the keeper also looks first and refuses at once. */
#ifndef M_ADAPTERS_KEEPERS_H
#define M_ADAPTERS_KEEPERS_H

#include "m/book_keeper.h"
#include "m/stock_keeper.h"

/* Names in m.stream_head. */
#define M_BOOK_STREAM  "acc_event"
#define M_STOCK_STREAM "inv_event"

/* Lines of one voucher, moves of one stock event. */
#define M_KEEPER_LINES_MAX 5000

/* The store must live as long as the value. Thread-safe as far as the store is. */
m_book_keeper m_book_keeper_make(const m_store *store);
m_stock_keeper m_stock_keeper_make(const m_store *store);

/* The rows an event projects to, in line order. Event: seq, lines and the head fields are set. What
 * post does, and what a rebuild into an empty store does event by event. */
M_MUST_USE m_status m_book_project(m_store store, m_call *call, const m_book_event *event);
/* Same refusals as post: a log that breaks them does not replay. */
M_MUST_USE m_status m_stock_project(m_store store, m_call *call, const m_stock_event *event);

/* The event, with its lines, from the text that is hashed. out->payload is set, out->hash is not.
 * Memory: the call's arena. M_INVALID when the text is not such an event. */
M_MUST_USE m_status m_book_event_parse(m_call *call, m_str payload, m_book_event *out);
M_MUST_USE m_status m_stock_event_parse(m_call *call, m_str payload, m_stock_event *out);

/* ---- hash chain ---- */

#define M_HASH_BYTES 32

/* A place in a chain; zeroed before the first event. */
typedef struct {
    int64_t seq;
    uint8_t hash[M_HASH_BYTES];
} m_chain;

/* hash of the next event = SHA-256(chain->hash ‖ payload); the first one follows 32 zero bytes. */
M_MUST_USE m_status m_chain_next(m_arena *arena, const m_chain *chain, m_str payload,
                                 uint8_t out[M_HASH_BYTES]);
/* One step of a check: true and chain moved on when seq is the next and hash the right one; else
 * false with a constant text in *why (also when memory is short). */
bool m_chain_verify(m_arena *arena, m_chain *chain, int64_t seq, m_str payload, m_str hash,
                    const char **why);

#endif
