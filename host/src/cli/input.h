/* What the commands that read files share. */
#ifndef HOST_INPUT_H
#define HOST_INPUT_H

#include "../import/import.h"
#include "session.h"

/* The whole file into the arena; false: why it cannot be read is printed. */
bool input_read(m_arena *arena, const char *path, size_t max_bytes, m_str *out);
/* One line of the verdict, and what is wrong below it; quiet: only of rows with errors. */
void input_show_row(const import_row *row, bool quiet);
import_config input_config(session *s);

#endif
