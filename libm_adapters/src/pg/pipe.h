/* A pipeline being put together: statements with binary parameters, sent and answered as one.
 *
 * The bytes of all parameters of all steps lie in one growing buffer that is kept for the next
 * pipeline. After a failed allocation `failed` is set, further writes do nothing and the run
 * answers M_NOMEM. */
#ifndef M_SRC_PG_PIPE_H
#define M_SRC_PG_PIPE_H

#include <libpq-fe.h>

#include "m/field.h"

#pragma GCC visibility push(hidden)

/* Fixed statement text, zero-terminated, with its hash. */
typedef struct {
    const char *p;
    size_t n;
    uint64_t hash;
} pg_sql;

uint64_t pg_hash(const void *bytes, size_t n, uint64_t seed);
pg_sql pg_sql_of(const char *text);

struct pg_plan;

/* Called with the result of a statement that succeeded. May be called again when the whole pipeline
 * is repeated on a new connection. *keep = true: the handler now owns the result. */
typedef m_status (*pg_result_fn)(void *arg, m_call *call, PGresult *result, bool *keep);

typedef struct {
    pg_sql sql;
    uint32_t first; /* parameters */
    uint32_t count;
    pg_result_fn fn; /* may be NULL */
    void *arg;
    const struct pg_plan *plan; /* what it is about; may be NULL */
    bool checked;               /* division by zero means: a row was not as expected */
    bool prepares;              /* set while running */
    struct pg_stmt *stmt;
} pg_step;

typedef struct {
    size_t at;
    int32_t n; /* −1: NULL */
} pg_param;

typedef struct {
    uint8_t *bytes;
    size_t used;
    size_t room;
    pg_param *params;
    uint32_t param_count;
    uint32_t param_room;
    pg_step *steps;
    uint32_t step_count;
    uint32_t step_room;
    bool failed;
    size_t array_at; /* array being written */
} pg_pipe;

typedef struct {
    size_t used;
    uint32_t params;
} pg_pipe_mark;

void pg_pipe_free(pg_pipe *pipe);
void pg_pipe_reset(pg_pipe *pipe);
pg_pipe_mark pg_pipe_tell(const pg_pipe *pipe);
/* Forget the parameters written after the mark. */
void pg_pipe_back(pg_pipe *pipe, pg_pipe_mark mark);
/* A step whose parameters are those written after `mark`. NULL when memory is short. */
pg_step *pg_pipe_step(pg_pipe *pipe, pg_pipe_mark mark, pg_sql sql, const struct pg_plan *plan);

/* ---- parameters: in the order of $1, $2, … ---- */

void pg_param_id(pg_pipe *pipe, m_id id);
void pg_param_int(pg_pipe *pipe, int64_t value);
void pg_param_text(pg_pipe *pipe, m_str text);
/* The value of a field; absent values (null id, none) as NULL when nullable. */
void pg_param_value(pg_pipe *pipe, const m_field *field, bool nullable, const void *value);

/* Array of n values of one field kind; then n times pg_array_value, then close. */
void pg_array_open(pg_pipe *pipe, uint32_t element_oid, uint32_t n);
void pg_array_value(pg_pipe *pipe, const m_field *field, bool nullable, const void *value);
void pg_array_int(pg_pipe *pipe, int64_t value);
void pg_array_id(pg_pipe *pipe, m_id id);
void pg_array_close(pg_pipe *pipe);

/* ---- reading ---- */

/* Bytes of one column of one row into the field's C value. Text points into the bytes. NULL gives
 * the zero value. M_RANGE, M_INTERNAL (the column has another form). */
m_status pg_decode(const m_field *field, const char *bytes, int n, bool null, void *value);
int64_t pg_get_int(const PGresult *result, int row, int column);
m_id pg_get_id(const PGresult *result, int row, int column);

/* SQL type of a kind: oid, and its name for casts and DDL. */
uint32_t pg_kind_oid(m_kind kind);
const char *pg_kind_type(m_kind kind); /* "numeric" */
const char *pg_kind_ddl(m_kind kind);  /* "numeric(18,6)" */
/* May the field be absent (NULL outside keys)? */
bool pg_field_absent(const m_field *field);
bool pg_value_absent(const m_field *field, const void *value);
/* Name of a choice; "" beyond the list. */
const char *pg_choice(const m_field *field, m_enum index);

#define PG_OID_INT8 20
#define PG_OID_UUID 2950

#pragma GCC visibility pop
#endif
