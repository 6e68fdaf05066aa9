/* Invoice: what purchase and sales invoices have in common: who, when, lines, taxes, totals. Both
 * records begin with these members, so that one set of rules serves both. */
#ifndef FIN_INVOICE_H
#define FIN_INVOICE_H

#include "account/account.h"
#include "currency/currency.h"
#include "ledger/ledger.h"
#include "open_item/open_item.h"

typedef enum { FIN_TAX_PER_DOCUMENT, FIN_TAX_PER_LINE } fin_tax_rounding;
extern const char *const fin_tax_roundings[];
typedef enum { FIN_HALVES_UP, FIN_HALVES_EVEN } fin_round_halves;
extern const char *const fin_halves[];

/* One component of one tax over all lines that carry it. */
typedef struct {
    m_id tax;
    m_str name;
    m_str purpose;
    m_dec rate;
    m_dec taxable;
    m_dec amount;
    m_dec recoverable; /* posted as tax; the rest became cost of the lines */
    bool reverse;      /* the buyer owes it: no part of the total */
} fin_invoice_tax;
extern const m_type fin_invoice_tax_type;

typedef enum {
    FIN_CHARGE_NET,       /* rate percent of the net of all lines */
    FIN_CHARGE_ACTUAL,    /* a fixed amount */
    FIN_CHARGE_ROW,       /* rate percent of what an earlier row charges */
    FIN_CHARGE_ROW_TOTAL, /* rate percent of the total up to an earlier row */
    FIN_CHARGE_LINE_TAX /* the place of the lines' own taxes among the rows; else they come first */
} fin_charge_kind;

#define FIN_CHARGES_MAX 50

/* A charge on the whole document, such as freight. Without an account it is, on a sale, posted by
 * the purpose "output_tax"; on a purchase it is part of the cost of the lines, by their net. */
typedef struct {
    m_str name;
    m_enum basis; /* fin_charge_kind */
    m_dec rate;
    m_dec amount;
    int64_t row; /* an earlier one, from 1 */
    bool deduct;
    m_id account; /* or null id */
    m_id cost_center;
    m_dec taxable; /* what it was computed on */
    m_dec charged; /* ≥ 0, also when deducted */
} fin_invoice_charge;
extern const m_type fin_sales_charge_type; /* both of fin_invoice_charge */
extern const m_type fin_purchase_charge_type;

/* Part of an invoice that falls due on a day of its own. */
typedef struct {
    m_date due_date;
    m_dec amount;
    m_dec early_amount; /* pays it until early_until; zero: no discount */
    m_date early_until;
    bool early_net_only; /* the discount leaves the tax as it is */
    m_dec credited;      /* these two follow the open items */
    m_dec outstanding;
    m_dec base_amount; /* these two of an invoice in another currency, set when posted */
    m_dec base_outstanding;
} fin_invoice_instalment;
extern const m_type fin_invoice_instalment_type;

#define FIN_BILL_LINE_MEMBERS                                                                      \
    m_id id;                                                                                       \
    m_id item;                                                                                     \
    m_str description;                                                                             \
    m_id account;                                                                                  \
    m_id cost_center;                                                                              \
    m_dec qty;                                                                                     \
    m_dec rate;                                                                                    \
    m_dec amount; /* as priced */                                                                  \
    m_id tax;                                                                                      \
    m_dec net /* amount without included tax */

typedef struct {
    FIN_BILL_LINE_MEMBERS;
} fin_bill_line;

