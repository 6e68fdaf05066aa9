#include "attachment.h"

#include "m_adapters/attachments.h"
#include "m_adapters/base64.h"
#include "m_adapters/codec.h"

#define UPLOADS_MAX 8

/* ---- up ---- */

m_status attachment_begin(http_job *j, m_call *call)
{
    if (j->route.kind != ROUTE_ATTACH) return M_OK;
    if (atomic_fetch_add(&j->gateway->uploads, 1) < UPLOADS_MAX) {
        j->uploads = true;
        return M_OK;
    }
    atomic_fetch_sub(&j->gateway->uploads, 1);
    return m_fail(call, m_err_busy, NULL);
}

void attachment_end(http_job *j)
{
    if (j->uploads) atomic_fetch_sub(&j->gateway->uploads, 1);
}

bool attachment_take(http_job *j)
{
    m_str *body = &j->work.in.body;
    if (j->route.kind != ROUTE_ATTACH || !body->n || body->p != j->request->body.p) return true;
    m_str text = m_base64_text(j->arena, *body);
    if (text.p) *body = text;
    return text.p != NULL;
}

/* ---- down ---- */

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

/* To be saved under its name: plain for old clients, then as it is (RFC 6266). */
static m_str disposition(m_arena *arena, m_str name)
{
    m_buf out = {.arena = arena};
    m_buf_text(&out, "attachment; filename=\"");
    for (size_t i = 0; i < name.n; i++)
        m_buf_format(&out, "%c", is_plain(name.p[i]) || name.p[i] == ' ' ? name.p[i] : '_');
    m_buf_text(&out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++)
        if (is_plain(name.p[i]))
            m_buf_bytes(&out, name.p + i, 1);
        else
            m_buf_format(&out, "%%%02X", (unsigned char)name.p[i]);
    return out.failed ? (m_str){NULL, 0} : m_buf_str(&out);
}

static m_status read_sent(http_job *j, m_call *call, m_attachment_sent **out, m_str *out_bytes)
{
    *out = m_record_new(&m_attachment_sent_type, call->arena);
    if (!*out) return m_fail(call, m_err_memory, "attachment");
    M_TRY(
        m_json_read(call, &m_attachment_sent_type, j->work.reply.body, M_JSON_TRUSTED, *out, NULL));
    return m_told(call, m_base64_bytes(call->arena, (*out)->content, out_bytes));
}

void attachment_answer(http_job *j, m_call *call)
{
    m_attachment_sent *sent = NULL;
    m_str bytes = {NULL, 0}, name = {NULL, 0};
    const char *type = NULL;
    m_status status = read_sent(j, call, &sent, &bytes);
    if (status == M_OK) {
        name = disposition(call->arena, sent->name);
        type = m_str_z(call->arena, sent->media_type);
        if (!name.n || !type) status = m_fail(call, m_err_memory, "attachment");
    }
    if (status != M_OK) {
        http_job_refuse(j, call);
        return;
    }
    const http_header headers[] = {
        {M_STR("content-disposition"), name},
        {M_STR("content-security-policy"), M_STR("default-src 'none'; sandbox")},
        {M_STR("cross-origin-resource-policy"), M_STR("same-origin")},
    };
    http_job_answer_with(j, 200, type, headers, sizeof headers / sizeof headers[0], bytes);
}
