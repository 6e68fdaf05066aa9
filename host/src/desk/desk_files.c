#include "desk_files.h"

static const m_field question_fields[] = {
    M_F_STR(desk_question, method, "Method", .max = 16),
    M_F_STR(desk_question, path, "Path", .flags = M_REQUIRED, .max = 8000),
    M_F_STR(desk_question, accept_encoding, "Codings", .max = 8000),
    M_F_STR(desk_question, if_none_match, "Tags", .max = 8000),
};
static const m_type question_type = {
    .name = "desk.question", .size = sizeof(desk_question), M_FIELDS(question_fields)};

static const char *const codings[] = {"identity", "gzip", "br", NULL};
static const m_field found_fields[] = {
    M_F_INT(desk_found, status, "Status"),
    M_F_STR(desk_found, type, "Content type"),
    M_F_STR(desk_found, tag, "Tag"),
    M_F_ENUM(desk_found, coding, "Coding", codings),
    M_F_BOOL(desk_found, immutable, "Immutable"),
    M_F_BYTES(desk_found, body, "Body"),
};
static const m_type found_type = {
    .name = "desk.found", .size = sizeof(desk_found), M_FIELDS(found_fields)};

static const m_method methods[] = {
    {.name = "file",
     .ops_offset = offsetof(desk_files_ops, file),
     .in = &question_type,
     .out = &found_type,
     .flags = M_METHOD_READ},
    {.name = NULL},
};
const m_protocol desk_files_protocol = {"desk", 1, methods};
const m_method *const desk_files_file = &methods[0];

static m_status file(void *self, m_call *call, const desk_question *in, desk_found *out)
{
    (void)call;
    desk_find_file(self, in, out);
    return M_OK;
}

const desk_files_ops desk_files_local = {
    .head = {sizeof desk_files_local, 1, "desk"},
    .file = file,
};
