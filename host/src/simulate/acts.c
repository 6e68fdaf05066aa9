#include "simulate.h"

#define LINES_MAX 4

static m_id party(sim *s, const m_id *parties)
{
    return parties[sim_roll(&s->dice, SIM_PARTIES)];
}

static m_id place(sim *s)
{
    return sim_chance(&s->dice, 70) ? s->depot : s->outlet;
}

/* "{…},{…}": up to LINES_MAX lines, each with an item of its own; rated: with a rate. */
static const char *item_lines(sim *s, m_call *call, uint32_t most, bool rated)
{
    const char *all = "";
    uint32_t n = 1 + sim_roll(&s->dice, LINES_MAX), first = sim_roll(&s->dice, SIM_ITEMS);
    for (uint32_t i = 0; i < n; i++) {
        m_id item = s->items[(first + i) % SIM_ITEMS];
        uint32_t qty = 1 + sim_roll(&s->dice, most);
        all = m_arena_printf(call->arena, "%s%s{'item':'%s','qty':'%u'", all, i ? "," : "",
                             sim_id(call, item), qty);
        if (rated)
            all = m_arena_printf(call->arena, "%s,'rate':'%s'", all,
                                 sim_amount(call, 50 + sim_roll(&s->dice, 20000)));
        all = m_arena_printf(call->arena, "%s}", all);
    }
    return all;
}

static const char *dec_text(const m_call *call, m_dec value)
{
    char text[M_DEC_TEXT];
    m_dec_format(value, 0, text);
    return m_arena_copy(call->arena, text, strlen(text));
}

/* Between nothing and all of it, in whole units. */
static m_dec part_of(sim *s, m_dec whole)
{
    if (sim_chance(&s->dice, 60)) return whole;
    return (m_dec){whole.u / M_DEC_ONE * sim_roll(&s->dice, 100) / 100 * M_DEC_ONE};
}

/* ---- buying ---- */

static m_status order(sim *s, m_call *call)
{
    const char *lines = item_lines(s, call, 90, true);
    return sim_make(s, call, SIM_ORDER, "wms/purchase-orders",
                    sim_text(call,
                             "{'supplier':'%s','warehouse':'%s','order_date':'%s','lines':[%s]}",
                             sim_id(call, party(s, s->suppliers)), sim_id(call, place(s)),
                             sim_day(s, call), lines));
}

static m_status receive(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_ORDER);
    const m_type *type, *line_type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_read(s, call, "wms/purchase-orders", id, &type, &found));
    const m_list *lines = sim_lines(type, found, "lines", &line_type);
    const char *all = "";
    for (uint32_t i = 0; i < lines->count; i++) {
        const void *line = (const char *)lines->items + (size_t)i * line_type->size;
        m_dec open = {sim_dec(line_type, line, "qty").u -
                      sim_dec(line_type, line, "received_qty").u};
        if (open.u <= 0) continue;
        m_dec got = part_of(s, open);
        const char *rejected = sim_chance(&s->dice, 10) && got.u >= M_DEC_ONE ? "1" : "0";
        all = m_arena_printf(call->arena,
                             "%s%s{'order_line':'%s','received_qty':'%s','rejected_qty':'%s'}", all,
                             *all ? "," : "", sim_id(call, sim_link(line_type, line, "id")),
                             dec_text(call, got), rejected);
    }
    if (!*all) return M_OK;
    return sim_make(s, call, SIM_GOODS_RECEIPT, "wms/goods-receipts",
                    sim_text(call, "{'purchase_order':'%s','posting_date':'%s','lines':[%s]}",
                             sim_id(call, id), sim_day(s, call), all));
}

