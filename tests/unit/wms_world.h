/* A small company for tests of libwms: memory store, stock-keeper, masters and a ledger that only
 * take notes, and the documents of the module moved the way the documents service does it. */
#ifndef WMS_WORLD_H
#define WMS_WORLD_H

#include <check.h>

#include "batch/batch.h"
#include "customer_return/customer_return.h"
#include "goods_receipt/goods_receipt.h"
#include "landed_cost/landed_cost.h"
#include "purchase_return/purchase_return.h"
#include "standard_cost/standard_cost.h"
#include "stock_adjustment/stock_adjustment.h"
#include "stock_issue/stock_issue.h"
#include "stock_reconciliation/stock_reconciliation.h"
#include "stock_transfer/stock_transfer.h"
#include "test_env.h"
#include "warehouse/warehouse.h"

/* Ids by number: test_id(N_…). */
enum {
    N_AVERAGE = 101, /* moving average, pieces of 2.5 weight and 0.1 volume, boxes of 12; ordered
                        again at 10, 15 at once */
    N_FIFO,          /* FIFO, kilograms with 3 places and 1 weight, no volume, grams */
    N_SERVICE,
    N_OLD,    /* inactive; level and quantity 5 */
    N_SECOND, /* moving average, no weight and volume; level 20, no quantity */
    N_FIFO_TWO,
    N_BATCH,      /* by batch, kilograms with 3 places */
    N_SERIAL,     /* by serial number */
    N_STANDARD,   /* standard cost, pieces, boxes of 12 */
    N_BATCH_TWO,  /* as N_BATCH */
    N_GOOD = 201, /* suppliers */
    N_BLOCKED,
    N_INACTIVE,
    N_HOTEL = 251, /* customers */
    N_CAFE,
    N_GONE,      /* inactive */
    N_GST = 301, /* 9 + 9 %, recoverable */
    N_DUTY,      /* 10 %, not recoverable */
    N_ABOLISHED, /* inactive */
    N_RUPEE,     /* the base currency */
    N_DOLLAR,    /* worth W.dollar */
    N_PIECE = 401,
    N_BOX,
    N_KG,
    N_GRAM,
    N_POUND, /* 0.453592 kg */
    N_LOAF,  /* three to the kg */
    N_DEPOT = 501,
    N_OUTLET,
    N_TRANSIT,
    N_CLOSED,
    N_CENTER = 601, /* of the depot; the others follow */
};

typedef struct {
    m_call *call;
    wms module;
    m_status ledger_says; /* what the next prepare answers */
    m_date open_from;     /* earlier days are in a closed period */
    bool turned;          /* N_AVERAGE says FIFO now */
    int backdating;       /* the policy wms.backdating */
    const char *dollar;   /* in rupees; NULL: there is no rate */
    bool negative;        /* the policy wms.negative_stock */
    bool expired;         /* the policy wms.expired_issue */
    bool below;           /* bins may be below zero */
    bool invoiced;        /* a reversal that names source lines is refused */
    uint32_t prepared, posted, reversed;
} world;

extern world W;

void world_open(void);
void world_close(void);

/* ---- documents ---- */

/* Line ids, check, field table, insert. The refused use case leaves nothing behind. */
m_status world_create(const m_doctype *type, void *doc);
/* The same, and it must work. */
void world_draft(const m_doctype *type, void *doc);
m_status world_act(const m_doctype *type, m_id id, const char *action, const void *input);
/* Create and submit; both must work. */
void world_submit(const m_doctype *type, void *doc);
const void *world_get(const m_type *type, m_id id);

/* A new document, with its id, in the call's arena. n lines at *lines. */
void *world_new(const m_type *type);
void *world_lines(m_list *list, uint32_t n, size_t size);

/* Shorthands. */
wms_purchase_order *world_order(uint32_t item, const char *qty, const char *rate);
wms_goods_receipt *world_receipt(const wms_purchase_order *order, const char *qty);
/* Order and receive, both submitted. */
wms_goods_receipt *world_receive(uint32_t item, const char *qty, const char *rate);
wms_stock_issue *world_issue(uint32_t item, uint32_t warehouse, const char *qty);
/* To N_HOTEL from N_DEPOT. */
wms_delivery_note *world_delivery(uint32_t item, const char *qty);
/* Of the first line. */
wms_customer_return *world_back(const wms_delivery_note *delivery, const char *qty);

/* One line for the depot; qty or rate NULL: not set. */
wms_stock_reconciliation *world_reconcile(uint32_t item, const char *qty, const char *rate);
wms_standard_cost *world_standard(uint32_t item, const char *rate);

/* ---- what is there ---- */

m_stock_bin world_bin(uint32_t item, uint32_t warehouse);
void world_bin_is(uint32_t item, uint32_t warehouse, const char *qty, const char *value);
/* Debit less credit of a purpose so far; of one subject (0: all). */
m_dec world_ledger(const char *purpose, uint32_t subject);
void world_ledger_is(const char *purpose, const char *amount);
/* Of the last line posted. */
const char *world_narration(void);
/* On every day what stock became worth is what the stock accounts got. */
void world_prove_days(void);
/* Value of the movements of one document in the stock ledger, corrections included; of one
 * warehouse (0: all). */
m_dec world_moved(m_id source, uint32_t warehouse);
/* Stock in the ledger = bins, per warehouse; bins = layers under FIFO; nothing worth something
 * where there is nothing. */
void world_prove(void);

void same_dec(m_dec got, const char *want, const char *what);
/* The last call failed so; path: of one of its fields, may be NULL. */
void failed_with(m_status status, const char *code, const char *path);
/* As failed_with, for the code of the field at path. */
void field_failed(m_status status, const char *code, const char *path);

#endif