#define FIN_INVOICE_MEMBERS(who)                                                                   \
    M_DOC;                                                                                         \
    m_id who;                                                                                      \
    m_date posting_date; /* none: today */                                                         \
    m_date due_date;     /* none: by the party's credit days */                                    \
    m_id payment_terms;  /* or null id: the whole on one day */                                    \
    m_list instalments;  /* fin_invoice_instalment; none without terms; they sum to the whole */   \
    m_str narration;                                                                               \
    bool prices_include_tax;                                                                       \
    m_enum tax_rounding; /* fin_tax_rounding */                                                    \
    m_enum round_halves; /* fin_round_halves: of taxes and charges */                              \
    m_dec round_to;      /* the total is a multiple of it; zero: as it comes */                    \
    m_dec net_discount;  /* taken off the net, before charges; not with prices that include tax */ \
    m_list charges;      /* fin_invoice_charge; gets what each charges */                          \
    m_list lines;        /* each begins with fin_bill_line */                                      \
    m_list taxes;        /* fin_invoice_tax */                                                     \
    m_dec net_total;                                                                               \
    m_dec tax_total;                                                                               \
    m_dec rounding;                                                                                \
    m_dec grand_total;                                                                             \
    m_dec withheld;     /* of it, paid to the tax office instead; on purchase invoices only */     \
    m_dec outstanding;  /* follows the open item */                                                \
    m_dec written_off;  /* of it, over all receipts; kept on sales invoices only */                \
    m_id currency;      /* of all amounts; null id: the base currency */                           \
    m_dec rate;         /* base units for … */                                                   \
    m_dec per;          /* … so many of the currency */                                          \
    m_dec base_total;   /* grand_total in the base currency; zero unless in another; */            \
    m_dec base_withheld /* so is withheld */

typedef struct {
    FIN_INVOICE_MEMBERS(party);
} fin_invoice;

/* ---- rules (invoice_rules.c); pure ---- */

/* An invoice under work: its lines whatever their full type is. */
typedef struct {
    fin_invoice *invoice;
    fin_bill_line **lines;
    uint32_t count;
} fin_bill;

/* line_size: of the invoice's own line type. */
M_MUST_USE m_status fin_bill_open(m_arena *arena, fin_invoice *invoice, size_t line_size,
                                  fin_bill *out);

typedef struct {
    const m_list *taxes; /* m_tax_info, one per line in its order (null id: none) */
    int places;
    bool sale; /* tax is collected, not paid: none of it becomes cost */
    m_rounding round_to_how;
} fin_bill_terms;

/* From the amounts of the lines: their net, the taxes and the totals of the invoice. *out: also the
 * cost of each line. */
M_MUST_USE m_status fin_bill_compute(m_arena *arena, const fin_bill *bill,
                                     const fin_bill_terms *terms, fin_tax_result *out);

/* Is the charge of a purchase part of the cost of its lines? */
bool fin_charge_is_cost(const fin_invoice_charge *charge);

/* The purpose that takes a component when it is charged on a sale: what is "input_…" on purchases
 * is "output_…" here; anything else stays. */
M_MUST_USE m_status fin_output_purpose(m_arena *arena, m_str purpose, m_str *out);

/* ---- reading (invoice_check.c); faults are noted under "lines[i].…" ---- */

/* One m_item_info per line, null id where there is none. Descriptions left empty are filled. */
M_MUST_USE m_status fin_bill_items(fin_module *fin, m_call *call, const fin_bill *bill,
                                   m_list *out);
/* One m_tax_info per line. */
M_MUST_USE m_status fin_bill_taxes(fin_module *fin, m_call *call, const fin_bill *bill,
                                   m_list *out);
/* Notes what is wrong with an account and its cost center under "list[i].…". NULL: nothing. */
void fin_judge_account(m_call *call, const fin_account *account, m_id cost_center, const char *list,
                       uint32_t i);
/* Accounts of the lines that name one, told early and with the line they are in. */
M_MUST_USE m_status fin_bill_accounts(fin_module *fin, m_call *call, const fin_bill *bill);

/* ---- charges (invoice_charges.c) ---- */

/* The fields of charges and their rounding. */
#define FIN_INVOICE_HALVES_FIELD(S)                                                                \
    M_F_ENUM(S, round_halves, "Round halves", fin_halves,                                          \
             .help = "Of taxes and charges: away from zero, or to the even digit.",                \
             .section = "Taxes and rounding")
