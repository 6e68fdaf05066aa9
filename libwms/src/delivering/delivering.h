/* Provider of the delivering protocol (m/delivering.h). self is the module's instance. */
#ifndef WMS_DELIVERING_H
#define WMS_DELIVERING_H

#include "delivery_note/delivery_note.h"

extern const m_delivering_ops wms_delivering_ops;

#endif
