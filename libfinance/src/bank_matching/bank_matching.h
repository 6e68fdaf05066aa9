/* Bank matching: which lines of the ledger are the movements a bank statement shows. A match holds
 * one or more lines of one statement and one or more ledger lines of its account, of equal sums. */
#ifndef FIN_BANK_MATCHING_H
#define FIN_BANK_MATCHING_H

#include "bank_statement/bank_statement.h"

/* finance.bank_match, key (seq, line_no): a ledger line that the bank has, so that no line can be
 * matched twice. */
typedef struct {
    int64_t seq; /* of the ledger line */
    int64_t line_no;
    m_id account;
    m_date posting_date;
    m_dec amount; /* debit above zero */
    m_id statement;
    int64_t match;     /* number within the statement, from 1 */
    m_date cleared_on; /* the last day of the lines of both sides */
} fin_bank_match;
extern const m_type fin_bank_match_type;

/* ---- rules: pure ---- */

/* Name, label and value where the tenant has none. */
#define FIN_BANK_POLICIES(X)                                                                       \
    X("finance.bank_score_reference", "Bank matching: points for an equal reference", 60)          \
    X("finance.bank_score_same_day", "Bank matching: points for the same day", 30)                 \
    X("finance.bank_score_near", "Bank matching: points for a day near by", 20)                    \
    X("finance.bank_score_far", "Bank matching: points for a day farther off", 10)                 \
    X("finance.bank_score_party", "Bank matching: points for the party's name", 10)                \
    X("finance.bank_near_days", "Bank matching: days that are near by", 3)                         \
    X("finance.bank_far_days", "Bank matching: days that are farther off", 7)                      \
    X("finance.bank_auto_score", "Bank matching: points from which a match is made", 80)           \
    X("finance.bank_suggest_score", "Bank matching: points from which it is suggested", 50)        \
    X("finance.bank_window_days", "Bank matching: how many days back the ledger is read", 366)

/* Whole numbers; zero for a name that is none of them. */
m_dec fin_bank_default(const char *policy);

/* Tenant data, by policies. */
typedef struct {
    int64_t reference; /* points: references are equal */
    int64_t same_day;
    int64_t near;  /* within near_days */
    int64_t far;   /* within far_days */
    int64_t party; /* the narration has the party's name */
    int64_t near_days;
    int64_t far_days;
    int64_t automatic; /* matched without asking from here */
    int64_t suggest;   /* shown from here */
} fin_bank_scoring;

#define FIN_BANK_REFERENCES 3

/* A ledger line that is not matched. */
typedef struct {
    int64_t seq;
    int64_t line_no;
    m_date date;
    m_dec amount;                          /* debit above zero */
    m_str references[FIN_BANK_REFERENCES]; /* by which the bank may call it; some empty */
    m_str party;                           /* name; may be empty */
    m_str voucher_no;
    m_id voucher;
    m_str source_type;
    m_id source;
} fin_bank_candidate;

/* 0 when the amounts differ. */
int64_t fin_bank_score(const fin_bank_scoring *scoring, const fin_bank_line *line,
                       const fin_bank_candidate *candidate);

/* A line of the statement and what may be it: one candidate, or several whose sum it is. */
typedef struct {
    uint32_t line;
    int64_t score;
    bool certain;         /* ≥ automatic, and nothing else is as good for either side */
    uint32_t *candidates; /* indexes */
    uint32_t count;
} fin_bank_pair;

#define FIN_BANK_PAIRS_MAX 200000

/* All pairs of lines without a match that score `suggest` or more, best first: first single
 * candidates, then, for lines that no certain pair has, all free candidates of the line's reference
 * when their sum is its amount (the day farthest away counts). No line and no candidate is in two
 * certain pairs. *out: fin_bank_pair. M_RANGE: too many. */
M_MUST_USE m_status fin_bank_pairs(m_arena *arena, const fin_bank_scoring *scoring,
                                   const m_list *lines, const fin_bank_candidate *candidates,
                                   uint32_t n, m_list *out);

/* ---- reading ---- */

/* A bank account and its statements are in one currency; amounts of matching are in it. */
typedef struct {
    m_id currency; /* null id: the base currency */
} fin_bank_account;
M_MUST_USE m_status fin_bank_read_account(fin_module *fin, m_call *call, m_id account,
                                          fin_bank_account *out);
/* What a ledger line moves, debit above zero. */
m_dec fin_bank_moved(const fin_bank_account *account, const m_gl_entry *entry);

M_MUST_USE m_status fin_bank_read_scoring(fin_module *fin, m_call *call, m_date on,
                                          fin_bank_scoring *out);
/* How far back ledger lines are looked at, in days. */
M_MUST_USE m_status fin_bank_window(fin_module *fin, m_call *call, m_date on, int64_t *out);

/* Ledger lines of the account posted from … to that no match has by `by` (none: at all); a voucher
 * and its mirror, both without a match, cancel out. Lines that move nothing are left out. *out:
 * fin_bank_candidate, by day. */
M_MUST_USE m_status fin_bank_candidates(fin_module *fin, m_call *call, m_id account, m_date from,
                                        m_date to, m_date by, m_list *out);

/* Pairs for the lines of a submitted statement; *out_candidates are what they point into. */
M_MUST_USE m_status fin_bank_statement_pairs(fin_module *fin, m_call *call,
                                             const fin_bank_statement *statement,
                                             m_list *out_candidates, m_list *out_pairs);

/* ---- actions on a submitted statement ---- */

typedef struct {
    m_id line;
} fin_bank_line_ref;
extern const m_type fin_bank_line_ref_type;

typedef struct {
    int64_t seq;
    int64_t line_no;
} fin_bank_entry_ref;
extern const m_type fin_bank_entry_ref_type;

typedef struct {
    m_list lines;   /* fin_bank_line_ref */
    m_list entries; /* fin_bank_entry_ref */
} fin_bank_match_input;
extern const m_type fin_bank_match_input_type;

typedef struct {
    int64_t match; /* 0: all of the statement */
} fin_bank_unmatch_input;
extern const m_type fin_bank_unmatch_input_type;

typedef struct {
    m_id line;
    m_id account;     /* null id: that of the purpose bank_charge, or bank_interest for money in */
    m_id cost_center; /* null id: that of the purpose */
    m_str narration;  /* empty: that of the line */
} fin_bank_charge_input;
extern const m_type fin_bank_charge_input_type;

#define FIN_BANK_VOUCHER "bank_charge" /* voucher_type of what "charge" posts */

m_status fin_bank_auto_match(void *module, m_call *call, void *doc, const void *input);
m_status fin_bank_match_lines(void *module, m_call *call, void *doc, const void *input);
m_status fin_bank_unmatch(void *module, m_call *call, void *doc, const void *input);
m_status fin_bank_charge(void *module, m_call *call, void *doc, const void *input);

#endif
