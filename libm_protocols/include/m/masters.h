/* Masters: what other domains may know about items, parties, taxes, units and policies. Provided by
 * the host's core module. Every question takes a list, so that one call answers for a whole
 * document. */
#ifndef M_MASTERS_H
#define M_MASTERS_H

#include "m/iface.h"
#include "m/money.h"

typedef struct {
    m_list ids; /* m_id */
} m_ids;
extern const m_type m_ids_type;

/* M_BATCH_AVERAGE: each batch or piece has its own cost; for tracked items, and only for them. */
typedef enum { M_MOVING_AVERAGE, M_FIFO, M_STANDARD, M_BATCH_AVERAGE } m_valuation_method;
extern const char *const m_valuation_methods[]; /* "moving_average", "fifo", … */

/* How goods of one item are told apart. */
typedef enum { M_TRACK_NONE, M_TRACK_BATCH, M_TRACK_SERIAL } m_tracking;
extern const char *const m_trackings[]; /* "none", "batch", "serial" */

/* One unit an item may be bought or counted in. */
typedef struct {
    m_id unit;
    m_dec factor;   /* stock units in `per` of this unit, > 0: box of 12 → 12 */
    m_dec per;      /* > 0, or 0 for 1: three to the kilogram → 1 in 3 */
    int64_t places; /* decimal places a quantity in this unit may have */
} m_item_unit;
extern const m_type m_item_unit_type;

typedef struct {
    m_id id;
    m_str code;
    m_str name;
    bool active;
    bool is_stock;    /* kept in stock; services are not */
    m_enum valuation; /* m_valuation_method */
    m_enum tracking;  /* m_tracking */
    m_id stock_unit;
    int64_t unit_places; /* decimal places a quantity in stock units may have */
    m_id tax;            /* default purchase tax, or null id */
    m_dec weight; /* of one stock unit, any unit that is the same for all items; 0: unknown */
    m_dec volume; /* likewise */
    m_list units; /* m_item_unit; the stock unit is not listed */
    m_dec reorder_level; /* stock units: order again at this level; 0: never */
    m_dec reorder_qty;   /* stock units: ordered in lots of this; 0: not said */
} m_item_info;
extern const m_type m_item_info_type;

typedef struct {
    m_list items; /* m_item_info, in the order asked; unknown ids have a null id */
} m_items;
extern const m_type m_items_type;

typedef struct {
    m_id id;
    m_str code;
    m_str name;
    bool active;
    bool blocked; /* no new orders */
    bool payment_hold;
    int64_t credit_days; /* payment terms */
    m_dec credit_limit;  /* of a customer, base currency; zero: none set */
} m_party_info;
extern const m_type m_party_info_type;

typedef struct {
    m_list parties; /* m_party_info, in the order asked; unknown ids have a null id */
} m_parties;
extern const m_type m_parties_type;

/* One component of a tax (CGST and SGST are two components of one tax). */
typedef struct {
    m_str name;
    m_dec rate;        /* percent */
    m_str purpose;     /* row of the posting matrix: "input_tax" */
    m_dec fixed;       /* so much for each unit, besides the percentage */
    bool adds_to_base; /* later components are computed on it too */
} m_tax_component;
extern const m_type m_tax_component_type;

typedef struct {
    m_id id;
    m_str code;
    bool active;
    bool recoverable; /* false: the tax is part of the cost */
    m_list components;
    m_dec not_deductible; /* percent of a recoverable tax that is part of the cost all the same */
    bool reverse_charge;  /* the buyer owes it: the seller charges nothing */
} m_tax_info;
extern const m_type m_tax_info_type;

typedef struct {
    m_list taxes;
} m_taxes;
extern const m_type m_taxes_type;

/* A limit or rate that is tenant data: "wms.receipt_tolerance_pct". */
typedef struct {
    m_str name;
    m_date on; /* effective on this day */
} m_policy_question;
extern const m_type m_policy_question_type;

