/* The ledger and the budget of another process. */
#include "m_adapters/remote_ledger.h"

#include "decisions.h"
#include "internal.h"
#include "m_adapters/codec.h"
#include "m_adapters/fault.h"

static const m_method *pending_method(const char *name)
{
    return m_protocol_method(&m_ledger_pending_protocol, m_str_of(name));
}

/* ---- does an answer fit? ---- */

static bool same_place(const m_ledger_line *a, const m_ledger_line *b)
{
    return m_str_eq(a->purpose, b->purpose) && m_id_eq(a->account, b->account) &&
           m_id_eq(a->subject, b->subject) && m_id_eq(a->cost_center, b->cost_center) &&
           m_id_eq(a->currency, b->currency);
}

#define UNORDERED_MAX 200 /* lines that are compared each with each */

static bool all_in(const m_list *lines, const m_list *among)
{
    for (M_EACH(const m_ledger_line, line, *lines)) {
        bool found = false;
        for (uint32_t i = 0; i < among->count && !found; i++)
            found = same_place(line, M_AT(*among, const m_ledger_line, i));
        if (!found) return false;
    }
    return true;
}

/* *within: line by line no more than was asked for. */
static bool same_lines(const m_list *asked, const m_list *now, bool *within)
{
    bool ordered = asked->count == now->count;
    *within = ordered;
    for (uint32_t i = 0; ordered && i < now->count; i++) {
        const m_ledger_line *a = M_AT(*asked, const m_ledger_line, i);
        const m_ledger_line *b = M_AT(*now, const m_ledger_line, i);
        ordered = same_place(a, b);
        *within = *within && ordered && b->debit.u <= a->debit.u && b->credit.u <= a->credit.u;
    }
    if (ordered) return true;
    if (asked->count > UNORDERED_MAX || now->count > UNORDERED_MAX) return false;
    return all_in(asked, now) && all_in(now, asked);
}

static bool same_voucher(const void *asked, const void *now, bool *within)
{
    const m_ledger_voucher *a = &((const m_hold_voucher *)asked)->voucher;
    const m_ledger_voucher *b = &((const m_hold_voucher *)now)->voucher;
    return m_id_eq(a->voucher_id, b->voucher_id) &&
           m_date_cmp(a->posting_date, b->posting_date) == 0 &&
           same_lines(&a->lines, &b->lines, within);
}

static bool same_reversal(const void *asked, const void *now, bool *within)
{
    const m_ledger_reversal *a = &((const m_hold_reversal *)asked)->reversal;
    const m_ledger_reversal *b = &((const m_hold_reversal *)now)->reversal;
    *within = true;
    return m_id_eq(a->reversal_id, b->reversal_id) && m_id_eq(a->voucher_id, b->voucher_id) &&
           m_date_cmp(a->posting_date, b->posting_date) == 0;
}

static bool same_commitment(const void *asked, const void *now, bool *within)
{
    const m_commitment *a = &((const m_hold_commitment *)asked)->commitment;
    const m_commitment *b = &((const m_hold_commitment *)now)->commitment;
    *within = true;
    return m_record_equal(&m_commitment_type, a, b);
}

typedef bool (*same_fn)(const void *asked, const void *now, bool *within);

/* ---- asking ---- */

/* Until there is an answer: wanted, or granted when the worker takes care (m_answers_ahead). */
static m_status go_ahead(m_call *call, m_status status, const m_hold_result *granted,
                         m_hold_result *out)
{
    bool open = status == M_AGAIN && m_str_is(call->error.code, m_err_remote_wanted->code);
    if (!open || !answers_run_ahead(call->answers)) return status;
    m_error_clear(call);
    *out = *granted;
    return M_OK;
}

