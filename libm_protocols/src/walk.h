/* What the walkers share; not part of the public API. */
#ifndef M_SRC_WALK_H
#define M_SRC_WALK_H

#include "m/field.h"

/* A value is the memory of one field, as m_field_get returns it. NULL (no ext block) is empty. */
bool m_value_empty(const m_field *field, const void *value);
bool m_value_equal(const m_field *field, const void *a, const void *b);
/* Every field of the record is empty. NULL is empty. */
bool m_record_empty(const m_type *type, const void *record);

/* The item at index i; NULL beyond the end or when list is NULL. */
const void *m_list_item(const m_list *list, const m_type *type, uint32_t i);

/* "lines[2].qty" while walking down. A path that does not fit is cut. */
#define M_PATH_MAX 256
typedef struct {
    char text[M_PATH_MAX];
    size_t n;
} m_path;

void m_path_start(m_path *path, const char *prefix);
/* Both return the length before, for m_path_cut. */
size_t m_path_name(m_path *path, const char *name);
size_t m_path_index(m_path *path, uint32_t i);
void m_path_cut(m_path *path, size_t n);

#endif
