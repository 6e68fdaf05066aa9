/* Error catalogue of the host's module "core": masters, identity, import. Codes are stable. */
#ifndef CORE_ERRORS_H
#define CORE_ERRORS_H

#include "m/call.h"

enum {
    /* masters */
    CORE_E_REFERENCED,
    CORE_E_INACTIVE,
    CORE_E_DUPLICATE_LINE,
    CORE_E_UNIT_PLACES,
    CORE_E_CATEGORY_LOOP,
    CORE_E_CATEGORY_DEPTH,
    CORE_E_ITEM_REORDER,
    CORE_E_COMPANY_EXISTS,
    CORE_E_COMPANY_NEEDED,
    CORE_E_COMPANY_MISSING,
    CORE_E_POLICY_UNKNOWN,
    CORE_E_POLICY_EXISTS,
    CORE_E_RATE_EXISTS,
    CORE_E_RATE_BASE,
    /* identity */
    CORE_E_SIGN_IN,
    CORE_E_TOKEN,
    CORE_E_REFRESH,
    CORE_E_API_KEY,
    CORE_E_API_KEY_ROUTE,
    CORE_E_API_KEY_ROLES,
    CORE_E_PASSWORD_WEAK,
    CORE_E_PASSWORD_LONG,
    CORE_E_PASSWORD_MAIL,
    CORE_E_PASSWORD_OFF,
    CORE_E_EMAIL_TAKEN,
    CORE_E_ROLE_UNKNOWN,
    CORE_E_SLUG,
    CORE_E_SLUG_TAKEN,
    CORE_E_LAST_ADMIN,
    CORE_E_BUSY,
    CORE_E_KEY_FILE,
    /* import */
    CORE_E_IMPORT_COLUMN,
    CORE_E_IMPORT_TWICE,
    CORE_E_IMPORT_NO_COLUMNS,
    CORE_E_IMPORT_LINK,
    CORE_E_IMPORT_AMBIGUOUS,
    CORE_E_IMPORT_MAPPING,
    CORE_E_IMPORT_CHANGED,
    CORE_E_IMPORT_BATCH,
    CORE_E_IMPORT_UNDONE,
    CORE_E_COUNT
};

/* Indexed by the names above; ends with a NULL code. */
extern const m_error_def core_errors[CORE_E_COUNT + 1];

#endif
