/* The books of this process against Finance's, its events against those that were sent to it, its
 * copies against what their owners have. Everything is asked of the running processes; what is on
 * its way is waited for. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../worker/runner.h"
#include "m/crosscheck.h"
#include "m_adapters/codec.h"
#include "m_adapters/pg_stream.h"
#include "m_adapters/remote_ledger.h"
#include "proof.h"

#define SPAN_DAYS  92 /* asked for at once */
#define AROUND     31 /* days before the first and after the last posting that are compared too */
#define WAIT_MS    50000
#define DETAIL     300
#define HEADS_PAGE 500
#define LOOKS      8 /* at what does not hold yet */
#define PAUSE_MS   400

bool proof_patiently(bool (*look)(void *arg), void *arg)
{
    struct timespec nap = {0, PAUSE_MS * 1000000L};
    for (int i = 1; !look(arg); i++) {
        if (i == LOOKS) return false;
        nanosleep(&nap, NULL);
    }
    return true;
}

m_call proof_call(const proof *p, m_id tenant, m_arena *arena)
{
    m_call call = runtime_call(p->config->rt, arena);
    call.tenant = tenant;
    call.deadline = (m_time){m_now(&call).us + WAIT_MS * INT64_C(1000)};
    return call;
}

/* ---- books ---- */

typedef enum { BY_VOUCHER, BY_DOCUMENT, BY_DAY, BOOKS_LINES } books_line;

typedef struct {
    proof *p;
    m_crosscheck here, there;
    m_remote_value remote;
    bool stock;
    m_arena *arena;
    m_call call;
    m_crosscheck_span span;
    m_crosscheck_date date;
    m_crosscheck_days ours;
    m_crosscheck_rows our_rows;
    bool asked; /* the last look came to its end */
    uint32_t differing[BOOKS_LINES];
    char first[BOOKS_LINES][DETAIL];
} books;

static m_status days_here(void *arg, m_call *call)
{
    books *b = arg;
    return m_crosscheck_digests(b->here, call, &b->span, &b->ours);
}

static m_status rows_here(void *arg, m_call *call)
{
    books *b = arg;
    return m_crosscheck_list(b->here, call, &b->date, &b->our_rows);
}

/* "wms.goods_receipt GRN-2026-00001", or the id. */
static m_status document_name(books *b, m_id document, char *out, size_t n)
{
    m_buf sql = {.arena = b->arena};
    char uuid[M_PG_ID_TEXT];
    const char *params[] = {uuid};
    m_pg_id_format(document, uuid);
    uint32_t count;
    const m_collection *all = m_registry_collections(b->p->config->domains->registry, &count);
    for (uint32_t i = 0; i < count; i++) {
        const m_type *type = all[i].doctype->type;
        if (!all[i].doctype->series || !domains_own(all[i].module->name)) continue;
        m_buf_format(&sql, "%sSELECT '%s ' || number FROM %s.%s WHERE id = $1::uuid",
                     sql.n ? " UNION ALL " : "", type->name, type->schema, type->table);
    }
    const char *text = m_str_z(b->arena, m_buf_str(&sql));
    m_pg_result rows = {.rows = 0};
    if (text && sql.n)
        M_TRY(m_pg_query(b->p->conn, &b->call, &b->call.tenant, text, params, 1, &rows));
    m_str name = rows.rows ? m_pg_cell(&rows, 0, 0) : m_str_of(uuid);
    snprintf(out, n, "%.*s", M_STR_ARG(name));
    return M_OK;
}

/* The document that a voucher was decided for here. */
static m_status voucher_name(books *b, m_id voucher, char *out, size_t n)
{
    static const char sql[] = "SELECT payload::json->>'source_id' FROM m.decision WHERE hold = "
                              "$1::uuid AND verdict = 'committed'";
    char uuid[M_PG_ID_TEXT], name[DETAIL / 2];
    const char *params[] = {uuid};
    m_pg_result rows;
    m_id source;
    m_pg_id_format(voucher, uuid);
    M_TRY(m_pg_query(b->p->conn, &b->call, &b->call.tenant, sql, params, 1, &rows));
    if (!rows.rows || m_id_parse(m_pg_cell(&rows, 0, 0), &source) != M_OK) {
        snprintf(out, n, "voucher %s, which nobody decided here", uuid);
        return M_OK;
    }
    M_TRY(document_name(b, source, name, sizeof name));
    snprintf(out, n, "voucher %s of %.90s", uuid, name);
    return M_OK;
}