static m_status bill(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_GOODS_RECEIPT);
    const m_type *type, *line_type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_read(s, call, "wms/goods-receipts", id, &type, &found));
    const m_list *lines = sim_lines(type, found, "lines", &line_type);
    const char *all = "";
    for (uint32_t i = 0; i < lines->count; i++) {
        const void *line = (const char *)lines->items + (size_t)i * line_type->size;
        m_dec rate = sim_dec(line_type, line, "rate");
        m_dec qty = {sim_dec(line_type, line, "accepted_qty").u -
                     sim_dec(line_type, line, "returned_qty").u};
        if (qty.u <= 0) continue;
        if (sim_chance(&s->dice, 20)) rate.u += rate.u / 10000 * sim_roll(&s->dice, 100);
        rate.u -= rate.u % 10000;
        all = m_arena_printf(call->arena, "%s%s{'receipt_line':'%s','qty':'%s','rate':'%s'}", all,
                             *all ? "," : "", sim_id(call, sim_link(line_type, line, "id")),
                             dec_text(call, qty), dec_text(call, rate));
    }
    if (!*all) return M_OK;
    return sim_make(s, call, SIM_BILL, "finance/purchase-invoices",
                    sim_text(call,
                             "{'supplier':'%s','supplier_invoice_no':'B%u','posting_date':'%s',"
                             "'lines':[%s]}",
                             sim_id(call, sim_link(type, found, "supplier")), ++s->numbers,
                             sim_day(s, call), all));
}

static m_status send_back(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_GOODS_RECEIPT);
    const m_type *type, *line_type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_read(s, call, "wms/goods-receipts", id, &type, &found));
    const m_list *lines = sim_lines(type, found, "lines", &line_type);
    const void *line =
        (const char *)lines->items + (size_t)sim_roll(&s->dice, lines->count) * line_type->size;
    return sim_make(s, call, SIM_RETURN, "wms/purchase-returns",
                    sim_text(call,
                             "{'receipt':'%s','posting_date':'%s','reason':'damaged','lines':["
                             "{'receipt_line':'%s','qty':'%u'}]}",
                             sim_id(call, id), sim_day(s, call),
                             sim_id(call, sim_link(line_type, line, "id")),
                             1 + sim_roll(&s->dice, 10)));
}

static m_status landed_cost(sim *s, m_call *call)
{
    static const char *const bases[] = {"quantity", "value", "equal"};
    m_id id = sim_any(s, SIM_GOODS_RECEIPT), account;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_account(s, call, "5160", &account));
    return sim_make(s, call, SIM_LANDED_COST, "wms/landed-costs",
                    sim_text(call,
                             "{'posting_date':'%s','charges':[{'account':'%s','basis':'%s',"
                             "'amount':'%s'}],'receipts':[{'receipt':'%s'}]}",
                             sim_day(s, call), sim_id(call, account), bases[sim_roll(&s->dice, 3)],
                             sim_amount(call, 100 + sim_roll(&s->dice, 50000)), sim_id(call, id)));
}

/* ---- money ---- */

/* Pays one invoice, in part, in full, or beyond; now and then nothing in particular. */
static m_status settle(sim *s, m_call *call, sim_kind what, const char *invoices, const char *side,
                       sim_kind with, const char *payments)
{
    m_id id = sim_any(s, what);
    const m_type *type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_read(s, call, invoices, id, &type, &found));
    m_dec open = sim_dec(type, found, "outstanding");
    if (open.u <= 0) return M_OK;
    m_dec allocated = {sim_chance(&s->dice, 70) ? open.u : open.u / 20000 * 10000 + 10000};
    if (allocated.u > open.u) allocated = open;
    m_dec amount = {allocated.u + (sim_chance(&s->dice, 10) ? 12345 * 10000 : 0)};
    bool free = sim_chance(&s->dice, 8); /* an advance */
    const char *allocation =
        free ? ""
             : m_arena_printf(call->arena, ",'allocations':[{'invoice':'%s','amount':'%s'}]",
                              sim_id(call, id), dec_text(call, allocated));
    return sim_make(s, call, with, payments,
                    sim_text(call, "{'%s':'%s','posting_date':'%s','amount':'%s'%s}", side,
                             sim_id(call, sim_link(type, found, side)), sim_day(s, call),
                             dec_text(call, amount), allocation));
}

static m_status pay(sim *s, m_call *call)
{
    return settle(s, call, SIM_BILL, "finance/purchase-invoices", "supplier", SIM_PAYMENT,
                  "finance/payments");
}

static m_status collect(sim *s, m_call *call)
{
    return settle(s, call, SIM_SALE, "finance/sales-invoices", "customer", SIM_RECEIPT,
                  "finance/receipts");
}