static m_status ask(const m_remote_books *books, m_call *call, const char *name, same_fn same,
                    const void *in, const m_hold_result *granted, m_hold_result *out)
{
    const m_method *method = pending_method(name);
    const m_question *q = NULL, *next;
    bool within = false;
    uint32_t at = 0, asked = 0;
    if (!call->answers) return m_fail(call, m_err_unavailable, "%s", books->service);
    while (!within && (next = answers_next(call->answers, method, &at))) {
        bool fits = false;
        if (!same(next->in, in, &fits)) continue;
        q = next;
        within = fits;
        asked++;
    }
    bool take = q && (within || asked >= M_REMOTE_HOLDS || !q->answered);
    m_status status =
        take ? remote_take(call, q, out)
             : remote_note(call, books->service, &m_ledger_pending_protocol, method, in);
    return go_ahead(call, status, granted, out);
}

static m_status hold(const m_remote_books *books, m_call *call, const m_ledger_voucher *in)
{
    m_hold_result granted = {.hold = in->voucher_id, .known = true}, answer;
    if (!call->answers) return m_fail(call, m_err_unavailable, "%s", books->service);
    m_hold_voucher asked = {.attempt = m_answers_attempt(call->answers),
                            .caller = m_str_of(books->caller),
                            .voucher = *in};
    return ask(books, call, "hold", same_voucher, &asked, &granted, &answer);
}

static const char *const hold_names[] = {"hold", "hold_reversal", "hold_commitment"};
#define HOLD_KINDS (sizeof hold_names / sizeof hold_names[0])

/* Who was asked to hold; there is one who keeps the books. */
static const char *holder(m_answers *answers)
{
    for (size_t k = 0; k < HOLD_KINDS; k++) {
        uint32_t at = 0;
        const m_question *q = answers_next(answers, pending_method(hold_names[k]), &at);
        if (q) return q->service;
    }
    return NULL;
}

uint32_t m_remote_held(m_answers *answers, m_hold_end *out, uint32_t max)
{
    uint32_t n = 0;
    for (size_t k = 0; k < HOLD_KINDS; k++) {
        const m_question *q;
        uint32_t at = 0;
        while (n < max && (q = answers_next(answers, pending_method(hold_names[k]), &at))) {
            if (!q->answered || q->status != M_OK) continue;
            m_id id = k == 0   ? ((const m_hold_voucher *)q->in)->voucher.voucher_id
                      : k == 1 ? ((const m_hold_reversal *)q->in)->reversal.reversal_id
                               : ((const m_hold_commitment *)q->in)->hold;
            bool twice = false;
            for (uint32_t i = 0; i < n && !twice; i++)
                twice = m_id_eq(out[i].hold, id);
            if (!twice) out[n++] = (m_hold_end){id, m_answers_attempt(answers)};
        }
    }
    return n;
}

uint32_t m_remote_wants(m_answers *answers, m_arena *arena, m_fetch *out)
{
    m_hold_end held[M_REMOTE_QUESTIONS];
    uint32_t n = m_remote_held(answers, held, M_REMOTE_QUESTIONS);
    m_decision_row *rows = m_arena_array(arena, 2 * n, sizeof *rows);
    const void **keys = m_arena_array(arena, 2 * n, sizeof *keys);
    if (!n || !rows || !keys) return 0;
    for (uint32_t i = 0; i < n; i++) {
        rows[2 * i] = (m_decision_row){.hold = held[i].hold};
        rows[2 * i + 1] = (m_decision_row){.hold = held[i].hold, .attempt = held[i].attempt};
        keys[2 * i] = &rows[2 * i];
        keys[2 * i + 1] = &rows[2 * i + 1];
    }
    *out = (m_fetch){.type = &m_decision_type, .keys = keys, .key_count = 2 * n};
    return 1;
}

