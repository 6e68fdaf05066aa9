#include "fuzz.h"
#include "m/call.h"
#include "m_adapters/codec.h"

const char *const fuzz_shapes[] = {
    "a,b,c\n0,00.00,\"x\"\n\"\"\"q\"\"\",,-0\r\n",
    "\xef\xbb\xbfname;price\r\n\"a;b\";0,00\r\n=0+0;'@x\r\n",
    "\"two\nlines\",+0 a,'\n\n\n,,,\n0",
    NULL,
};
const char fuzz_letters[] = ",;\"\n\r'=+-@ \tab0\xc3\xa9\xff";

/* Whatever was read comes back the same after being written, and reading always ends. */
static void check_cells(m_call *call, const m_str *cells, uint32_t count)
{
    m_buf buf = {.arena = call->arena};
    for (uint32_t i = 0; i < count; i++) {
        if (i) m_buf_bytes(&buf, ",", 1);
        m_csv_cell(&buf, cells[i]);
    }
    if (count == 1 && cells[0].n == 0) return; /* reads as an empty line */
    m_csv csv = {.text = m_buf_str(&buf), .separator = ',', .at = 0};
    m_str *back;
    uint32_t back_count;
    bool more;
    if (buf.n >= 3 && memcmp(buf.p, "\xef\xbb\xbf", 3) == 0) return; /* reads as a mark */
    FUZZ_CHECK(m_csv_next(call, &csv, &back, &back_count, &more) == M_OK);
    FUZZ_CHECK(more && back_count == count);
    for (uint32_t i = 0; i < count; i++)
        FUZZ_CHECK(m_str_eq(back[i], cells[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    m_call call = {.arena = m_arena_new(0)};
    FUZZ_CHECK(call.arena);
    m_csv csv = {.text = {(const char *)data, size}};
    bool more = true;
    while (more) {
        size_t before = csv.at;
        m_str *cells;
        uint32_t count;
        if (m_csv_next(&call, &csv, &cells, &count, &more) != M_OK) break;
        FUZZ_CHECK(!more || csv.at > before);
        if (more) check_cells(&call, cells, count);
    }
    FUZZ_CHECK(csv.at <= size);
    m_arena_free(call.arena);
    return 0;
}
