#include "posting_task/posting_task.h"

static const char *const states[] = {"open", "done", NULL};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_posting_task, states),
    M_F_ID(fin_posting_task, voucher, "Voucher", .flags = M_READONLY | M_HIDDEN),
    M_F_STR(fin_posting_task, voucher_type, "Voucher type", .flags = M_READONLY),
    M_F_STR(fin_posting_task, voucher_no, "Voucher number", .flags = M_READONLY),
    M_F_STR(fin_posting_task, source_type, "Document type", .flags = M_READONLY | M_HIDDEN),
    M_F_ID(fin_posting_task, source_id, "Document", .flags = M_READONLY | M_HIDDEN),
    M_F_DATE(fin_posting_task, told_date, "Dated by its document", .flags = M_READONLY),
    M_F_DATE(fin_posting_task, posting_date, "Posted on", .flags = M_READONLY),
    M_F_SUM(fin_posting_task, in_suspense, "In suspense", .flags = M_READONLY),
    M_F_TEXT(fin_posting_task, reasons, "Why", .flags = M_READONLY),
    M_F_TEXT(fin_posting_task, remarks, "What was done", .flags = M_READONLY),
};
static const m_index indexes[] = {
    {"voucher", false, NULL}, {"state,posting_date", false, NULL}, {NULL, false, NULL}};
const m_type fin_posting_task_type = {.name = "finance.posting_task",
                                      .schema = "finance",
                                      .table = "posting_task",
                                      .size = sizeof(fin_posting_task),
                                      M_FIELDS(fields),
                                      .indexes = indexes};

static const m_field input_fields[] = {
    M_F_TEXT(fin_posting_task_input, remarks, "What was done", .flags = M_REQUIRED, .max = 4000),
};
const m_type fin_posting_task_input_type = {.name = "finance.posting_task_input",
                                            .size = sizeof(fin_posting_task_input),
                                            M_FIELDS(input_fields)};

static m_status settle(void *module, m_call *call, void *doc, const void *input)
{
    (void)module, (void)call;
    fin_posting_task *task = doc;
    task->remarks = ((const fin_posting_task_input *)input)->remarks;
    return M_OK;
}

static const m_move moves[] = {
    {"settle", "Done", "open", "done", M_CAN_SUBMIT, M_MOVE_PRIMARY, &fin_posting_task_input_type,
     settle},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {states, "", moves};

/* Nobody makes them but the ledger itself. */
static const m_permission permissions[] = {{FIN_MANAGER, M_CAN_READ | M_CAN_SUBMIT},
                                           {"Accounts User", M_CAN_READ},
                                           {"Auditor", M_CAN_READ},
                                           {NULL, 0}};

const m_doctype fin_posting_task_doctype = {
    .type = &fin_posting_task_type,
    .module = "finance",
    .collection = "posting-tasks",
    .label = "Posting task",
    .label_plural = "Posting tasks",
    .group = "Accounts",
    .life = &life,
    .permissions = permissions,
    .list_columns = "voucher_type,voucher_no,told_date,posting_date,in_suspense,state",
    .search_fields = "voucher_no,reasons",
    .title_field = "voucher_no",
};

m_status fin_posting_task_add(fin_module *fin, m_call *call, const fin_posting_task *task)
{
    const void *found = NULL;
    fin_posting_task made = *task;
    made.doc = (m_doc){.id = m_voucher_id(call, task->voucher, "task"),
                       .version = 1,
                       .created_by = call->actor,
                       .created_at = m_now(call),
                       .modified_by = call->actor,
                       .modified_at = m_now(call)};
    M_TRY(m_store_get(fin->store, call, &fin_posting_task_type, made.id, &found));
    return found ? M_OK : m_store_insert(fin->store, call, &fin_posting_task_type, &made);
}
