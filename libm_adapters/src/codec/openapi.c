/* The OpenAPI 3.1 document: every document type and report of the modules. */
#include "openapi_work.h"

#define NAME_MAX_BYTES 160

/* "wms.purchase_order" + ".input" */
static const char *joined(m_obj *o, const char *a, const char *b, const char *c)
{
    const char *text = m_arena_printf(o->buf->arena, "%s%s%s", a, b, c);
    if (text) return text;
    o->buf->failed = true;
    return "";
}

/* ---- pieces of an operation ---- */

static void put_head(m_obj *o, const char *id, const char *tag, const char *summary)
{
    m_obj_text(o, "operationId", id);
    m_obj tags = m_list_in(o, "tags");
    m_obj_text(&tags, NULL, tag);
    m_obj_close(&tags);
    m_obj_text(o, "summary", summary);
}

/* Open. verb: "Read"; the summary is "Read: Supplier". */
static m_obj open_operation(m_obj *path, const char *method, const m_doctype *d, const char *action,
                            const char *verb)
{
    m_obj operation = m_obj_in(path, method);
    put_head(&operation, joined(path, d->type->name, ".", action), d->module,
             joined(path, verb, ": ", d->label));
    return operation;
}

static void put_parameters(m_obj *o, const char *names)
{
    m_obj list = m_list_in(o, "parameters");
    while (*names) {
        const char *end = strchrnul(names, ',');
        char name[NAME_MAX_BYTES];
        size_t n = (size_t)(end - names);
        memcpy(name, names, n);
        name[n] = 0;
        m_obj_ref(&list, NULL, "parameters", name);
        names = *end ? end + 1 : end;
    }
    m_obj_close(&list);
}

static m_obj open_json(m_obj *o, m_obj *content, m_obj *media)
{
    *content = m_obj_in(o, "content");
    *media = m_obj_in(content, "application/json");
    return m_obj_in(media, "schema");
}

static void close_all(m_obj *a, m_obj *b, m_obj *c)
{
    m_obj_close(a);
    m_obj_close(b);
    m_obj_close(c);
}

static void put_body(m_obj *o, const char *schema)
{
    m_obj body = m_obj_in(o, "requestBody");
    m_obj_bool(&body, "required", true);
    m_obj content = m_obj_in(&body, "content");
    m_obj media = m_obj_in(&content, "application/json");
    m_obj_ref(&media, "schema", "schemas", schema);
    close_all(&media, &content, &body);
}

/* code and the common answer for errors; schema NULL: no body. */
static void put_answers(m_obj *o, const char *code, const char *words, const char *schema)
{
    m_obj answers = m_obj_in(o, "responses");
    m_obj good = m_obj_in(&answers, code);
    m_obj_text(&good, "description", words);
    if (schema) {
        m_obj content = m_obj_in(&good, "content");
        m_obj media = m_obj_in(&content, "application/json");
        m_obj_ref(&media, "schema", "schemas", schema);
        m_obj_close(&media);
        m_obj_close(&content);
    }
    m_obj_close(&good);
    m_obj_ref(&answers, "default", "responses", "error");
    m_obj_close(&answers);
}

/* {"items":[<schema>],"next_cursor":…} */
static void put_page_answer(m_obj *o, const char *schema)
{
    m_obj answers = m_obj_in(o, "responses");
    m_obj good = m_obj_in(&answers, "200");
    m_obj_text(&good, "description", "One page");
    m_obj content, media;
    m_obj page = open_json(&good, &content, &media);
    m_obj_text(&page, "type", "object");
    m_obj properties = m_obj_in(&page, "properties");
    m_obj items = m_obj_in(&properties, "items");
    m_obj_text(&items, "type", "array");
    m_obj_ref(&items, "items", "schemas", schema);
    m_obj_close(&items);
    m_obj_raw(&properties, "next_cursor", "{\"type\":[\"string\",\"null\"]}");
    m_obj_close(&properties);
    m_obj_raw(&page, "required", "[\"items\",\"next_cursor\"]");
    m_obj_close(&page);
    close_all(&media, &content, &good);
    m_obj_ref(&answers, "default", "responses", "error");
    m_obj_close(&answers);
}

/* ---- documents ---- */

