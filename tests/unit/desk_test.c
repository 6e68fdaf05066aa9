/* The packs of the web client and what is answered from them: choice of coding, tags, pages, what
 * is not there, and files that are no packs or lie about themselves. */
#include "desk_files.h"

#include <endian.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

enum { HEAD = 32, ENTRY = 64, PACK = 8192 };

typedef struct {
    char bytes[PACK];
    uint32_t n;
} image;

typedef struct {
    const char *path, *type, *identity, *gzip, *brotli;
    uint32_t flags;
} entry;

static const char policy[] = "default-src 'none'";
static const entry shell[] = {
    {"assets/a-1.js", "text/javascript; charset=utf-8", "plain", "gz", "br", 1},
    {"index.html", "text/html; charset=utf-8", "<html>", NULL, "<br>", 0},
};
static const entry finance[] = {
    {"remoteEntry.js", "text/javascript; charset=utf-8", "remote", NULL, NULL, 0},
};

static char folder[] = "/tmp/desk-test-XXXXXX";

static void number(image *p, uint32_t at, uint32_t value)
{
    uint32_t raw = htole32(value);
    memcpy(p->bytes + at, &raw, sizeof raw);
}

static void put(image *p, uint32_t at, const char *text, size_t n)
{
    number(p, at, text ? p->n : 0);
    number(p, at + 4, (uint32_t)n);
    if (text) memcpy(p->bytes + p->n, text, n);
    p->n += (uint32_t)n;
}

static size_t length(const char *text)
{
    return text ? strlen(text) : 0;
}

static void make(image *p, const entry *entries, uint32_t count)
{
    memset(p, 0, sizeof *p);
    memcpy(p->bytes, "BMDESK01", 8);
    p->n = HEAD + count * ENTRY;
    number(p, 8, count);
    put(p, 16, policy, strlen(policy));
    for (uint32_t i = 0; i < count; i++) {
        const entry *e = &entries[i];
        uint32_t at = HEAD + i * ENTRY;
        put(p, at, e->path, strlen(e->path));
        put(p, at + 8, e->type, strlen(e->type) + 1);
        put(p, at + 16, "0123456789", 10);
        number(p, at + 24, e->flags);
        put(p, at + 28, e->identity, length(e->identity));
        put(p, at + 36, e->gzip, length(e->gzip));
        put(p, at + 44, e->brotli, length(e->brotli));
    }
    number(p, 12, p->n);
}

static void keep(const image *p, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s.pack", folder, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(p->bytes, 1, p->n, file), p->n);
    ck_assert_int_eq(fclose(file), 0);
}

