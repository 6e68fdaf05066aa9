#include "all_modules.h"

#include "finance/finance.h"
#include "masters.h"
#include "people/people.h"
#include "wms/wms.h"

uint32_t all_modules(const m_module *out[ALL_MODULES_MAX])
{
    out[0] = core_module();
    out[1] = finance_module();
    out[2] = wms_module();
    out[3] = people_module();
    return 4;
}