static const m_crosscheck_row *row_at(const m_crosscheck_rows *rows, uint32_t i)
{
    return i < rows->rows.count ? M_AT(rows->rows, const m_crosscheck_row, i) : NULL;
}

static int row_order(const m_crosscheck_row *a, const m_crosscheck_row *b)
{
    if (!a || !b) return a ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return m_id_cmp(a->id, b->id);
}

static void amount_text(const m_crosscheck_row *row, char out[M_DEC_SUM_TEXT])
{
    snprintf(out, M_DEC_SUM_TEXT, "none");
    if (row) m_dec_sum_format(row->amount, 2, out);
}

static m_status note_row(books *b, const m_crosscheck_row *ours, const m_crosscheck_row *theirs)
{
    const m_crosscheck_row *any = ours ? ours : theirs;
    if (!any) return M_OK;
    books_line line = any->kind == M_CROSSCHECK_VOUCHER ? BY_VOUCHER : BY_DOCUMENT;
    char name[DETAIL / 2], day[M_DATE_TEXT], a[M_DEC_SUM_TEXT], c[M_DEC_SUM_TEXT];
    if (b->differing[line]++) return M_OK;
    M_TRY(line == BY_VOUCHER ? voucher_name(b, any->id, name, sizeof name)
                             : document_name(b, any->id, name, sizeof name));
    m_date_format(b->date.date, day);
    amount_text(ours, a);
    amount_text(theirs, c);
    snprintf(b->first[line], DETAIL, "%s on %s: %s here, %s in finance", name, day, a, c);
    return M_OK;
}

/* From the digests of a day to the rows that differ. */
static m_status drill(books *b)
{
    m_crosscheck_rows theirs;
    m_call there = proof_call(b->p, b->call.tenant, b->arena);
    M_TRY(m_crosscheck_list(b->there, &there, &b->date, &theirs));
    M_TRY(runner_run(b->p->config->uow, &b->call, M_UOW_READ, rows_here, b));
    for (uint32_t i = 0, k = 0; row_at(&b->our_rows, i) || row_at(&theirs, k);) {
        const m_crosscheck_row *a = row_at(&b->our_rows, i), *c = row_at(&theirs, k);
        int order = row_order(a, c);
        if (order != 0 || a->amount != c->amount)
            M_TRY(note_row(b, order <= 0 ? a : NULL, order >= 0 ? c : NULL));
        i += order <= 0;
        k += order >= 0;
    }
    return M_OK;
}

static m_status compare_day(books *b, const m_crosscheck_day *ours, const m_crosscheck_day *theirs)
{
    static const m_crosscheck_day nothing = {.vouchers = 0};
    const m_crosscheck_day *a = ours ? ours : &nothing, *c = theirs ? theirs : &nothing;
    char day[M_DATE_TEXT], x[M_DEC_SUM_TEXT], y[M_DEC_SUM_TEXT];
    b->date.date = ours ? a->date : c->date;
    if (b->stock && a->stock_sum != c->stock_sum && !b->differing[BY_DAY]++) {
        m_date_format(b->date.date, day);
        m_dec_sum_format(a->stock_sum, 2, x);
        m_dec_sum_format(c->stock_sum, 2, y);
        snprintf(b->first[BY_DAY], DETAIL, "on %s stock changed by %s, its accounts by %s", day, x,
                 y);
    }
    bool same = m_id_eq(a->voucher_digest, c->voucher_digest) && a->vouchers == c->vouchers &&
                m_id_eq(a->stock_digest, c->stock_digest) && a->documents == c->documents;
    return same ? M_OK : drill(b);
}

static const m_crosscheck_day *day_at(const m_crosscheck_days *days, uint32_t i)
{
    return i < days->days.count ? M_AT(days->days, const m_crosscheck_day, i) : NULL;
}

static m_status compare_span(books *b)
{
    m_crosscheck_days theirs;
    m_call there = proof_call(b->p, b->call.tenant, b->arena);
    M_TRY(m_crosscheck_digests(b->there, &there, &b->span, &theirs));
    M_TRY(runner_run(b->p->config->uow, &b->call, M_UOW_READ, days_here, b));
    for (uint32_t i = 0, k = 0; day_at(&b->ours, i) || day_at(&theirs, k);) {
        const m_crosscheck_day *a = day_at(&b->ours, i), *c = day_at(&theirs, k);
        int order = !c ? -1 : !a ? 1 : m_date_cmp(a->date, c->date);
        M_TRY(compare_day(b, order <= 0 ? a : NULL, order >= 0 ? c : NULL));
        i += order <= 0;
        k += order >= 0;
    }
    return M_OK;
}