uint32_t m_remote_let_go(m_answers *answers, m_question **out, uint32_t max)
{
    const m_method *method = pending_method("let_go");
    m_arena *arena = m_answers_arena(answers);
    m_hold_end held[M_REMOTE_QUESTIONS];
    uint32_t n = m_remote_held(answers, held, max < M_REMOTE_QUESTIONS ? max : M_REMOTE_QUESTIONS);
    const char *service = n ? holder(answers) : NULL;
    for (uint32_t i = 0; i < n; i++) {
        m_buf body = {.arena = arena};
        m_json_canonical(&body, method->in, &held[i]);
        out[i] = m_arena_alloc(arena, sizeof *out[i]);
        if (body.failed || !out[i]) return i;
        *out[i] = (m_question){.service = service,
                               .protocol = &m_ledger_pending_protocol,
                               .method = method,
                               .arena = arena,
                               .body = m_buf_str(&body)};
    }
    return n;
}

/* ---- deciding ---- */

static m_status decide(const m_remote_books *books, m_call *call, m_decision_row *row,
                       const m_event *event)
{
    m_event told = *event;
    M_TRY(decision_text(call, event->payload_type, event->payload, &row->payload));
    told.payload_json = row->payload;
    told.address = books->service;
    row->verdict = M_DECISION_COMMITTED;
    row->decided_at = m_now(call);
    row->event = m_str_of(event->type);
    M_TRY(m_store_insert(books->store, call, &m_decision_type, row));
    if (m_fault_ordered("no_confirm")) return M_OK;
    return m_events_emit(books->events, call, &told);
}

/* ---- ledger ---- */

static m_status op_prepare(void *self, m_call *call, const m_ledger_voucher *in,
                           m_ledger_result *out)
{
    M_TRY(hold(self, call, in));
    *out = (m_ledger_result){.voucher_id = in->voucher_id};
    return M_OK;
}

static bool posts(const m_ledger_voucher *in)
{
    for (M_EACH(const m_ledger_line, line, in->lines))
        if (line->debit.u || line->credit.u || line->foreign_amount.u) return true;
    return false;
}

static m_status op_confirm(void *self, m_call *call, const m_ledger_voucher *in,
                           m_ledger_result *out)
{
    const m_remote_books *books = self;
    decision_state was;
    m_decision_row row = {
        .hold = in->voucher_id, .posting_date = in->posting_date, .posts = posts(in)};
    m_ledger_result result = {.voucher_id = in->voucher_id, .posted = row.posts};
    if (in->lines.count) M_TRY(hold(books, call, in)); /* prepared before: the answer is there */
    if (!call->answers) return m_fail(call, m_err_unavailable, "%s", books->service);
    M_TRY(
        decision_read(books->store, call, in->voucher_id, m_answers_attempt(call->answers), &was));
    if (was.let_go) return m_fail(call, m_err_remote_let_go, NULL);
    if (!was.committed && in->lines.count) {
        for (M_EACH(const m_ledger_line, line, in->lines))
            row.amount += line->debit.u;
        M_TRY(decide(books, call, &row,
                     &(m_event){.type = M_LEDGER_CONFIRMED,
                                .aggregate = in->source_id,
                                .occurred_on = in->posting_date,
                                .payload_type = &m_ledger_voucher_type,
                                .payload = in}));
    }
    *out = result;
    return M_OK;
}

