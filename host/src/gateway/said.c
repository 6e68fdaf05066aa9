#include "said.h"

#include <stdlib.h>

void said_init(said *s)
{
    pthread_mutex_init(&s->lock, NULL);
}

static void row_free(said_row *row)
{
    free((char *)(uintptr_t)row->about.p);
    free((char *)(uintptr_t)row->text.p);
    *row = (said_row){.domain = NULL};
}

void said_destroy(said *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        row_free(&s->rows[i]);
    pthread_mutex_destroy(&s->lock);
}

/* Under the lock. */
static said_row *row_of(said *s, const char *domain, m_str about)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (strcmp(s->rows[i].domain, domain) == 0 && m_str_eq(s->rows[i].about, about))
            return &s->rows[i];
    return NULL;
}

/* Under the lock: an empty one. */
static said_row *new_row(said *s)
{
    if (s->count < SAID_ROWS) return &s->rows[s->count++];
    said_row *oldest = &s->rows[0];
    for (uint32_t i = 1; i < s->count; i++)
        if (s->rows[i].used < oldest->used) oldest = &s->rows[i];
    row_free(oldest);
    return oldest;
}

static m_str copy_of(m_str text)
{
    char *copy = malloc(text.n + 1);
    if (!copy) return (m_str){NULL, 0};
    if (text.n) memcpy(copy, text.p, text.n);
    return (m_str){copy, text.n};
}

void said_note(said *s, const char *domain, m_str about, m_str text)
{
    m_str kept = copy_of(text);
    if (!kept.p) return;
    pthread_mutex_lock(&s->lock);
    said_row *row = row_of(s, domain, about);
    if (row) {
        free((char *)(uintptr_t)row->text.p);
    } else {
        row = new_row(s);
        *row = (said_row){.domain = domain, .about = copy_of(about)};
    }
    row->text = kept;
    row->used = ++s->clock;
    pthread_mutex_unlock(&s->lock);
}

m_str said_last(said *s, m_arena *arena, const char *domain, m_str about)
{
    m_str text = {NULL, 0};
    pthread_mutex_lock(&s->lock);
    said_row *row = row_of(s, domain, about);
    if (row) {
        text = m_str_dup(arena, row->text);
        row->used = ++s->clock;
    }
    pthread_mutex_unlock(&s->lock);
    return text;
}
