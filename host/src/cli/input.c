#include "input.h"

#include <errno.h>
#include <stdio.h>

#include "../serve/slow.h"

bool input_read(m_arena *arena, const char *path, size_t max_bytes, m_str *out)
{
    FILE *file = fopen(path, "rb");
    long size = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *text = NULL;
    if (size >= 0 && size <= (long)max_bytes && fseek(file, 0, SEEK_SET) == 0)
        text = m_arena_alloc(arena, (size_t)size + 1);
    bool good = text && fread(text, 1, (size_t)size, file) == (size_t)size;
    if (!good)
        fprintf(stderr, "%s cannot be read: %s.\n", path,
                size > (long)max_bytes ? "it is too large" : strerror(errno));
    if (file) fclose(file);
    *out = (m_str){text, good ? (size_t)size : 0};
    return good;
}

void input_show_row(const import_row *row, bool quiet)
{
    static const char *const verdicts[] = {"created", "unchanged", "error"};
    if (quiet && row->verdict != IMPORT_ERROR) return;
    printf("%u\t%s\t%.*s\t%.*s\n", row->line, verdicts[row->verdict], M_STR_ARG(row->name),
           M_STR_ARG(row->note));
    if (!row->error) return;
    if (!row->error->field_count) printf("\t\t\t%.*s\n", M_STR_ARG(row->error->message));
    for (uint32_t i = 0; i < row->error->field_count; i++)
        printf("\t\t\t%.*s: %.*s\n", M_STR_ARG(row->error->fields[i].path),
               M_STR_ARG(row->error->fields[i].message));
}

import_config input_config(session *s)
{
    return (import_config){.registry = s->domains->registry,
                           .documents = s->domains->documents,
                           .store = m_pg_store(),
                           .runner = session_runner(s),
                           .asks = s->arrivals != NULL};
}
