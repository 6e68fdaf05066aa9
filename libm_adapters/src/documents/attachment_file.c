/* What a file must be to be attached. Its kind follows from its name, and where a kind begins with
 * bytes of its own the content must have them: what the sender says it is does not count. Kinds a
 * browser would run (HTML, SVG, scripts) are not among them. */
#include "m_adapters/attachments.h"
#include "m_adapters/base64.h"

#include <strings.h>

#include "work.h"

enum { BEGINNINGS = 4 };
typedef struct {
    const char *ending;
    const char *media_type;
    size_t at;                /* where its own bytes stand */
    m_str begins[BEGINNINGS]; /* one of them; none: with anything */
} file_kind;

#define B(bytes)                                                                                   \
    {                                                                                              \
        bytes, sizeof(bytes) - 1                                                                   \
    }
static const file_kind kinds[] = {
    {"pdf", "application/pdf", 0, {B("%PDF-")}},
    {"png", "image/png", 0, {B("\x89PNG\r\n")}},
    {"jpg", "image/jpeg", 0, {B("\xff\xd8\xff")}},
    {"jpeg", "image/jpeg", 0, {B("\xff\xd8\xff")}},
    {"gif", "image/gif", 0, {B("GIF8")}},
    {"webp", "image/webp", 8, {B("WEBP")}},
    {"tif", "image/tiff", 0, {B("II*\0"), B("MM\0*")}},
    {"tiff", "image/tiff", 0, {B("II*\0"), B("MM\0*")}},
    {"heic", "image/heic", 4, {B("ftyphei"), B("ftyphev"), B("ftypmif1"), B("ftypmsf1")}},
    {"txt", "text/plain", 0, {{0}}},
    {"csv", "text/csv", 0, {{0}}},
    {"json", "application/json", 0, {{0}}},
    {"xml", "application/xml", 0, {{0}}},
    {"eml", "message/rfc822", 0, {{0}}},
    {"zip", "application/zip", 0, {B("PK")}},
    {"doc", "application/msword", 0, {B("\xd0\xcf\x11\xe0")}},
    {"docx",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     0,
     {B("PK")}},
    {"xls", "application/vnd.ms-excel", 0, {B("\xd0\xcf\x11\xe0")}},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 0, {B("PK")}},
    {"odt", "application/vnd.oasis.opendocument.text", 0, {B("PK")}},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet", 0, {B("PK")}},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

void attachment_kinds(m_buf *buf)
{
    for (size_t i = 0; i < KINDS; i++)
        m_buf_format(buf, "%s\"%s\"", i ? "," : "[", kinds[i].ending);
    m_buf_text(buf, "]");
}

uint32_t attachment_limit(const work *w)
{
    uint32_t wanted = w->service->config.attachment_bytes;
    return wanted && wanted < M_ATTACHMENT_BYTES_MAX ? wanted : M_ATTACHMENT_BYTES_MAX;
}

/* ---- name ---- */

/* Bytes of the character at p when it would change how the rest is read or cannot be seen: control
 * characters, direction marks, blanks of no width. 0: an honest one. */
static size_t hidden(const unsigned char *p, size_t n)
{
    if (p[0] < 0x20 || p[0] == 0x7f) return 1;
    if (n >= 2 && p[0] == 0xc2 && p[1] < 0xa0) return 2;
    if (n < 3) return 0;
    uint32_t three = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    bool marks = (three >= 0xe2808b && three <= 0xe2808f) || /* U+200B to U+200F */
                 (three >= 0xe280a8 && three <= 0xe280ae) || /* U+2028 to U+202E */
                 (three >= 0xe281a0 && three <= 0xe281af) || /* U+2060 to U+206F */
                 three == 0xefbbbf;                          /* U+FEFF */
    return marks ? 3 : 0;
}

static m_str without_folders(m_str name)
{
    for (size_t i = name.n; i > 0; i--)
        if (name.p[i - 1] == '/' || name.p[i - 1] == '\\') return (m_str){name.p + i, name.n - i};
    return name;
}

