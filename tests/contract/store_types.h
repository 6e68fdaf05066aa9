/* Record types for tests of the store: every kind, keys, lists, structs. */
#ifndef STORE_TYPES_H
#define STORE_TYPES_H

#include "m/doc.h"

typedef struct {
    m_str city;
    m_str code;
    m_date since;
} sample_address;

typedef struct {
    m_id item;
    m_str note;
    m_dec qty;
    sample_address place;
} sample_line;

/* One field of every kind. */
typedef struct {
    m_id id;
    int64_t version;
    m_str code; /* unique when not empty */
    m_str name;
    m_str notes;
    bool active;
    int64_t count;
    m_id parent;
    m_date day;
    m_time at;
    m_dec rate;
    m_dec qty;
    m_dec amount;
    m_dec_sum total;
    m_enum colour; /* red, blue, amber */
    m_str raw;
    sample_address address; /* code unique with name through an index when the name is not '' */
    m_list lines;
    m_list tags; /* a second list, of addresses */
} sample;
enum { RED, BLUE, AMBER };
extern const m_type sample_type;

/* Key (account, kind, month); debit and hits are summed. */
typedef struct {
    m_id account;
    m_str kind;
    m_date month;
    m_dec_sum debit;
    m_dec amount;
    int64_t hits;
    m_str label;
} balance;
extern const m_type balance_type;

/* Append-only, by month. */
typedef struct {
    int64_t seq;
    int64_t line_no;
    m_date posting_date;
    m_id account;
    m_dec debit;
    m_str text;
    m_dec foreign; /* sparse */
} entry;
extern const m_type entry_type;

/* Reference data. */
typedef struct {
    m_id id;
    int64_t version;
    m_str name;
    m_dec rate;
    m_list lines; /* sample_line */
} reference;
extern const m_type reference_type;

/* Not tenant data. */
typedef struct {
    m_id id;
    m_str name;
} shared;
extern const m_type shared_type;

extern const m_type *const store_types[]; /* all, NULL-terminated */

#endif
