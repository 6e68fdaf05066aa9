#include "../import/import.h"
#include "../serve/slow.h"
#include "../worker/asking.h"
#include "../worker/runner.h"
#include "works.h"

#define GOOD_ROWS_TOLD 200 /* faulty ones come first in the room there is */

typedef struct {
    m_call *call;
    task *task;
    uint32_t good_rows;
    m_buf columns; /* JSON */
} import_talk;

/* ---- listening ---- */

static void on_column(void *self, m_str header, m_str path)
{
    m_buf *out = &((import_talk *)self)->columns;
    m_buf_text(out, out->n ? ",{\"header\":" : "{\"header\":");
    m_json_string(out, header);
    m_buf_text(out, ",\"path\":");
    m_json_string(out, path);
    m_buf_text(out, "}");
}

static void on_row(void *self, const import_row *row)
{
    static const char *const verdicts[] = {"created", "unchanged", "error"};
    import_talk *talk = self;
    if (row->verdict != IMPORT_ERROR && talk->good_rows++ >= GOOD_ROWS_TOLD) return;
    m_arena_mark mark = m_arena_tell(talk->call->arena);
    m_buf out = {.arena = talk->call->arena};
    char id[M_ID_TEXT] = "";
    if (!m_id_is_null(row->document)) m_id_format(row->document, id);
    m_buf_format(&out, "{\"line\":%u,\"verdict\":\"%s\",\"document\":\"%s\",\"name\":", row->line,
                 verdicts[row->verdict], id);
    m_json_string(&out, row->name);
    m_buf_text(&out, ",\"note\":");
    m_json_string(&out, row->note);
    m_buf_text(&out, ",\"fields\":");
    m_json_error_fields(&out, row->error);
    m_buf_text(&out, "}");
    if (!out.failed) task_row(talk->task, m_buf_str(&out));
    m_arena_back(talk->call->arena, mark);
}

static void on_progress(void *self, uint32_t done, uint32_t total)
{
    (void)task_progress(((import_talk *)self)->task, done, total);
}

/* ---- the order ---- */

typedef struct {
    m_str collection, file_name, map, set, action;
    bool commit;
} order_fields;
static const m_field fields[] = {
    M_F_STR(order_fields, collection, "Collection", .flags = M_REQUIRED, .max = 120),
    M_F_STR(order_fields, file_name, "File name", .max = 200),
    M_F_STR(order_fields, map, "Mapping", .max = 16000),
    M_F_STR(order_fields, set, "Constants", .max = 16000),
    M_F_STR(order_fields, action, "Action", .max = 60),
    M_F_BOOL(order_fields, commit, "Commit"),
};
static const m_type order_type = {
    .name = "task.import", .size = sizeof(order_fields), M_FIELDS(fields)};

static m_status read_order(m_call *call, const task_order *order, order_fields **out)
{
    order_fields *record = m_record_new(&order_type, call->arena);
    if (!record) return m_fail(call, m_err_memory, "import");
    for (M_EACH(m_pair, pair, order->query)) {
        const m_field *field = m_field_find(&order_type, pair->name);
        if (!field)
            m_field_fail(call, m_err_unknown, pair->name, NULL);
        else if (m_text_read(call, &order_type, field, pair->value, pair->name, record) != M_OK)
            continue;
    }
    m_record_validate(call, &order_type, record, "");
    M_TRY(m_failed_fields(call));
    *out = record;
    return M_OK;
}

/* ---- the result ---- */

static m_status tell_result(import_talk *talk, bool commit, const import_summary *sum)
{
    m_buf out = {.arena = talk->call->arena};
    char batch[M_ID_TEXT] = "";
    if (sum && !m_id_is_null(sum->batch)) m_id_format(sum->batch, batch);
    m_buf_format(&out, "{\"commit\":%s,\"batch\":\"%s\"", commit ? "true" : "false", batch);
    if (sum)
        m_buf_format(&out, ",\"rows\":%u,\"created\":%u,\"unchanged\":%u,\"errors\":%u", sum->rows,
                     sum->created, sum->unchanged, sum->errors);
    m_buf_text(&out, ",\"columns\":[");
    m_buf_bytes(&out, talk->columns.p, talk->columns.n);
    m_buf_text(&out, "]}");
    if (out.failed || talk->columns.failed) return m_fail(talk->call, m_err_memory, "import");
    task_result(talk->task, m_buf_str(&out));
    return M_OK;
}

/* ---- running ---- */

typedef struct {
    domain_set *domains;
    int64_t seq;
} last_event;

static m_status read_mark(void *arg, m_call *call)
{
    last_event *last = arg;
    return domains_mark(last->domains, call, &last->seq);
}

/* Who asks next is to see what was written. */
static m_status tell_mark(const task_tools *tools, m_call *call, task *t)
{
    last_event last = {.domains = tools->domains};
    if (!tools->asker) return M_OK;
    M_TRY(runner_run(tools->uow, call, M_UOW_READ, read_mark, &last));
    task_mark(t, last.seq);
    if (tools->saw) tools->saw(tools->saw_arg, call->tenant, tools->rt->others.self, last.seq);
    return M_OK;
}

m_status task_import(void *arg, m_call *call, const task_order *order, task *t)
{
    const task_tools *tools = arg;
    asking others = {tools->uow, tools->answers, tools->asker};
    order_fields *o;
    M_TRY(read_order(call, order, &o));
    M_TRY(works_ready(tools, call, order));
    import_talk talk = {.call = call, .task = t, .columns = {.arena = call->arena}};
    import_config config = {.registry = tools->domains->registry,
                            .documents = tools->domains->documents,
                            .store = m_pg_store(),
                            .runner =
                                tools->asker ? asking_runner(&others) : slow_runner(tools->uow),
                            .asks = tools->arrivals != NULL};
    import_request request = {.collection = o->collection,
                              .file_name = o->file_name,
                              .text = order->body,
                              .action = o->action,
                              .commit = o->commit,
                              .listener = {on_row, on_progress, &talk, on_column}};
    M_TRY(import_mapping_parse(call, o->map, &request.mapping));
    M_TRY(import_mapping_parse(call, o->set, &request.constants));
    import_summary sum = {.rows = 0};
    m_status status = import_run(&config, call, &request, &sum);
    if (o->commit) tools->wrote(tools->wrote_arg);
    /* where the columns go is worth knowing also when one goes nowhere */
    if (status != M_OK && talk.columns.n) (void)tell_result(&talk, o->commit, NULL);
    M_TRY(status);
    M_TRY(tell_mark(tools, call, t));
    return tell_result(&talk, o->commit, &sum);
}
