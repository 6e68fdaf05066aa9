/* A strict check of JSON text before anything else looks at it: cJSON by itself accepts bad UTF-8,
 * duplicate keys, "01" and trailing bytes, and recurses. This one walks with an explicit stack. */
#include <stdlib.h>

#include "codec.h"

#define DEPTH_MAX  1024
#define KEYS_SMALL 64

const m_json_limits m_json_default_limits = {
    .max_depth = 32, .max_nodes = 50000, .max_string = 65536};

typedef struct {
    uint32_t hash;
    uint32_t n; /* raw bytes between the quotes */
    const char *p;
} key;

typedef struct {
    const char *start;
    const char *p;
    const char *end;
    const m_json_limits *limits;
    m_json_number_fn number;
    void *arg;
    uint32_t nodes;
    uint32_t depth;
    uint32_t first_key[DEPTH_MAX]; /* of each open container */
    bool is_object[DEPTH_MAX];
    key small[KEYS_SMALL];
    key *keys; /* of all open objects, innermost last */
    uint32_t key_count;
    uint32_t key_capacity;
    const char *why;
} check;

static bool bad(check *c, const char *at, const char *why)
{
    if (!c->why) {
        c->p = at;
        c->why = why;
    }
    return false;
}

static void skip_blanks(check *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\r' || *c->p == '\t'))
        c->p++;
}

/* ---- strings ---- */

/* Four hex digits, −1 when they are not. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t value = 0;
    if (end - p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = m_hex_digit(p[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Escape at *p (behind the backslash); the code point, or −1 and why. */
static int32_t read_escape(const char **p, const char *end, const char **why)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char ch = *p < end ? **p : 0;
    const char *simple = ch ? strchr(from, ch) : NULL;
    if (simple) {
        ++*p;
        return to[simple - from];
    }
    *why = "unknown escape in a string";
    if (ch != 'u') return -1;
    int32_t unit = hex4(*p + 1, end);
    *why = unit < 0 ? "\\u needs four hexadecimal digits" : "the character \\u0000 is not allowed";
    if (unit <= 0) return -1;
    *p += 5;
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    int32_t low = -1;
    if (unit < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u')
        low = hex4(*p + 2, end);
    *why = "half of a surrogate pair";
    if (low < 0xdc00 || low > 0xdfff) return -1;
    *p += 6;
    return 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
}

static uint32_t hash_byte(uint32_t hash, unsigned char byte)
{
    return (hash ^ byte) * 16777619u;
}

/* UTF-8 of a code point; returns the number of bytes. */
static size_t encode(uint32_t point, unsigned char out[4])
{
    size_t n = 0;
    if (point < 0x80) {
        out[n++] = (unsigned char)point;
        return n;
    }
    if (point < 0x800) {
        out[n++] = (unsigned char)(0xc0 | point >> 6);
    } else {
        if (point < 0x10000) {
            out[n++] = (unsigned char)(0xe0 | point >> 12);
        } else {
            out[n++] = (unsigned char)(0xf0 | point >> 18);
            out[n++] = (unsigned char)(0x80 | (point >> 12 & 0x3f));
        }
        out[n++] = (unsigned char)(0x80 | (point >> 6 & 0x3f));
    }
    out[n++] = (unsigned char)(0x80 | (point & 0x3f));
    return n;
}

/* String at c->p (its opening quote). The UTF-8 is checked in one go for all of the text. */
static bool read_string(check *c, uint32_t *out_hash)
{
    const char *open = c->p++;
    uint32_t hash = 2166136261u;
    while (c->p < c->end) {
        unsigned char ch = (unsigned char)*c->p;
        if (ch == '"') {
            c->p++;
            *out_hash = hash;
            if ((size_t)(c->p - open) - 2 > c->limits->max_string)
                return bad(c, open, "a string is too long");
            return true;
        }
        if (ch < 0x20) return bad(c, c->p, "a control character must be escaped in a string");
        c->p++;
        if (ch != '\\') {
            hash = hash_byte(hash, ch);
            continue;
        }
        const char *escape = c->p - 1;
        const char *why;
        int32_t point = read_escape(&c->p, c->end, &why);
        if (point < 0) return bad(c, escape, why);
        unsigned char bytes[4]; /* hashed as UTF-8, so that "\u0061" and "a" are one key */
        size_t n = encode((uint32_t)point, bytes);
        for (size_t i = 0; i < n; i++)
            hash = hash_byte(hash, bytes[i]);
    }
    return bad(c, open, "a string does not end");
}

