#include "object.h"

static void name_member(m_obj *o, const char *name)
{
    if (!o->is_list) {
        m_json_name(o->buf, &o->first, name);
        return;
    }
    if (!o->first) m_buf_char(o->buf, ',');
    o->first = false;
}

m_obj m_obj_open(m_buf *buf)
{
    m_buf_char(buf, '{');
    return (m_obj){buf, true, false};
}

m_obj m_members_of(m_buf *buf, bool is_list)
{
    return (m_obj){buf, true, is_list};
}

m_obj m_obj_in(m_obj *parent, const char *name)
{
    name_member(parent, name);
    return m_obj_open(parent->buf);
}

m_obj m_list_in(m_obj *parent, const char *name)
{
    name_member(parent, name);
    m_buf_char(parent->buf, '[');
    return (m_obj){parent->buf, true, true};
}

void m_obj_close(m_obj *o)
{
    m_buf_char(o->buf, o->is_list ? ']' : '}');
}

void m_obj_text(m_obj *o, const char *name, const char *text)
{
    name_member(o, name);
    m_json_text(o->buf, text);
}

void m_obj_text_if(m_obj *o, const char *name, const char *text)
{
    if (text && *text) m_obj_text(o, name, text);
}

void m_obj_int(m_obj *o, const char *name, int64_t value)
{
    name_member(o, name);
    m_buf_int(o->buf, value);
}

void m_obj_bool(m_obj *o, const char *name, bool value)
{
    m_obj_raw(o, name, value ? "true" : "false");
}

void m_obj_flag(m_obj *o, const char *name, bool value)
{
    if (value) m_obj_bool(o, name, true);
}

void m_obj_raw(m_obj *o, const char *name, const char *json)
{
    name_member(o, name);
    m_buf_text(o->buf, json);
}

void m_obj_words(m_obj *o, const char *name, const char *comma_separated)
{
    m_obj list = m_list_in(o, name);
    const char *p = comma_separated;
    while (p && *p) {
        const char *end = strchrnul(p, ',');
        name_member(&list, NULL);
        m_json_string(list.buf, m_str_trim((m_str){p, (size_t)(end - p)}));
        p = *end ? end + 1 : end;
    }
    m_obj_close(&list);
}

void m_obj_ref(m_obj *o, const char *name, const char *room, const char *to)
{
    m_obj ref = m_obj_in(o, name);
    m_buf_format(o->buf, "\"$ref\":\"#/components/%s/%s\"", room, to);
    m_obj_close(&ref);
}

void m_obj_members(m_obj *o, m_str members)
{
    if (!members.n) return;
    if (!o->first) m_buf_char(o->buf, ',');
    o->first = false;
    m_buf_bytes(o->buf, members.p, members.n);
}