static void set_up(void)
{
    image p;
    memcpy(folder, "/tmp/desk-test-XXXXXX", sizeof folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    make(&p, shell, UNIT_COUNT(shell));
    keep(&p, "desk");
    make(&p, finance, UNIT_COUNT(finance));
    keep(&p, "finance");
}

static void tear_down(void)
{
    static const char *const names[] = {"desk", "finance", "wms"};
    char path[256];
    for (size_t i = 0; i < UNIT_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s.pack", folder, names[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static desk *open_all(void)
{
    char error[256] = "";
    desk *d = desk_open(folder, (m_str){NULL, 0}, error, sizeof error);
    ck_assert_msg(d != NULL, "%s", error);
    return d;
}

static const char *header(const desk_reply *r, const char *name, char out[128])
{
    for (uint32_t i = 0; i < r->header_count; i++)
        if (m_str_is(r->headers[i].name, name)) {
            snprintf(out, 128, "%.*s", M_STR_ARG(r->headers[i].value));
            return out;
        }
    return "";
}

/* ---- what is answered ---- */

typedef struct {
    const char *method, *path, *accept, *if_none_match;
    int status;
    const char *body, *coding, *etag, *cache;
} question;

#define FRESH  "no-cache"
#define ALWAYS "public, max-age=31536000, immutable"

static const question questions[] = {
    {"GET", "/", NULL, NULL, 200, "<html>", "", "\"0123456789\"", FRESH},
    {"HEAD", "/", NULL, NULL, 200, "<html>", "", "\"0123456789\"", FRESH},
    {"GET", "/", "br", NULL, 200, "<br>", "br", "\"0123456789-br\"", FRESH},
    {"GET", "/", "gzip", NULL, 200, "<html>", "", "\"0123456789\"", FRESH},
    {"GET", "/desk", NULL, NULL, 200, "<html>", "", "\"0123456789\"", FRESH},
    {"GET", "/desk/", NULL, NULL, 200, "<html>", "", "\"0123456789\"", FRESH},
    {"GET", "/desk/wms/purchase-orders/01M8", NULL, NULL, 200, "<html>", "", "\"0123456789\"",
     FRESH},
    {"GET", "/desk/assets/a-1.js", NULL, NULL, 200, "plain", "", "\"0123456789\"", ALWAYS},
    {"GET", "/desk/assets/a-1.js", "gzip, deflate, br", NULL, 200, "br", "br", "\"0123456789-br\"",
     ALWAYS},
    {"GET", "/desk/assets/a-1.js", "GZIP", NULL, 200, "gz", "gzip", "\"0123456789-gz\"", ALWAYS},
    {"GET", "/desk/assets/a-1.js", "br;q=0, gzip;q=0.5", NULL, 200, "gz", "gzip",
     "\"0123456789-gz\"", ALWAYS},
    {"GET", "/desk/assets/a-1.js", "br ; q=0.000,*;q=0.1", NULL, 200, "gz", "gzip",
     "\"0123456789-gz\"", ALWAYS},
    {"GET", "/desk/assets/a-1.js", "identity, broken", NULL, 200, "plain", "", "\"0123456789\"",
     ALWAYS},
    {"GET", "/remotes/finance/remoteEntry.js", "br", NULL, 200, "remote", "", "\"0123456789\"",
     FRESH},
    /* seen before */
    {"GET", "/", NULL, "\"0123456789\"", 304, NULL, "", "\"0123456789\"", FRESH},
    {"GET", "/", NULL, "\"x\" , W/\"0123456789\"", 304, NULL, "", "\"0123456789\"", FRESH},
    {"GET", "/", NULL, "*", 304, NULL, "", "\"0123456789\"", FRESH},
    {"GET", "/", "br", "\"0123456789\"", 200, "<br>", "br", "\"0123456789-br\"", FRESH},
    {"GET", "/desk/assets/a-1.js", "br", "\"0123456789-br\"", 304, NULL, "", "\"0123456789-br\"",
     ALWAYS},
    /* not there */
    {"GET", "/desk/assets/a-2.js", NULL, NULL, 404, NULL, "", "", ""},
    {"GET", "/desk/assets/gone", NULL, NULL, 404, NULL, "", "", ""},
    {"GET", "/desk/favicon.ico", NULL, NULL, 404, NULL, "", "", ""},
    {"GET", "/remotes/finance/", NULL, NULL, 404, NULL, "", "", ""},
    {"GET", "/remotes/finance", NULL, NULL, 404, NULL, "", "", ""},
    {"GET", "/remotes/wms/remoteEntry.js", NULL, NULL, 404, NULL, "", "", ""},
    {"GET", "/remotes/../desk/index.html", NULL, NULL, 404, NULL, "", "", ""},
    {"GET", "/desk/../../etc/passwd.txt", NULL, NULL, 404, NULL, "", "", ""},
    /* not so */
    {"POST", "/", NULL, NULL, 405, NULL, "", "", ""},
    {"DELETE", "/desk/assets/a-1.js", NULL, NULL, 405, NULL, "", "", ""},
};

START_TEST(answers)
{
    const question *q = &questions[_i];
    desk *d = open_all();
    http_header sent[2];
    http_request request = {
        .method = m_str_of(q->method), .path = m_str_of(q->path), .headers = sent};
    if (q->accept)
        sent[request.header_count++] = (http_header){M_STR("accept-encoding"), m_str_of(q->accept)};
    if (q->if_none_match)
        sent[request.header_count++] =
            (http_header){M_STR("if-none-match"), m_str_of(q->if_none_match)};
    desk_reply r;
    char text[128];
    desk_answer(d, &request, &r);
    ck_assert_msg(r.status == q->status, "%s: %d", q->path, r.status);
    ck_assert_msg(q->body ? m_str_is(r.body, q->body) : r.body.n == 0, "%s: %.*s", q->path,
                  M_STR_ARG(r.body));
    ck_assert_str_eq(header(&r, "Content-Encoding", text), q->coding);
    ck_assert_str_eq(header(&r, "ETag", text), q->etag);
    ck_assert_str_eq(header(&r, "Cache-Control", text), q->cache);
    ck_assert_str_eq(header(&r, "Vary", text), r.status < 400 ? "Accept-Encoding" : "");
    bool page = r.status == 200 && strncmp(r.type, "text/html", 9) == 0;
    if (r.status != 304)
        ck_assert_str_eq(header(&r, "Content-Security-Policy", text), page ? policy : "");
    desk_close(d);
}
END_TEST

START_TEST(without_a_desk_nothing_is_there)
{
    http_request request = {.method = M_STR("GET"), .path = M_STR("/")};
    desk_reply r;
    desk_answer(NULL, &request, &r);
    ck_assert_int_eq(r.status, 404);
    ck_assert(!desk_has(NULL, "finance"));
    char error[256] = "x";
    ck_assert_ptr_null(desk_open("/nonexistent", (m_str){NULL, 0}, error, sizeof error));
    ck_assert_str_eq(error, "");
    ck_assert_ptr_null(desk_open(folder, M_STR("wms,people"), error, sizeof error));
    ck_assert_str_eq(error, "");
}
END_TEST

/* Among several processes each has its own, and the gateway the shell. */
START_TEST(a_process_serves_its_own)
{
    static const struct {
        const char *domains, *path;
        int64_t status;
    } rows[] = {
        {"core", "/", 200},
        {"core", "/desk/assets/a-1.js", 200},
        {"core", "/remotes/finance/remoteEntry.js", 404},
        {"people, finance", "/remotes/finance/remoteEntry.js", 200},
        {"finance", "/", 404},
        {"finance", "/desk/assets/a-1.js", 404},
    };
    for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
        char error[256] = "";
        desk *d = desk_open(folder, m_str_of(rows[i].domains), error, sizeof error);
        ck_assert_msg(d != NULL, "%s: %s", rows[i].domains, error);
        desk_question q = {.method = M_STR("GET"), .path = m_str_of(rows[i].path)};
        desk_found found;
        desk_find_file(d, &q, &found);
        ck_assert_msg(found.status == rows[i].status, "%s at %s: %d", rows[i].path, rows[i].domains,
                      (int)found.status);
        desk_close(d);
    }
}
END_TEST

START_TEST(a_bundle_has_its_domain_in_its_path)
{
    ck_assert(m_str_is(desk_domain(M_STR("/remotes/finance/a/b.js")), "finance"));
    ck_assert(m_str_is(desk_domain(M_STR("/remotes/finance")), "finance"));
    ck_assert_uint_eq(desk_domain(M_STR("/remotes/")).n, 0);
    ck_assert_uint_eq(desk_domain(M_STR("/desk/finance/a.js")).n, 0);
}
END_TEST

/* What one process finds and another answers is the same. */
START_TEST(a_file_goes_over_as_a_record)
{
    desk *d = open_all();
    m_arena *arena = m_arena_new(0);
    m_call call = {.arena = arena};
    desk_question q = {.method = M_STR("GET"),
                       .path = M_STR("/remotes/finance/remoteEntry.js"),
                       .accept_encoding = M_STR("br")};
    desk_found found;
    m_iface here = {&desk_files_local, d};
    ck_assert_int_eq(m_invoke(here, desk_files_file, &call, &q, &found), M_OK);
    ck_assert_int_eq(found.status, 200);
    ck_assert(m_str_is(found.body, "remote"));
    ck_assert_str_eq(found.type.p, "text/javascript; charset=utf-8");
    m_arena_free(arena);
    desk_close(d);
}
END_TEST

START_TEST(owns_its_paths_only)
{
    static const char *const ours[] = {"/", "/desk", "/desk/x", "/remotes/finance/a.js"};
    static const char *const others[] = {"/desktop", "/remotes", "/api/v1/meta", "/health", "/d"};
    for (size_t i = 0; i < UNIT_COUNT(ours); i++)
        ck_assert_msg(desk_owns(m_str_of(ours[i])), "%s", ours[i]);
    for (size_t i = 0; i < UNIT_COUNT(others); i++)
        ck_assert_msg(!desk_owns(m_str_of(others[i])), "%s", others[i]);
    desk *d = open_all();
    ck_assert(desk_has(d, "finance") && !desk_has(d, "wms") && !desk_has(d, "core"));
    desk_close(d);
}
END_TEST

/* ---- files that are no packs ---- */

static void opens(const image *p, bool wanted, const char *what)
{
    char path[256], error[256] = "";
    desk_pack *pack = NULL;
    keep(p, "wms");
    snprintf(path, sizeof path, "%s/wms.pack", folder);
    m_status status = desk_pack_open(path, &pack, error, sizeof error);
    ck_assert_msg((status == M_OK) == wanted, "%s: %d %s", what, (int)status, error);
    if (!wanted) ck_assert_msg(error[0], "%s: no reason", what);
    desk_pack_close(pack);
}

START_TEST(lies_are_found)
{
    static const struct {
        const char *what;
        uint32_t at, value;
    } lies[] = {
        {"magic", 0, 1},
        {"more files", 8, 1000},
        {"far too many files", 8, 0xffffffffu},
        {"longer than it is", 12, PACK},
        {"policy outside", 16, PACK},
        {"policy too long", 20, 0xfffffff0u},
        {"path outside", HEAD, 0xffffff00u},
        {"empty path", HEAD + 4, 0},
        {"type not ended", HEAD + 12, 4},
        {"tag too short", HEAD + 20, 3},
        {"body outside", HEAD + 28, 0xffffffffu},
        {"body too long", HEAD + 32, 0x7fffffffu},
        {"brotli outside", HEAD + 44, PACK + 1},
        {"not sorted", HEAD + ENTRY + 4, sizeof "assets/a-1.js" - 1},
    };
    image p;
    make(&p, shell, UNIT_COUNT(shell));
    opens(&p, true, "as it is");
    for (size_t i = 0; i < UNIT_COUNT(lies); i++) {
        make(&p, shell, UNIT_COUNT(shell));
        number(&p, lies[i].at, lies[i].value);
        if (strcmp(lies[i].what, "not sorted") == 0) /* the same path twice */
            number(&p, HEAD + ENTRY, HEAD + 2 * ENTRY + sizeof policy - 1);
        opens(&p, false, lies[i].what);
    }
    for (uint32_t n = 0; n < p.n; n += 7) { /* cut off anywhere */
        make(&p, shell, UNIT_COUNT(shell));
        p.n = n;
        opens(&p, false, "cut off");
    }
}
END_TEST

START_TEST(noise_never_leaves_the_file)
{
    uint64_t dice = 20261121;
    for (int round = 0; round < 200; round++) {
        image p;
        make(&p, shell, UNIT_COUNT(shell));
        for (int i = 0; i < 3; i++)
            p.bytes[8 + unit_random(&dice) % (HEAD + 2 * ENTRY - 8)] = (char)unit_random(&dice);
        keep(&p, "wms");
        char path[256], error[256];
        desk_pack *pack;
        snprintf(path, sizeof path, "%s/wms.pack", folder);
        if (desk_pack_open(path, &pack, error, sizeof error) != M_OK) continue;
        desk_file f;
        uint32_t sum = 0;
        if (desk_pack_find(pack, M_STR("index.html"), &f))
            for (int c = 0; c < DESK_CODINGS; c++)
                for (size_t i = 0; i < f.bodies[c].n; i++)
                    sum += (unsigned char)f.bodies[c].p[i];
        ck_assert_uint_lt(sum, 1u << 30);
        desk_pack_close(pack);
    }
}
END_TEST

START_TEST(a_broken_one_is_told)
{
    image p;
    char error[256] = "";
    make(&p, finance, 1);
    p.n -= 3;
    keep(&p, "finance");
    ck_assert_ptr_null(desk_open(folder, (m_str){NULL, 0}, error, sizeof error));
    ck_assert_msg(strstr(error, "finance.pack: it is cut off") != NULL, "%s", error);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, answers, 0, (int)UNIT_COUNT(questions));
    tcase_add_test(tc, without_a_desk_nothing_is_there);
    tcase_add_test(tc, owns_its_paths_only);
    tcase_add_test(tc, a_process_serves_its_own);
    tcase_add_test(tc, a_bundle_has_its_domain_in_its_path);
    tcase_add_test(tc, a_file_goes_over_as_a_record);
    tcase_add_test(tc, lies_are_found);
    tcase_add_test(tc, noise_never_leaves_the_file);
    tcase_add_test(tc, a_broken_one_is_told);
    return unit_run(tc, "desk");
}
