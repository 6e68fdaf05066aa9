/* business-m import: a CSV file through the same checks a user's entry passes. */
#include "../import/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "input.h"
#include "progress.h"

typedef struct {
    bool commit, dry_run, quiet;
    const char *collection, *file, *undo, *map, *action;
    const char *constants;
} options;

static bool takes_value(const char *name, const char ***out, options *o)
{
    const char **slot = strcmp(name, "--undo") == 0     ? &o->undo
                        : strcmp(name, "--map") == 0    ? &o->map
                        : strcmp(name, "--set") == 0    ? &o->constants
                        : strcmp(name, "--action") == 0 ? &o->action
                                                        : NULL;
    *out = slot;
    return slot != NULL;
}

static bool options_read(int n, char **arguments, options *o)
{
    for (int i = 0; i < n; i++) {
        const char **value;
        if (strcmp(arguments[i], "--commit") == 0)
            o->commit = true;
        else if (strcmp(arguments[i], "--dry-run") == 0)
            o->dry_run = true;
        else if (strcmp(arguments[i], "--quiet") == 0)
            o->quiet = true;
        else if (takes_value(arguments[i], &value, o) && i + 1 < n)
            *value = arguments[++i];
        else if (arguments[i][0] == '-')
            return false;
        else if (!o->collection)
            o->collection = arguments[i];
        else if (!o->file)
            o->file = arguments[i];
        else
            return false;
    }
    if (o->undo) return !o->commit && !o->dry_run && !o->collection;
    return o->commit != o->dry_run && o->collection && o->file;
}

static void show_row(void *self, const import_row *row)
{
    input_show_row(row, ((const options *)self)->quiet);
}

static void show_progress(void *self, uint32_t done, uint32_t total)
{
    (void)self;
    progress_show(done, total);
}

static int load(session *s, const import_config *config, const options *o, import_listener listener)
{
    import_request request = {.collection = m_str_of(o->collection),
                              .file_name = m_str_of(o->file),
                              .action = m_str_of(o->action),
                              .commit = o->commit,
                              .listener = listener};
    if (!input_read(s->arena, o->file, IMPORT_BYTES_MAX, &request.text)) return 1;
    import_summary sum = {.rows = 0};
    m_status status = M_OK;
    if (o->map) status = import_mapping_parse(&s->call, m_str_of(o->map), &request.mapping);
    if (status == M_OK && o->constants)
        status = import_mapping_parse(&s->call, m_str_of(o->constants), &request.constants);
    if (status == M_OK) status = import_run(config, &s->call, &request, &sum);
    if (status != M_OK) {
        runtime_print_error("The import stopped", &s->call);
        return 1;
    }
    printf("%u rows: %u %s, %u unchanged, %u with errors\n", sum.rows, sum.created,
           o->commit ? "created" : "would be created", sum.unchanged, sum.errors);
    char batch[M_ID_TEXT];
    m_id_format(sum.batch, batch);
    if (o->commit && sum.created)
        printf("batch %s (undo with: business-m import --undo %s)\n", batch, batch);
    return sum.errors ? 1 : 0;
}

static int undo(session *s, const import_config *config, const options *o, import_listener listener)
{
    m_id batch;
    uint32_t deleted = 0;
    if (m_id_parse(m_str_of(o->undo), &batch) != M_OK) {
        fprintf(stderr, "%s is not a batch id.\n", o->undo);
        return 2;
    }
    if (import_undo(config, &s->call, batch, listener, &deleted) != M_OK) {
        runtime_print_error("The batch was not undone", &s->call);
        return 1;
    }
    printf("%u documents deleted\n", deleted);
    return 0;
}

/* ---- where each domain has a database ---- */

static bool has_batch(const runtime *rt, m_call *call, const char *domain, m_id tenant, m_id batch)
{
    char dsn[RUNTIME_DSN_MAX], id[M_PG_ID_TEXT];
    const char *params[] = {id};
    m_pg_conn *conn = NULL;
    m_pg_result rows = {.rows = 0};
    if (!runtime_database_of(rt, domain, dsn)) return false;
    m_pg_options at = runtime_pg(rt, dsn);
    m_pg_id_format(batch, id);
    bool found =
        m_pg_conn_open(&at, call, &conn) == M_OK &&
        m_pg_query(conn, call, &tenant, "SELECT id FROM m.import_batch WHERE id = $1::uuid", params,
                   1, &rows) == M_OK &&
        rows.rows > 0;
    m_pg_conn_close(conn);
    return found;
}

/* The batch is known where its documents are. */
static void batch_home(const char *text, char out[32])
{
    m_id batch;
    if (m_id_parse(m_str_of(text), &batch) != M_OK) return;
    session s;
    char *rest = NULL, *all = session_open(&s) ? m_str_z(s.arena, s.rt.config.all_domains) : NULL;
    for (char *name = all ? strtok_r(all, ",", &rest) : NULL; name;
         name = strtok_r(NULL, ",", &rest))
        if (has_batch(&s.rt, &s.call, name, s.call.tenant, batch)) snprintf(out, 32, "%s", name);
    session_close(&s);
}

/* The domain that a command is for; "core" for all that is wrong, which it then tells. */
static void home_of(const options *o, char out[32])
{
    runtime rt;
    bool several = runtime_open_for(&rt, NULL) && rt.several && !rt.others.self;
    snprintf(out, 32, "core");
    if (several && o->collection) {
        domains_home(m_str_z(rt.arena, rt.config.all_domains), m_str_of(o->collection), out);
        if (!out[0]) snprintf(out, 32, "core");
    }
    runtime_close(&rt);
    if (several && o->undo) batch_home(o->undo, out);
}

int command_import(int n, char **arguments)
{
    options o = {.commit = false};
    if (!options_read(n, arguments, &o)) return COMMAND_USAGE;
    char domain[32];
    home_of(&o, domain);
    session s;
    int answer = 1;
    if (session_open_domain(&s, domain)) {
        import_config config = input_config(&s);
        import_listener listener = {.row = show_row, .progress = show_progress, .self = &o};
        answer = o.undo ? undo(&s, &config, &o, listener) : load(&s, &config, &o, listener);
    }
    session_close(&s);
    return answer;
}
