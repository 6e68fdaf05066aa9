/* Provider of the receiving protocol (m/receiving.h). self is the module's instance. */
#ifndef WMS_RECEIVING_H
#define WMS_RECEIVING_H

#include "goods_receipt/goods_receipt.h"

extern const m_receiving_ops wms_receiving_ops;

#endif
