#include "framing.h"

/* clang-format off */
static const http_refusal_info refusals[HTTP_REFUSE_COUNT] = {
    [HTTP_REFUSE_NONE] = {500, "http.internal", "The request could not be handled.", "Report the request id."},
    [HTTP_REFUSE_LINE] = {400, "http.request_line", "The request line is malformed.", "Send: METHOD SP path SP HTTP/1.1 CRLF."},
    [HTTP_REFUSE_LINE_LONG] = {414, "http.line_too_long", "The request line is too long.", "Shorten the query."},
    [HTTP_REFUSE_METHOD_UNKNOWN] = {501, "http.method_unknown", "The method is not known.", "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS."},
    [HTTP_REFUSE_METHOD] = {405, "http.method", "The method is not allowed.", "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS."},
    [HTTP_REFUSE_VERSION] = {505, "http.version", "The protocol version is not supported.", "Use HTTP/1.1."},
    [HTTP_REFUSE_TARGET] = {400, "http.target", "The request target is not an absolute path with an optional query.", "Percent-encode special characters; send no scheme, host or fragment."},
    [HTTP_REFUSE_PATH] = {400, "http.path", "The path is ambiguous.", "Send UTF-8 segments without dot segments, empty segments, encoded slashes or control characters."},
    [HTTP_REFUSE_LINE_END] = {400, "http.line_end", "A line does not end with CRLF.", "End every line with exactly CR LF."},
    [HTTP_REFUSE_HEADER_NAME] = {400, "http.header_name", "A header name is malformed.", "Send a token directly followed by a colon."},
    [HTTP_REFUSE_HEADER_VALUE] = {400, "http.header_value", "A header value has a control character.", "Send printable characters only."},
    [HTTP_REFUSE_FOLDED] = {400, "http.header_folded", "A header is folded over several lines.", "Send each header on one line."},
    [HTTP_REFUSE_HEADERS_LARGE] = {431, "http.headers_too_large", "The headers are too large.", "Send fewer or shorter headers."},
    [HTTP_REFUSE_HEADERS_MANY] = {431, "http.too_many_headers", "There are too many headers.", "Send fewer headers."},
    [HTTP_REFUSE_DUPLICATE] = {400, "http.header_duplicate", "A header that may come once came twice.", "Send it once."},
    [HTTP_REFUSE_HOST] = {400, "http.host", "The Host header is missing or malformed.", "Send exactly one Host header."},
    [HTTP_REFUSE_LENGTH] = {400, "http.content_length", "Content-Length is not a plain decimal number.", "Send digits only."},
    [HTTP_REFUSE_ENCODING] = {400, "http.transfer_encoding", "The transfer encoding is not supported.", "Send Content-Length, or exactly: Transfer-Encoding: chunked."},
    [HTTP_REFUSE_BOTH] = {400, "http.length_ambiguous", "Content-Length and Transfer-Encoding came together.", "Send one of them."},
    [HTTP_REFUSE_CHUNK] = {400, "http.chunk", "The chunked body is malformed.", "Send 1 to 8 hexadecimal digits and CRLF before each chunk, CRLF after it, and no extensions."},
    [HTTP_REFUSE_TRAILER] = {400, "http.trailer", "Trailers after a chunked body are not accepted.", "Send all headers before the body."},
    [HTTP_REFUSE_UPGRADE] = {400, "http.upgrade", "The connection cannot be upgraded.", "Leave out the Upgrade header."},
    [HTTP_REFUSE_EXPECT] = {417, "http.expect", "The expectation cannot be met.", "Only 100-continue is known."},
    [HTTP_REFUSE_BODY_UNEXPECTED] = {400, "http.body_unexpected", "This method takes no body.", "Leave the body out, or use POST, PUT or PATCH."},
    [HTTP_REFUSE_BODY_LARGE] = {413, "http.body_too_large", "The body is too large.", "Split it into several requests."},
    [HTTP_REFUSE_HEAD_SLOW] = {408, "http.head_timeout", "The request head did not arrive in time.", "Try again on a better connection."},
    [HTTP_REFUSE_BODY_SLOW] = {408, "http.body_timeout", "The request body did not arrive in time.", "Send smaller bodies or use a better connection."},
    [HTTP_REFUSE_BUSY] = {429, "http.busy", "Too many requests are being handled.", "Wait for the seconds of Retry-After and try again."},
    [HTTP_REFUSE_MEMORY] = {503, "http.memory", "There is not enough memory for this request now.", "Try again later."},
    [HTTP_REFUSE_RESPONSE] = {500, "http.response", "The answer could not be put into HTTP.", "Report the request id."},
};
/* clang-format on */

const http_refusal_info *http_refusal_of(http_refusal why)
{
    return &refusals[(unsigned)why < HTTP_REFUSE_COUNT ? why : HTTP_REFUSE_NONE];
}