static m_status op_reverse(void *self, m_call *call, const m_ledger_reversal *in,
                           m_ledger_result *out)
{
    const m_remote_books *books = self;
    decision_state original, was;
    m_hold_result answer,
        granted = {.hold = in->reversal_id,
                   .known = true,
                   .date = m_date_is_none(in->posting_date) ? m_today(call) : in->posting_date};
    if (!call->answers) return m_fail(call, m_err_unavailable, "%s", books->service);
    m_hold_reversal asked = {.attempt = m_answers_attempt(call->answers),
                             .caller = m_str_of(books->caller),
                             .reversal = *in};
    M_TRY(ask(books, call, "hold_reversal", same_reversal, &asked, &granted, &answer));
    M_TRY(decision_read(books->store, call, in->voucher_id, asked.attempt, &original));
    M_TRY(decision_read(books->store, call, in->reversal_id, asked.attempt, &was));
    if (was.let_go) return m_fail(call, m_err_remote_let_go, NULL);
    m_ledger_reversal told = *in;
    m_ledger_result result = {.voucher_id = in->reversal_id,
                              .posted = answer.known || original.posts};
    if (!m_date_is_none(answer.date)) told.posting_date = answer.date;
    if (m_date_is_none(told.posting_date)) told.posting_date = m_today(call);
    if (result.posted && !was.committed)
        M_TRY(decide(books, call,
                     &(m_decision_row){
                         .hold = in->reversal_id, .posting_date = told.posting_date, .posts = true},
                     &(m_event){.type = M_LEDGER_REVERSED,
                                .aggregate = in->source_id,
                                .occurred_on = told.posting_date,
                                .payload_type = &m_ledger_reversal_type,
                                .payload = &told}));
    *out = result;
    return M_OK;
}

static m_status op_check_date(void *self, m_call *call, const m_ledger_date *in,
                              m_ledger_result *out)
{
    const m_remote_books *books = self;
    m_status status = m_remote_ask(call, books->service, &m_ledger_pending_protocol,
                                   pending_method("check_date"), in, out);
    m_hold_result granted = {.known = true}, answer;
    if (status != M_AGAIN) return status;
    M_TRY(go_ahead(call, status, &granted, &answer));
    *out = (m_ledger_result){.posted = false};
    return M_OK;
}

m_ledger m_remote_ledger(const m_remote_books *books)
{
    static const m_ledger_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "ledger"},
        .prepare = op_prepare,
        .confirm = op_confirm,
        .reverse = op_reverse,
        .check_date = op_check_date,
    };
    return (m_ledger){&ops, (void *)(uintptr_t)books};
}

/* ---- budget ---- */

static m_status op_commit(void *self, m_call *call, const m_commitment *in, m_budget_result *out)
{
    const m_remote_books *books = self;
    decision_state was;
    m_hold_result answer, granted = {.known = true};
    if (!call->answers) return m_fail(call, m_err_unavailable, "%s", books->service);
    m_hold_commitment asked = {.attempt = m_answers_attempt(call->answers),
                               .caller = m_str_of(books->caller),
                               .hold = m_commitment_hold(call, in->document),
                               .commitment = *in};
    asked.commitment.document_no = (m_str){NULL, 0}; /* it may be another one in the next run */
    M_TRY(ask(books, call, "hold_commitment", same_commitment, &asked, &granted, &answer));
    M_TRY(decision_read(books->store, call, asked.hold, asked.attempt, &was));
    if (was.let_go) return m_fail(call, m_err_remote_let_go, NULL);
    if (!was.committed)
        M_TRY(decide(books, call, &(m_decision_row){.hold = asked.hold, .posting_date = in->date},
                     &(m_event){.type = M_BUDGET_COMMITTED,
                                .aggregate = in->document,
                                .occurred_on = in->date,
                                .payload_type = &m_commitment_type,
                                .payload = in}));
    *out = (m_budget_result){.beyond = answer.beyond};
    return M_OK;
}

static m_status op_release(void *self, m_call *call, const m_commitment_end *in,
                           m_budget_result *out)
{
    const m_remote_books *books = self;
    M_TRY(m_events_emit(books->events, call,
                        &(m_event){.type = M_BUDGET_RELEASED,
                                   .address = books->service,
                                   .aggregate = in->document,
                                   .payload_type = &m_commitment_end_type,
                                   .payload = in}));
    *out = (m_budget_result){{0}};
    return M_OK;
}

m_budget m_remote_budget(const m_remote_books *books)
{
    static const m_budget_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "budget"},
        .commit = op_commit,
        .release = op_release,
    };
    return (m_budget){&ops, (void *)(uintptr_t)books};
}
