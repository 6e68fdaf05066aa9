#include "desk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 40 };

typedef struct {
    char name[NAME_MAX_BYTES + 1];
    desk_pack *pack;
} remote;

struct desk {
    desk_pack *shell;
    remote remotes[DESK_REMOTES_MAX];
    uint32_t count;
};

static const m_str shell_prefix = {"/desk/", 6}, remotes_prefix = {"/remotes/", 9};

static bool starts(m_str text, m_str with)
{
    return text.n >= with.n && memcmp(text.p, with.p, with.n) == 0;
}

static m_str after(m_str text, size_t n)
{
    return (m_str){text.p + n, text.n - n};
}

/* Next piece of a comma-separated text, trimmed; false at the end. */
static bool next_piece(m_str *rest, m_str *out)
{
    if (!rest->n) return false;
    const char *comma = memchr(rest->p, ',', rest->n);
    size_t n = comma ? (size_t)(comma - rest->p) : rest->n;
    *out = m_str_trim((m_str){rest->p, n});
    *rest = comma ? after(*rest, n + 1) : (m_str){NULL, 0};
    return true;
}

/* ---- the packs ---- */

static m_status open_pack(const char *directory, const char *name, desk_pack **out, char *error,
                          size_t n)
{
    char path[512];
    int length = snprintf(path, sizeof path, "%s/%s.pack", directory, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        snprintf(error, n, "%s: the name is too long", directory);
        return M_INVALID;
    }
    return desk_pack_open(path, out, error, n);
}

/* "finance.pack" → "finance"; false for the shell's own and for what is no pack. */
static bool remote_name(const char *file, char out[NAME_MAX_BYTES + 1])
{
    static const char ending[] = ".pack";
    size_t n = strlen(file), name_n = n - (sizeof ending - 1);
    if (n <= sizeof ending - 1 || name_n > NAME_MAX_BYTES || strcmp(file + name_n, ending) != 0)
        return false;
    memcpy(out, file, name_n);
    out[name_n] = '\0';
    return out[0] != '.' && strcmp(out, "desk") != 0;
}

/* "finance,people" has "people"; an empty list has everything. */
static bool wanted(m_str list, const char *name)
{
    m_str piece;
    bool all = list.n == 0;
    while (!all && next_piece(&list, &piece))
        if (m_str_is(piece, name)) return true;
    return all;
}

static m_status open_remotes(desk *d, const char *directory, m_str domains, char *error, size_t n)
{
    DIR *folder = opendir(directory);
    if (!folder) return M_OK;
    m_status status = M_OK;
    for (struct dirent *e;
         status == M_OK && d->count < DESK_REMOTES_MAX && (e = readdir(folder));) {
        remote *r = &d->remotes[d->count];
        if (!remote_name(e->d_name, r->name) || !wanted(domains, r->name)) continue;
        status = open_pack(directory, r->name, &r->pack, error, n);
        if (status == M_OK) d->count++;
    }
    closedir(folder);
    return status;
}

desk *desk_open(const char *directory, m_str domains, char *error, size_t n)
{
    desk *d = calloc(1, sizeof *d);
    m_status status = d ? M_OK : M_NOMEM;
    if (!d) snprintf(error, n, "not enough memory");
    if (d && wanted(domains, "core")) status = open_pack(directory, "desk", &d->shell, error, n);
    if (status == M_OK) status = open_remotes(d, directory, domains, error, n);
    if (status == M_OK && !d->shell && !d->count) status = M_NOT_FOUND;
    if (status == M_OK) return d;
    if (status == M_NOT_FOUND && n) error[0] = '\0';
    desk_close(d);
    return NULL;
}

void desk_close(desk *d)
{
    if (!d) return;
    desk_pack_close(d->shell);
    for (uint32_t i = 0; i < d->count; i++)
        desk_pack_close(d->remotes[i].pack);
    free(d);
}

static const desk_pack *remote_of(const desk *d, m_str name)
{
    for (uint32_t i = 0; d && i < d->count; i++)
        if (m_str_is(name, d->remotes[i].name)) return d->remotes[i].pack;
    return NULL;
}

bool desk_has(const desk *d, const char *name)
{
    return remote_of(d, m_str_of(name)) != NULL;
}

m_str desk_domain(m_str path)
{
    if (!starts(path, remotes_prefix)) return (m_str){NULL, 0};
    m_str rest = after(path, remotes_prefix.n);
    const char *slash = memchr(rest.p, '/', rest.n);
    return (m_str){rest.p, slash ? (size_t)(slash - rest.p) : rest.n};
}

bool desk_owns(m_str path)
{
    return m_str_is(path, "/") || m_str_is(path, "/desk") || starts(path, shell_prefix) ||
           starts(path, remotes_prefix);
}

/* ---- what is asked for ---- */

/* A page of the shell has no extension: the shell itself tells what is there. */
static bool is_page(m_str rest)
{
    for (size_t i = rest.n; i > 0 && rest.p[i - 1] != '/'; i--)
        if (rest.p[i - 1] == '.') return false;
    return !starts(rest, (m_str){"assets/", 7});
}

