#include "core_internal.h"

/* Everybody who works with documents must be able to read what they point to. */
#define CORE_READERS                                                                               \
    {"Purchase User", M_CAN_READ}, {"Purchase Manager", M_CAN_READ}, {"Stock User", M_CAN_READ},   \
        {"Stock Manager", M_CAN_READ}, {"Accounts User", M_CAN_READ},                              \
        {"Accounts Manager", M_CAN_READ},                                                          \
    {                                                                                              \
        "Auditor", M_CAN_READ                                                                      \
    }

enum { CORE_KEEP = M_CAN_READ | M_CAN_CREATE | M_CAN_WRITE };

const m_permission core_can_reference[] = {{"Master Manager", M_CAN_ALL}, CORE_READERS, {NULL, 0}};

const m_permission core_can_item[] = {
    {"Master Manager", M_CAN_ALL},   {"Purchase User", CORE_KEEP}, {"Purchase Manager", CORE_KEEP},
    {"Stock User", CORE_KEEP},       {"Stock Manager", CORE_KEEP}, {"Accounts User", M_CAN_READ},
    {"Accounts Manager", CORE_KEEP}, {"Auditor", M_CAN_READ},      {NULL, 0}};

/* Suspending and blacklisting need M_CAN_CANCEL: that is for managers. */
const m_permission core_can_supplier[] = {{"Master Manager", M_CAN_ALL},
                                          {"Purchase User", CORE_KEEP},
                                          {"Purchase Manager", CORE_KEEP | M_CAN_CANCEL},
                                          {"Accounts User", CORE_KEEP},
                                          {"Accounts Manager", CORE_KEEP | M_CAN_CANCEL},
                                          {"Stock User", M_CAN_READ},
                                          {"Stock Manager", M_CAN_READ},
                                          {"Auditor", M_CAN_READ},
                                          {NULL, 0}};

const m_permission core_can_customer[] = {{"Master Manager", M_CAN_ALL},
                                          {"Accounts User", CORE_KEEP},
                                          {"Accounts Manager", CORE_KEEP},
                                          {"Stock User", M_CAN_READ},
                                          {"Stock Manager", M_CAN_READ},
                                          {"Purchase User", M_CAN_READ},
                                          {"Purchase Manager", M_CAN_READ},
                                          {"Auditor", M_CAN_READ},
                                          {NULL, 0}};

const m_permission core_can_party[] = {
    {"Master Manager", M_CAN_ALL}, {"Purchase User", CORE_KEEP},    {"Purchase Manager", CORE_KEEP},
    {"Accounts User", CORE_KEEP},  {"Accounts Manager", CORE_KEEP}, {"Stock User", M_CAN_READ},
    {"Stock Manager", M_CAN_READ}, {"Auditor", M_CAN_READ},         {NULL, 0}};