static void put_collection(m_obj *paths, const m_doctype *d)
{
    const char *name = d->type->name;
    m_obj path = m_obj_in(
        paths, joined(paths, joined(paths, "/api/v1/", d->module, "/"), d->collection, ""));
    m_obj get = m_obj_in(&path, "get");
    put_head(&get, joined(paths, name, ".list", ""), d->module,
             joined(paths, "List: ", d->label_plural, ""));
    m_obj_text(
        &get, "description",
        "Any field filters: field=value or field[op]=value with op one of eq, ne, lt, le, gt, "
        "ge, in, prefix, contains, empty.");
    put_parameters(&get, "q,sort,limit,cursor,fields");
    put_page_answer(&get, name);
    m_obj_close(&get);
    m_obj post = open_operation(&path, "post", d, "create", "Create");
    put_parameters(&post, "idempotency_key");
    put_body(&post, joined(paths, name, ".input", ""));
    put_answers(&post, "201", "Created", name);
    m_obj_close(&post);
    m_obj_close(&path);
}

static void put_document(m_obj *paths, const m_doctype *d, const char *root)
{
    const char *name = d->type->name;
    m_obj path = m_obj_in(paths, root);
    put_parameters(&path, "id");
    m_obj get = open_operation(&path, "get", d, "get", "Read");
    put_answers(&get, "200", "The document; its version is the ETag", name);
    m_obj_close(&get);
    m_obj patch = open_operation(&path, "patch", d, "update", "Change");
    put_parameters(&patch, "if_match,idempotency_key");
    put_body(&patch, joined(paths, name, ".change", ""));
    put_answers(&patch, "200", "As it is now", name);
    m_obj_close(&patch);
    m_obj remove = open_operation(&path, "delete", d, "delete", "Delete");
    put_parameters(&remove, "if_match,idempotency_key");
    put_answers(&remove, "204", "Deleted", NULL);
    m_obj_close(&remove);
    m_obj_close(&path);
}

static void put_history(m_obj *paths, const m_doctype *d, const char *root)
{
    m_obj path = m_obj_in(paths, joined(paths, root, "/history", ""));
    put_parameters(&path, "id");
    m_obj get = open_operation(&path, "get", d, "history", "Changes of");
    put_parameters(&get, "limit,cursor");
    put_page_answer(&get, "history_entry");
    m_obj_close(&get);
    m_obj_close(&path);
}

static void put_comment(m_obj *paths, const m_doctype *d, const char *root)
{
    m_obj path = m_obj_in(paths, joined(paths, root, "/comment", ""));
    put_parameters(&path, "id");
    m_obj post = open_operation(&path, "post", d, "comment", "Comment on");
    m_obj_text(&post, "description", "A line in the history; the document stays as it is.");
    put_parameters(&post, "idempotency_key");
    put_body(&post, "comment");
    put_answers(&post, "200", "As it is now", d->type->name);
    m_obj_close(&post);
    m_obj_close(&path);
}

/* ---- attachments ---- */

static void put_attach(m_obj *path, const m_doctype *d)
{
    m_obj post = open_operation(path, "post", d, "attach", "Attach a file to");
    m_obj_text(&post, "description",
               "The body is the file as it is. What it is follows from the name, not from the "
               "content type. Content that is attached already is answered as it stands there.");
    put_parameters(&post, "file_name,idempotency_key");
    m_obj_raw(&post, "requestBody",
              "{\"required\":true,\"content\":{\"application/octet-stream\":{}}}");
    put_answers(&post, "201", "Attached", "attachment");
    m_obj_close(&post);
}

static void put_attachment_list(m_obj *paths, const m_doctype *d, const char *root)
{
    m_obj path = m_obj_in(paths, joined(paths, root, "/attachments", ""));
    put_parameters(&path, "id");
    m_obj get = open_operation(&path, "get", d, "attachments", "Files of");
    put_answers(&get, "200", "All files, and what may be sent", "attachments");
    m_obj_close(&get);
    put_attach(&path, d);
    m_obj_close(&path);
}

static void put_attachment(m_obj *paths, const m_doctype *d, const char *root)
{
    m_obj path = m_obj_in(paths, joined(paths, root, "/attachments/{attachment}", ""));
    put_parameters(&path, "id,attachment");
    m_obj get = open_operation(&path, "get", d, "attachment", "Download a file of");
    m_obj answers = m_obj_in(&get, "responses");
    m_obj_raw(&answers, "200",
              "{\"description\":\"The file, to be saved\",\"content\":{\"*/*\":{}}}");
    m_obj_ref(&answers, "default", "responses", "error");
    m_obj_close(&answers);
    m_obj_close(&get);
    m_obj remove = open_operation(&path, "delete", d, "detach", "Take a file away from");
    put_parameters(&remove, "idempotency_key");
    put_answers(&remove, "204", "Taken away", NULL);
    m_obj_close(&remove);
    m_obj_close(&path);
}

