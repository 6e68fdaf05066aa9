/* The invariants that one SQL statement can check: data. */
#ifndef HOST_CHECKS_H
#define HOST_CHECKS_H

#include <stdbool.h>

typedef struct {
    const char *id;    /* "L1" */
    const char *title; /* what holds */
    const char *sql;   /* returns the offending rows; sees one tenant (or the catalogue) */
    bool catalogue;    /* run once, not per tenant */
} check;

/* Ends with a NULL id. */
extern const check checks_all[];

#endif