/* A line of an invoice is taken back, in part. */
static m_status credit(sim *s, m_call *call, sim_kind of, const char *invoices, const char *side,
                       sim_kind with, const char *notes)
{
    m_id id = sim_any(s, of);
    const m_type *type, *line_type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_read(s, call, invoices, id, &type, &found));
    const m_list *lines = sim_lines(type, found, "lines", &line_type);
    const void *line =
        (const char *)lines->items + (size_t)sim_roll(&s->dice, lines->count) * line_type->size;
    return sim_make(s, call, with, notes,
                    sim_text(call,
                             "{'%s':'%s','invoice':'%s','posting_date':'%s','reason':'agreed',"
                             "'lines':[{'invoice_line':'%s','qty':'%u'}]}",
                             side, sim_id(call, sim_link(type, found, side)), sim_id(call, id),
                             sim_day(s, call), sim_id(call, sim_link(line_type, line, "id")),
                             1 + sim_roll(&s->dice, 3)));
}

static m_status credit_customer(sim *s, m_call *call)
{
    return credit(s, call, SIM_SALE, "finance/sales-invoices", "customer", SIM_CREDIT_NOTE,
                  "finance/sales-credit-notes");
}

static m_status debit_supplier(sim *s, m_call *call)
{
    return credit(s, call, SIM_BILL, "finance/purchase-invoices", "supplier", SIM_DEBIT_NOTE,
                  "finance/purchase-debit-notes");
}

static m_status allocate(sim *s, m_call *call)
{
    bool paid = sim_chance(&s->dice, 50);
    m_id id = sim_any(s, paid ? SIM_PAYMENT : SIM_RECEIPT);
    if (m_id_is_null(id)) return M_OK;
    return sim_move(s, call, paid ? "finance/payments" : "finance/receipts", id, "allocate",
                    sim_text(call, "{'posting_date':'%s'}", sim_day(s, call)));
}

static m_status journal(sim *s, m_call *call)
{
    static const char *const costs[] = {"5210", "5220", "5230", "5270"};
    m_id cost, bank;
    const char *amount = sim_amount(call, 100 + sim_roll(&s->dice, 900000));
    M_TRY(sim_account(s, call, costs[sim_roll(&s->dice, 4)], &cost));
    M_TRY(sim_account(s, call, "1120", &bank));
    return sim_make(s, call, SIM_JOURNAL, "finance/journal-vouchers",
                    sim_text(call,
                             "{'posting_date':'%s','lines':[{'account':'%s','cost_center':'%s',"
                             "'debit':'%s'},{'account':'%s','credit':'%s'}]}",
                             sim_day(s, call), sim_id(call, cost), sim_id(call, s->center), amount,
                             sim_id(call, bank), amount));
}

/* ---- selling and moving ---- */

static m_status deliver(sim *s, m_call *call)
{
    const char *lines = item_lines(s, call, 12, false);
    return sim_make(s, call, SIM_DELIVERY, "wms/delivery-notes",
                    sim_text(call,
                             "{'customer':'%s','warehouse':'%s','posting_date':'%s','lines':[%s]}",
                             sim_id(call, party(s, s->customers)), sim_id(call, place(s)),
                             sim_day(s, call), lines));
}

/* What was delivered and has not come back, billed at a price of the day. */
static m_status bill_delivery(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_DELIVERY);
    const m_type *type, *line_type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_read(s, call, "wms/delivery-notes", id, &type, &found));
    const m_list *lines = sim_lines(type, found, "lines", &line_type);
    const char *all = "";
    for (uint32_t i = 0; i < lines->count; i++) {
        const void *line = (const char *)lines->items + (size_t)i * line_type->size;
        m_dec qty = {sim_dec(line_type, line, "qty").u -
                     sim_dec(line_type, line, "returned_qty").u};
        if (qty.u <= 0) continue;
        all = m_arena_printf(call->arena, "%s%s{'delivery_line':'%s','qty':'%s','rate':'%s'}", all,
                             *all ? "," : "", sim_id(call, sim_link(line_type, line, "id")),
                             dec_text(call, part_of(s, qty)),
                             sim_amount(call, 500 + sim_roll(&s->dice, 30000)));
    }
    if (!*all) return M_OK;
    return sim_make(s, call, SIM_SALE, "finance/sales-invoices",
                    sim_text(call, "{'customer':'%s','posting_date':'%s','lines':[%s]}",
                             sim_id(call, sim_link(type, found, "customer")), sim_day(s, call),
                             all));
}

