#include "reports/open_items.h"
#include "account/account.h"
#include "ledger/ledger.h"
#include "note/note.h"
#include "payment/payment.h"
#include <stdlib.h>

/* Holds what its query points to. */
typedef struct {
    m_dec zero;
    m_enum kinds[3];
    m_list of_side;
    m_id party;
    m_filter filters[3];
    m_order orders[2];
    m_query query;
} open_query;

static m_fetch ask_open(open_query *q, const fin_side *side, m_id party)
{
    *q = (open_query){.kinds = {side->invoice, side->advance, side->credit},
                      .of_side = {q->kinds, 3},
                      .party = party,
                      .filters = {{"outstanding", M_OP_GT, &q->zero},
                                  {"kind", M_OP_IN, &q->of_side},
                                  {"party", M_OP_EQ, &q->party}},
                      .orders = {{"party", false}, {"due_date", false}},
                      .query = {.filters = q->filters,
                                .filter_count = m_id_is_null(party) ? 2 : 3,
                                .orders = q->orders,
                                .order_count = 2}};
    return (m_fetch){.type = &fin_open_item_type, .query = &q->query};
}

static m_status refuse_more(m_call *call, uint32_t count)
{
    if (count <= FIN_OPEN_MAX) return M_OK;
    return m_fail(call, FIN_ERR(TOO_MANY_OPEN), "more than %d documents", FIN_OPEN_MAX);
}

static int by_party_and_due(const void *a, const void *b)
{
    const fin_open_item *x = a, *y = b;
    int order = m_id_cmp(x->party, y->party);
    if (order == 0) order = m_date_cmp(x->due_date, y->due_date);
    if (order == 0) order = m_id_cmp(x->document, y->document);
    return order ? order : (x->instalment > y->instalment) - (x->instalment < y->instalment);
}

m_status fin_open_now(const fin_side *side, fin_module *fin, m_call *call, m_id party,
                      m_list *out_items)
{
    open_query q;
    m_list parts;
    m_fetch reads[] = {ask_open(&q, side, party), {.type = &fin_instalment_type}};
    reads[1].query = reads[0].query;
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    FIN_TRY(call, fin_open_parts(call->arena, &reads[0], &reads[1], &parts));
    M_TRY(refuse_more(call, parts.count));
    if (parts.count) qsort(parts.items, parts.count, sizeof(fin_open_item), by_party_and_due);
    *out_items = parts;
    return M_OK;
}

/* ---- an earlier day: later vouchers are taken back ---- */

typedef struct {
    m_id document;
    int64_t instalment; /* 0: the whole */
    int64_t base;       /* the same in the books, of what is in another currency */
    int64_t by;         /* to add to what is outstanding now; in the end what was outstanding */
} change;

typedef struct {
    const fin_side *side;
    fin_module *fin;
    m_call *call;
    const m_known *known;
    m_list now;     /* fin_open_item: what is open */
    m_fetch events; /* of later lines; with repetitions, side by side */
    m_list changes; /* change; later by document, each once */
} rewind_state;

static m_status owed_accounts(rewind_state *r, m_list *out)
{
    m_fetch all = {.type = &fin_account_type, .query = &fin_account_all};
    M_TRY(m_store_fetch(r->fin->store, r->call, &all, 1));
    m_id *ids = m_arena_array(r->call->arena, all.count, sizeof *ids);
    FIN_NEED(r->call, ids);
    *out = (m_list){ids, 0};
    for (uint32_t i = 0; i < all.count; i++) {
        const fin_account *account = all.records[i];
        if (account->kind == FIN_KIND_PAYABLE || account->kind == FIN_KIND_RECEIVABLE ||
            account->kind == FIN_KIND_ADVANCE)
            ids[out->count++] = account->id;
    }
    return M_OK;
}

static m_status refuse_lines(rewind_state *r, uint32_t count)
{
    if (count <= FIN_LATER_MAX) return M_OK;
    m_field_fail(r->call, FIN_ERR(AGEING_PAST), m_str_of(r->known->limited ? "known_at" : "as_of"),
                 NULL);
    return m_failed_fields(r->call);
}

