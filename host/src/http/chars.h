/* Character classes of RFC 9110 and RFC 3986, narrowed to what is accepted here. */
#ifndef HTTP_CHARS_H
#define HTTP_CHARS_H

#include <stdbool.h>

static inline bool http_is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}
static inline bool http_is_alpha(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

enum { HTTP_TOKEN = 1, HTTP_VALUE = 2, HTTP_PATH = 4, HTTP_QUERY = 8, HTTP_HOST = 16 };

extern const unsigned char http_char_class[256];

static inline bool http_is(unsigned char c, int class)
{
    return (http_char_class[c] & class) != 0;
}

#endif