typedef struct {
    bool found;
    m_dec value;
} m_policy_value;
extern const m_type m_policy_value_type;

/* A currency and what it is worth on a day. */
typedef struct {
    m_id currency; /* null id: the base currency */
    m_date on;
} m_currency_question;
extern const m_type m_currency_question_type;

typedef struct {
    m_id id; /* null id: there is no such currency */
    m_str code;
    int64_t places;
    bool active;
    bool base;         /* it is the tenant's own */
    bool found;        /* there is a rate; always for the base currency */
    m_dec rate;        /* base units for … */
    m_dec per;         /* … so many of the currency */
    m_date valid_from; /* of the latest rate on or before the day; none: base */
} m_currency_info;
extern const m_type m_currency_info_type;

typedef struct {
    m_str base_currency; /* ISO 4217 */
    int64_t currency_places;
    int64_t fiscal_start_month; /* 1 to 12 */
    m_str company_name;
} m_tenant_info;
extern const m_type m_tenant_info_type;

typedef struct {
    m_ops_head head;
    m_status (*items)(void *self, m_call *call, const m_ids *in, m_items *out);
    m_status (*suppliers)(void *self, m_call *call, const m_ids *in, m_parties *out);
    m_status (*taxes)(void *self, m_call *call, const m_ids *in, m_taxes *out);
    m_status (*policy)(void *self, m_call *call, const m_policy_question *in, m_policy_value *out);
    m_status (*tenant)(void *self, m_call *call, const m_ids *in /* ignored */, m_tenant_info *out);
    m_status (*customers)(void *self, m_call *call, const m_ids *in, m_parties *out);
    /* All items with a reorder level, by code, inactive ones too; at most M_QUERY_LIMIT_MAX. */
    m_status (*reordered)(void *self, m_call *call, const m_ids *in /* ignored */, m_items *out);
    m_status (*currency)(void *self, m_call *call, const m_currency_question *in,
                         m_currency_info *out);
} m_masters_ops;

typedef struct {
    const m_masters_ops *ops;
    void *self;
} m_masters;

M_WRAPPER(masters, items, m_ids, m_items)
M_WRAPPER(masters, suppliers, m_ids, m_parties)
M_WRAPPER(masters, taxes, m_ids, m_taxes)
M_WRAPPER(masters, policy, m_policy_question, m_policy_value)
M_WRAPPER(masters, tenant, m_ids, m_tenant_info)
M_WRAPPER(masters, customers, m_ids, m_parties)
M_WRAPPER(masters, reordered, m_ids, m_items)
M_WRAPPER(masters, currency, m_currency_question, m_currency_info)

extern const m_protocol m_masters_protocol;

/* The policy's value on that day; `fallback` when the tenant has none. */
M_MUST_USE m_status m_policy(m_masters masters, m_call *call, const char *name, m_date on,
                             m_dec fallback, m_dec *out);
/* The currency with its rate of that day; M_PRECONDITION (core.currency.rate_missing) when it has
 * none, M_INVALID (core.currency.unknown) when it does not exist. */
M_MUST_USE m_status m_currency_on(m_masters masters, m_call *call, m_id currency, m_date on,
                                  m_currency_info *out);
static inline m_rate m_currency_rate(const m_currency_info *info)
{
    return (m_rate){info->rate, info->per};
}
/* qty of `unit` in stock units of the item: qty × factor ÷ per, rounded once, half up, to `places`.
 * M_INVALID (core.unit.not_convertible) when it has no such unit. */
M_MUST_USE m_status m_unit_to_stock(m_call *call, const m_item_info *item, m_id unit, m_dec qty,
                                    int places, m_dec *out);
/* The item's unit, a null id standing for the stock unit; false when it has no such unit. per is
 * never 0. Pure. */
bool m_unit_of(const m_item_info *item, m_id unit, m_item_unit *out);

#endif
