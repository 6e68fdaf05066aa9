#include "stock/preview.h"

m_status wms_preview_stop(const wms *w, m_call *call, const wms_replay *replay,
                          const wms_restatement *plan)
{
    wms_preview *preview = w->preview;
    *preview = (wms_preview){.reached = true, .replay = replay, .plan = *plan};
    return m_fail(call, m_err_internal, "a preview goes no further");
}
