#include "m/work.h"

static const char *const kinds[] = {"prove", "import", NULL};
static const m_field order_fields[] = {
    M_F_ENUM(m_work_order, kind, "Kind", kinds, .flags = M_REQUIRED),
    M_F_LIST(m_work_order, query, "Query", &m_pair_type),
    M_F_BYTES(m_work_order, body, "Body", .max = 2097152),
    M_F_STR(m_work_order, after, "After", .max = 400),
};
const m_type m_work_order_type = {
    .name = "work.order", .size = sizeof(m_work_order), M_FIELDS(order_fields)};

static const m_field ref_fields[] = {
    M_F_ID(m_work_ref, id, "Id", .flags = M_REQUIRED),
    M_F_INT(m_work_ref, seen, "Seen"),
};
const m_type m_work_ref_type = {
    .name = "work.ref", .size = sizeof(m_work_ref), M_FIELDS(ref_fields)};

static const char *const states[] = {"waiting", "running", "done", "failed", NULL};
static const m_field news_fields[] = {
    M_F_BOOL(m_work_news, known, "Known"),
    M_F_ENUM(m_work_news, state, "State", states),
    M_F_INT(m_work_news, done, "Done"),
    M_F_INT(m_work_news, total, "Total"),
    M_F_TEXT(m_work_news, rows, "Rows", .max = 1048576),
    M_F_INT(m_work_news, left_out, "Left out"),
    M_F_TEXT(m_work_news, result, "Result", .max = 1048576),
    M_F_TEXT(m_work_news, refusal, "Refusal", .max = 1048576),
    M_F_INT(m_work_news, mark, "Mark"),
};
const m_type m_work_news_type = {
    .name = "work.news", .size = sizeof(m_work_news), M_FIELDS(news_fields)};

static const m_field loan_fields[] = {
    M_F_STR(m_work_loan, table, "Table", .flags = M_REQUIRED, .max = 80),
    M_F_ID(m_work_loan, after, "After"),
};
const m_type m_work_loan_type = {
    .name = "work.loan", .size = sizeof(m_work_loan), M_FIELDS(loan_fields)};

static const m_field lent_fields[] = {
    M_F_TEXT(m_work_lent, rows, "Rows", .max = 4194304),
    M_F_ID(m_work_lent, last, "Last"),
    M_F_BOOL(m_work_lent, more, "More"),
};
const m_type m_work_lent_type = {
    .name = "work.lent", .size = sizeof(m_work_lent), M_FIELDS(lent_fields)};

static const m_method methods[] = {
    M_METHOD(work, ask, &m_work_order_type, &m_work_ref_type, 0),
    M_METHOD(work, tell, &m_work_ref_type, &m_work_news_type, M_METHOD_READ),
    M_METHOD(work, lend, &m_work_loan_type, &m_work_lent_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_work_protocol = {"work", 1, methods};