#define FIN_INVOICE_CHARGE_FIELDS(S, charge_type)                                                  \
    M_F_MONEY(S, net_discount, "Discount on the net", .flags = M_NON_NEGATIVE,                     \
              .help = "Spread over the lines, before taxes and charges.",                          \
              .section = "Taxes and rounding"),                                                    \
        M_F_LIST(S, charges, "Charges", charge_type, .max = FIN_CHARGES_MAX)

/* Can they be computed? The field table tells of what cannot. */
bool fin_charges_computable(const fin_invoice *invoice);
/* Notes charges that are not possible, and a discount that the priced lines do not bear. */
M_MUST_USE m_status fin_charges_check(fin_module *fin, m_call *call, const fin_bill *bill,
                                      int64_t places);
/* Of an invoice or a note: debits with sign 1, credits with −1, deducted ones the other way round.
 * Those without an account go to the purpose; NULL: they are in the cost of the lines. */
M_MUST_USE m_status fin_charges_debit(fin_lines *lines, const m_list *charges, int sign,
                                      const char *purpose);

/* ---- other currencies (invoice_currency.c) ---- */

/* The fields of an invoice in another currency. */
#define FIN_INVOICE_CURRENCY_FIELDS(S)                                                             \
    M_F_LINK(S, currency, "Currency", "core.currency", .flags = M_SPARSE,                          \
             .help = "Of all amounts; the company's own when left empty.", .section = "Currency"), \
        M_F_DEC(S, rate, "Exchange rate", .flags = M_NON_NEGATIVE | M_SPARSE,                      \
                .help = "That of the posting date when left empty.", .section = "Currency",        \
                .depends_on = "currency"),                                                         \
        M_F_DEC(S, per, "For", .flags = M_NON_NEGATIVE | M_SPARSE,                                 \
                .help = "Units of the other currency the rate is for; 1 when left empty.",         \
                .section = "Currency", .depends_on = "currency"),                                  \
        M_F_MONEY(S, base_total, "Total in the books", .flags = M_READONLY | M_SPARSE)

/* The invoice's currency on its posting date; fills its rate. */
M_MUST_USE m_status fin_invoice_currency(fin_module *fin, m_call *call, fin_invoice *invoice,
                                         fin_currency *out);
/* base_total, once the total is known. */
M_MUST_USE m_status fin_invoice_base(m_call *call, fin_invoice *invoice,
                                     const fin_currency *currency);
static inline m_dec fin_invoice_base_total(const fin_invoice *invoice)
{
    return m_id_is_null(invoice->currency) ? invoice->grand_total : invoice->base_total;
}

/* What the party gets; the same in the books of an invoice in another currency. */
static inline m_dec fin_invoice_payable(const fin_invoice *invoice)
{
    return (m_dec){invoice->grand_total.u - invoice->withheld.u};
}
static inline m_dec fin_invoice_base_payable(const fin_invoice *invoice)
{
    return (m_dec){invoice->base_total.u - invoice->base_withheld.u};
}

/* ---- instalments (invoice_terms.c) ---- */

/* By its terms, from the date of the bill; also the due date, which is the last. */
M_MUST_USE m_status fin_invoice_plan(fin_module *fin, m_call *call, fin_invoice *invoice,
                                     m_date from, int places);
/* With the open item of the invoice. */
M_MUST_USE m_status fin_instalments_open(fin_module *fin, m_call *call, const fin_open_item *item,
                                         fin_invoice *invoice);
M_MUST_USE m_status fin_instalments_close(fin_module *fin, m_call *call, fin_invoice *invoice);

/* ---- open items (invoice_open.c) ---- */

/* Refuses an invoice that comes to nothing. */
M_MUST_USE m_status fin_invoice_worth(m_call *call, const fin_invoice *invoice);
/* A posted invoice is outstanding. reference: the party's own number. */
M_MUST_USE m_status fin_invoice_open(fin_module *fin, m_call *call, const fin_side *side,
                                     fin_invoice *invoice, m_str reference);
/* Posts the mirror and takes the open item away; refused while anything is paid or credited of it.
 */
M_MUST_USE m_status fin_invoice_undo(fin_module *fin, m_call *call, const fin_side *side,
                                     fin_invoice *invoice);

#endif
