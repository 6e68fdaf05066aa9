/* Result rows to records. Text is not copied: it stays in the result, which the unit of work keeps.
 */
#include "uow.h"

static bool set_ext(m_arena *arena, const m_type *type, void *record)
{
    if (!type->ext_at || !type->ext_size) return true;
    void *block = m_arena_alloc(arena, type->ext_size);
    if (!block) return false;
    memcpy((char *)record + type->ext_at - 1, &block, sizeof block);
    return true;
}

void *pg_blank(m_arena *arena, const m_type *type)
{
    void *record = m_arena_alloc(arena, type->size);
    return record && set_ext(arena, type, record) ? record : NULL;
}

static m_status decode(const m_type *type, const pg_cols *cols, const PGresult *result, int row,
                       int first, void *record)
{
    for (uint16_t i = 0; i < cols->count; i++) {
        const pg_col *c = &cols->items[i];
        int column = first + i;
        void *value = pg_cell(type, c->offset, c->ext, record);
        if (!value) continue;
        M_TRY(pg_decode(c->field, PQgetvalue(result, row, column), PQgetlength(result, row, column),
                        PQgetisnull(result, row, column) != 0, value));
    }
    return M_OK;
}

m_status pg_row_decode(const pg_plan *plan, const PGresult *result, int row, void *record)
{
    if (PQnfields(result) != plan->cols.count) return M_INTERNAL;
    return decode(plan->type, &plan->cols, result, row, 0, record);
}

m_status pg_item_decode(const pg_list *list, const PGresult *result, int row, void *item)
{
    if (PQnfields(result) != list->cols.count + 1) return M_INTERNAL;
    return decode(list->type, &list->cols, result, row, 1, item);
}