/* ---- moves ---- */

static void put_move(m_obj *paths, const m_doctype *d, const m_move *move, const char *root)
{
    m_obj path = m_obj_in(paths, joined(paths, root, "/", move->action));
    put_parameters(&path, "id");
    m_obj post = open_operation(&path, "post", d, move->action, move->label);
    m_obj_text(&post, "description", joined(paths, "Allowed in: ", move->from, ""));
    put_parameters(&post, "if_match,idempotency_key");
    if (move->input) put_body(&post, joined(paths, d->type->name, ".", move->action));
    put_answers(&post, "200", "As it is now", d->type->name);
    m_obj_close(&post);
    m_obj_close(&path);
}

/* A life cycle may name an action once for each state it starts from; a path is written once. */
static bool is_first_of_its_name(const m_lifecycle *life, const m_move *move)
{
    return m_lifecycle_find(life, m_str_of(move->action)) == move;
}

static void put_doctype_paths(m_obj *paths, const m_doctype *d)
{
    const char *root =
        joined(paths, joined(paths, "/api/v1/", d->module, "/"), d->collection, "/{id}");
    put_collection(paths, d);
    put_document(paths, d, root);
    put_history(paths, d, root);
    put_attachment_list(paths, d, root);
    put_attachment(paths, d, root);
    if (!m_lifecycle_find(d->life, M_STR("comment"))) put_comment(paths, d, root);
    for (const m_move *m = d->life ? d->life->moves : NULL; m && m->action; m++)
        if (!(m->flags & M_MOVE_INTERNAL) && is_first_of_its_name(d->life, m))
            put_move(paths, d, m, root);
}

/* ---- reports ---- */

static void put_report_parameters(m_obj *o, const m_type *params)
{
    m_obj list = m_list_in(o, "parameters");
    for (uint16_t i = 0; params && i < params->count; i++) {
        const m_field *field = &params->fields[i];
        if (field->kind == M_KIND_LIST || field->kind == M_KIND_STRUCT) continue;
        m_obj one = m_obj_in(&list, NULL);
        m_obj_text(&one, "name", field->name);
        m_obj_text(&one, "in", "query");
        m_obj_bool(&one, "required", (field->flags & M_REQUIRED) && !field->fallback);
        m_schema_field(&one, "schema", field, false);
        m_obj_close(&one);
    }
    m_obj_close(&list);
}

static void put_report_answer(m_obj *o, const m_report *report)
{
    m_obj answers = m_obj_in(o, "responses");
    m_obj good = m_obj_in(&answers, "200");
    m_obj_text(&good, "description", "The rows");
    m_obj content, media;
    m_obj body = open_json(&good, &content, &media);
    m_obj_text(&body, "type", "object");
    m_obj properties = m_obj_in(&body, "properties");
    m_obj_raw(&properties, "report", "{\"type\":\"string\"}");
    m_obj_raw(&properties, "params", "{\"type\":\"object\"}");
    m_obj rows = m_obj_in(&properties, "rows");
    m_obj_text(&rows, "type", "array");
    m_obj items = m_obj_in(&rows, "items");
    m_schema_members(&items, report->row, false);
    m_obj_close(&items);
    m_obj_close(&rows);
    m_obj_raw(&properties, "totals",
              "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}");
    m_obj_close(&properties);
    m_obj_close(&body);
    close_all(&media, &content, &good);
    m_obj_ref(&answers, "default", "responses", "error");
    m_obj_close(&answers);
}

static void put_report(m_obj *paths, const char *module, const m_report *report)
{
    const char *root = joined(paths, "/api/v1/", module, "/reports/");
    m_obj path = m_obj_in(paths, joined(paths, root, report->name, ""));
    m_obj get = m_obj_in(&path, "get");
    put_head(&get, joined(paths, module, ".reports.", report->name), module,
             joined(paths, "Report: ", report->label, ""));
    put_report_parameters(&get, report->params);
    put_report_answer(&get, report);
    m_obj_close(&get);
    m_obj_close(&path);
}

/* ---- dead letters ---- */

