/* Many invoices and payments in dollars, at random rates on both sides: what is settled in dollars
 * is settled in the books, and what was gained or lost is what the documents say. */
#include <check.h>

#include "fin_foreign_parts.h"

enum { STEPS = 120, DOCUMENTS = 2 * STEPS };

typedef struct {
    const side *of;
    m_id id;
} known;

static known bills[DOCUMENTS], payments[DOCUMENTS];
static uint32_t bill_count, payment_count;
static uint64_t state;

static uint32_t below(uint32_t n)
{
    return (uint32_t)(unit_random(&state) % n);
}

static const char *cents(int64_t n)
{
    return fin_text(w, "%lld.%02lld", (long long)(n / 100), (long long)(n % 100));
}

static const char *any_rate(void)
{
    return fin_text(w, "%u.%06u", below(120), 1 + below(999999));
}

static int64_t open_cents(m_id document)
{
    const void *found = NULL;
    fin_open_item key = {.document = document};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_open_item_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    return found ? ((const fin_open_item *)found)->outstanding.u / 10000 : 0;
}

static void add_bill(const side *s)
{
    bills[bill_count++] = (known){s, bill(s, cents(1 + below(200000)), any_rate())};
}

static void add_payment(const side *s, uint32_t most)
{
    const char *shares = "";
    int64_t total = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < bill_count && n < most; i++) {
        int64_t open = bills[i].of == s ? open_cents(bills[i].id) : 0;
        if (open == 0 || below(3) == 0) continue;
        int64_t part = below(2) ? open : 1 + below((uint32_t)open);
        int64_t off = s == supplier && part > 1 && below(4) == 0 ? below((uint32_t)part) : 0;
        shares = fin_text(w, "%s%s%s", shares, n++ ? "," : "",
                          share(bills[i].id, cents(part - off), cents(off)));
        total += part - off;
    }
    total += below(3) ? 0 : 1 + below(50000);
    if (total) payments[payment_count++] = (known){s, pay(s, cents(total), any_rate(), shares)};
}

static void use_advance(const known *payment)
{
    bool open = false;
    if (open_cents(payment->id) == 0) return;
    for (uint32_t i = 0; i < bill_count; i++)
        open |= bills[i].of == payment->of && open_cents(bills[i].id) > 0;
    if (open) fin_act(w, payment->of->money, payment->id, "allocate", NULL);
}

static void refund(const known *payment)
{
    int64_t left = open_cents(payment->id);
    if (left == 0) return;
    fin_create(w, payment->of->money, "submit",
               fin_text(w,
                        "{\"type\":\"refund\",\"%s\":\"%s\",\"refund_of\":\"%s\",\"currency\":"
                        "\"%s\",\"rate\":\"%s\",\"amount\":\"%s\"}",
                        payment->of->field, fin_id_text(w, test_id(payment->of->party)),
                        fin_id_text(w, payment->id), usd(), any_rate(),
                        cents(1 + below((uint32_t)left))));
}

/* What documents say was lost. */
static int64_t told_losses(void)
{
    int64_t sum = 0;
    for (const side *s = sides; s < sides + SIDES; s++) {
        m_fetch all = fetch_all(s->money_type);
        for (uint32_t i = 0; i < all.count; i++) {
            const fin_payment *payment = all.records[i];
            int64_t over = 0;
            if (payment->state != M_SUBMITTED) continue;
            for (M_EACH(const fin_allocation, line, payment->allocations))
                over += line->base_paid.u - (line->base_cleared.u - line->base_written.u);
            if (payment->type == FIN_REFUND)
                over += payment->base_unallocated.u - payment->base_amount.u;
            sum -= s->sign * over;
        }
    }
    return sum;
}

static void check_exchange(void)
{
    char loss[M_DEC_TEXT];
    m_dec_format((m_dec){told_losses()}, 2, loss);
    exchange_is(loss);
}

static void step(void)
{
    const side *s = &sides[below(SIDES)];
    const known *payment = payment_count ? &payments[below(payment_count)] : NULL;
    switch (below(8)) {
    case 0:
    case 1:
    case 2:
        add_bill(s);
        break;
    case 3:
    case 4:
        add_payment(s, 1 + below(4));
        break;
    case 5:
        if (payment) use_advance(payment);
        break;
    case 6:
        if (payment && below(2)) refund(payment);
        break;
    default: /* refused after a refund, and the second time */
        if (payment && below(2)) {
            m_document_reply reply;
            fin_begin(w);
            m_document_request in = {.module = M_STR("finance"),
                                     .collection = m_str_of(payment->of->money),
                                     .id = payment->id,
                                     .action = M_STR("cancel")};
            fin_end(w, w->documents.ops->act(w->documents.self, w->call, &in, &reply));
        }
    }
}

START_TEST(nothing_stays_when_all_is_settled)
{
    state = UINT64_C(20260401) + (uint64_t)_i;
    bill_count = payment_count = 0;
    for (int i = 0; i < STEPS; i++) {
        step();
        if (i % 10 == 0) books_agree();
    }
    books_agree();
    check_exchange();
    for (uint32_t i = 0; i < bill_count; i++) {
        int64_t open = open_cents(bills[i].id);
        if (open) pay(bills[i].of, cents(open), any_rate(), share(bills[i].id, cents(open), "0"));
        open_is(bills[i].id, "0", "0");
    }
    fin_balance_is(w, "2110", "0");
    fin_balance_is(w, "1130", "0");
    check_exchange();
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("settled");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, nothing_stays_when_all_is_settled, 0, 4);
    return fin_world_run(t, "fin_settled");
}
