/* What the files of the codec share; not part of the public API. */
#ifndef M_SRC_CODEC_H
#define M_SRC_CODEC_H

#include "m_adapters/codec.h"

/* Room for `more` bytes behind p + n; false (and failed set) when memory is short. */
bool m_buf_room(m_buf *buf, size_t more);
void m_buf_char(m_buf *buf, char c);
void m_buf_int(m_buf *buf, int64_t value);

/* As m_json_check; tells the place of every number. limits->max_depth counts up to 1,024. */
typedef void (*m_json_number_fn)(void *arg, size_t at, size_t n);
bool m_json_scan(m_str text, const m_json_limits *limits, m_json_number_fn number, void *arg,
                 size_t *at, const char **why);

/* A value of one field from its plain text; value is the memory of the field, text is copied.
 * Returns NULL or what is wrong; *out_detail then names it (constant or in the arena). NULL
 * detail: none. Empty text: the empty value. Not for STRUCT and LIST. */
const m_error_def *m_value_from_text(m_arena *arena, const m_field *field, m_str text, void *value,
                                     const char **out_detail);
/* All of the value's memory to zero. */
void m_value_clear(const m_field *field, void *value);
/* The text of the value; none, null id: nothing. STRUCT and LIST: nothing. */
void m_value_to_text(m_buf *buf, const m_field *field, const void *value);
/* "" when there is no such choice. */
const char *m_choice_name(const m_field *field, m_enum value);
void m_buf_hex(m_buf *buf, m_str bytes);
void m_json_text(m_buf *buf, const char *zero_terminated);
/* Comma (unless *first), name in quotes, colon. */
void m_json_name(m_buf *buf, bool *first, const char *name);
/* Places that are written at least: two for money and sums (fewer when the field allows fewer). */
int m_field_min_places(const m_field *field);

#endif
