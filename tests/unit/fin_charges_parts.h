/* The charges of V030 and V031 and what cannot be charged: the same on both sides of trade. */
#ifndef FIN_CHARGES_PARTS_H
#define FIN_CHARGES_PARTS_H

#include "fin_world.h"

#define EIGHT 8
static const char *const v030_charges[EIGHT] = {"100.00", "125.00", "140.00", "2.80",
                                                "1.40",   "32.38",  "156.25", "180.78"};
static const char *const v031_charges[EIGHT] = {"100.00", "62.50", "70.00", "1.40",
                                                "0.70",   "17.19", "78.12", "95.49"};

/* A charge of a fixed amount; account: its code, or NULL. */
static inline const char *fixed_charge(fin_world *w, const char *name, const char *amount,
                                       const char *account)
{
    const char *where = account ? fin_text(w, ",\"account\":\"%s\",\"cost_center\":\"%s\"",
                                           fin_account_text(w, account), fin_center_text(w, "Main"))
                                : "";
    return fin_text(w, "{\"name\":\"%s\",\"basis\":\"actual\",\"amount\":\"%s\"%s}", name, amount,
                    where);
}

/* On lines that carry 10 and 12 % excise. shipping: its account, or NULL; to: where those of
 * percentages go, as a member with a comma in front, or empty. */
static inline const char *eight_charges(fin_world *w, const char *shipping, const char *to,
                                        const char *more)
{
    return fin_text(w,
                    ",\"charges\":[%s,"
                    "{\"name\":\"Customs\",\"basis\":\"net\",\"rate\":\"10\"%s},"
                    "{\"name\":\"Excise\",\"basis\":\"line_tax\"},"
                    "{\"name\":\"Cess\",\"basis\":\"row\",\"row\":3,\"rate\":\"2\"%s},"
                    "{\"name\":\"HCess\",\"basis\":\"row\",\"row\":3,\"rate\":\"1\"%s},"
                    "{\"name\":\"CST\",\"basis\":\"row_total\",\"row\":5,\"rate\":\"2\"%s},"
                    "{\"name\":\"VAT\",\"basis\":\"net\",\"rate\":\"12.5\"%s},"
                    "{\"name\":\"Discount\",\"basis\":\"row_total\",\"row\":7,\"rate\":\"10\","
                    "\"deduct\":true%s}]%s",
                    fixed_charge(w, "Shipping", "100", shipping), to, to, to, to, to, to, more);
}

/* V031 gives half of the net away first; 78.125 becomes 78.12. */
#define V031_DISCOUNT ",\"net_discount\":\"625\",\"round_halves\":\"even\""

static inline void charged(fin_world *w, m_str body, const char *const amounts[EIGHT])
{
    for (int i = 0; i < EIGHT; i++)
        fin_has(body, fin_text(w, "\"charged\":\"%s\"", amounts[i]));
}

static inline void is_v030(fin_world *w, m_str body)
{
    charged(w, body, v030_charges);
    fin_has(body, "\"net_total\":\"1250.00\"");
    fin_has(body, "\"grand_total\":\"1627.05\"");
}

static inline void is_v031(fin_world *w, m_str body)
{
    charged(w, body, v031_charges);
    fin_has(body, "\"net\":\"250.00\"");
    fin_has(body, "\"net\":\"375.00\"");
    fin_has(body, "\"tax_total\":\"234.42\"");
    fin_has(body, "\"grand_total\":\"859.42\"");
}

/* Members of an invoice over 100, and what refuses them. */
static const struct {
    const char *more, *code, *path;
} bad_charges[] = {
    {"\"charges\":[{\"name\":\"A\",\"basis\":\"row\",\"row\":1,\"rate\":\"1\"}]",
     "finance.invoice.charge_row", "charges[0].row"},
    {"\"charges\":[{\"name\":\"A\",\"basis\":\"row_total\",\"rate\":\"1\"}]",
     "finance.invoice.charge_row", "charges[0].row"},
    {"\"charges\":[{\"name\":\"A\",\"basis\":\"line_tax\",\"deduct\":true}]",
     "finance.invoice.charge_taxes", "charges[0].deduct"},
    {"\"charges\":[{\"name\":\"A\",\"basis\":\"line_tax\"},{\"name\":\"B\",\"basis\":"
     "\"line_tax\"}]",
     "finance.invoice.charge_taxes", "charges[1].basis"},
    {"\"charges\":[{\"name\":\"A\",\"basis\":\"actual\",\"amount\":\"-1\"}]", "core.validation",
     "charges[0].amount"},
    {"\"charges\":[{\"name\":\"A\",\"basis\":\"actual\",\"amount\":\"0.001\"}]",
     "core.field.places", "charges[0].amount"},
    {"\"charges\":[{\"basis\":\"actual\",\"amount\":\"1\"}]", "core.field.required",
     "charges[0].name"},
    {"\"net_discount\":\"100.01\"", "finance.invoice.net_discount", "net_discount"},
    {"\"net_discount\":\"1\",\"prices_include_tax\":true", "finance.invoice.net_discount",
     "net_discount"},
    {"\"net_discount\":\"0.001\"", "core.field.places", "net_discount"},
    {"\"net_discount\":\"-1\"", "core.validation", "net_discount"},
};

#endif