static void put_letter_read(m_obj *paths, const char *module, const char *root, bool history)
{
    m_obj path = m_obj_in(paths, history ? joined(paths, root, "/{id}/history", "")
                                         : joined(paths, root, "/{id}", ""));
    put_parameters(&path, "id");
    m_obj get = m_obj_in(&path, "get");
    put_head(&get, joined(paths, module, ".dead_letter.", history ? "history" : "get"), module,
             history ? "Changes of: Dead letter" : "Read: Dead letter, with its payload");
    if (history)
        put_page_answer(&get, "history_entry");
    else
        put_answers(&get, "200", "The letter", "dead_letter");
    m_obj_close(&get);
    m_obj_close(&path);
}

static void put_letter_act(m_obj *paths, const char *module, const char *root, bool drop)
{
    m_obj path = m_obj_in(paths, joined(paths, root, drop ? "/{id}/drop" : "/{id}/replay", ""));
    put_parameters(&path, "id");
    m_obj post = m_obj_in(&path, "post");
    put_head(&post, joined(paths, module, ".dead_letter.", drop ? "drop" : "replay"), module,
             drop ? "Give it up: Dead letter" : "Try again: Dead letter");
    put_parameters(&post, "idempotency_key");
    if (drop) put_body(&post, "dead_letter.drop");
    put_answers(&post, "200", "As it is now", "dead_letter");
    m_obj_close(&post);
    m_obj_close(&path);
}

/* Events that a listener of the module could not take; for administrators. */
static void put_letters(m_obj *paths, const char *module)
{
    const char *root = joined(paths, "/api/v1/", module, "/dead-letters");
    m_obj path = m_obj_in(paths, root);
    m_obj get = m_obj_in(&path, "get");
    put_head(&get, joined(paths, module, ".dead_letter.list", ""), module, "List: Dead letters");
    m_obj_text(&get, "description",
               "The oldest 200 that are not settled; state=discarded: those that were given up.");
    put_page_answer(&get, "dead_letter");
    m_obj_close(&get);
    m_obj_close(&path);
    put_letter_read(paths, module, root, false);
    put_letter_read(paths, module, root, true);
    put_letter_act(paths, module, root, false);
    put_letter_act(paths, module, root, true);
}

/* ---- components ---- */

static const char parameters_json[] =
    "{\"id\":{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\","
    "\"pattern\":\"^[0-7][0-9A-HJKMNP-TV-Z]{25}$\"}},"
    "\"attachment\":{\"name\":\"attachment\",\"in\":\"path\",\"required\":true,\"schema\":"
    "{\"type\":\"string\",\"pattern\":\"^[0-7][0-9A-HJKMNP-TV-Z]{25}$\"}},"
    "\"file_name\":{\"name\":\"name\",\"in\":\"query\",\"required\":true,\"description\":\"Name of "
    "the file with its ending\",\"schema\":{\"type\":\"string\",\"maxLength\":200}},"
    "\"q\":{\"name\":\"q\",\"in\":\"query\",\"description\":\"Text to look for in the search "
    "fields\",\"schema\":{\"type\":\"string\"}},"
    "\"sort\":{\"name\":\"sort\",\"in\":\"query\",\"description\":\"One or two fields, - in front "
    "for descending: -posting_date,number\",\"schema\":{\"type\":\"string\"}},"
    "\"limit\":{\"name\":\"limit\",\"in\":\"query\",\"schema\":{\"type\":\"integer\",\"minimum\":1,"
    "\"maximum\":200}},"
    "\"cursor\":{\"name\":\"cursor\",\"in\":\"query\",\"description\":\"next_cursor of the page "
    "before\",\"schema\":{\"type\":\"string\"}},"
    "\"fields\":{\"name\":\"fields\",\"in\":\"query\",\"description\":\"Names of the fields to "
    "answer with, comma-separated\",\"schema\":{\"type\":\"string\"}},"
    "\"if_match\":{\"name\":\"If-Match\",\"in\":\"header\",\"description\":\"ETag of the version "
    "that is to be changed\",\"schema\":{\"type\":\"string\"}},"
    "\"idempotency_key\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"description\":\"The "
    "same "
    "key with the same body has one effect and one answer\",\"schema\":{\"type\":\"string\","
    "\"maxLength\":140}}}";

static const char error_response_json[] =
    "{\"error\":{\"description\":\"Refused; nothing was changed\",\"content\":"
    "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/error\"}}}}}";

