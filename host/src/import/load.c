#include <stdlib.h>

#include "import_internal.h"

/* Documents go in chunks, each one transaction. When a faulty document takes its transaction with
 * it (part of it had reached the engine), those before it are loaded again without it, and the rest
 * follows. When nobody knows which one is at fault, each is loaded alone. */

enum { CHUNK_DOCUMENTS = 200, CHUNK_ROWS = 5000, CHUNK_ARENA_BYTES = 64 << 20, DIFFERENCES = 3 };

const char job_codes_tag[] = "code";
static const char rows_tag[] = "row";

typedef struct {
    import_job *job;
    m_call call; /* with the chunk's arena */
    import_doc *docs;
    uint32_t count;
    uint32_t rows;
    uint32_t from, to; /* those of the running transaction */
    bool broken;       /* the transaction is lost */
    uint32_t fault;    /* index of the document that broke it; count: unknown */
    bool wrote;
} chunk;

static bool is_fatal(m_status status)
{
    return status == M_NOMEM || status == M_UNAVAILABLE || status == M_TIMEOUT ||
           status == M_INTERNAL || status == M_AGAIN;
}

/* ---- verdicts ---- */

static void decide(import_doc *doc, import_verdict verdict, m_id document, const char *note)
{
    doc->verdict = verdict;
    doc->document = document;
    doc->note = m_str_of(note);
    doc->decided = true;
}

/* What the call's error says becomes the row's; the call goes on. */
static m_status decide_error(chunk *c, import_doc *doc)
{
    m_error *error = m_arena_alloc(c->call.arena, sizeof *error);
    if (!error) return m_fail(&c->call, m_err_memory, "row");
    *error = c->call.error;
    doc->error = error;
    decide(doc, IMPORT_ERROR, (m_id){0}, "");
    doc->note = error->message;
    if (error->field_count) {
        const m_field_error *first = &error->fields[0];
        doc->note = m_str_of(m_arena_printf(c->call.arena, "%.*s: %.*s", M_STR_ARG(first->path),
                                            M_STR_ARG(first->message)));
    }
    m_error_clear(&c->call);
    return M_OK;
}

/* A failure of one document: its own fault, or the end of the import? */
static m_status settle(chunk *c, import_doc *doc, m_status status)
{
    if (status == M_OK || is_fatal(status)) return status;
    return decide_error(c, doc);
}

/* ---- what is there already ---- */

/* The same code twice in one file. */
static m_status check_seen(chunk *c, import_doc *doc)
{
    if (!doc->code.n) return M_OK;
    const map_entry *seen = text_map_find(&c->job->codes, job_codes_tag, doc->code);
    if (!seen || seen->line == doc->line) return M_OK;
    if (m_str_eq(seen->hash, doc->hash)) {
        const char *note = m_arena_printf(c->call.arena, "as line %u", seen->line);
        decide(doc, IMPORT_UNCHANGED, seen->id, note);
        return M_OK;
    }
    m_field_fail(&c->call, m_err_exists, m_str_of(c->job->doctype->code_field),
                 "line %u has it with other values", seen->line);
    return settle(c, doc, m_failed_fields(&c->call));
}

static m_status remember(import_job *job, const import_doc *doc)
{
    if (!doc->code.n || text_map_find(&job->codes, job_codes_tag, doc->code)) return M_OK;
    map_entry *entry = text_map_add(&job->codes, job_codes_tag, doc->code);
    if (!entry) return m_fail(job->call, m_err_memory, "codes");
    entry->line = doc->line;
    entry->hash = m_str_dup(job->call->arena, doc->hash);
    entry->id = job->request->commit ? doc->document : (m_id){0};
    return M_OK;
}

typedef struct {
    m_buf buf;
    uint32_t count;
} differences;

static void note_difference(void *arg, const char *path, const m_type *type, const m_field *field,
                            const void *before, const void *after)
{
    (void)type, (void)field, (void)before, (void)after;
    differences *d = arg;
    if (d->count++ >= DIFFERENCES) return;
    m_buf_text(&d->buf, d->count > 1 ? ", " : "");
    m_buf_text(&d->buf, path);
}

