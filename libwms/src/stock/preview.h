/* Preview of a posting: the use case of a copy of the module's instance whose `preview` is set
 * stops in wms_post, before it writes anything, and leaves here what it would have done. */
#ifndef WMS_PREVIEW_H
#define WMS_PREVIEW_H

#include "stock/replay.h"

typedef struct {
    bool reached;             /* the posting came so far */
    const wms_replay *replay; /* NULL: nothing is dated back */
    wms_restatement plan;
} wms_preview;

/* Fills the preview of w and ends the call. */
m_status wms_preview_stop(const wms *w, m_call *call, const wms_replay *replay,
                          const wms_restatement *plan) M_MUST_USE;

#endif