static bool find(const desk *d, m_str path, desk_file *out)
{
    if (!d) return false;
    if (starts(path, remotes_prefix)) {
        m_str name = desk_domain(path), rest = after(path, remotes_prefix.n + name.n);
        const desk_pack *pack = remote_of(d, name);
        return pack && rest.n && desk_pack_find(pack, after(rest, 1), out);
    }
    if (!d->shell) return false;
    m_str rest = starts(path, shell_prefix) ? after(path, shell_prefix.n) : (m_str){path.p, 0};
    if (rest.n && desk_pack_find(d->shell, rest, out)) return true;
    return is_page(rest) && desk_pack_find(d->shell, M_STR("index.html"), out);
}

/* "br;q=0" says no: a weight of nothing but zeros. */
static bool refused(m_str parameters)
{
    parameters = m_str_trim(parameters);
    if (parameters.n < 3 || strncasecmp(parameters.p, "q=0", 3) != 0) return false;
    for (size_t i = 3; i < parameters.n; i++)
        if (parameters.p[i] != '0' && parameters.p[i] != '.') return false;
    return true;
}

/* 1 accepted, 0 not named, -1 refused. */
static int accepts(m_str header, const char *coding)
{
    m_str piece;
    while (next_piece(&header, &piece)) {
        const char *semicolon = memchr(piece.p, ';', piece.n);
        size_t n = semicolon ? (size_t)(semicolon - piece.p) : piece.n;
        m_str name = m_str_trim((m_str){piece.p, n});
        if (name.n != strlen(coding) || strncasecmp(name.p, coding, name.n) != 0) continue;
        return semicolon && refused(after(piece, n + 1)) ? -1 : 1;
    }
    return 0;
}

static desk_coding choose(const desk_file *f, m_str accept)
{
    static const struct {
        desk_coding coding;
        const char *name;
    } wishes[] = {{DESK_BROTLI, "br"}, {DESK_GZIP, "gzip"}};
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        if (!f->bodies[wishes[i].coding].n) continue;
        int said = accepts(accept, wishes[i].name);
        if (said > 0 || (said == 0 && accepts(accept, "*") > 0)) return wishes[i].coding;
    }
    return DESK_IDENTITY;
}

/* `"tag-br"`: bodies in different codings are different to a cache. */
static void etag_of(const desk_found *f, char *out, size_t n)
{
    static const char *const suffix[DESK_CODINGS] = {"", "-gz", "-br"};
    snprintf(out, n, "\"%.*s%s\"", M_STR_ARG(f->tag), suffix[f->coding]);
}

static bool has_tag(m_str if_none_match, const desk_found *f)
{
    char etag[DESK_ETAG];
    m_str piece;
    etag_of(f, etag, sizeof etag);
    while (next_piece(&if_none_match, &piece)) {
        if (m_str_is(piece, "*")) return true;
        if (starts(piece, (m_str){"W/", 2})) piece = after(piece, 2);
        if (m_str_is(piece, etag)) return true;
    }
    return false;
}

desk_question desk_question_of(const http_request *q)
{
    return (desk_question){.method = q->method,
                           .path = q->path,
                           .accept_encoding = http_request_header(q, "accept-encoding"),
                           .if_none_match = http_request_header(q, "if-none-match")};
}

void desk_find_file(const desk *d, const desk_question *q, desk_found *out)
{
    desk_file f;
    *out = (desk_found){.status = 404};
    if (!find(d, q->path, &f)) return;
    out->status = 405;
    if (!m_str_is(q->method, "GET") && !m_str_is(q->method, "HEAD")) return;
    *out = (desk_found){.status = 304,
                        .type = m_str_of(f.type),
                        .tag = f.tag,
                        .coding = (m_enum)choose(&f, q->accept_encoding),
                        .immutable = f.immutable};
    if (strncmp(f.type, "text/html", 9) == 0) out->policy = desk_pack_policy(d->shell);
    if (has_tag(q->if_none_match, out)) return;
    out->status = 200;
    out->body = f.bodies[out->coding];
}

/* ---- as an answer ---- */

static void add(desk_reply *r, m_str name, m_str value)
{
    r->headers[r->header_count++] = (http_header){name, value};
}

void desk_reply_of(const desk_found *f, desk_reply *out)
{
    static const m_str names[DESK_CODINGS] = {{NULL, 0}, {"gzip", 4}, {"br", 2}};
    *out = (desk_reply){.status = (int)f->status};
    if (f->status >= 400) return;
    etag_of(f, out->etag, sizeof out->etag);
    add(out, M_STR("ETag"), m_str_of(out->etag));
    add(out, M_STR("Vary"), M_STR("Accept-Encoding"));
    add(out, M_STR("Cache-Control"),
        f->immutable ? M_STR("public, max-age=31536000, immutable") : M_STR("no-cache"));
    if (f->policy.n) add(out, M_STR("Content-Security-Policy"), f->policy);
    if (f->policy.n) add(out, M_STR("Referrer-Policy"), M_STR("same-origin"));
    if (f->status == 304) return;
    if (names[f->coding].n) add(out, M_STR("Content-Encoding"), names[f->coding]);
    out->type = f->type.p;
    out->body = f->body;
}

void desk_answer(const desk *d, const http_request *request, desk_reply *out)
{
    desk_question question = desk_question_of(request);
    desk_found found;
    desk_find_file(d, &question, &found);
    desk_reply_of(&found, out);
}
