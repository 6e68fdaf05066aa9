#include "m/doc.h"

const char *const m_states_active[] = {"active", NULL};
const char *const m_states_submittable[] = {"draft", "submitted", "cancelled", NULL};

int m_state_index(const char *const *states, m_str name)
{
    for (int i = 0; states[i]; i++)
        if (m_str_is(name, states[i])) return i;
    return -1;
}

bool m_words_have(const char *list, m_str word)
{
    if (!list || word.n == 0) return false;
    const char *at = list;
    while (*at) {
        const char *end = strchrnul(at, ',');
        if (m_str_eq((m_str){at, (size_t)(end - at)}, word)) return true;
        at = *end ? end + 1 : end;
    }
    return false;
}

const m_move *m_lifecycle_find(const m_lifecycle *life, m_str action)
{
    if (!life) return NULL;
    for (const m_move *move = life->moves; move->action; move++)
        if (m_str_is(action, move->action)) return move;
    return NULL;
}

bool m_move_allowed(const m_lifecycle *life, const m_move *move, m_enum state)
{
    return m_words_have(move->from, m_str_of(life->states[state]));
}

bool m_lifecycle_editable(const m_lifecycle *life, m_enum state)
{
    return !life || m_words_have(life->editable, m_str_of(life->states[state]));
}

bool m_permitted(const m_call *call, const m_permission *permissions, uint32_t can)
{
    if (call->system || m_call_has_role(call, "Administrator")) return true;
    for (const m_permission *p = permissions; p && p->role; p++)
        if ((p->can & can) == can && m_call_has_role(call, p->role)) return true;
    return false;
}

bool m_may(const m_call *call, const m_doctype *doctype, uint32_t can)
{
    return m_permitted(call, doctype->permissions, can);
}
