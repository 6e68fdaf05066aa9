/* Words of other languages. All texts for people in the libraries (labels, headings, help,
 * refusals) are English; a catalogue says them in another language. It is data of its library,
 * words/<language>.po, made into a table by the build (libm_protocols/words/catalogue.py). */
#ifndef M_WORDS_H
#define M_WORDS_H

#include "m/call.h"

typedef struct {
    const char *text; /* English, or the name of a state or choice: "part_received" */
    const char *said;
} m_word;

struct m_words {
    const char *language; /* "hi" */
    const m_word *words;  /* sorted by the bytes of text, no text twice */
    uint32_t count;
};

/* NULL when the catalogue does not have the text. */
const char *m_words_find(const m_words *words, const char *text);
/* The language of a header Accept-Language that somebody speaks: the first of the highest weight
 * among "en" and `known` (ends with NULL). "en" when there is none. */
const char *m_language_of(m_str accepted, const char *const *known);

/* Of the call: of its catalogues, "en" without any. */
const char *m_language(const m_call *call);

/* Of libm_protocols itself, and what libraries have in common; one per language, ends with NULL. */
extern const m_words *const m_core_words[];

#endif