/* ---- numbers and words ---- */

static bool is_digit(const check *c)
{
    return c->p < c->end && *c->p >= '0' && *c->p <= '9';
}

static bool read_digits(check *c)
{
    if (!is_digit(c)) return false;
    while (is_digit(c))
        c->p++;
    return true;
}

static bool read_number(check *c)
{
    const char *from = c->p;
    if (*c->p == '-') c->p++;
    if (!is_digit(c)) return bad(c, from, "a value is missing or not known");
    if (*c->p == '0') {
        c->p++;
        if (is_digit(c)) return bad(c, from, "a number may not begin with zeros");
    } else {
        read_digits(c);
    }
    if (c->p < c->end && *c->p == '.') {
        c->p++;
        if (!read_digits(c)) return bad(c, from, "a digit must follow the decimal point");
    }
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
        c->p++;
        if (c->p < c->end && (*c->p == '+' || *c->p == '-')) c->p++;
        if (!read_digits(c)) return bad(c, from, "a digit must follow the exponent sign");
    }
    if (c->number) c->number(c->arg, (size_t)(from - c->start), (size_t)(c->p - from));
    return true;
}

static bool read_word(check *c, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return bad(c, c->p, "a value is missing or not known");
    c->p += n;
    return true;
}

/* ---- keys ---- */

static bool add_key(check *c, const char *p, size_t n, uint32_t hash)
{
    if (c->key_count == c->key_capacity) {
        uint32_t larger = c->key_capacity * 2;
        key *keys = reallocarray(c->keys == c->small ? NULL : c->keys, larger, sizeof *keys);
        if (!keys) return bad(c, p, "not enough memory");
        if (c->keys == c->small) memcpy(keys, c->small, sizeof c->small);
        c->keys = keys;
        c->key_capacity = larger;
    }
    c->keys[c->key_count++] = (key){hash, (uint32_t)n, p};
    return true;
}

/* The bytes of a checked string, escapes resolved. */
typedef struct {
    const char *p;
    const char *end;
    unsigned char bytes[4];
    size_t n;
    size_t i;
} reader;

static int next_byte(reader *r)
{
    if (r->i < r->n) return r->bytes[r->i++];
    if (r->p == r->end) return -1;
    unsigned char ch = (unsigned char)*r->p++;
    if (ch != '\\') return ch;
    const char *why;
    r->n = encode((uint32_t)read_escape(&r->p, r->end, &why), r->bytes);
    r->i = 1;
    return r->bytes[0];
}

static int compare_keys(const key *a, const key *b)
{
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    if (!memchr(a->p, '\\', a->n) && !memchr(b->p, '\\', b->n))
        return m_str_cmp((m_str){a->p, a->n}, (m_str){b->p, b->n});
    reader x = {.p = a->p, .end = a->p + a->n};
    reader y = {.p = b->p, .end = b->p + b->n};
    for (;;) {
        int from_a = next_byte(&x);
        int from_b = next_byte(&y);
        if (from_a != from_b) return from_a < from_b ? -1 : 1;
        if (from_a < 0) return 0;
    }
}

static int by_text_and_place(const void *a, const void *b)
{
    const key *x = a;
    const key *y = b;
    int order = compare_keys(x, y);
    return order ? order : (x->p > y->p) - (x->p < y->p);
}

#define FEW 8

/* The keys of the object that just closed. Comparing whole texts keeps the sort fast also when
 * somebody makes all hashes equal. */
static bool check_keys(check *c, key *keys, uint32_t n)
{
    if (n > FEW) qsort(keys, n, sizeof *keys, by_text_and_place);
    for (uint32_t i = 1; i < n; i++) {
        uint32_t first = n > FEW ? i - 1 : 0;
        for (uint32_t k = first; k < i; k++)
            if (compare_keys(&keys[k], &keys[i]) == 0)
                return bad(c, keys[i].p - 1, "a key occurs twice");
    }
    return true;
}

/* ---- the walk ---- */

static bool open_container(check *c, bool is_object)
{
    uint32_t most = c->limits->max_depth < DEPTH_MAX ? c->limits->max_depth : DEPTH_MAX;
    if (c->depth >= most) return bad(c, c->p, "nested too deeply");
    c->is_object[c->depth] = is_object;
    c->first_key[c->depth++] = c->key_count;
    c->p++;
    return true;
}