/* From a month before the first posting to a month after the last one. */
static m_status range(books *b, m_date *out_first, m_date *out_last)
{
    static const char sql[] =
        "SELECT min(d), max(d) FROM (SELECT posting_date AS d FROM m.decision WHERE posts UNION "
        "ALL SELECT posting_date FROM wms.stock_entry UNION ALL SELECT current_date) x";
    m_pg_result rows;
    M_TRY(m_pg_query(b->p->conn, &b->call, &b->call.tenant, sql, NULL, 0, &rows));
    M_TRY(m_told(&b->call, m_date_parse(m_pg_cell(&rows, 0, 0), out_first)));
    M_TRY(m_told(&b->call, m_date_parse(m_pg_cell(&rows, 0, 1), out_last)));
    out_first->d -= AROUND;
    out_last->d += AROUND;
    return M_OK;
}

static m_status compare_tenant(books *b, m_id tenant)
{
    m_date last;
    m_arena_reset(b->arena);
    b->call = proof_call(b->p, tenant, b->arena);
    M_TRY(range(b, &b->span.from, &last));
    for (; m_date_cmp(b->span.from, last) <= 0; b->span.from.d += SPAN_DAYS) {
        b->span.to = (m_date){b->span.from.d + SPAN_DAYS - 1};
        M_TRY(compare_span(b));
    }
    return M_OK;
}

static void keep_error(books *b)
{
    for (int i = 0; i < BOOKS_LINES; i++) {
        b->differing[i] = 1;
        snprintf(b->first[i], DETAIL, "could not be compared (%.*s)",
                 M_STR_ARG(b->call.error.message));
    }
}

static bool look_at_books(void *arg)
{
    books *b = arg;
    memset(b->differing, 0, sizeof b->differing);
    memset(b->first, 0, sizeof b->first);
    for (uint32_t i = 0; i < b->p->config->tenant_count; i++)
        if (compare_tenant(b, b->p->config->tenants[i]) != M_OK) {
            keep_error(b);
            return false;
        }
    return !b->differing[BY_VOUCHER] && !b->differing[BY_DOCUMENT] && !b->differing[BY_DAY];
}

static void books_verdicts(proof *p)
{
    static const char *const ids[] = {"X5b", "X1", "S3"};
    books *b = calloc(1, sizeof *b);
    m_arena *arena = m_arena_new(0);
    if (b && arena) {
        m_iface remote =
            m_remote_bind_now(&b->remote, p->config->asker, "finance", &m_crosscheck_protocol);
        b->p = p;
        b->arena = arena;
        b->stock = domains_own("wms");
        b->here = m_crosscheck_of(&p->config->domains->store);
        b->there = (m_crosscheck){remote.ops, remote.self};
        b->span.caller = b->date.caller = m_str_of(p->config->rt->others.self);
        b->span.stock = b->date.stock = b->stock;
        (void)proof_patiently(look_at_books, b);
    }
    for (int i = 0; b && i < (b->stock ? BOOKS_LINES : 1); i++)
        proof_verdict(p, !b->differing[i], ids[i],
                      i == BY_VOUCHER ? "finance posted what was decided here, and nothing else"
                                      : proof_check(ids[i])->title,
                      b->first[i]);
    m_arena_free(arena);
    free(b);
}

/* ---- events ---- */

typedef struct {
    proof *p;
    const char *producer;
    m_arena *arena;
    m_outbox outbox;
    m_pg_conn *conn; /* as relay: all tenants */
    uint32_t behind;
    char first[DETAIL];
} stream;

static const m_pg_mark *mark_of(const m_list *marks, m_id tenant)
{
    for (M_EACH(const m_pg_mark, mark, *marks))
        if (m_id_eq(mark->tenant, tenant)) return mark;
    return NULL;
}

static void compare_head(stream *s, const m_head *head, const m_pg_mark *mark)
{
    int64_t seq = mark ? mark->mark.seq : 0;
    if (seq == head->seq && (!seq || m_id_eq(mark->mark.last, head->last))) return;
    if (!s->behind++)
        snprintf(s->first, DETAIL, "%s told %lld events, %lld of them are applied", s->producer,
                 (long long)head->seq, (long long)seq);
}