/* Lines of a voucher stay side by side: all of them are of one day and one event. */
static m_status join(rewind_state *r, const m_fetch *a, const m_fetch *b, m_fetch *out)
{
    const void **all = m_arena_array(r->call->arena, (size_t)a->count + b->count, sizeof *all);
    FIN_NEED(r->call, all);
    if (a->count) memcpy(all, a->records, a->count * sizeof *all);
    if (b->count) memcpy(all + a->count, b->records, b->count * sizeof *all);
    *out = (m_fetch){.type = a->type, .records = all, .count = a->count + b->count};
    return M_OK;
}

/* What is open and what came later are read in one round, so that they are of one moment. */
static m_status read_later(rewind_state *r, m_id party, m_date day)
{
    m_list accounts;
    m_fetch later;
    M_TRY(owed_accounts(r, &accounts));
    bool all = m_id_is_null(party);
    m_filter dated[] = {{"account", M_OP_IN, &accounts},
                        {"posting_date", M_OP_GT, &day},
                        {"party", M_OP_EQ, &party}};
    m_filter recorded[] = {{"account", M_OP_IN, &accounts},
                           {"seq", M_OP_GT, &r->known->seq},
                           {"posting_date", M_OP_LE, &day},
                           {"party", M_OP_EQ, &party}};
    m_order by_date = {"posting_date", false};
    m_query queries[] = {{.filters = dated,
                          .filter_count = all ? 2 : 3,
                          .orders = &by_date,
                          .order_count = 1,
                          .limit = FIN_LATER_MAX + 1},
                         {.filters = recorded,
                          .filter_count = all ? 3 : 4,
                          .orders = &by_date,
                          .order_count = 1,
                          .limit = FIN_LATER_MAX + 1}};
    open_query q;
    m_fetch reads[] = {ask_open(&q, r->side, party),
                       {.type = &fin_instalment_type},
                       {.type = &m_gl_entry_type, .query = &queries[0]},
                       {.type = &m_gl_entry_type, .query = &queries[1]}};
    reads[1].query = reads[0].query;
    M_TRY(m_store_fetch(r->fin->store, r->call, reads, r->known->limited ? 4 : 3));
    FIN_TRY(r->call, fin_open_parts(r->call->arena, &reads[0], &reads[1], &r->now));
    M_TRY(refuse_more(r->call, r->now.count));
    M_TRY(refuse_lines(r, reads[2].count + reads[3].count));
    M_TRY(join(r, &reads[2], &reads[3], &later));
    return fin_entry_events(r->fin, r->call, &later, &r->events);
}

static void add(rewind_state *r, m_id document, int64_t instalment, int64_t by, int64_t base)
{
    ((change *)r->changes.items)[r->changes.count++] =
        (change){.document = document, .instalment = instalment, .base = base, .by = by};
}

static void take_back_invoice(rewind_state *r, int sign, const fin_invoice *invoice)
{
    int64_t n = 0;
    for (M_EACH(const fin_invoice_instalment, part, invoice->instalments))
        add(r, invoice->id, ++n, sign * part->amount.u, sign * part->base_amount.u);
    if (n == 0)
        add(r, invoice->id, 0, sign * fin_invoice_payable(invoice).u,
            sign * fin_invoice_base_payable(invoice).u);
}

/* sign: −1 takes back a posting, 1 takes back its mirror. */
static m_status take_back_money(rewind_state *r, const m_book_event *event, int sign,
                                const fin_payment *payment)
{
    bool mirror = !m_id_is_null(event->reverses);
    m_id voucher = mirror ? event->reverses : event->voucher_id;
    if (payment->type == FIN_REFUND) {
        m_id given_back = fin_either(payment->refund_of, payment->refund_of_note);
        add(r, given_back, 0, -sign * payment->amount.u, -sign * payment->base_unallocated.u);
        return M_OK;
    }
    int64_t batch = 0;
    m_id made;
    M_TRY(fin_payment_voucher(r->call, payment->id, batch, &made));
    while (!m_id_eq(made, voucher)) {
        if (++batch > payment->batches) return m_fail(r->call, m_err_internal, NULL);
        M_TRY(fin_payment_voucher(r->call, payment->id, batch, &made));
    }
    int64_t paid = 0, base_paid = 0;
    for (M_EACH(const fin_allocation, line, payment->allocations)) {
        if (line->batch != batch) continue;
        paid += line->amount.u;
        base_paid += line->base_paid.u;
        add(r, line->invoice, line->instalment, -sign * (line->amount.u + line->write_off.u),
            -sign * line->base_cleared.u);
    }
    add(r, payment->id, 0, sign * ((batch ? 0 : payment->amount.u) - paid),
        sign * ((batch ? 0 : payment->base_amount.u) - base_paid));
    return M_OK;
}

