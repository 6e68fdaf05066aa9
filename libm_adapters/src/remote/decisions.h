#ifndef REMOTE_DECISIONS_H
#define REMOTE_DECISIONS_H

#include "m/deciding.h"
#include "m/store.h"
#include "m_adapters/infra.h"

/* What is decided about a hold. */
typedef struct {
    bool committed;            /* by whichever attempt */
    bool posts;                /* and it posts something */
    bool let_go;               /* this attempt is */
    const m_decision_row *row; /* the committed one, or NULL */
} decision_state;

m_status decision_read(m_store store, m_call *call, m_id hold, m_id attempt,
                       decision_state *out) M_MUST_USE;
/* A payload as the event and the decision have it. */
m_status decision_text(m_call *call, const m_type *type, const void *record, m_str *out) M_MUST_USE;

#endif