/* The document exists: does the row say the same? It is not changed in either case. */
static m_status compare(chunk *c, import_doc *doc, const void *there)
{
    const m_type *type = c->job->doctype->type;
    void *record = m_record_copy(type, there, c->call.arena);
    if (!record) return m_fail(&c->call, m_err_memory, "row");
    M_TRY(m_json_read(&c->call, type, doc->body, M_JSON_PATCH, record, NULL));
    differences d = {.buf = {.arena = c->call.arena}};
    m_record_diff(type, there, record, note_difference, &d);
    const char *note = "exists";
    if (d.count)
        note = m_arena_printf(c->call.arena, "exists and differs in %.*s%s; not changed",
                              M_STR_ARG(m_buf_str(&d.buf)), d.count > DIFFERENCES ? ", …" : "");
    decide(doc, IMPORT_UNCHANGED, ((const m_doc *)there)->id, note);
    return M_OK;
}

/* Documents of the same code, in the order of c->docs; NULL where there is none. */
static m_status fetch_by_code(chunk *c, const void **out)
{
    const char *field = c->job->doctype->code_field;
    uint32_t n = 0;
    m_str *codes = m_arena_array(c->call.arena, c->count, sizeof *codes);
    if (!codes) return m_fail(&c->call, m_err_memory, "codes");
    for (uint32_t i = c->from; i < c->to; i++)
        if (!c->docs[i].decided && c->docs[i].code.n) codes[n++] = c->docs[i].code;
    if (!n || !field) return M_OK;
    m_list list = {codes, n};
    m_filter filter = {field, M_OP_IN, &list};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch fetch = {.type = c->job->doctype->type, .query = &query};
    M_TRY(m_store_fetch(c->job->config->store, &c->call, &fetch, 1));
    for (uint32_t i = c->from; i < c->to; i++)
        for (uint32_t k = 0; k < fetch.count && c->docs[i].code.n; k++)
            if (m_str_eq(((const m_doc *)fetch.records[k])->number, c->docs[i].code))
                out[i] = fetch.records[k];
    return M_OK;
}

/* Ids of documents that rows of the same content became; null ids where there is none. */
static m_status fetch_by_hash(chunk *c, m_id *out)
{
    uint32_t n = 0;
    m_str *hashes = m_arena_array(c->call.arena, c->count, sizeof *hashes);
    if (!hashes) return m_fail(&c->call, m_err_memory, "rows");
    for (uint32_t i = c->from; i < c->to; i++)
        if (!c->docs[i].decided) hashes[n++] = c->docs[i].hash;
    if (!n) return M_OK;
    m_list list = {hashes, n};
    m_filter filter = {"row_key", M_OP_IN, &list};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch fetch = {.type = &m_import_row_type, .query = &query};
    M_TRY(m_store_fetch(c->job->config->store, &c->call, &fetch, 1));
    for (uint32_t i = c->from; i < c->to; i++)
        for (uint32_t k = 0; k < fetch.count; k++) {
            const m_import_row *row = fetch.records[k];
            if (!c->docs[i].decided && m_str_eq(row->row_key, c->docs[i].hash))
                out[i] = row->document;
        }
    return M_OK;
}

/* A row that became a document which was deleted since may come again. */
static m_status decide_known(chunk *c)
{
    const void **same_code = m_arena_array(c->call.arena, c->count, sizeof *same_code);
    m_id *same_row = m_arena_array(c->call.arena, c->count, sizeof *same_row);
    if (!same_code || !same_row) return m_fail(&c->call, m_err_memory, "rows");
    M_TRY(fetch_by_code(c, same_code));
    M_TRY(fetch_by_hash(c, same_row));
    for (uint32_t i = c->from; i < c->to; i++) {
        import_doc *doc = &c->docs[i];
        if (doc->decided) continue;
        if (!m_id_is_null(same_row[i])) {
            const void *there;
            M_TRY(m_store_get(c->job->config->store, &c->call, c->job->doctype->type, same_row[i],
                              &there));
            if (there) decide(doc, IMPORT_UNCHANGED, same_row[i], "loaded before");
        }
        if (!doc->decided && same_code[i]) M_TRY(settle(c, doc, compare(c, doc, same_code[i])));
    }
    return M_OK;
}

/* ---- creating ---- */

static m_status store_batch(chunk *c)
{
    import_job *job = c->job;
    if (job->batch_stored) return M_OK;
    uint8_t hash[32];
    m_sha256(job->request->text.p, job->request->text.n, hash);
    m_import_batch batch = {.id = job->batch,
                            .document_type = m_str_of(job->doctype->type->name),
                            .file_name = job->request->file_name,
                            .file_hash = {(const char *)hash, sizeof hash},
                            .rows = job->total,
                            .created_at = m_now(&c->call),
                            .created_by = c->call.actor};
    return m_store_put(job->config->store, &c->call, &m_import_batch_type, &batch);
}

