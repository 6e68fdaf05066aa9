#include "fuzz.h"
#include "m/call.h"
#include "m_adapters/bank_file.h"

const char *const fuzz_shapes[] = {
    "date,amount,reference,narration,balance\n2026-04-00,00.00,x,y,00.00\n2026-04-00,-0,,,0\n",
    "Date;Debit;Credit\n00/04/2026;0,000.00;\n00-Apr-00;;(0.00)\n",
    "date,in,out\n2026-00-00 00:00,0,\n00.00.0000,-,0-\n",
    NULL,
};
const char fuzz_letters[] = ",;\"\n\r'/-.()+ abdept0129\xc3\xa9\xff";

/* Whatever was read has its dates within, and balances that follow from the lines it says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int i = 0; i < 6; i++) {
        m_call call = {.arena = m_arena_new(0)};
        m_bank_csv how = {.dates = i % 3, .decimal_comma = i > 2};
        m_bank_file file;
        FUZZ_CHECK(call.arena);
        if (m_bank_read_csv(&call, (m_str){(const char *)data, size}, &how, &file) == M_OK) {
            FUZZ_CHECK(file.statements.count == 1);
            const m_bank_statement *s = file.statements.items;
            for (M_EACH(const m_bank_line, line, s->lines)) {
                FUZZ_CHECK(line->amount.u != 0 && line->line > 1);
                FUZZ_CHECK(m_date_cmp(line->date, s->from) >= 0 &&
                           m_date_cmp(line->date, s->to) <= 0);
                FUZZ_CHECK(m_utf8_length(line->reference) <= M_BANK_REF_MAX);
            }
        }
        m_arena_free(call.arena);
    }
    return 0;
}
