#include <stdio.h>
#include <stdlib.h>

#include "import_internal.h"

enum { IDS_PER_QUESTION = 500, COLUMN_BYTES = 128 };

typedef struct {
    const import_config *config;
    m_call *call;
    m_id batch_id;
    import_listener listener;
    const m_collection *at;
    m_list documents; /* const m_doc *, in the order of the file */
    m_id *ids;        /* theirs, sorted */
    uint32_t deleted;
} undo_job;

static int by_id(const void *a, const void *b)
{
    return m_id_cmp(*(const m_id *)a, *(const m_id *)b);
}

static bool is_ours(const undo_job *job, m_id id)
{
    return bsearch(&id, job->ids, job->documents.count, sizeof id, by_id) != NULL;
}

static const m_doc *document_at(const undo_job *job, uint32_t i)
{
    return ((const m_doc **)job->documents.items)[i];
}

/* ---- what the batch made ---- */

static m_status read_batch(undo_job *job, const m_import_batch **out)
{
    const void *found;
    M_TRY(m_store_get(job->config->store, job->call, &m_import_batch_type, job->batch_id, &found));
    const m_import_batch *batch = found;
    if (!batch) return m_fail(job->call, &core_errors[CORE_E_IMPORT_BATCH], NULL);
    if (batch->state != 0) return m_fail(job->call, &core_errors[CORE_E_IMPORT_UNDONE], NULL);
    job->at = m_registry_doctype(job->config->registry, batch->document_type);
    if (!job->at)
        return m_fail(job->call, m_err_not_found, "%.*s", M_STR_ARG(batch->document_type));
    if (!m_may(job->call, job->at->doctype, M_CAN_IMPORT | M_CAN_DELETE))
        return m_fail(job->call, m_err_denied, "undo an import");
    *out = batch;
    return M_OK;
}

static m_status read_rows(const undo_job *job, m_id **out_ids, uint32_t *out_count)
{
    m_filter filter = {"batch", M_OP_EQ, &job->batch_id};
    m_order order = {"line_no", false};
    m_query query = {.filters = &filter, .filter_count = 1, .orders = &order, .order_count = 1};
    m_fetch fetch = {.type = &m_import_row_type, .query = &query};
    M_TRY(m_store_fetch(job->config->store, job->call, &fetch, 1));
    if (fetch.count >= M_QUERY_LIMIT_MAX)
        return m_fail(job->call, m_err_range, "a batch of more than %d rows", M_QUERY_LIMIT_MAX);
    m_id *ids = m_arena_array(job->call->arena, fetch.count, sizeof *ids);
    if (!ids) return m_fail(job->call, m_err_memory, "batch");
    for (uint32_t i = 0; i < fetch.count; i++)
        ids[i] = ((const m_import_row *)fetch.records[i])->document;
    *out_ids = ids;
    *out_count = fetch.count;
    return M_OK;
}

/* Those that still exist; one that was changed ends the undo. */
static m_status read_documents(undo_job *job)
{
    uint32_t n = 0, kept = 0;
    M_TRY(read_rows(job, &job->ids, &n));
    m_fetch fetch = {.type = job->at->doctype->type, .ids = job->ids, .key_count = n};
    if (n) M_TRY(m_store_fetch(job->config->store, job->call, &fetch, 1));
    for (uint32_t i = 0; i < n; i++) {
        const m_doc *doc = fetch.records[i];
        if (!doc) continue;
        char id[M_ID_TEXT];
        m_id_format(doc->id, id);
        if (doc->version != 1)
            return m_fail(job->call, &core_errors[CORE_E_IMPORT_CHANGED], "%s %.*s",
                          job->at->doctype->label,
                          M_STR_ARG(doc->number.n ? doc->number : m_str_of(id)));
        fetch.records[kept] = doc;
        job->ids[kept++] = doc->id;
    }
    job->documents = (m_list){fetch.records, kept};
    if (kept) qsort(job->ids, kept, sizeof *job->ids, by_id);
    return M_OK;
}

/* ---- who points to it ---- */

static m_status refuse_referrer(const undo_job *job, const m_collection *c, const m_doc *doc)
{
    return m_fail(job->call, &core_errors[CORE_E_REFERENCED], "%s %.*s",
                  m_say(job->call, c->doctype->label), M_STR_ARG(doc->number));
}

