/* The header that says whose call it is. */
#include "fuzz.h"
#include "nats/envelope.h"

const char *const fuzz_shapes[] = {
    "time=1775034000000000&until=1775034005000000&nonce=00000000000000000000abcd&contract=0&"
    "tenant=01HV0000000000000000000000&actor=01HV0000000000000000000000&system=0&name=a%c3%a4&"
    "roles=A,B%2c,C&locale=en&from=%3a%3a0&request=r0&key=k0&after=core=00,wms=0&later=0",
    "time=0&until=0&nonce=000000000000000000000000&contract=0&roles=0%00,%2",
    NULL,
};
const char fuzz_letters[] = "&=%,0aZ/~\x01\x7f\xff\xc3\xa4";

/* What was read can be written and read again, and is then the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    m_arena *arena = m_arena_new(0);
    envelope e, back;
    FUZZ_CHECK(arena);
    if (envelope_read((m_str){(const char *)data, size}, arena, &e) == M_OK) {
        m_buf buf = {.arena = arena};
        envelope_write(&buf, &e);
        FUZZ_CHECK(!buf.failed);
        if (buf.n <= ENVELOPE_MAX) {
            FUZZ_CHECK(envelope_read(m_buf_str(&buf), arena, &back) == M_OK);
            FUZZ_CHECK(back.role_count == e.role_count && m_str_eq(back.name, e.name));
            FUZZ_CHECK(back.time.us == e.time.us && m_str_eq(back.after, e.after));
            FUZZ_CHECK(m_id_eq(back.tenant, e.tenant) && back.system == e.system);
        }
        m_call call = {.arena = arena};
        envelope_to_call(&e, &call);
        FUZZ_CHECK(call.role_count <= ENVELOPE_ROLES);
    }
    FUZZ_CHECK(!trace_valid((m_str){(const char *)data, size}) || size == TRACE_TEXT - 1);
    m_arena_free(arena);
    return 0;
}
