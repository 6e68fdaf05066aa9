/* Private to the codec: the part of the OpenAPI document that belongs to no module. */
#ifndef M_SRC_OPENAPI_WORK_H
#define M_SRC_OPENAPI_WORK_H

#include "object.h"

void openapi_work_paths(m_obj *paths);
void openapi_work_schemas(m_obj *schemas);

#endif