static m_status compare_stream(stream *s, m_call *call)
{
    m_list marks;
    m_heads_ask ask = {.limit = HEADS_PAGE};
    m_heads heads = {{NULL, HEADS_PAGE}};
    while (heads.heads.count == HEADS_PAGE) {
        M_TRY(m_outbox_heads(s->outbox, call, &ask, &heads));
        M_TRY(m_pg_consumer_marks(s->conn, call, m_str_of(s->producer), &marks));
        for (M_EACH(const m_head, head, heads.heads)) {
            compare_head(s, head, mark_of(&marks, head->tenant));
            ask.after = head->tenant;
        }
    }
    return M_OK;
}

static bool look_at_stream(void *arg)
{
    stream *s = arg;
    m_arena_reset(s->arena);
    m_call call = proof_call(s->p, (m_id){{0}}, s->arena);
    s->behind = 0;
    m_status status = compare_stream(s, &call);
    if (status != M_OK) {
        s->behind = 1;
        snprintf(s->first, DETAIL, "%s could not be asked (%.*s)", s->producer,
                 M_STR_ARG(call.error.message));
    }
    return !s->behind;
}

static void streams_verdict(proof *p)
{
    bool holds = true;
    char detail[DETAIL] = "";
    m_pg_options options = runtime_pg(p->config->rt, p->config->rt->relay_dsn);
    stream s = {.p = p, .arena = m_arena_new(0)};
    if (s.arena && m_pg_conn_open(&options, p->call, &s.conn) == M_OK) {
        for (const char *const *name = p->config->rt->others.domains; holds && *name; name++) {
            m_remote_value value;
            m_iface outbox = m_remote_bind_now(&value, p->config->asker, *name, &m_outbox_protocol);
            s.producer = *name;
            s.outbox = (m_outbox){outbox.ops, outbox.self};
            holds = proof_patiently(look_at_stream, &s);
            memcpy(detail, s.first, holds ? 0 : sizeof detail);
        }
    } else {
        holds = false;
        snprintf(detail, sizeof detail, "the database could not be asked");
    }
    m_pg_conn_close(s.conn);
    m_arena_free(s.arena);
    proof_verdict(p, holds, "M2", "every event of the other domains is applied here", detail);
}

/* ---- copies ---- */

typedef struct {
    proof *p;
    const char *type;
    m_arena *arena;
    char first[DETAIL];
} copy;

static m_status compare_copy(const copy *c, m_call *call, m_replica_verdict *out)
{
    return m_replica_compare(domains_replica(c->p->config->domains), call, c->p->config->uow,
                             c->type, out);
}

static bool look_at_copy(void *arg)
{
    copy *c = arg;
    for (uint32_t i = 0; i < c->p->config->tenant_count; i++) {
        m_replica_verdict verdict = {.equal = false};
        m_arena_reset(c->arena);
        m_call call = proof_call(c->p, c->p->config->tenants[i], c->arena);
        m_status status = compare_copy(c, &call, &verdict);
        if (status == M_OK && verdict.equal) continue;
        if (status == M_NOT_FOUND || status == M_UNSUPPORTED) continue; /* its owner is asked */
        if (status != M_OK)
            snprintf(c->first, DETAIL, "%s could not be compared (%.*s)", c->type,
                     M_STR_ARG(call.error.message));
        else
            snprintf(c->first, DETAIL, "%s: %lld here, %lld at its owner, and they differ", c->type,
                     (long long)verdict.count, (long long)verdict.owner_count);
        return false;
    }
    return true;
}

static void copies_verdict(proof *p)
{
    uint32_t n, kept = 0;
    bool holds = true;
    char title[120];
    copy c = {.p = p, .arena = m_arena_new(0)};
    const char *const *types = m_replica_types(domains_replica(p->config->domains), &n);
    for (; c.arena && holds && kept < n; kept++) {
        c.type = types[kept];
        holds = proof_patiently(look_at_copy, &c);
    }
    snprintf(title, sizeof title, "copies of %u kinds of documents are what their owners have", n);
    proof_verdict(p, holds && c.arena, "M7", title, holds ? "" : c.first);
    m_arena_free(c.arena);
}

void proof_cross(proof *p)
{
    if (domains_own("core")) return; /* keeps no copies, posts nothing: others compare with it */
    streams_verdict(p);
    copies_verdict(p);
    if (domains_own("finance"))
        proof_borrowed(p);
    else
        books_verdicts(p);
}