static m_status take_back(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_DELIVERY);
    const m_type *type, *line_type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    M_TRY(sim_read(s, call, "wms/delivery-notes", id, &type, &found));
    const m_list *lines = sim_lines(type, found, "lines", &line_type);
    const void *line =
        (const char *)lines->items + (size_t)sim_roll(&s->dice, lines->count) * line_type->size;
    return sim_make(s, call, SIM_CUSTOMER_RETURN, "wms/customer-returns",
                    sim_text(call,
                             "{'delivery':'%s','posting_date':'%s','lines':[{'delivery_line':'%s',"
                             "'qty':'%u'}]}",
                             sim_id(call, id), sim_day(s, call),
                             sim_id(call, sim_link(line_type, line, "id")),
                             1 + sim_roll(&s->dice, 6)));
}

static m_status sell(sim *s, m_call *call)
{
    const char *lines = item_lines(s, call, 12, true);
    return sim_make(s, call, SIM_SALE, "finance/sales-invoices",
                    sim_text(call, "{'customer':'%s','posting_date':'%s','lines':[%s]}",
                             sim_id(call, party(s, s->customers)), sim_day(s, call), lines));
}

static m_status issue(sim *s, m_call *call)
{
    const char *lines = item_lines(s, call, 25, false);
    return sim_make(s, call, SIM_ISSUE, "wms/stock-issues",
                    sim_text(call, "{'warehouse':'%s','posting_date':'%s','lines':[%s]}",
                             sim_id(call, place(s)), sim_day(s, call), lines));
}

static m_status transfer(sim *s, m_call *call)
{
    bool out = sim_chance(&s->dice, 85);
    const char *lines = item_lines(s, call, 20, false);
    return sim_make(s, call, SIM_TRANSFER, "wms/stock-transfers",
                    sim_text(call,
                             "{'from_warehouse':'%s','to_warehouse':'%s','transit_warehouse':'%s',"
                             "'posting_date':'%s','lines':[%s]}",
                             sim_id(call, out ? s->depot : s->outlet),
                             sim_id(call, out ? s->outlet : s->depot), sim_id(call, s->transit),
                             sim_day(s, call), lines));
}

static m_status arrive(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_TRANSFER);
    const m_type *type, *line_type;
    const void *found;
    if (m_id_is_null(id)) return M_OK;
    if (sim_chance(&s->dice, 15))
        return sim_move(s, call, "wms/stock-transfers", id, "write_off",
                        sim_text(call, "{'posting_date':'%s'}", sim_day(s, call)));
    M_TRY(sim_read(s, call, "wms/stock-transfers", id, &type, &found));
    const m_list *lines = sim_lines(type, found, "lines", &line_type);
    const char *some = "";
    if (sim_chance(&s->dice, 40))
        some = m_arena_printf(call->arena, ",'lines':[{'line':'%s','qty':'%u'}]",
                              sim_id(call, sim_link(line_type, lines->items, "id")),
                              1 + sim_roll(&s->dice, 5));
    return sim_move(s, call, "wms/stock-transfers", id, "receive",
                    sim_text(call, "{'posting_date':'%s'%s}", sim_day(s, call), some));
}

static m_status count_stock(sim *s, m_call *call)
{
    static const char *const reasons[] = {"count", "damage", "other"};
    bool in = sim_chance(&s->dice, 40);
    return sim_make(
        s, call, SIM_ADJUSTMENT, "wms/stock-adjustments",
        sim_text(call,
                 "{'warehouse':'%s','posting_date':'%s','reason':'%s','lines':["
                 "{'item':'%s','direction':'%s','qty':'%u'%s}]}",
                 sim_id(call, place(s)), sim_day(s, call), reasons[sim_roll(&s->dice, 3)],
                 sim_id(call, s->items[sim_roll(&s->dice, SIM_ITEMS)]), in ? "in" : "out",
                 1 + sim_roll(&s->dice, 9), in ? ",'rate':'9.99'" : ""));
}

