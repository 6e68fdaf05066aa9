/* What the files of the codec share; not part of the public API. */
#ifndef M_SRC_CODEC_H
#define M_SRC_CODEC_H

#include "m_adapters/codec.h"

/* Room for `more` bytes behind p + n; false (and failed set) when memory is short. */
bool m_buf_room(m_buf *buf, size_t more);
void m_buf_char(m_buf *buf, char c);
void m_buf_int(m_buf *buf, int64_t value);

#endif
