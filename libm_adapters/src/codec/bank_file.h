/* What the readers of bank files share. */
#ifndef M_SRC_BANK_FILE_H
#define M_SRC_BANK_FILE_H

#include "m_adapters/bank_file.h"

/* A file under way. */
typedef struct {
    m_call *call;
    m_bank_file out;
    uint32_t statement_capacity;
    uint32_t line_capacity; /* of the last statement */
    uint32_t fault_capacity;
    uint32_t lines; /* in all */
} bank_reading;

M_MUST_USE m_status bank_add_statement(bank_reading *r, uint32_t line, m_bank_statement **out);
/* Into the last statement. M_RANGE (core.body.malformed): too many. */
M_MUST_USE m_status bank_add_line(bank_reading *r, const m_bank_line *line);
/* Notes the fault; the last statement, if any, is faulty. */
M_MUST_USE m_status bank_add_fault(bank_reading *r, uint32_t line, const char *why);

/* One line of text: blanks and control characters become single spaces, cut to `most` characters.
 * M_NOMEM. */
M_MUST_USE m_status bank_text(m_call *call, m_str raw, size_t most, m_str *out);

/* Digits with an optional sign before or behind, groups of thousands and the decimal sign given; at
 * most six places. False: it is none. */
bool bank_amount(m_str text, bool decimal_comma, m_dec *out);

#endif
