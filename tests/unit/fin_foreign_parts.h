/* What the tests of documents in other currencies are made of; both sides of trade. */
#ifndef FIN_FOREIGN_PARTS_H
#define FIN_FOREIGN_PARTS_H

#include <check.h>

#include "account/account.h"
#include "fin_world.h"
#include "open_item/open_item.h"
#include "payment/payment.h"
#include "receipt/receipt.h"

static fin_world world;
static fin_world *w = &world;

typedef struct {
    uint32_t party;
    const char *field;
    const char *invoices;
    const char *money;
    const char *notes;
    const char *control; /* account */
    const char *prepaid; /* account */
    const char *off;     /* account of write-offs */
    const m_type *money_type;
    int sign; /* of what is owed at the control account */
    m_enum kinds[3];
} side;

static const side sides[] = {
    {SUPPLIER,
     "supplier",
     "purchase-invoices",
     "payments",
     "purchase-debit-notes",
     "2110",
     "1150",
     "4200",
     &fin_payment_record_type,
     -1,
     {FIN_OPEN_INVOICE, FIN_OPEN_ADVANCE, FIN_OPEN_CREDIT}},
    {CUSTOMER,
     "customer",
     "sales-invoices",
     "receipts",
     "sales-credit-notes",
     "1130",
     "2170",
     "5310",
     &fin_receipt_record_type,
     1,
     {FIN_OPEN_RECEIVABLE, FIN_OPEN_CUSTOMER_ADVANCE, FIN_OPEN_CUSTOMER_CREDIT}},
};
#define SIDES 2

static const side *const supplier = &sides[0];
static const side *const customer = &sides[1];

static inline const char *usd(void)
{
    return fin_id_text(w, test_id(USD));
}

static inline void setup(void)
{
    fin_world_setup(w);
    w->usd = test_dec("75");
    w->jpy = test_dec("55.5");
    fin_create(w, "accounts", NULL,
               fin_text(w,
                        "{\"code\":\"BankUSD\",\"name\":\"Dollars\",\"parent\":\"%s\","
                        "\"kind\":\"bank\",\"currency\":\"%s\"}",
                        fin_account_text(w, "1100"), usd()));
}

/* ---- the books ---- */

static inline m_fetch fetch_all(const m_type *type)
{
    static const m_query all = {0};
    m_fetch read = {.type = type, .query = &all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &read, 1), M_OK);
    fin_end(w, M_OK);
    return read;
}

static inline m_foreign account_sum(const char *code)
{
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, code)), &account), M_OK);
    m_filter filter = {"account", M_OP_EQ, &account};
    m_sum sum = {.type = &m_gl_entry_type, .filters = &filter, .filter_count = 1, .group_by = ""};
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &sum), M_OK);
    fin_end(w, M_OK);
    const m_gl_entry *row = M_AT(sum.out, m_gl_entry, 0);
    return (m_foreign){{row->debit.u - row->credit.u}, row->foreign_amount};
}

static inline void items_are(m_enum kind, m_enum also, int sign, const char *code)
{
    m_foreign open = {{0}, {0}};
    m_fetch items = fetch_all(&fin_open_item_type);
    for (uint32_t i = 0; i < items.count; i++) {
        const fin_open_item *item = items.records[i];
        ck_assert_int_ge(item->outstanding.u, 0);
        ck_assert_int_ge(item->base_outstanding.u, 0);
        if (item->outstanding.u == 0) ck_assert_int_eq(item->base_outstanding.u, 0);
        if (item->kind != kind && item->kind != also) continue;
        open.base.u += sign * fin_open_base(item).u;
        if (!m_id_is_null(item->currency)) open.foreign.u += sign * item->outstanding.u;
    }
    m_foreign books = account_sum(code);
    ck_assert_int_eq(books.base.u, open.base.u);
    ck_assert_int_eq(books.foreign.u, open.foreign.u);
}