/* What is there is counted, valued anew, or both. */
static m_status reconcile(sim *s, m_call *call)
{
    static const char *const sets[] = {"quantity", "rate", "quantity_and_rate"};
    return sim_make(s, call, SIM_RECONCILIATION, "wms/stock-reconciliations",
                    sim_text(call,
                             "{'warehouse':'%s','posting_date':'%s','lines':[{'item':'%s',"
                             "'sets':'%s','qty':'%u','rate':'%s'}]}",
                             sim_id(call, place(s)), sim_day(s, call),
                             sim_id(call, s->items[sim_roll(&s->dice, SIM_ITEMS)]),
                             sets[sim_roll(&s->dice, 3)], sim_roll(&s->dice, 60),
                             sim_amount(call, 100 + sim_roll(&s->dice, 9900))));
}

/* Is some of the item still on its way? A transfer names what it has in transit. */
static bool under_way(const m_type *type, const void *transfer, m_id item)
{
    const m_type *line_type, *piece_type;
    const m_list *lines = sim_lines(type, transfer, "lines", &line_type);
    const m_list *pieces = sim_lines(type, transfer, "transit", &piece_type);
    for (uint32_t i = 0; i < pieces->count; i++) {
        const char *piece = (const char *)pieces->items + i * piece_type->size;
        if (sim_dec(piece_type, piece, "left_qty").u == 0) continue;
        for (uint32_t k = 0; k < lines->count; k++) {
            const char *line = (const char *)lines->items + k * line_type->size;
            if (m_id_eq(sim_link(line_type, line, "id"), sim_link(piece_type, piece, "line")) &&
                m_id_eq(sim_link(line_type, line, "item"), item))
                return true;
        }
    }
    return false;
}

/* No standard begins while goods are on their way: they arrive first. */
static m_status set_standard(sim *s, m_call *call)
{
    const sim_list *sent = &s->made[SIM_TRANSFER];
    for (uint32_t i = 0; i < sent->count; i++) {
        const m_type *type;
        const void *found;
        M_TRY(sim_read(s, call, "wms/stock-transfers", sent->ids[i], &type, &found));
        if (under_way(type, found, s->items[6]))
            M_TRY(
                sim_move(s, call, "wms/stock-transfers", sent->ids[i], "receive", m_str_of("{}")));
    }
    return sim_make(s, call, SIM_STANDARD_COST, "wms/standard-costs",
                    sim_text(call, "{'item':'%s','posting_date':'%s','rate':'%s'}",
                             sim_id(call, s->items[6]), sim_day(s, call),
                             sim_amount(call, 3000 + sim_roll(&s->dice, 3000))));
}

/* ---- other currencies ---- */

static m_status exchange_rate(sim *s, m_call *call)
{
    m_document_reply reply;
    m_document_request in = {
        .module = M_STR("core"),
        .collection = M_STR("exchange-rates"),
        .body = sim_text(call, "{'currency':'%s','valid_from':'%s','rate':'8%u.%04u'}",
                         sim_id(call, s->dollars), sim_day(s, call), sim_roll(&s->dice, 10),
                         sim_roll(&s->dice, 10000))};
    return m_documents_create(s->domains->documents, call, &in, &reply);
}

static m_status bank_transfer(sim *s, m_call *call)
{
    m_id bank, dollars;
    bool buy = sim_chance(&s->dice, 60);
    M_TRY(sim_account(s, call, "1120", &bank));
    M_TRY(sim_account(s, call, "1125", &dollars));
    return sim_make(
        s, call, SIM_BANK_TRANSFER, "finance/bank-transfers",
        sim_text(call,
                 "{'posting_date':'%s','from_account':'%s','to_account':'%s','amount':'%s',"
                 "'cost_center':'%s'}",
                 sim_day(s, call), sim_id(call, buy ? bank : dollars),
                 sim_id(call, buy ? dollars : bank),
                 sim_amount(call, 1000 + sim_roll(&s->dice, buy ? 5000000 : 30000)),
                 sim_id(call, s->center)));
}

