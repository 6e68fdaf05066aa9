#include "batch/batch.h"

static bool between(char c)
{
    return c == ',' || c == ';' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool known(const m_list *list, m_str code)
{
    for (M_EACH(const m_str, other, *list))
        if (m_str_eq(*other, code)) return true;
    return false;
}

m_status wms_serials_split(m_arena *arena, m_str text, m_list *out)
{
    m_list list = {NULL, 0};
    uint32_t capacity = 0;
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        while (i < text.n && !between(text.p[i]))
            i++;
        m_str code = {text.p + from, i - from};
        if (code.n > WMS_SERIAL_MAX || (code.n && known(&list, code))) return M_INVALID;
        if (code.n) {
            m_str *slot = m_list_add(arena, &list, &capacity, sizeof *slot);
            if (!slot) return M_NOMEM;
            *slot = code;
        }
        while (i < text.n && between(text.p[i]))
            i++;
    }
    *out = list;
    return M_OK;
}