/* Control accounts are what is open, in both currencies. */
static inline void books_agree(void)
{
    fin_books_balance(w);
    for (const side *s = sides; s < sides + SIDES; s++) {
        items_are(s->kinds[0], s->kinds[0], s->sign, s->control);
        items_are(s->kinds[1], s->kinds[2], -s->sign, s->prepaid);
    }
}

static inline void teardown(void)
{
    books_agree();
    fin_world_teardown(w);
}

static inline void open_is(m_id document, const char *foreign, const char *base)
{
    const void *found = NULL;
    fin_open_item key = {.document = document};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_open_item_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    ck_assert_ptr_nonnull(found);
    const fin_open_item *item = found;
    char text[2][M_DEC_TEXT];
    m_dec_format(item->outstanding, 2, text[0]);
    m_dec_format(item->base_outstanding, 2, text[1]);
    ck_assert_msg(item->outstanding.u == test_dec(foreign).u &&
                      item->base_outstanding.u == test_dec(base).u,
                  "open is %s, %s in the books", text[0], text[1]);
}

/* A loss above zero. */
static inline void exchange_is(const char *loss)
{
    int64_t sum = account_sum("4500").base.u + account_sum("5320").base.u;
    char text[M_DEC_TEXT];
    m_dec_format((m_dec){sum}, 2, text);
    ck_assert_msg(sum == test_dec(loss).u, "%s is lost, expected %s", text, loss);
}

/* ---- documents ---- */

/* rate: JSON members, such as "\"rate\":\"70\","; "" for the rate of the day. */
static inline const char *bill_body(const side *s, const char *amount, const char *rate,
                                    uint32_t tax)
{
    static int no;
    const char *number =
        s == supplier ? fin_text(w, "\"supplier_invoice_no\":\"F-%d\",", ++no) : "";
    return fin_text(w,
                    "{\"%s\":\"%s\",%s\"currency\":\"%s\",%s\"lines\":[{\"description\":\"Work\","
                    "\"qty\":\"1\",\"rate\":\"%s\",\"account\":\"%s\",\"cost_center\":\"%s\""
                    "%s%s%s}]}",
                    s->field, fin_id_text(w, test_id(s->party)), number, usd(), rate, amount,
                    fin_account_text(w, s == supplier ? "5300" : "4100"),
                    fin_center_text(w, "Main"), tax ? ",\"tax\":\"" : "",
                    tax ? fin_id_text(w, test_id(tax)) : "", tax ? "\"" : "");
}

static inline m_id bill(const side *s, const char *amount, const char *rate)
{
    return fin_create(w, s->invoices, "submit",
                      bill_body(s, amount, fin_text(w, "\"rate\":\"%s\",", rate), 0))
        .id;
}

static inline const char *share(m_id invoice, const char *amount, const char *write_off)
{
    return fin_text(w, "{\"invoice\":\"%s\",\"amount\":\"%s\",\"write_off\":\"%s\"}",
                    fin_id_text(w, invoice), amount, write_off);
}

static inline const char *money_body(const side *s, const char *amount, const char *rate,
                                     const char *shares)
{
    return fin_text(w,
                    "{\"%s\":\"%s\",\"currency\":\"%s\",\"rate\":\"%s\",\"amount\":\"%s\","
                    "\"cost_center\":\"%s\",\"allocations\":[%s]}",
                    s->field, fin_id_text(w, test_id(s->party)), usd(), rate, amount,
                    fin_center_text(w, "Main"), shares);
}

static inline m_id pay(const side *s, const char *amount, const char *rate, const char *shares)
{
    return fin_create(w, s->money, "submit", money_body(s, amount, rate, shares)).id;
}

static inline void allocate(const side *s, m_id money, const char *shares)
{
    fin_act(w, s->money, money, "allocate", fin_text(w, "{\"allocations\":[%s]}", shares));
}

#endif