/* ---- undoing ---- */

static m_status cancel(sim *s, m_call *call)
{
    static const struct {
        sim_kind kind;
        const char *collection;
    } kinds[] = {{SIM_ORDER, "wms/purchase-orders"},
                 {SIM_GOODS_RECEIPT, "wms/goods-receipts"},
                 {SIM_BILL, "finance/purchase-invoices"},
                 {SIM_PAYMENT, "finance/payments"},
                 {SIM_SALE, "finance/sales-invoices"},
                 {SIM_RECEIPT, "finance/receipts"},
                 {SIM_TRANSFER, "wms/stock-transfers"},
                 {SIM_ISSUE, "wms/stock-issues"},
                 {SIM_ADJUSTMENT, "wms/stock-adjustments"},
                 {SIM_RETURN, "wms/purchase-returns"},
                 {SIM_DELIVERY, "wms/delivery-notes"},
                 {SIM_CUSTOMER_RETURN, "wms/customer-returns"},
                 {SIM_RECONCILIATION, "wms/stock-reconciliations"},
                 {SIM_STANDARD_COST, "wms/standard-costs"},
                 {SIM_BANK_TRANSFER, "finance/bank-transfers"},
                 {SIM_CREDIT_NOTE, "finance/sales-credit-notes"},
                 {SIM_DEBIT_NOTE, "finance/purchase-debit-notes"},
                 {SIM_LANDED_COST, "wms/landed-costs"},
                 {SIM_JOURNAL, "finance/journal-vouchers"}};
    uint32_t i = sim_roll(&s->dice, sizeof kinds / sizeof kinds[0]);
    m_id id = sim_any(s, kinds[i].kind);
    if (m_id_is_null(id)) return M_OK;
    return sim_move(s, call, kinds[i].collection, id, "cancel", m_str_of("{}"));
}

const sim_act sim_acts[] = {
    {"order goods", 9, order, false},
    {"receive goods", 10, receive, false},
    {"enter a bill", 9, bill, false},
    {"return to supplier", 2, send_back, false},
    {"add landed cost", 2, landed_cost, false},
    {"pay", 8, pay, false},
    {"deliver", 8, deliver, false},
    {"bill a delivery", 7, bill_delivery, false},
    {"take goods back", 2, take_back, false},
    {"sell otherwise", 4, sell, false},
    {"collect", 8, collect, false},
    {"credit a customer", 3, credit_customer, false},
    {"debit a supplier", 2, debit_supplier, false},
    {"allocate an advance", 3, allocate, false},
    {"issue goods", 4, issue, false},
    {"send a transfer", 5, transfer, false},
    {"receive a transfer", 6, arrive, false},
    {"count stock", 3, count_stock, false},
    {"count or value anew", 3, reconcile, false},
    {"new standard cost", 2, set_standard, false},
    {"goods by batch", 5, sim_batches, false},
    {"pieces by number", 5, sim_pieces, false},
    {"goods at standard cost", 4, sim_at_standard, false},
    {"book what was found late", 3, sim_late, false},
    {"new exchange rate", 2, exchange_rate, false},
    {"bank transfer", 2, bank_transfer, false},
    {"journal", 4, journal, false},
    {"cancel", 5, cancel, false},
    {"unbalanced journal", 1, sim_unbalanced, true},
    {"sell what is not there", 1, sim_oversell, true},
    {"a link to nothing", 1, sim_unknown_link, true},
    {"post to a group", 1, sim_group_account, true},
    {"a year nobody opened", 1, sim_far_future, true},
    {"pay more than is owed", 1, sim_overpay, true},
    {"submit twice", 1, sim_twice, true},
    {"no number", 1, sim_bad_form, true},
    {"late without a reason", 1, sim_late_silent, true},
    {"lock a month", 0, sim_lock, false},
    {"close the year", 0, sim_close_year, false},
    {"reopen the year", 0, sim_reopen_year, false},
};
const uint32_t sim_act_count = sizeof sim_acts / sizeof sim_acts[0];