static m_status create(chunk *c, import_doc *doc)
{
    const import_job *job = c->job;
    m_document_request request = {.module = m_str_of(job->at->module->name),
                                  .collection = m_str_of(job->doctype->collection),
                                  .action = job->request->action,
                                  .body = doc->body};
    m_document_reply reply;
    M_TRY(m_documents_create(job->config->documents, &c->call, &request, &reply));
    m_import_row row = {
        .batch = job->batch, .line_no = doc->line, .document = reply.id, .row_key = doc->hash};
    if (!c->wrote) M_TRY(store_batch(c));
    M_TRY(m_store_insert(job->config->store, &c->call, &m_import_row_type, &row));
    c->wrote = true;
    doc->document = reply.id;
    doc->verdict = IMPORT_CREATED;
    return M_OK;
}

/* In a dry run nothing stays anyway, so a refused document may leave something behind. */
static m_status create_one(chunk *c, uint32_t i)
{
    import_doc *doc = &c->docs[i];
    m_uow *uow = c->call.uow;
    uow->ops->mark(uow);
    m_status status = create(c, doc);
    if (status == M_OK) {
        uow->ops->accept(uow);
        return M_OK;
    }
    M_TRY(settle(c, doc, status));
    c->broken = !uow->ops->refuse(uow) && c->job->request->commit;
    if (c->broken) c->fault = i;
    return M_OK;
}

/* ---- the transaction ---- */

static m_status prepare(chunk *c)
{
    for (uint32_t i = c->from; i < c->to; i++) {
        import_doc *doc = &c->docs[i];
        if (c->job->code) doc->code = cell_of(c->job->code, ((m_str **)doc->rows.items)[0]);
        M_TRY(settle(c, doc, job_body(c->job, &c->call, doc)));
    }
    return M_OK;
}

static void begin_again(chunk *c)
{
    c->broken = c->wrote = false;
    c->fault = c->count;
    m_error_clear(&c->call);
    for (uint32_t i = c->from; i < c->to; i++) {
        import_doc *doc = &c->docs[i];
        *doc = (import_doc){.line = doc->line, .rows = doc->rows, .repeat = doc->repeat};
    }
}

/* M_PRECONDITION without an error: nothing of it shall stay. */
static m_status work(void *arg, m_call *call)
{
    (void)call;
    chunk *c = arg;
    begin_again(c);
    M_TRY(prepare(c));
    M_TRY(decide_known(c));
    for (uint32_t i = c->from; i < c->to && !c->broken; i++) {
        import_doc *doc = &c->docs[i];
        if (!doc->decided) M_TRY(check_seen(c, doc));
        if (!doc->decided) M_TRY(create_one(c, i));
        if (doc->verdict != IMPORT_ERROR) M_TRY(remember(c->job, doc));
    }
    return c->broken || !c->job->request->commit ? M_PRECONDITION : M_OK;
}

static m_status run(chunk *c, uint32_t from, uint32_t to)
{
    const identity_runner *runner = &c->job->config->runner;
    c->from = from;
    c->to = to;
    m_status status = runner->run(runner->self, &c->call, M_UOW_WRITE, work, c);
    bool as_meant = status == M_PRECONDITION && !c->call.error.code.n;
    if (status == M_OK && c->wrote) c->job->batch_stored = true;
    if (status != M_OK) text_map_clear(&c->job->links); /* may name what was rolled back */
    if (status == M_OK || (as_meant && !c->broken)) return M_OK;
    if (is_fatal(status)) return status;
    c->broken = true;
    return M_OK;
}

/* What breaks a transaction all alone is at fault. */
static m_status run_each(chunk *c, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        M_TRY(run(c, i, i + 1));
        if (c->broken && !c->docs[i].decided) M_TRY(decide_error(c, &c->docs[i]));
    }
    return M_OK;
}

static m_status run_good(chunk *c, uint32_t from, uint32_t to)
{
    if (from == to) return M_OK;
    M_TRY(run(c, from, to));
    return c->broken ? run_each(c, from, to) : M_OK;
}

static m_status run_chunk(chunk *c)
{
    for (uint32_t from = 0; from < c->count;) {
        M_TRY(run(c, from, c->count));
        if (!c->broken) return M_OK;
        uint32_t fault = c->fault;
        if (fault == c->count) return run_each(c, from, c->count);
        M_TRY(run_good(c, from, fault));
        from = fault + 1;
    }
    return M_OK;
}

