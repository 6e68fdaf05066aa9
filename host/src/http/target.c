#include "chars.h"
#include "framing.h"

static bool segments_plain(const char *path, size_t n)
{
    size_t start = 1;
    for (size_t i = 1; i <= n; i++) {
        if (i < n && path[i] != '/') continue;
        size_t length = i - start;
        if (length == 0 && i < n) return false;
        if (length == 1 && path[start] == '.') return false;
        if (length == 2 && path[start] == '.' && path[start + 1] == '.') return false;
        start = i + 1;
    }
    return true;
}

bool http_path_decode(m_str raw, char *out, size_t *out_n)
{
    size_t used = 0;
    if (raw.n == 0 || raw.p[0] != '/') return false;
    for (size_t i = 0; i < raw.n; i++) {
        unsigned char c = (unsigned char)raw.p[i];
        if (!http_is(c, HTTP_PATH)) return false;
        if (c == '%') {
            int high = raw.n - i > 2 ? m_hex_digit(raw.p[i + 1]) : -1;
            int low = raw.n - i > 2 ? m_hex_digit(raw.p[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            c = (unsigned char)(high * 16 + low);
            if (c < 0x20 || c == 0x7f || c == '/' || c == '\\') return false;
            i += 2;
        }
        out[used++] = (char)c;
    }
    if (!segments_plain(out, used) || !m_utf8_valid((m_str){out, used})) return false;
    *out_n = used;
    return true;
}
