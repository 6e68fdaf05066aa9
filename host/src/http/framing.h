/* The byte-level HTTP/1.1 request parser: a pure state machine without I/O, clock or globals.
 *
 * It accepts only requests that every reader on the way must understand alike; whatever is
 * ambiguous is refused. It keeps the head and the body of one request at a time. A connection is
 * one framing used over and over: feed until DONE, take what is needed, reset, feed the rest
 * (pipelining). Not safe for use by two threads at once. */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include <stddef.h>
#include <stdint.h>

#include "m/value.h"

#define HTTP_HEADERS_MAX      64
#define HTTP_LINE_BYTES_MAX   16384 /* ceilings for the limits below; offsets are 16 bits */
#define HTTP_HEADER_BYTES_MAX 32768

typedef struct {
    uint32_t line_bytes;                        /* request line without its line end */
    uint32_t header_bytes;                      /* all header lines with their line ends */
    uint32_t header_count;                      /* at most HTTP_HEADERS_MAX */
    uint32_t body_bytes;                        /* after chunked decoding */
    uint32_t large_bytes;                       /* the same for requests that is_large names */
    bool (*is_large)(m_str method, m_str path); /* path as sent; NULL: none is */
} http_limits;

typedef enum {
    HTTP_PHASE_IDLE, /* no byte of the request has come */
    HTTP_PHASE_HEAD,
    HTTP_PHASE_BODY, /* the head is complete and accepted */
    HTTP_PHASE_DONE, /* a whole request stands ready */
    HTTP_PHASE_REFUSED
} http_phase;

typedef enum {
    HTTP_REFUSE_NONE,
    HTTP_REFUSE_LINE,
    HTTP_REFUSE_LINE_LONG,
    HTTP_REFUSE_METHOD_UNKNOWN,
    HTTP_REFUSE_METHOD,
    HTTP_REFUSE_VERSION,
    HTTP_REFUSE_TARGET,
    HTTP_REFUSE_PATH,
    HTTP_REFUSE_LINE_END,
    HTTP_REFUSE_HEADER_NAME,
    HTTP_REFUSE_HEADER_VALUE,
    HTTP_REFUSE_FOLDED,
    HTTP_REFUSE_HEADERS_LARGE,
    HTTP_REFUSE_HEADERS_MANY,
    HTTP_REFUSE_DUPLICATE,
    HTTP_REFUSE_HOST,
    HTTP_REFUSE_LENGTH,
    HTTP_REFUSE_ENCODING,
    HTTP_REFUSE_BOTH,
    HTTP_REFUSE_CHUNK,
    HTTP_REFUSE_TRAILER,
    HTTP_REFUSE_UPGRADE,
    HTTP_REFUSE_EXPECT,
    HTTP_REFUSE_BODY_UNEXPECTED,
    HTTP_REFUSE_BODY_LARGE,
    HTTP_REFUSE_HEAD_SLOW,
    HTTP_REFUSE_BODY_SLOW,
    HTTP_REFUSE_BUSY,
    HTTP_REFUSE_MEMORY,
    HTTP_REFUSE_RESPONSE,
    HTTP_REFUSE_COUNT
} http_refusal;

/* What a refusal is answered with; constant text that needs no JSON escaping. */
typedef struct {
    int status;
    const char *code, *message, *hint;
} http_refusal_info;

const http_refusal_info *http_refusal_of(http_refusal why);

typedef struct {
    uint16_t name, name_n, value, value_n; /* offsets into head */
} http_framing_header;

typedef struct {
    http_limits limits;
    http_phase phase;
    http_refusal why; /* set when phase is REFUSED */
    int state;        /* private */

    char *head; /* method, target and header texts one after the other; names in lower case */
    uint32_t head_n, head_cap;
    uint32_t line_bytes, header_bytes;
    uint16_t method_n, target_n; /* the target follows the method in head */
    uint16_t path_n;             /* part of the target before '?' */
    uint8_t minor;               /* HTTP/1.minor */
    bool keep_alive, expect_continue;
    uint32_t seen; /* private: which single headers came */
    uint32_t header_count;
    http_framing_header headers[HTTP_HEADERS_MAX];

    char *body;
    uint32_t body_n, body_cap;
    uint32_t body_max;  /* private: of this request */
    uint32_t body_left; /* private: of the message or of the chunk */
    uint8_t chunk_digits;
} http_framing;

/* limits are cut to the ceilings above. Free with http_framing_clear. */
void http_framing_init(http_framing *f, const http_limits *limits);

/* Eats bytes until n is used up, a request is complete or it is refused. Returns how many were
 * eaten; fewer than n only when phase is DONE or REFUSED. In these two phases it eats nothing. */
size_t http_framing_feed(http_framing *f, const char *bytes, size_t n);

/* Refuses from outside (deadline, memory). */
void http_framing_refuse(http_framing *f, http_refusal why);

/* Ready for the next request on the same connection; keeps small buffers. */
void http_framing_reset(http_framing *f);
void http_framing_clear(http_framing *f);

/* Views into the framing's head; valid until reset. */
m_str http_framing_method(const http_framing *f);
m_str http_framing_path(const http_framing *f);  /* as sent */
m_str http_framing_query(const http_framing *f); /* as sent, without '?' */
/* Also true for a refused request whose line was read far enough to know. */
bool http_framing_is_head(const http_framing *f);

/* Decodes %XX once into out (at least raw.n bytes). False for anything but an absolute path of
 * UTF-8 segments: bad escapes, control characters, %2f, %5c, empty inner segments, "." and "..". */
bool http_path_decode(m_str raw, char *out, size_t *out_n);

#endif
