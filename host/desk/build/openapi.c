/* Prints the host's OpenAPI document: the web client's types are made from it at build time. */
#include <stdio.h>
#include <stdlib.h>

#include "../../src/boot/domains.h"
#include "m_adapters/codec.h"

int main(void)
{
    const m_module *modules[DOMAINS_MAX];
    uint32_t count = domains_modules(modules);
    m_buf out = {.arena = m_arena_new(0)};
    if (!out.arena) return EXIT_FAILURE;
    m_openapi_write(&out, modules, count, HOST_VERSION);
    bool good = !out.failed && fwrite(out.p, 1, out.n, stdout) == out.n;
    m_arena_free(out.arena);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
