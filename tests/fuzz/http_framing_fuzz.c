/* Feeds arbitrary bytes to the HTTP parser, whole and cut in pieces: both must see the same
 * requests. */
#include "http_framing_fuzz.h"

#include <stdlib.h>

#include "framing.h"

typedef struct {
    uint64_t digest;
    unsigned requests;
    http_refusal why;
} seen;

static void mix(seen *s, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        s->digest = (s->digest ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
    s->digest = (s->digest ^ n) * UINT64_C(0x100000001b3);
}

static void require(bool holds)
{
    if (!holds) abort();
}

static void request_check(const http_framing *f, seen *s)
{
    char decoded[HTTP_LINE_BYTES_MAX];
    size_t n = 0;
    require(http_path_decode(http_framing_path(f), decoded, &n));
    require(n > 0 && decoded[0] == '/' && !memchr(decoded, 0, n));
    require(f->header_count <= f->limits.header_count && f->body_n <= f->limits.body_bytes);
    for (uint32_t i = 0; i < f->header_count; i++) {
        const http_framing_header *h = &f->headers[i];
        require(h->name_n > 0 && (uint32_t)h->value + h->value_n <= f->head_n);
        require(!memchr(f->head + h->value, '\n', h->value_n));
        mix(s, f->head + h->name, h->name_n);
        mix(s, f->head + h->value, h->value_n);
    }
    mix(s, decoded, n);
    mix(s, f->body, f->body_n);
    s->requests++;
}

static seen run(const char *bytes, size_t n, size_t piece)
{
    static const http_limits limits = {512, 1024, 16, 4096, 0, NULL};
    http_framing f;
    seen s = {0};
    http_framing_init(&f, &limits);
    for (size_t at = 0; at < n && f.phase != HTTP_PHASE_REFUSED;) {
        size_t room = n - at < piece ? n - at : piece;
        size_t used = http_framing_feed(&f, bytes + at, room);
        require(used > 0 && used <= room);
        require(used == room || f.phase >= HTTP_PHASE_DONE);
        at += used;
        if (f.phase == HTTP_PHASE_DONE) {
            request_check(&f, &s);
            http_framing_reset(&f);
        }
    }
    s.why = f.phase == HTTP_PHASE_REFUSED ? f.why : HTTP_REFUSE_NONE;
    require((f.phase == HTTP_PHASE_REFUSED) == (s.why != HTTP_REFUSE_NONE));
    http_framing_clear(&f);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    seen whole = run((const char *)data, n, n ? n : 1);
    for (size_t piece = 1; piece <= 7; piece += 3) {
        seen pieces = run((const char *)data, n, piece);
        require(pieces.digest == whole.digest && pieces.requests == whole.requests &&
                pieces.why == whole.why);
    }
    return 0;
}
