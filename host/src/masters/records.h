/* Records of the core module: what every domain may point to. All are documents; field tables in
 * the file of each noun. */
#ifndef CORE_RECORDS_H
#define CORE_RECORDS_H

#include "m/masters.h"
#include "m/module.h"

/* Where somebody can be found by post. */
typedef struct {
    m_str line1;
    m_str line2;
    m_str city;
    m_str region; /* state, province */
    m_str postal_code;
    m_str country;
} core_postal;
extern const m_type core_postal_type;

/* Whom to talk to. */
typedef struct {
    m_str name;
    m_str title;
    m_str phone;
    m_str fax;
    m_str email;
    m_str homepage;
} core_contact;
extern const m_type core_contact_type;

typedef enum { CORE_COMPANY, CORE_PERSON } core_party_kind;

/* A company or a person, whatever it is to us: one party may be supplier and customer. */
typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_enum kind;
    m_str tax_id;
    m_str registration_no;
    bool active;
    void *ext;
} core_party;
extern const m_type core_party_type;
extern const m_doctype core_party_doctype;

/* A place of a party, beyond the one its supplier or customer record holds. */
typedef struct {
    M_DOC;
    m_str label; /* "Head office" */
    m_id party;
    m_enum purpose; /* billing, shipping, office */
    m_str line1;
    m_str line2;
    m_str city;
    m_str region;
    m_str postal_code;
    m_str country;
    bool active;
    void *ext;
} core_address;
extern const m_type core_address_type;
extern const m_doctype core_address_doctype;

enum { CORE_SUPPLIER_ACTIVE, CORE_SUPPLIER_SUSPENDED, CORE_SUPPLIER_BLACKLISTED };

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_id party;
    m_str supplier_group;
    core_contact contact;
    core_postal address;
    m_str tax_id;
    int64_t credit_days;
    bool payment_hold;    /* pay nothing until cleared */
    m_str block_reason;   /* of the suspension or the blacklisting */
    m_date blocked_until; /* last day of a blacklisting; none: until it is lifted */
    m_str notes;
    void *ext;
} core_supplier;
extern const m_type core_supplier_type;
extern const m_doctype core_supplier_doctype;
/* May new orders go to the supplier on that day? A blacklisting ends by itself after its last day.
 */
bool core_supplier_blocked(const core_supplier *supplier, m_date on);

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_id party;
    m_str customer_group;
    core_contact contact;
    core_postal address;
    m_str tax_id;
    int64_t credit_days;
    m_dec credit_limit; /* base currency; 0: none set */
    bool active;
    m_str notes;
    void *ext;
} core_customer;
extern const m_type core_customer_type;
extern const m_doctype core_customer_doctype;

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    int64_t places; /* decimal places a quantity in this unit may have */
    bool active;
} core_unit;
extern const m_type core_unit_type;
extern const m_doctype core_unit_doctype;

typedef struct {
    M_DOC;
    m_str code; /* ISO 4217 */
    m_str name;
    m_str symbol;
    int64_t places; /* of the minor unit */
    bool active;
} core_currency;
extern const m_type core_currency_type;
extern const m_doctype core_currency_doctype;

/* What a currency is worth from a day on. (currency, valid_from) is unique. */
typedef struct {
    M_DOC;
    m_id currency;
    m_date valid_from;
    m_dec rate; /* base units for … */
    m_dec per;  /* … so many of the currency */
    m_str source;
} core_exchange_rate;
extern const m_type core_exchange_rate_type;
extern const m_doctype core_exchange_rate_doctype;

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    bool recoverable; /* false: the tax becomes part of the cost */
    bool active;
    m_list components;    /* m_tax_component; none: nothing is charged */
    m_dec not_deductible; /* percent of a recoverable tax that stays in the cost */
    bool reverse_charge;  /* the buyer owes it */
} core_tax;
extern const m_type core_tax_type;
extern const m_doctype core_tax_doctype;

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_id parent; /* null: at the top */
    m_str description;
    bool active;
} core_item_category;
extern const m_type core_item_category_type;
extern const m_doctype core_item_category_doctype;

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_str description;
    m_id category;
    m_id stock_unit;
    bool is_stock;
    m_enum valuation; /* m_valuation_method */
    m_enum tracking;  /* m_tracking */
    m_id purchase_tax;
    m_str barcode;
    m_str tariff_code; /* HSN, SAC, customs tariff */
    m_id supplier;     /* preferred */
    m_dec reorder_level;
    m_dec reorder_qty;
    m_dec standard_rate; /* per stock unit, base currency; 0: none */
    m_dec weight;        /* of one stock unit; 0: not known */
    m_dec volume;
    bool active;
    m_list units; /* m_item_unit: further units beside the stock unit */
    void *ext;
} core_item;
extern const m_type core_item_type;
extern const m_doctype core_item_doctype;

/* The tenant's own company; exactly one document. */
typedef struct {
    M_DOC;
    m_str company_name;
    m_id base_currency;
    int64_t fiscal_start_month; /* 1 to 12 */
    m_str tax_id;
    m_str registration_no;
    core_contact contact;
    core_postal address;
    m_str default_locale;
    void *ext;
} core_company;
extern const m_type core_company_type;
extern const m_doctype core_company_doctype;

/* A limit or rate of the tenant from a day on. (name, effective_from) is unique. */
typedef struct {
    M_DOC;
    m_str name; /* one that a module knows: "wms.receipt_tolerance_pct" */
    m_dec value;
    m_date effective_from;
    m_str reason;
} core_policy;
extern const m_type core_policy_type;
extern const m_doctype core_policy_doctype;

#endif
