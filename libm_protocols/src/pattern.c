/* Patterns without groups or alternation are a row of atoms, each a set of bytes with a least and a
 * most number of repetitions. Instead of trying ways through the text (which can take very long),
 * every atom turns the set of positions reached so far into the next one, in one pass over the
 * text. */
#include "m/field.h"

#define LONGEST_TEXT 1000
#define NO_LIMIT     UINT32_MAX

typedef struct {
    uint64_t set[4]; /* one bit per byte value */
    uint32_t least;
    uint32_t most;
} atom;

static void set_add(atom *a, unsigned char from, unsigned char to)
{
    for (unsigned c = from; c <= to; c++)
        a->set[c / 64] |= UINT64_C(1) << (c % 64);
}

static bool set_has(const atom *a, unsigned char c)
{
    return (a->set[c / 64] >> (c % 64)) & 1;
}

/* A backslash and what follows: \d or the character itself. NULL at the end of the pattern. */
static const char *read_escape(const char *p, atom *out)
{
    p++;
    if (!*p) return NULL;
    if (*p == 'd')
        set_add(out, '0', '9');
    else
        set_add(out, (unsigned char)*p, (unsigned char)*p);
    return p + 1;
}

/* [A-Z0-9_-]: a hyphen that does not stand between two characters is itself. */
static const char *read_class(const char *p, atom *out)
{
    for (p++; *p && *p != ']';) {
        if (*p == '\\') {
            p = read_escape(p, out);
            if (!p) return NULL;
        } else if (p[1] == '-' && p[2] && p[2] != ']') {
            if ((unsigned char)p[0] > (unsigned char)p[2]) return NULL;
            set_add(out, (unsigned char)p[0], (unsigned char)p[2]);
            p += 3;
        } else {
            set_add(out, (unsigned char)*p, (unsigned char)*p);
            p++;
        }
    }
    return *p == ']' ? p + 1 : NULL;
}

static const char *read_number(const char *p, uint32_t *out)
{
    uint32_t n = 0;
    const char *start = p;
    for (; *p >= '0' && *p <= '9' && p - start < 6; p++)
        n = n * 10 + (uint32_t)(*p - '0');
    if (p == start) return NULL;
    *out = n;
    return p;
}

/* {n} or {n,m} */
static const char *read_braces(const char *p, atom *out)
{
    p = read_number(p + 1, &out->least);
    if (!p) return NULL;
    out->most = out->least;
    if (*p == ',') {
        p = read_number(p + 1, &out->most);
        if (!p) return NULL;
    }
    return *p == '}' && out->least <= out->most ? p + 1 : NULL;
}

static const char *read_count(const char *p, atom *out)
{
    out->least = *p == '?' || *p == '*' ? 0 : 1;
    out->most = *p == '*' || *p == '+' ? NO_LIMIT : 1;
    if (*p == '{') return read_braces(p, out);
    return *p == '?' || *p == '*' || *p == '+' ? p + 1 : p;
}

/* One atom with its count; NULL when the pattern is malformed. */
static const char *read_atom(const char *p, atom *out)
{
    *out = (atom){.least = 1, .most = 1};
    switch (*p) {
    case '\\':
        p = read_escape(p, out);
        break;
    case '[':
        p = read_class(p, out);
        break;
    case '?':
    case '*':
    case '+':
    case '{':
        return NULL; /* nothing to repeat */
    default:
        set_add(out, (unsigned char)*p, (unsigned char)*p);
        p++;
    }
    return p ? read_count(p, out) : NULL;
}

/* next[j]: position j can be reached from a position in `from` by least to most bytes of the atom.
 */
static void step(const atom *a, m_str text, const bool *from, bool *next)
{
    size_t run = 0;     /* bytes of the atom that end at j */
    bool found = false; /* some position ≤ j − least was reached … */
    size_t latest = 0;  /* … this is the last of them */
    for (size_t j = 0; j <= text.n; j++) {
        if (j > 0) run = set_has(a, (unsigned char)text.p[j - 1]) ? run + 1 : 0;
        if (j >= a->least && from[j - a->least]) {
            found = true;
            latest = j - a->least;
        }
        next[j] = found && j - latest <= run && j - latest <= a->most;
    }
}

bool m_pattern_match(const char *pattern, m_str text)
{
    bool reached[2][LONGEST_TEXT + 1];
    if (text.n > LONGEST_TEXT) return false;
    memset(reached[0], 0, text.n + 1);
    reached[0][0] = true;
    unsigned now = 0;
    while (*pattern) {
        atom a;
        pattern = read_atom(pattern, &a);
        if (!pattern) return false;
        step(&a, text, reached[now], reached[!now]);
        now = !now;
    }
    return reached[now][text.n];
}
