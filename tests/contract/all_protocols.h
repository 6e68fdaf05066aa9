/* Every protocol that crosses processes. */
#ifndef ALL_PROTOCOLS_H
#define ALL_PROTOCOLS_H

#include "m/budget.h"
#include "m/crosscheck.h"
#include "m/deciding.h"
#include "m/delivering.h"
#include "m/documents.h"
#include "m/ledger.h"
#include "m/ledger_pending.h"
#include "m/receiving.h"
#include "m/reports.h"
#include "m/sharing.h"
#include "m/work.h"
#include "m_adapters/stream.h"

static const m_protocol *const all_protocols[] = {
    &m_ledger_protocol,    &m_ledger_pending_protocol,
    &m_deciding_protocol,  &m_masters_protocol,
    &m_receiving_protocol, &m_delivering_protocol,
    &m_budget_protocol,    &m_documents_protocol,
    &m_reports_protocol,   &m_sharing_protocol,
    &m_outbox_protocol,    &m_crosscheck_protocol,
    &m_work_protocol,      NULL,
};

#endif
