/* Whatever the modules describe has its words in every language there is; what is missing is
 * printed as entries for the catalogue. said.py looks at refusals, and for words that nobody says.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/unit.h"
#include "all_modules.h"
#include "test_env.h"

#define MISSING_MAX 4096

/* Where the texts of a module may have their words: its own, and what libraries have in common. */
static const m_words *catalogues[2];
static const char *missing[MISSING_MAX];
static uint32_t missing_count, asked_count;

static const m_words *of_language(const m_words *const *room, const char *language)
{
    for (; *room; room++)
        if (strcmp((*room)->language, language) == 0) return *room;
    ck_abort_msg("a room has no words of %s", language);
    return NULL;
}

/* Not what is the same everywhere: INR, IGST, 206C. */
static bool needs_words(const char *text)
{
    for (; text && *text; text++)
        if (*text >= 'a' && *text <= 'z') return true;
    return false;
}

static void ask(const char *text)
{
    asked_count++;
    if (!needs_words(text)) return;
    for (size_t i = 0; i < sizeof catalogues / sizeof catalogues[0]; i++)
        if (m_words_find(catalogues[i], text)) return;
    for (uint32_t i = 0; i < missing_count; i++)
        if (strcmp(missing[i], text) == 0) return;
    ck_assert(missing_count < MISSING_MAX);
    missing[missing_count++] = text;
}

static void ask_type(const m_type *type)
{
    for (uint16_t i = 0; type && i < type->count; i++) {
        const m_field *f = &type->fields[i];
        ask(f->label);
        ask(f->help);
        ask(f->section);
        for (const char *const *c = f->kind == M_KIND_ENUM ? f->choices : NULL; c && *c; c++)
            ask(*c);
        ask_type(f->type);
    }
}

static void ask_doctype(const m_doctype *d)
{
    ask(d->label);
    ask(d->label_plural);
    ask(d->group);
    ask_type(d->type);
    for (const char *const *s = d->life ? d->life->states : m_states_active; *s; s++)
        ask(*s);
    for (const m_move *m = d->life ? d->life->moves : NULL; m && m->action; m++) {
        if (m->flags & M_MOVE_INTERNAL) continue;
        ask(m->action);
        ask(m->label);
        ask_type(m->input);
    }
}

static void ask_report(const m_report *r)
{
    ask(r->label);
    ask(r->group);
    ask_type(r->params);
    ask_type(r->row);
}

static void ask_module(const m_module *module)
{
    for (const m_doctype *const *d = module->doctypes; d && *d; d++)
        ask_doctype(*d);
    for (const m_report *const *r = module->reports; r && *r; r++)
        ask_report(*r);
    for (const m_policy_def *p = module->policies; p && p->name; p++)
        ask(p->label);
}

static void tell_missing(const char *room)
{
    for (uint32_t i = 0; i < missing_count; i++) {
        printf("msgid \"");
        for (const char *c = missing[i]; *c; c++)
            printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        printf("\"\nmsgstr \"\"\n\n");
    }
    fflush(stdout);
    ck_assert_msg(missing_count == 0, "%s: %u texts have no words", room, (unsigned)missing_count);
    ck_assert_uint_gt(asked_count, 5);
    missing_count = asked_count = 0;
}

START_TEST(modules)
{
    const m_module *all[ALL_MODULES_MAX];
    uint32_t n = all_modules(all);
    ck_assert_int_lt(_i, (int)n);
    for (const m_words *const *w = m_core_words; *w; w++) {
        catalogues[0] = of_language(all[_i]->words, (*w)->language);
        catalogues[1] = *w;
        ask_module(all[_i]);
        tell_missing(all[_i]->name);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("words");
    tcase_add_loop_test(tests, modules, 0, 4);
    return unit_run(tests, "said");
}
