#include "fuzz.h"
#include "m/call.h"
#include "m_adapters/bank_file.h"

const char *const fuzz_shapes[] = {
    "<D><Stmt><Id>0</Id><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt>0</Amt></Bal>"
    "<Ntry><Amt>0.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-04-00</Dt>"
    "</BookgDt><AddtlNtryInf>x</AddtlNtryInf></Ntry></Stmt></D>",
    "<Stmt><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt>00</Amt><Dt><Dt>2026-04-00</Dt>"
    "</Dt></Bal><Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp><Amt>0</Amt></Bal></Stmt>",
    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
    NULL,
};
const char fuzz_letters[] = "<>/&;!\"'? =NAmtSD0\n\xc3\xa9\xff";

/* What comes out is good: lines of good statements have dates within, texts are valid and short. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    m_call call = {.arena = m_arena_new(0)};
    m_bank_file file;
    FUZZ_CHECK(call.arena);
    m_str text = {(const char *)data, size};
    if (m_bank_read_camt(&call, text, &file) == M_OK) {
        FUZZ_CHECK(file.statements.count > 0);
        for (M_EACH(const m_bank_statement, s, file.statements)) {
            FUZZ_CHECK(s->faulty || (s->has_opening && s->has_closing));
            for (M_EACH(const m_bank_line, line, s->lines)) {
                FUZZ_CHECK(line->amount.u != 0 && line->line > 0);
                FUZZ_CHECK(m_utf8_valid(line->narration) && m_utf8_valid(line->reference));
                FUZZ_CHECK(m_utf8_length(line->narration) <= M_BANK_TEXT_MAX);
                FUZZ_CHECK(m_date_cmp(line->date, s->from) >= 0 &&
                           m_date_cmp(line->date, s->to) <= 0);
            }
        }
    }
    m_bank_is_camt(text);
    m_arena_free(call.arena);
    return 0;
}