/* Payments, and notes as the payments they are like; NULL: neither. */
static const fin_payment *as_money(const rewind_state *r, const void *payment, const void *note)
{
    if (payment || !note) return payment;
    fin_payment *like = m_arena_alloc(r->call->arena, sizeof *like);
    if (like) *like = fin_note_as_payment(note);
    return like;
}

/* Journals, and the other side's documents, are no open items of this side. */
static m_status take_back(rewind_state *r)
{
    uint32_t n = r->events.count;
    m_id *ids = m_arena_array(r->call->arena, n, sizeof *ids);
    FIN_NEED(r->call, ids);
    for (uint32_t i = 0; i < n; i++)
        ids[i] = ((const m_book_event *)r->events.records[i])->source_id;
    m_fetch reads[] = {{.type = r->side->invoices, .ids = ids, .key_count = n},
                       {.type = r->side->money, .ids = ids, .key_count = n},
                       {.type = r->side->notes, .ids = ids, .key_count = n}};
    if (n) M_TRY(m_store_fetch(r->fin->store, r->call, reads, 3));
    const fin_payment **money = m_arena_array(r->call->arena, n, sizeof(fin_payment *));
    FIN_NEED(r->call, money);
    size_t room = 0;
    for (uint32_t i = 0; i < n; i++) {
        const fin_invoice *invoice = reads[0].records[i];
        const fin_payment *payment = as_money(r, reads[1].records[i], reads[2].records[i]);
        FIN_NEED(r->call, payment || !reads[2].records[i]);
        money[i] = payment;
        room += payment ? payment->allocations.count + (size_t)1 : 1;
        room += invoice ? invoice->instalments.count : 0;
    }
    r->changes.items = m_arena_array(r->call->arena, room, sizeof(change));
    FIN_NEED(r->call, r->changes.items);
    for (uint32_t i = 0; i < n; i++) {
        const m_book_event *event = r->events.records[i];
        const fin_invoice *invoice = reads[0].records[i];
        const m_book_event *before = i ? r->events.records[i - 1] : NULL;
        int sign = m_id_is_null(event->reverses) ? -1 : 1;
        if (before && before->seq == event->seq) continue;
        if (invoice) take_back_invoice(r, sign, invoice);
        if (money[i]) M_TRY(take_back_money(r, event, sign, money[i]));
    }
    return M_OK;
}

static int by_document(const void *a, const void *b)
{
    const change *x = a, *y = b;
    int order = m_id_cmp(x->document, y->document);
    return order ? order : (x->instalment > y->instalment) - (x->instalment < y->instalment);
}

static void join_changes(change *to, const change *from)
{
    to->by += from->by;
    to->base += from->base;
}

static void merge(m_list *changes)
{
    change *at = changes->items;
    uint32_t n = 0;
    if (changes->count) qsort(at, changes->count, sizeof *at, by_document);
    for (uint32_t i = 0; i < changes->count; i++) {
        if (n && by_document(&at[n - 1], &at[i]) == 0)
            join_changes(&at[n - 1], &at[i]);
        else
            at[n++] = at[i];
    }
    changes->count = n;
}

static change *find_change(const m_list *changes, const fin_open_item *item)
{
    change key = {.document = item->document, .instalment = item->instalment};
    if (changes->count == 0) return NULL;
    return bsearch(&key, changes->items, changes->count, sizeof key, by_document);
}

/* ---- items of that day ---- */