static const char error_schema_json[] =
    "{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"object\","
    "\"required\":[\"code\",\"message\",\"hint\",\"fields\",\"request_id\"],\"properties\":{"
    "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},"
    "\"hint\":{\"type\":\"string\"},\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"required\":[\"path\",\"code\",\"message\"],\"properties\":{\"path\":{\"type\":\"string\"},"
    "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}},"
    "\"request_id\":{\"type\":\"string\"}}}}}";

static const char history_schema_json[] =
    "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"at\":{\"type\":\"string\","
    "\"format\":\"date-time\"},\"actor\":{\"type\":[\"string\",\"null\"]},"
    "\"actor_name\":{\"type\":\"string\"},\"request_id\":{\"type\":\"string\"},"
    "\"version\":{\"type\":\"integer\"},\"action\":{\"type\":\"string\"},"
    "\"changes\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}";

static const char comment_schema_json[] =
    "{\"type\":\"object\",\"required\":[\"text\"],\"additionalProperties\":false,"
    "\"properties\":{\"text\":{\"type\":\"string\",\"maxLength\":4000}}}";

static const char attachment_schema_json[] =
    "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"media_type\",\"size\",\"hash\"],"
    "\"properties\":{\"id\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},"
    "\"media_type\":{\"type\":\"string\"},\"size\":{\"type\":\"integer\"},"
    "\"hash\":{\"type\":\"string\",\"description\":\"SHA-256 of the content in hex\"},"
    "\"at\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"actor\":{\"type\":[\"string\",\"null\"]},\"actor_name\":{\"type\":\"string\"}}}";

static const char attachments_schema_json[] =
    "{\"type\":\"object\",\"required\":[\"items\",\"_actions\",\"max_bytes\",\"kinds\"],"
    "\"properties\":{\"items\":{\"type\":\"array\",\"items\":"
    "{\"$ref\":\"#/components/schemas/attachment\"}},"
    "\"_actions\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"attach\","
    "\"detach\"]}},\"max_bytes\":{\"type\":\"integer\",\"description\":\"Of one file\"},"
    "\"kinds\":{\"type\":\"array\",\"description\":\"Endings of names that are taken\","
    "\"items\":{\"type\":\"string\"}}}}";

static const char letter_schema_json[] =
    "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},"
    "\"consumer\":{\"type\":\"string\"},\"producer\":{\"type\":\"string\"},"
    "\"seq\":{\"type\":\"integer\"},\"event\":{\"type\":[\"string\",\"null\"]},"
    "\"type\":{\"type\":\"string\"},\"aggregate\":{\"type\":[\"string\",\"null\"]},"
    "\"occurred_on\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},"
    "\"recorded_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
    "\"actor_name\":{\"type\":\"string\"},\"request_id\":{\"type\":\"string\"},"
    "\"state\":{\"type\":\"string\",\"enum\":[\"waiting\",\"dead\",\"parked\",\"discarded\"]},"
    "\"attempts\":{\"type\":\"integer\"},"
    "\"next_try_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
    "\"cause\":{\"type\":\"string\"},"
    "\"since\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
    "\"settled_by\":{\"type\":\"string\"},\"reason\":{\"type\":\"string\"},"
    "\"payload\":{\"type\":\"string\"}}}";

static const char drop_schema_json[] =
    "{\"type\":\"object\",\"required\":[\"reason\"],\"additionalProperties\":false,"
    "\"properties\":{\"reason\":{\"type\":\"string\",\"maxLength\":500}}}";

static void put_doctype_schemas(m_obj *schemas, const m_doctype *d)
{
    const char *name = d->type->name;
    m_obj out = m_obj_in(schemas, name);
    m_schema_members(&out, d->type, false);
    m_obj_close(&out);
    m_obj in = m_obj_in(schemas, joined(schemas, name, ".input", ""));
    m_schema_members(&in, d->type, true);
    m_obj_close(&in);
    m_obj change = m_obj_in(schemas, joined(schemas, name, ".change", ""));
    m_schema_change_members(&change, d->type);
    m_obj_close(&change);
    for (const m_move *m = d->life ? d->life->moves : NULL; m && m->action; m++) {
        if (!m->input || (m->flags & M_MOVE_INTERNAL) || !is_first_of_its_name(d->life, m))
            continue;
        m_obj body = m_obj_in(schemas, joined(schemas, name, ".", m->action));
        m_schema_members(&body, m->input, true);
        m_obj_close(&body);
    }
}

/* ---- parts ---- */