/* ---- the file ---- */

static void report(chunk *c)
{
    import_job *job = c->job;
    import_summary *sum = &job->summary;
    const import_listener *listener = &job->request->listener;
    for (uint32_t i = 0; i < c->count; i++) {
        const import_doc *doc = &c->docs[i];
        sum->created += doc->verdict == IMPORT_CREATED;
        sum->unchanged += doc->verdict == IMPORT_UNCHANGED;
        sum->errors += doc->verdict == IMPORT_ERROR;
        m_str *first = ((m_str **)doc->rows.items)[0];
        bool stays = job->request->commit || doc->verdict == IMPORT_UNCHANGED;
        import_row row = {.line = doc->line,
                          .verdict = doc->verdict,
                          .name = doc->code.n ? doc->code : m_str_trim(first[0]),
                          .note = doc->note,
                          .error = doc->error};
        if (stays) row.document = doc->document;
        if (listener->row) listener->row(listener->self, &row);
    }
    sum->rows += c->rows;
    if (listener->progress) listener->progress(listener->self, sum->rows, job->total);
}

/* Documents without a code may be in a file twice and be meant so: then they are told apart by how
 * often the same cells came before. */
static m_status count_repeats(import_job *job, import_doc *doc)
{
    if (job->code) return M_OK;
    uint8_t hash[32];
    m_buf cells = {.arena = job->call->arena};
    m_arena_mark mark = m_arena_tell(job->call->arena);
    for (uint32_t r = 0; r < doc->rows.count; r++)
        for (uint32_t i = 0; i < job->cell_count; i++)
            m_csv_cell(&cells, ((m_str **)doc->rows.items)[r][i]), m_buf_text(&cells, ",");
    m_sha256(cells.p, cells.n, hash);
    m_arena_back(job->call->arena, mark);
    if (cells.failed) return m_fail(job->call, m_err_memory, "rows");
    m_str key = {(const char *)hash, sizeof hash};
    map_entry *entry = text_map_find(&job->codes, rows_tag, key);
    if (entry)
        entry->line++;
    else if (!(entry = text_map_add(&job->codes, rows_tag, key)))
        return m_fail(job->call, m_err_memory, "rows");
    doc->repeat = entry->line;
    return M_OK;
}

/* Documents that point to each other (a tree) go one by one: each must find the one before. */
static bool has_room(const chunk *c)
{
    bool single = c->job->points_to_itself || c->job->config->asks;
    uint32_t most = single ? 1 : CHUNK_DOCUMENTS;
    return c->count < most && c->rows < CHUNK_ROWS;
}

static m_status fill(chunk *c)
{
    m_list docs = {0};
    uint32_t capacity = 0;
    c->count = c->rows = 0;
    for (bool more = true; more && has_room(c);) {
        import_doc doc;
        M_TRY(job_next(c->job, &c->call, &doc, &more));
        if (!more) break;
        M_TRY(count_repeats(c->job, &doc));
        import_doc *slot = m_list_add(c->call.arena, &docs, &capacity, sizeof *slot);
        if (!slot) return m_fail(&c->call, m_err_memory, "rows");
        *slot = doc;
        c->count = docs.count;
        c->rows += doc.rows.count;
    }
    c->docs = docs.items;
    return M_OK;
}

static m_status load_all(import_job *job, chunk *c)
{
    M_TRY(job_copies_read(job, &c->call));
    while (job->summary.errors < IMPORT_ERRORS_MAX) {
        m_arena_reset(c->call.arena);
        M_TRY(fill(c));
        if (!c->count) break;
        M_TRY(run_chunk(c));
        report(c);
    }
    return M_OK;
}

m_status job_load(import_job *job)
{
    chunk c = {.job = job, .call = *job->call};
    c.call.arena = m_arena_new(CHUNK_ARENA_BYTES);
    if (!c.call.arena) return m_fail(job->call, m_err_memory, "import");
    m_status status = load_all(job, &c);
    if (status != M_OK) {
        /* the texts of the error live in the chunk's arena */
        m_error_def def = {NULL, status, "%s", ""};
        def.code = m_str_z(job->call->arena, c.call.error.code);
        def.hint = m_str_z(job->call->arena, c.call.error.hint);
        m_fail(job->call, &def, "%.*s", M_STR_ARG(c.call.error.message));
    }
    m_arena_free(c.call.arena);
    return status;
}