static fin_open_item item_of_invoice(const fin_side *side, const fin_invoice *invoice,
                                     int64_t instalment)
{
    fin_open_item item = {.document = invoice->id,
                          .instalment = instalment,
                          .kind = side->invoice,
                          .party = invoice->party,
                          .number = invoice->number,
                          .posting_date = invoice->posting_date,
                          .due_date = invoice->due_date,
                          .amount = fin_invoice_payable(invoice),
                          .currency = invoice->currency,
                          .base_amount = fin_invoice_base_payable(invoice)};
    if (instalment == 0 || instalment > invoice->instalments.count) return item;
    const fin_invoice_instalment *part =
        M_AT(invoice->instalments, const fin_invoice_instalment, instalment - 1);
    item.due_date = part->due_date;
    item.amount = part->amount;
    item.base_amount = part->base_amount;
    return item;
}

static fin_open_item item_of(const fin_side *side, const fin_open_item *item,
                             const fin_invoice *invoice, const fin_payment *payment,
                             int64_t instalment)
{
    fin_open_item then = {0};
    if (item) then = *item;
    if (item && instalment == 0) return then;
    if (invoice) {
        fin_open_item part = item_of_invoice(side, invoice, instalment);
        part.reference = then.reference;
        return part;
    }
    return (fin_open_item){.document = payment->id,
                           .kind = side->advance,
                           .party = payment->party,
                           .number = payment->number,
                           .posting_date = payment->posting_date,
                           .due_date = payment->posting_date,
                           .amount = payment->amount,
                           .currency = payment->currency,
                           .base_amount = payment->base_amount};
}

static m_status add_changed(rewind_state *r, m_list *items)
{
    uint32_t n = r->changes.count;
    m_id *ids = m_arena_array(r->call->arena, n, sizeof *ids);
    fin_open_item *keys = m_arena_array(r->call->arena, n, sizeof *keys);
    const void **asked = m_arena_array(r->call->arena, n, sizeof *asked);
    FIN_NEED(r->call, ids && keys && asked);
    for (uint32_t i = 0; i < n; i++) {
        ids[i] = keys[i].document = M_AT(r->changes, change, i)->document;
        asked[i] = &keys[i];
    }
    m_fetch reads[] = {{.type = &fin_open_item_type, .keys = asked, .key_count = n},
                       {.type = r->side->invoices, .ids = ids, .key_count = n},
                       {.type = r->side->money, .ids = ids, .key_count = n},
                       {.type = r->side->notes, .ids = ids, .key_count = n}};
    if (n) M_TRY(m_store_fetch(r->fin->store, r->call, reads, 4));
    for (uint32_t i = 0; i < n; i++) {
        const fin_invoice *invoice = reads[1].records[i];
        const fin_payment *payment = as_money(r, reads[2].records[i], reads[3].records[i]);
        if (!invoice && !payment) return m_fail(r->call, m_err_internal, NULL);
        fin_open_item item = item_of(r->side, reads[0].records[i], invoice, payment,
                                     M_AT(r->changes, change, i)->instalment);
        if (reads[3].records[i]) item.kind = r->side->credit;
        item.outstanding.u = M_AT(r->changes, change, i)->by;
        item.base_outstanding.u = M_AT(r->changes, change, i)->base;
        if (item.outstanding.u) ((fin_open_item *)items->items)[items->count++] = item;
    }
    return M_OK;
}

m_status fin_open_on(const fin_side *side, fin_module *fin, m_call *call, m_id party, m_date day,
                     const m_known *known, m_list *out_items)
{
    rewind_state r = {.side = side, .fin = fin, .call = call, .known = known};
    M_TRY(read_later(&r, party, day));
    M_TRY(take_back(&r));
    merge(&r.changes);
    fin_open_item *items =
        m_arena_array(call->arena, (size_t)r.now.count + r.changes.count, sizeof *items);
    FIN_NEED(call, items);
    m_list then = {items, 0};
    for (M_EACH(const fin_open_item, item, r.now)) {
        change *changed = find_change(&r.changes, item);
        if (changed)
            join_changes(changed,
                         &(change){.by = item->outstanding.u, .base = item->base_outstanding.u});
        else
            items[then.count++] = *item;
    }
    M_TRY(add_changed(&r, &then));
    if (then.count) qsort(items, then.count, sizeof *items, by_party_and_due);
    *out_items = then;
    return M_OK;
}