static const m_field part_fields[] = {
    M_F_TEXT(m_openapi_part, tags, "Tags", .max = 65536),
    M_F_TEXT(m_openapi_part, paths, "Paths", .max = 16777216),
    M_F_TEXT(m_openapi_part, schemas, "Schemas", .max = 16777216),
};
const m_type m_openapi_part_type = {
    .name = "openapi.part", .size = sizeof(m_openapi_part), M_FIELDS(part_fields)};

static void put_tag(m_obj *tags, const m_module *module)
{
    m_obj tag = m_obj_in(tags, NULL);
    m_obj_text(&tag, "name", module->name);
    m_obj_text_if(&tag, "description", module->label);
    m_obj_close(&tag);
}

static void put_module_paths(m_obj *paths, const m_module *module)
{
    for (const m_doctype *const *d = module->doctypes; d && *d; d++)
        put_doctype_paths(paths, *d);
    for (const m_report *const *r = module->reports; r && *r; r++)
        put_report(paths, module->name, *r);
    put_letters(paths, module->name);
}

bool m_openapi_part_of(m_arena *arena, const m_module *const *modules, uint32_t n,
                       m_openapi_part *out)
{
    m_buf texts[3] = {{.arena = arena}, {.arena = arena}, {.arena = arena}};
    m_obj tags = m_members_of(&texts[0], true), paths = m_members_of(&texts[1], false),
          schemas = m_members_of(&texts[2], false);
    for (uint32_t i = 0; i < n; i++) {
        put_tag(&tags, modules[i]);
        put_module_paths(&paths, modules[i]);
        for (const m_doctype *const *d = modules[i]->doctypes; d && *d; d++)
            put_doctype_schemas(&schemas, *d);
    }
    if (texts[0].failed || texts[1].failed || texts[2].failed) return false;
    *out = (m_openapi_part){m_buf_str(&texts[0]), m_buf_str(&texts[1]), m_buf_str(&texts[2])};
    return true;
}

/* ---- the document ---- */

static void put_components(m_obj *root, const m_openapi_part *parts, uint32_t n)
{
    m_obj components = m_obj_in(root, "components");
    m_obj_raw(&components, "securitySchemes",
              "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"An access "
              "token from /api/v1/auth/token, or an API key\"}}");
    m_obj_raw(&components, "parameters", parameters_json);
    m_obj_raw(&components, "responses", error_response_json);
    m_obj schemas = m_obj_in(&components, "schemas");
    m_obj_raw(&schemas, "error", error_schema_json);
    m_obj_raw(&schemas, "history_entry", history_schema_json);
    m_obj_raw(&schemas, "comment", comment_schema_json);
    m_obj_raw(&schemas, "attachment", attachment_schema_json);
    m_obj_raw(&schemas, "attachments", attachments_schema_json);
    m_obj_raw(&schemas, "dead_letter", letter_schema_json);
    m_obj_raw(&schemas, "dead_letter.drop", drop_schema_json);
    openapi_work_schemas(&schemas);
    for (uint32_t i = 0; i < n; i++)
        m_obj_members(&schemas, parts[i].schemas);
    m_obj_close(&schemas);
    m_obj_close(&components);
}

static void put_info(m_obj *root, const char *version, const char *down)
{
    m_obj info = m_obj_in(root, "info");
    m_obj_text(&info, "title", "Business M");
    m_obj_text(&info, "version", version);
    if (down[0]) m_obj_words(&info, "x-down", down);
    m_obj_close(&info);
}

void m_openapi_join(m_buf *buf, const m_openapi_part *parts, uint32_t n, const char *version,
                    const char *down)
{
    m_obj root = m_obj_open(buf);
    m_obj_text(&root, "openapi", "3.1.0");
    put_info(&root, version, down);
    m_obj_raw(&root, "security", "[{\"bearer\":[]}]");
    m_obj tags = m_list_in(&root, "tags");
    for (uint32_t i = 0; i < n; i++)
        m_obj_members(&tags, parts[i].tags);
    m_obj_close(&tags);
    m_obj paths = m_obj_in(&root, "paths");
    openapi_work_paths(&paths);
    for (uint32_t i = 0; i < n; i++)
        m_obj_members(&paths, parts[i].paths);
    m_obj_close(&paths);
    put_components(&root, parts, n);
    m_obj_close(&root);
}

void m_openapi_write(m_buf *buf, const m_module *const *modules, uint32_t n, const char *version)
{
    m_openapi_part part;
    if (m_openapi_part_of(buf->arena, modules, n, &part))
        m_openapi_join(buf, &part, 1, version, "");
    else
        buf->failed = true;
}
