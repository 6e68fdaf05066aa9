/* Raw requests and what must become of them; used by the unit test of the parser, by the
 * integration test of the server and as seeds for fuzzing. */
#ifndef TEST_HTTP_CASES_H
#define TEST_HTTP_CASES_H

#include <stddef.h>

typedef struct {
    const char *name;
    const char *bytes;
    size_t n;
    int expect[4]; /* statuses in order, 200 for an accepted request; 0 ends. A refusal ends the
                      connection */
} http_case;

#define RAW(literal) literal, sizeof(literal) - 1
#define H            "Host: a\r\n"
#define GET          "GET / HTTP/1.1\r\n" H
#define POST         "POST /x HTTP/1.1\r\n" H
#define CHUNKED      POST "Transfer-Encoding: chunked\r\n\r\n"

static const http_case http_cases[] = {
    /* accepted */
    {"plain get", RAW(GET "\r\n"), {200}},
    {"two pipelined", RAW(GET "\r\n" GET "\r\n"), {200, 200}},
    {"pipelined behind a body", RAW(POST "Content-Length: 3\r\n\r\nabc" GET "\r\n"), {200, 200}},
    {"pipelined behind chunks", RAW(CHUNKED "3\r\nabc\r\n0\r\n\r\n" GET "\r\n"), {200, 200}},
    {"body looks like a request",
     RAW(POST "Content-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
     {200}},
    {"head", RAW("HEAD / HTTP/1.1\r\n" H "\r\n"), {200}},
    {"options", RAW("OPTIONS / HTTP/1.1\r\n" H "\r\n"), {200}},
    {"patch", RAW("PATCH /x HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\n{}"), {200}},
    {"put", RAW("PUT /x HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\n{}"), {200}},
    {"delete", RAW("DELETE /x HTTP/1.1\r\n" H "\r\n"), {200}},
    {"get with length zero", RAW(GET "Content-Length: 0\r\n\r\n"), {200}},
    {"post without a body", RAW(POST "\r\n"), {200}},
    {"length with leading zeros", RAW(POST "Content-Length: 0003\r\n\r\nabc"), {200}},
    {"blanks around a value", RAW(GET "X-A: \t v \t\r\n\r\n"), {200}},
    {"empty value", RAW(GET "X-A:\r\n\r\n"), {200}},
    {"same free header twice", RAW(GET "X-A: 1\r\nX-A: 2\r\n\r\n"), {200}},
    {"query with brackets", RAW("GET /a?f[op]=1&b=%20 HTTP/1.1\r\n" H "\r\n"), {200}},
    {"escaped utf-8", RAW("GET /caf%C3%A9 HTTP/1.1\r\n" H "\r\n"), {200}},
    {"escaped percent stays one", RAW("GET /a%252e%252e/b HTTP/1.1\r\n" H "\r\n"), {200}},
    {"trailing slash", RAW("GET /a/ HTTP/1.1\r\n" H "\r\n"), {200}},
    {"three dots", RAW("GET /.../x HTTP/1.1\r\n" H "\r\n"), {200}},
    {"http 1.0 ends", RAW("GET / HTTP/1.0\r\n\r\n"), {200}},
    {"close ends", RAW(GET "Connection: close\r\n\r\n" GET "\r\n"), {200}},
    {"eight digit chunk", RAW(CHUNKED "00000001\r\na\r\n0\r\n\r\n"), {200}},
    {"empty chunked", RAW(CHUNKED "0\r\n\r\n"), {200}},
    {"expect with body", RAW(POST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\na"), {200}},
    /* request line */
    {"empty line first", RAW("\r\n" GET "\r\n"), {400}},
    {"bare lf request line", RAW("GET / HTTP/1.1\n" H "\r\n"), {400}},
    {"bare cr request line", RAW("GET / HTTP/1.1\rX\n" H "\r\n"), {400}},
    {"two spaces", RAW("GET  / HTTP/1.1\r\n" H "\r\n"), {400}},
    {"space in target", RAW("GET /a b HTTP/1.1\r\n" H "\r\n"), {400}},
    {"tab for space", RAW("GET\t/ HTTP/1.1\r\n" H "\r\n"), {400}},
    {"space after version", RAW("GET / HTTP/1.1 \r\n" H "\r\n"), {400}},
    {"no version", RAW("GET /\r\n" H "\r\n"), {400}},
    {"lower-case version", RAW("GET / http/1.1\r\n" H "\r\n"), {400}},
    {"http 0.9 style", RAW("GET / HTTP/0.9\r\n" H "\r\n"), {505}},
    {"http 2", RAW("GET / HTTP/2.0\r\n" H "\r\n"), {505}},
    {"http 1.2", RAW("GET / HTTP/1.2\r\n" H "\r\n"), {505}},
    {"http 1.10", RAW("GET / HTTP/1.10\r\n" H "\r\n"), {505}},
    {"http 2 preface", RAW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), {501}},
    {"unknown method", RAW("BREW / HTTP/1.1\r\n" H "\r\n"), {501}},
    {"lower-case method", RAW("get / HTTP/1.1\r\n" H "\r\n"), {501}},
    {"connect", RAW("CONNECT a:443 HTTP/1.1\r\n" H "\r\n"), {405}},
    {"trace", RAW("TRACE / HTTP/1.1\r\n" H "\r\n"), {405}},
    {"no method", RAW(" / HTTP/1.1\r\n" H "\r\n"), {400}},
    {"tls hello", RAW("\x16\x03\x01\x02\x00\x01"), {400}},
    /* target */
    {"absolute form", RAW("GET http://a/ HTTP/1.1\r\n" H "\r\n"), {400}},
    {"asterisk", RAW("OPTIONS * HTTP/1.1\r\n" H "\r\n"), {400}},
    {"no leading slash", RAW("GET a HTTP/1.1\r\n" H "\r\n"), {400}},
    {"fragment", RAW("GET /a#b HTTP/1.1\r\n" H "\r\n"), {400}},
    {"dot dot", RAW("GET /a/../b HTTP/1.1\r\n" H "\r\n"), {400}},
    {"dot dot at the end", RAW("GET /a/.. HTTP/1.1\r\n" H "\r\n"), {400}},
    {"escaped dot dot", RAW("GET /a/%2e%2E/b HTTP/1.1\r\n" H "\r\n"), {400}},
    {"single dot", RAW("GET /a/./b HTTP/1.1\r\n" H "\r\n"), {400}},
    {"double slash", RAW("GET /a//b HTTP/1.1\r\n" H "\r\n"), {400}},
    {"leading double slash", RAW("GET //a HTTP/1.1\r\n" H "\r\n"), {400}},
    {"escaped slash", RAW("GET /a%2fb HTTP/1.1\r\n" H "\r\n"), {400}},
    {"backslash", RAW("GET /a\\b HTTP/1.1\r\n" H "\r\n"), {400}},
    {"escaped backslash", RAW("GET /a%5cb HTTP/1.1\r\n" H "\r\n"), {400}},
    {"escaped nul", RAW("GET /a%00 HTTP/1.1\r\n" H "\r\n"), {400}},
    {"escaped nul in query", RAW("GET /a?b=%00 HTTP/1.1\r\n" H "\r\n"), {400}},
    {"escaped line feed", RAW("GET /a%0a HTTP/1.1\r\n" H "\r\n"), {400}},
    {"bad escape", RAW("GET /a%g1 HTTP/1.1\r\n" H "\r\n"), {400}},
    {"cut escape", RAW("GET /a%2 HTTP/1.1\r\n" H "\r\n"), {400}},
    {"cut escape in query", RAW("GET /a?%2 HTTP/1.1\r\n" H "\r\n"), {400}},
    {"not utf-8", RAW("GET /a%ff HTTP/1.1\r\n" H "\r\n"), {400}},
    {"overlong utf-8", RAW("GET /%c0%af HTTP/1.1\r\n" H "\r\n"), {400}},
    {"surrogate", RAW("GET /%ed%a0%80 HTTP/1.1\r\n" H "\r\n"), {400}},
    {"raw high byte", RAW("GET /a\xc3\xa9 HTTP/1.1\r\n" H "\r\n"), {400}},
    {"nul in target", RAW("GET /a\0b HTTP/1.1\r\n" H "\r\n"), {400}},
    /* headers */
    {"no host", RAW("GET / HTTP/1.1\r\n\r\n"), {400}},
    {"two hosts", RAW(GET "Host: b\r\n\r\n"), {400}},
    {"two hosts on 1.0", RAW("GET / HTTP/1.0\r\n" H H "\r\n"), {400}},
    {"empty host", RAW("GET / HTTP/1.1\r\nHost:\r\n\r\n"), {400}},
    {"host list", RAW("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), {400}},
    {"host with path", RAW("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), {400}},
    {"two authorizations", RAW(GET "Authorization: a\r\nAuthorization: b\r\n\r\n"), {400}},
    {"two keys", RAW(GET "Idempotency-Key: a\r\nidempotency-key: a\r\n\r\n"), {400}},
    {"bare lf header", RAW(GET "X: y\n\r\n"), {400}},
    {"bare lf at the end", RAW(GET "\n"), {400}},
    {"bare cr in value", RAW(GET "X: a\rb\r\n\r\n"), {400}},
    {"folded", RAW(GET "X: a\r\n b\r\n\r\n"), {400}},
    {"folded with tab", RAW(GET "X: a\r\n\tb\r\n\r\n"), {400}},
    {"folded first", RAW("GET / HTTP/1.1\r\n " H "\r\n"), {400}},
    {"space before colon", RAW(GET "X : a\r\n\r\n"), {400}},
    {"no colon", RAW(GET "X\r\n\r\n"), {400}},
    {"empty name", RAW(GET ": a\r\n\r\n"), {400}},
    {"name with parenthesis", RAW(GET "X(: a\r\n\r\n"), {400}},
    {"name with high byte", RAW(GET "X\xc3: a\r\n\r\n"), {400}},
    {"nul in name", RAW(GET "X\0: a\r\n\r\n"), {400}},
    {"nul in value", RAW(GET "X: a\0b\r\n\r\n"), {400}},
    {"control in value", RAW(GET "X: a\x01\r\n\r\n"), {400}},
    {"delete in value", RAW(GET "X: a\x7f\r\n\r\n"), {400}},
    {"upgrade", RAW(GET "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n"), {400}},
    {"upgrade option only", RAW(GET "Connection: keep-alive , Upgrade\r\n\r\n"), {400}},
    {"other expectation", RAW(POST "Expect: more\r\nContent-Length: 1\r\n\r\na"), {417}},
    /* length */
    {"length and encoding",
     RAW(POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"),
     {400}},
    {"encoding and length",
     RAW(POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc"),
     {400}},
    {"two equal lengths", RAW(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), {400}},
    {"two different lengths", RAW(POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), {400}},
    {"length list", RAW(POST "Content-Length: 3, 3\r\n\r\nabc"), {400}},
    {"length plus", RAW(POST "Content-Length: +3\r\n\r\nabc"), {400}},
    {"length minus", RAW(POST "Content-Length: -3\r\n\r\nabc"), {400}},
    {"length hex", RAW(POST "Content-Length: 0x3\r\n\r\nabc"), {400}},
    {"length empty", RAW(POST "Content-Length:\r\n\r\n"), {400}},
    {"length with blank", RAW(POST "Content-Length: 1 2\r\n\r\nabc"), {400}},
    {"length beyond 64 bits", RAW(POST "Content-Length: 18446744073709551619\r\n\r\nabc"), {400}},
    {"length space before colon", RAW(POST "Content-Length : 3\r\n\r\nabc"), {400}},
    {"length over the limit", RAW(POST "Content-Length: 2097153\r\n\r\n"), {413}},
    {"body on get", RAW(GET "Content-Length: 3\r\n\r\nabc"), {400}},
    {"body on head", RAW("HEAD / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"), {400}},
    {"body on delete", RAW("DELETE / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"), {400}},
    {"body on options", RAW("OPTIONS / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"), {400}},
    {"chunked on get", RAW(GET "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), {400}},
    {"chunked on 1.0",
     RAW("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     {400}},
    /* encoding */
    {"encoding identity", RAW(POST "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"), {400}},
    {"encoding gzip, chunked",
     RAW(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
     {400}},
    {"encoding chunked, chunked",
     RAW(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
     {400}},
    {"encoding xchunked", RAW(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), {400}},
    {"encoding quoted", RAW(POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"), {400}},
    {"encoding in capitals", RAW(POST "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"), {400}},
    {"encoding empty", RAW(POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n"), {400}},
    {"encoding space before colon",
     RAW(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
     {400}},
    {"encoding vertical tab",
     RAW(POST "Transfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n"),
     {400}},
    {"two encodings",
     RAW(POST "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     {400}},
    /* chunks */
    {"chunk size 0x", RAW(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk size plus", RAW(CHUNKED "+3\r\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk size space before", RAW(CHUNKED " 3\r\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk size space after", RAW(CHUNKED "3 \r\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk size nine digits", RAW(CHUNKED "000000003\r\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk size empty", RAW(CHUNKED "\r\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk size over the limit", RAW(CHUNKED "ffffffff\r\nabc"), {413}},
    {"chunk extension", RAW(CHUNKED "3;a=b\r\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk bare lf after size", RAW(CHUNKED "3\nabc\r\n0\r\n\r\n"), {400}},
    {"chunk cr without lf", RAW(CHUNKED "3\rabc\r\n0\r\n\r\n"), {400}},
    {"chunk bare lf after data", RAW(CHUNKED "3\r\nabc\n0\r\n\r\n"), {400}},
    {"chunk longer than said", RAW(CHUNKED "3\r\nabcd\r\n0\r\n\r\n"), {400}},
    {"last chunk bare lf", RAW(CHUNKED "0\r\n\n"), {400}},
    {"trailer", RAW(CHUNKED "0\r\nX: y\r\n\r\n"), {400}},
    {"good then bad",
     RAW(GET "\r\n"
             "GET / HTTP/1.1\r\nX : y\r\n\r\n"),
     {200, 400}},
    {"bad hides good", RAW("GET / HTTP/1.1\r\nX : y\r\n\r\n" GET "\r\n"), {400}},
};

enum { HTTP_CASES = sizeof http_cases / sizeof http_cases[0] };

#undef RAW
#undef H
#undef GET
#undef POST
#undef CHUNKED

#endif