static bool close_container(check *c)
{
    c->p++;
    c->depth--;
    uint32_t first = c->first_key[c->depth];
    uint32_t n = c->key_count - first;
    c->key_count = first;
    return check_keys(c, c->keys + first, n);
}

static bool read_key(check *c)
{
    uint32_t hash;
    skip_blanks(c);
    if (c->p == c->end || *c->p != '"') return bad(c, c->p, "a key in quotes is missing");
    const char *open = c->p;
    if (!read_string(c, &hash)) return false;
    if (!add_key(c, open + 1, (size_t)(c->p - open) - 2, hash)) return false;
    skip_blanks(c);
    if (c->p == c->end || *c->p != ':') return bad(c, c->p, "a colon is missing");
    c->p++;
    return true;
}

typedef enum { VALUE_DONE, VALUE_OPENED, VALUE_BAD } progress;

static progress read_container_start(check *c)
{
    bool is_object = *c->p == '{';
    if (!open_container(c, is_object)) return VALUE_BAD;
    skip_blanks(c);
    if (c->p < c->end && *c->p == (is_object ? '}' : ']'))
        return close_container(c) ? VALUE_DONE : VALUE_BAD;
    if (is_object && !read_key(c)) return VALUE_BAD;
    return VALUE_OPENED;
}

static progress read_value(check *c)
{
    uint32_t ignored;
    skip_blanks(c);
    if (c->nodes++ >= c->limits->max_nodes)
        bad(c, c->p, "too many values");
    else if (c->p == c->end)
        bad(c, c->p, "a value is missing");
    if (c->why) return VALUE_BAD;
    bool good;
    switch (*c->p) {
    case '{':
    case '[':
        return read_container_start(c);
    case '"':
        good = read_string(c, &ignored);
        break;
    case 't':
        good = read_word(c, "true");
        break;
    case 'f':
        good = read_word(c, "false");
        break;
    case 'n':
        good = read_word(c, "null");
        break;
    default:
        good = read_number(c);
        break;
    }
    return good ? VALUE_DONE : VALUE_BAD;
}

/* Behind a value: go on to the next one (true, *more) or up and out. */
static bool read_separator(check *c, bool *more)
{
    *more = false;
    while (c->depth) {
        bool in_object = c->is_object[c->depth - 1];
        skip_blanks(c);
        if (c->p == c->end) return bad(c, c->p, "the text ends too early");
        if (*c->p == ',') {
            c->p++;
            *more = true;
            return !in_object || read_key(c);
        }
        if (*c->p != (in_object ? '}' : ']'))
            return bad(c, c->p, "a comma or closing bracket is missing");
        if (!close_container(c)) return false;
    }
    return true;
}

static bool walk(check *c)
{
    bool more = true;
    while (more) {
        progress p = read_value(c);
        if (p == VALUE_BAD) return false;
        if (p == VALUE_DONE && !read_separator(c, &more)) return false;
    }
    skip_blanks(c);
    return c->p == c->end || bad(c, c->p, "there is more text behind the value");
}

/* Where the first broken character is: the longest valid start by halving. */
static size_t utf8_fault(m_str text)
{
    size_t good = 0;
    size_t wrong = text.n;
    while (wrong - good > 1) {
        size_t middle = good + (wrong - good) / 2;
        size_t cut = middle; /* never in the middle of a character */
        while (cut > good && ((unsigned char)text.p[cut] & 0xc0) == 0x80)
            cut--;
        if (cut == good) cut = middle;
        if (m_utf8_valid((m_str){text.p + good, cut - good}))
            good = cut;
        else
            wrong = cut;
    }
    return good;
}

bool m_json_scan(m_str text, const m_json_limits *limits, m_json_number_fn number, void *arg,
                 size_t *at, const char **why)
{
    if (!m_utf8_valid(text)) {
        *at = utf8_fault(text);
        *why = "not valid UTF-8, or a zero byte";
        return false;
    }
    check c;
    c.start = c.p = text.n ? text.p : "";
    c.end = c.start + text.n;
    c.limits = limits;
    c.number = number;
    c.arg = arg;
    c.nodes = c.depth = c.key_count = 0;
    c.keys = c.small;
    c.key_capacity = KEYS_SMALL;
    c.why = NULL;
    bool good = walk(&c);
    if (c.keys != c.small) free(c.keys);
    *at = (size_t)(c.p - c.start);
    *why = good ? "" : c.why;
    return good;
}

bool m_json_check(m_str text, const m_json_limits *limits, size_t *at, const char **why)
{
    return m_json_scan(text, limits, NULL, NULL, at, why);
}
