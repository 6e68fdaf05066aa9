/* Writing JSON objects member by member. */
#ifndef M_SRC_OBJECT_H
#define M_SRC_OBJECT_H

#include "codec.h"

/* An open object (or list: then name is NULL for every member). */
typedef struct {
    m_buf *buf;
    bool first;
    bool is_list;
} m_obj;

m_obj m_obj_open(m_buf *buf);
/* Only the members, without the brackets around them: not to be closed. */
m_obj m_members_of(m_buf *buf, bool is_list);
m_obj m_obj_in(m_obj *parent, const char *name);
m_obj m_list_in(m_obj *parent, const char *name);
void m_obj_close(m_obj *o);

void m_obj_text(m_obj *o, const char *name, const char *text);
/* Nothing when text is NULL or empty. */
void m_obj_text_if(m_obj *o, const char *name, const char *text);
void m_obj_int(m_obj *o, const char *name, int64_t value);
void m_obj_bool(m_obj *o, const char *name, bool value);
/* Nothing when value is false. */
void m_obj_flag(m_obj *o, const char *name, bool value);
/* json: constant, written as it is. */
void m_obj_raw(m_obj *o, const char *name, const char *json);
/* Members that were written elsewhere, with commas between; nothing when there are none. */
void m_obj_members(m_obj *o, m_str members);
/* "a,b" as ["a","b"]. */
void m_obj_words(m_obj *o, const char *name, const char *comma_separated);
/* {"$ref":"#/components/<room>/<name>"} */
void m_obj_ref(m_obj *o, const char *name, const char *room, const char *to);

/* The schema of a type as the open object's members. */
void m_schema_members(m_obj *o, const m_type *type, bool for_input);
/* As input of a PATCH: nothing is required. */
void m_schema_change_members(m_obj *o, const m_type *type);
/* The schema of one field. */
void m_schema_field(m_obj *parent, const char *name, const m_field *field, bool for_input);

#endif