static m_str without_dots(m_str name)
{
    name = m_str_trim(name);
    while (name.n && (name.p[0] == '.' || name.p[0] == ' ')) {
        name.p++;
        name.n--;
    }
    return name;
}

static m_str clean(m_arena *arena, m_str given)
{
    m_str rest = without_folders(given);
    char *out = m_arena_alloc(arena, rest.n + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < rest.n;) {
        size_t skip = hidden((const unsigned char *)rest.p + i, rest.n - i);
        i += skip;
        if (skip) continue;
        out[n++] = strchr("\"<>|?*:", rest.p[i]) ? '_' : rest.p[i];
        i++;
    }
    return out ? without_dots((m_str){out, n}) : (m_str){NULL, 0};
}

static m_status read_name(const work *w, m_str *out)
{
    m_str given = {NULL, 0};
    for (M_EACH(const m_pair, pair, w->in->query))
        if (m_str_is(pair->name, "name"))
            given = pair->value;
        else
            m_field_fail(w->call, m_err_unknown, pair->name, NULL);
    *out = clean(w->call->arena, given);
    if (!out->p) return m_fail(w->call, m_err_memory, "attachment");
    if (!out->n) m_field_fail(w->call, m_err_required, M_STR("name"), NULL);
    return m_failed_fields(w->call);
}

/* ---- kind ---- */

static bool ends_in(m_str name, const char *ending)
{
    size_t n = strlen(ending);
    return name.n > n + 1 && name.p[name.n - n - 1] == '.' &&
           strncasecmp(name.p + name.n - n, ending, n) == 0;
}

static bool begins_as(const file_kind *kind, m_str content)
{
    for (size_t i = 0; i < BEGINNINGS && kind->begins[i].n; i++) {
        m_str own = kind->begins[i];
        if (content.n >= kind->at + own.n && memcmp(content.p + kind->at, own.p, own.n) == 0)
            return true;
    }
    return !kind->begins[0].n;
}

static m_status check_kind(const work *w, attached_file *file)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (!ends_in(file->name, kinds[i].ending)) continue;
        if (!begins_as(&kinds[i], file->content))
            return m_fail(w->call, m_err_attachment_content, "it is not what its ending .%s says",
                          kinds[i].ending);
        file->media_type = kinds[i].media_type;
        return M_OK;
    }
    return m_fail(w->call, m_err_attachment_kind, "%.*s", M_STR_ARG(file->name));
}

/* ---- content ---- */

static m_status read_content(const work *w, m_str *out)
{
    uint32_t limit = attachment_limit(w);
    m_str text = w->in->body, bytes = {NULL, 0};
    if (!text.n) return m_fail(w->call, m_err_attachment_content, "it is empty");
    bool large = text.n / 4 * 3 > limit;
    m_status status = large ? M_OK : m_base64_bytes(w->call->arena, text, &bytes);
    if (large || bytes.n > limit)
        return m_fail(w->call, m_err_attachment_large, "at most %u KiB", limit / 1024);
    if (status == M_NOMEM) return m_fail(w->call, m_err_memory, "attachment");
    if (!bytes.n) return m_fail(w->call, m_err_attachment_content, "it is not well encoded");
    *out = bytes;
    return M_OK;
}

static m_str hash_of(m_arena *arena, m_str content)
{
    uint8_t digest[32];
    m_buf text = {.arena = arena};
    m_sha256(content.p, content.n, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        m_buf_format(&text, "%02x", digest[i]);
    return text.failed ? (m_str){NULL, 0} : m_buf_str(&text);
}

m_status attached_file_read(const work *w, attached_file *out)
{
    attached_file file = {.media_type = NULL};
    M_TRY(read_name(w, &file.name));
    M_TRY(read_content(w, &file.content));
    M_TRY(check_kind(w, &file));
    file.hash = hash_of(w->call->arena, file.content);
    if (!file.hash.n) return m_fail(w->call, m_err_memory, "attachment");
    *out = file;
    return M_OK;
}