/* Documents with such a link in the record itself: asked by value. */
static m_status check_column(const undo_job *job, const m_collection *c, const m_link_place *place)
{
    char name[COLUMN_BYTES];
    if (place->group)
        snprintf(name, sizeof name, "%s_%s", place->group->name, place->field->name);
    else
        snprintf(name, sizeof name, "%s", place->field->name);
    for (uint32_t from = 0; from < job->documents.count; from += IDS_PER_QUESTION) {
        uint32_t left = job->documents.count - from;
        m_list ids = {job->ids + from, left < IDS_PER_QUESTION ? left : IDS_PER_QUESTION};
        m_filter filter = {name, M_OP_IN, &ids};
        m_query query = {.filters = &filter, .filter_count = 1, .without_lists = true};
        m_fetch fetch = {.type = c->doctype->type, .query = &query};
        if (c != job->at) query.limit = 1;
        M_TRY(m_store_fetch(job->config->store, job->call, &fetch, 1));
        for (uint32_t i = 0; i < fetch.count; i++)
            if (!is_ours(job, ((const m_doc *)fetch.records[i])->id))
                return refuse_referrer(job, c, fetch.records[i]);
    }
    return M_OK;
}

static bool lines_point(const undo_job *job, const m_link_place *place, const m_type *type,
                        const void *record)
{
    const m_list *list = m_field_get(type, place->list, record);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const m_type *at = place->list->type;
        const void *holder = (const char *)list->items + (size_t)i * at->size;
        if (place->group) {
            holder = m_field_get(at, place->group, holder);
            at = place->group->type;
        }
        const m_id *id = m_field_get(at, place->field, holder);
        if (id && is_ours(job, *id)) return true;
    }
    return false;
}

/* The store has no question about lines, so all documents with lines are read. */
static m_status check_lists(const undo_job *job, const m_collection *c, const m_link_place *place)
{
    m_query query = {.limit = M_QUERY_LIMIT_MAX};
    m_fetch fetch = {.type = c->doctype->type, .query = &query};
    M_TRY(m_store_fetch(job->config->store, job->call, &fetch, 1));
    if (fetch.count >= M_QUERY_LIMIT_MAX)
        return m_fail(job->call, m_err_range, "too many %s to look through",
                      c->doctype->label_plural);
    for (uint32_t i = 0; i < fetch.count; i++)
        if (lines_point(job, place, c->doctype->type, fetch.records[i]) &&
            !is_ours(job, ((const m_doc *)fetch.records[i])->id))
            return refuse_referrer(job, c, fetch.records[i]);
    return M_OK;
}

static m_status check_references(const undo_job *job)
{
    uint32_t n;
    const m_collection *all = m_registry_collections(job->config->registry, &n);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < all[i].link_count; k++) {
            const m_link_place *place = &all[i].links[k];
            if (place->target != job->at->doctype->type) continue;
            M_TRY(place->list ? check_lists(job, &all[i], place)
                              : check_column(job, &all[i], place));
        }
    return M_OK;
}

/* ---- doing it ---- */

/* Last row first: what came later may point to what came before. */
static m_status delete_all(undo_job *job)
{
    const import_listener *listener = &job->listener;
    uint32_t total = job->documents.count;
    for (job->deleted = 0; job->deleted < total; job->deleted++) {
        const m_doc *doc = document_at(job, total - 1 - job->deleted);
        m_document_request request = {.module = m_str_of(job->at->module->name),
                                      .collection = m_str_of(job->at->doctype->collection),
                                      .id = doc->id,
                                      .if_version = doc->version};
        m_document_reply reply;
        M_TRY(m_documents_remove(job->config->documents, job->call, &request, &reply));
        if (listener->progress) listener->progress(listener->self, job->deleted + 1, total);
    }
    return M_OK;
}

static m_status work(void *arg, m_call *call)
{
    undo_job *job = arg;
    const m_import_batch *batch = NULL;
    M_TRY(read_batch(job, &batch));
    M_TRY(read_documents(job));
    if (job->documents.count) M_TRY(check_references(job));
    M_TRY(delete_all(job));
    m_import_batch done = *batch;
    done.state = 1;
    return m_store_update(job->config->store, call, &m_import_batch_type, &done);
}

m_status import_undo(const import_config *config, m_call *call, m_id batch,
                     import_listener listener, uint32_t *out_deleted)
{
    undo_job job = {.config = config, .call = call, .batch_id = batch, .listener = listener};
    M_TRY(config->runner.run(config->runner.self, call, M_UOW_WRITE, work, &job));
    *out_deleted = job.deleted;
    return M_OK;
}
