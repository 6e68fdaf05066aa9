#include "fuzz.h"
#include "m/call.h"
#include "m_adapters/bank_file.h"

const char *const fuzz_shapes[] = {
    ":20:A\n:25:1\n:28C:0/0\n:60F:C260401INR00,00\n:61:2604000400C0,00NTRFR//B\nmore\n:86:?20x\n"
    ":62F:D260400INR0,\n-}",
    "{4:\r\n:20:\r\n:60M:D260228EUR0,0\r\n:61:260200RD00,NMSCNONREF\r\n:62M:C260228EUR0,0\r\n-\r\n",
    ":60F:C000000AAA0\n:61:0000000000RCR000,0FCHK//\n\n:86:\n:62F:C000000AAA0,000000000",
    NULL,
};
const char fuzz_letters[] = ":0123456789\n\r,CDRFMN/?-{} A\xe9\xc3";

/* What comes out is good: lines of good statements have dates within, texts are valid and short. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    m_call call = {.arena = m_arena_new(0)};
    m_bank_file file;
    FUZZ_CHECK(call.arena);
    m_str text = {(const char *)data, size};
    if (m_bank_read_mt940(&call, text, &file) == M_OK) {
        for (M_EACH(const m_bank_statement, s, file.statements)) {
            FUZZ_CHECK(s->faulty || (s->has_opening && s->has_closing));
            for (M_EACH(const m_bank_line, line, s->lines)) {
                FUZZ_CHECK(m_utf8_valid(line->narration) && m_utf8_valid(line->reference));
                FUZZ_CHECK(m_utf8_length(line->narration) <= M_BANK_TEXT_MAX);
                FUZZ_CHECK(s->faulty || (m_date_cmp(line->date, s->from) >= 0 &&
                                         m_date_cmp(line->date, s->to) <= 0));
            }
        }
        for (M_EACH(const m_bank_fault, fault, file.faults))
            FUZZ_CHECK(fault->line > 0 && fault->why.n > 0);
    }
    m_bank_is_mt940(text);
    m_arena_free(call.arena);
    return 0;
}
