/* Statement files of banks: CSV of many shapes, MT940. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/bank_file.h"
#include "test_env.h"
#include "unit.h"

static m_call *call;

static void setup(void)
{
    call = test_call();
}

static void teardown(void)
{
    test_call_free(call);
}

/* Statements as "account number from to opening closing;", lines as "date amount reference
 * narration balance;", faults as "!line why;". */
static const char *shown(const m_bank_file *file)
{
    char *text = m_arena_printf(call->arena, "%s", "");
    for (M_EACH(const m_bank_statement, s, file->statements)) {
        char from[M_DATE_TEXT], to[M_DATE_TEXT], opening[M_DEC_TEXT] = "?",
                                                 closing[M_DEC_TEXT] = "?";
        m_date_format(s->from, from);
        m_date_format(s->to, to);
        if (s->has_opening) m_dec_format(s->opening, 2, opening);
        if (s->has_closing) m_dec_format(s->closing, 2, closing);
        text =
            m_arena_printf(call->arena, "%s[%.*s|%.*s|%s|%s|%s|%s]%s", text, M_STR_ARG(s->account),
                           M_STR_ARG(s->number), from, to, opening, closing, s->faulty ? "!" : "");
        for (M_EACH(const m_bank_line, line, s->lines)) {
            char date[M_DATE_TEXT], amount[M_DEC_TEXT], balance[M_DEC_TEXT] = "?";
            m_date_format(line->date, date);
            m_dec_format(line->amount, 2, amount);
            if (line->has_balance) m_dec_format(line->balance, 2, balance);
            text = m_arena_printf(call->arena, "%s%u:%s|%s|%.*s|%.*s|%s;", text, line->line, date,
                                  amount, M_STR_ARG(line->reference), M_STR_ARG(line->narration),
                                  balance);
        }
    }
    for (M_EACH(const m_bank_fault, fault, file->faults))
        text = m_arena_printf(call->arena, "%s!%u %.*s", text, fault->line, M_STR_ARG(fault->why));
    return text;
}

/* ---- CSV ---- */

static const char *csv(const char *text, m_bank_csv how)
{
    m_bank_file file;
    m_status status = m_bank_read_csv(call, m_str_of(text), &how, &file);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(call->error.message));
    return shown(&file);
}

START_TEST(csv_of_many_banks)
{
    ck_assert_str_eq(csv("Date,Amount,Reference,Description,Balance\n"
                         "2026-04-01,60.00,UTR1,From  Savali,110.00\n"
                         "2026-04-02,-10.5,,Charges,99.50\n",
                         (m_bank_csv){0}),
                     "[||2026-04-01|2026-04-02|50.00|99.50]"
                     "2:2026-04-01|60.00|UTR1|From Savali|110.00;"
                     "3:2026-04-02|-10.50||Charges|99.50;");
    /* newest first, two columns of amounts, Indian groups, month names, no balances */
    ck_assert_str_eq(csv("Txn Date;Narration;Chq./Ref.No.;Withdrawal Amt.;Deposit Amt.\r\n"
                         "03-Apr-26;RENT;000123;1,20,000.00;0.00\r\n"
                         "01/04/2026;NEFT SAVALI;N1;;1,500\r\n",
                         (m_bank_csv){.dates = M_BANK_DMY}),
                     "[||2026-04-01|2026-04-03|?|?]"
                     "3:2026-04-01|1500.00|N1|NEFT SAVALI|?;"
                     "2:2026-04-03|-120000.00|000123|RENT|?;");
    /* decimal comma, signs behind, American dates; one day turned by its balances */
    ck_assert_str_eq(csv("date,amount,balance\n04/01/2026,\"1.000,50-\",\"-1.000,50\"\n"
                         "04/01/2026,\"0,25\",\"0,00\"\n",
                         (m_bank_csv){.dates = M_BANK_MDY, .decimal_comma = true}),
                     "[||2026-04-01|2026-04-01|-0.25|-1000.50]"
                     "3:2026-04-01|0.25|||0.00;2:2026-04-01|-1000.50|||-1000.50;");
}
END_TEST

START_TEST(csv_with_a_map)
{
    m_pair pairs[] = {{M_STR("Buchung"), M_STR("date")},
                      {M_STR("Betrag"), M_STR("amount")},
                      {M_STR("Zweck 1"), M_STR("narration")},
                      {M_STR("Zweck 2"), M_STR("narration")},
                      {M_STR("Balance"), M_STR("")}};
    m_bank_csv how = {.columns = {pairs, 5}, .dates = M_BANK_DMY, .decimal_comma = true};
    ck_assert_str_eq(csv("Buchung;Betrag;Zweck 1;Zweck 2;Balance\n01.04.2026;-1,5;a;b;x\n", how),
                     "[||2026-04-01|2026-04-01|?|?]2:2026-04-01|-1.50||a b|?;");
}
END_TEST

START_TEST(csv_lines_that_cannot_be_read)
{
    const char *got = csv("Date,Debit,Credit,Balance\n"
                          "2026-02-30,1,,\n"
                          "2026-04-01,1,2,\n"
                          "2026-04-01,,,\n"
                          "2026-04-01,one,,\n"
                          "2026-04-01,,-5,\n"
                          "2026-04-01,,5,x\n"
                          "2026-04-01,7,-,\n"
                          "2026-04-01,0.00,1.0000001,\n"
                          ",1,,\n",
                          (m_bank_csv){0});
    ck_assert_str_eq(got, "[||2026-04-01|2026-04-01|?|?]!8:2026-04-01|-7.00|||?;"
                          "!2 The date cannot be read: 2026-02-30 (expected: year, month, day)."
                          "!3 There is more than one amount.!4 There is no amount."
                          "!5 The amount cannot be read: one.!6 Money in is below zero."
                          "!7 The balance cannot be read: x."
                          "!9 The amount cannot be read: 1.0000001.!10 There is no date.");
    static const char *const files[] = {"",
                                        "a,b\n1,2\n",
                                        "date,b\n",
                                        "amount\n1\n",
                                        "date,amount\n\"2026-04-01,1\n",
                                        "date,\xff\n",
                                        "date,amount\n"};
    for (size_t i = 0; i < UNIT_COUNT(files); i++) {
        m_bank_file file;
        m_error_clear(call);
        ck_assert_int_eq(m_bank_read_csv(call, m_str_of(files[i]), &(m_bank_csv){0}, &file),
                         M_INVALID);
        ck_assert(m_str_is(call->error.code, "core.body.malformed"));
    }
}
END_TEST

START_TEST(amounts)
{
    static const struct {
        const char *text;
        bool comma;
        const char *amount; /* NULL: none */
    } table[] = {
        {"1", false, "1"},
        {"+1.5", false, "1.5"},
        {"1,234.56", false, "1234.56"},
        {"1.234,56", true, "1234.56"},
        {"(12.00)", false, "-12"},
        {"007", false, "7"},
        {"0.10", false, "0.1"},
        {"12,", true, "12"},
        {"1,20,000", false, "120000"},
        {"1,2", false, NULL},
        {"1,23", false, NULL},
        {"1.234.5", false, NULL},
        {"-1-", false, NULL},
        {".5", false, NULL},
        {",1", false, NULL},
        {"1 000", false, NULL},
        {"1e5", false, NULL},
        {"9999999999999", false, NULL},
        {"1,23.00", false, NULL},
        {"()", false, NULL},
        {"--1", false, NULL},
    };
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        char row[100];
        ck_assert_int_lt(
            snprintf(row, sizeof row, "date,amount\n2026-04-01,\"%s\"\n", table[i].text), 100);
        m_bank_file file;
        m_bank_csv how = {.decimal_comma = table[i].comma};
        ck_assert_int_eq(m_bank_read_csv(call, m_str_of(row), &how, &file), M_OK);
        ck_assert_msg((file.faults.count == 0) == (table[i].amount != NULL), "%s", table[i].text);
        if (!table[i].amount) continue;
        const m_bank_statement *s = M_AT(file.statements, m_bank_statement, 0);
        ck_assert_msg(M_AT(s->lines, m_bank_line, 0)->amount.u == test_dec(table[i].amount).u, "%s",
                      table[i].text);
    }
}
END_TEST

/* ---- MT940 ---- */

static const char *mt940(const char *text)
{
    m_bank_file file;
    m_status status = m_bank_read_mt940(call, m_str_of(text), &file);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(call->error.message));
    return shown(&file);
}

#define APRIL                                                                                      \
    "{1:F01BANKINBBAXXX0000000000}{2:O9400000}{4:\r\n"                                             \
    ":20:STMT\r\n:25:IN0012345\r\n:28C:00004/001\r\n"                                              \
    ":60F:C260331INR52000,00\r\n"                                                                  \
    ":61:2604010401C1500,NTRFUTR77//B9\r\n/OCMT/x\r\n"                                             \
    ":86:?20NEFT HOTEL?21SAVALI\r\n  GOA\r\n"                                                      \
    ":61:260402D118,00NCHGNONREF//CHG-1\r\n"                                                       \
    ":61:2604020403RCR82,00NMSC\r\n"                                                               \
    ":62F:C260430INR53300,00\r\n:64:C260430INR53300,00\r\n:86:whole\r\n-}\r\n"

START_TEST(mt940_statement)
{
    ck_assert(m_bank_is_mt940(M_STR(APRIL)));
    ck_assert(!m_bank_is_mt940(M_STR("date,amount\n2026-04-01,1\n")));
    ck_assert_str_eq(mt940(APRIL), "[IN0012345|00004/001|2026-03-31|2026-04-30|52000.00|53300.00]"
                                   "6:2026-04-01|1500.00|UTR77|/OCMT/x NEFT HOTEL SAVALI GOA|?;"
                                   "10:2026-04-02|-118.00|CHG-1||?;"
                                   "11:2026-04-03|-82.00|||?;");
}
END_TEST

START_TEST(mt940_more_than_one)
{
    /* overdrawn; booked in the year before; bytes of ISO 8859-1; no statement number */
    ck_assert_str_eq(mt940(":20:A\n:25:1\n:28C:1\n:60F:D251231EUR10,5\n"
                           ":61:2601021231D1,NTRFR1\n:86:caf\xe9\n:62M:D260102EUR11,5\n"
                           ":20:B\n:25:1\n:60M:D260102EUR11,5\n:62F:D260102EUR11,5\n-\n"),
                     "[1|1|2025-12-31|2026-01-02|-10.50|-11.50]"
                     "5:2025-12-31|-1.00|R1|caf\xc3\xa9|?;"
                     "[1||2026-01-02|2026-01-02|-11.50|-11.50]");
}
END_TEST

START_TEST(mt940_faults)
{
    ck_assert_str_eq(
        mt940(":61:260401C1,NTRF\n:62F:C260401INR1,\n:20:X\n:60F:C260401INRx\n"
              ":61:261301C1,NTRF\n:61:260401X1,NTRF\n:61:260401C,NTRF\n"
              ":61:260401C1,\n:62F:260401INR1,\n:60F:C260401INR1,\n"),
        "[||||?|?]!"
        "[||2026-04-01||1.00|?]!"
        "!1 A movement before :60F:.!2 A closing without :60F:."
        "!4 The opening balance cannot be read."
        "!5 The value date is no date (YYMMDD).!6 C, D, RC or RD is missing."
        "!7 The amount cannot be read (1234,56).!8 The kind of movement (NTRF) is missing."
        "!9 The closing balance cannot be read.!10 The one before has no :62F:."
        "!10 The last statement has no :62F:.");
    m_bank_file file;
    ck_assert_int_eq(m_bank_read_mt940(call, M_STR("nothing"), &file), M_INVALID);
}
END_TEST

/* What the bank says of the currency; two of them are a fault. */
START_TEST(currencies_of_files)
{
    m_bank_file file;
    ck_assert_int_eq(m_bank_read_mt940(call, M_STR(APRIL), &file), M_OK);
    ck_assert(m_str_is(M_AT(file.statements, m_bank_statement, 0)->currency, "INR"));
    ck_assert_str_eq(mt940(":20:A\n:25:1\n:28C:1\n:60F:C260401INR1,\n:62F:C260402USD1,\n-\n"),
                     "[1|1|2026-04-01||1.00|?]!!5 The balances are in two currencies."
                     "!6 The last statement has no :62F:.");
#define TWO_BALANCES(currency)                                                                     \
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt>"     \
    "<Id>1</Id><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">1</Amt>"         \
    "<CdtDbtInd>CRDT</CdtDbtInd></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>"          \
    "<Amt Ccy=\"" currency "\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal></Stmt></BkToCstmrStmt>"    \
    "</Document>"
    ck_assert_int_eq(m_bank_read_camt(call, M_STR(TWO_BALANCES("USD")), &file), M_OK);
    ck_assert(m_str_is(M_AT(file.statements, m_bank_statement, 0)->currency, "USD"));
    ck_assert_uint_eq(file.faults.count, 0);
    ck_assert_int_eq(m_bank_read_camt(call, M_STR(TWO_BALANCES("INR")), &file), M_OK);
    ck_assert_uint_eq(file.faults.count, 1);
}
END_TEST

/* ---- CAMT.053 ---- */

#define BALANCE(code, day, amount, side)                                                           \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"INR\">" amount               \
    "</Amt><CdtDbtInd>" side "</CdtDbtInd><Dt><Dt>" day "</Dt></Dt></Bal>\n"
#define ENTRY(amount, side, status, more)                                                          \
    "<Ntry><Amt Ccy=\"INR\">" amount "</Amt><CdtDbtInd>" side "</CdtDbtInd><Sts>" status           \
    "</Sts><BookgDt><Dt>2026-04-02</Dt></BookgDt>" more "</Ntry>\n"
#define CAMT(statements)                                                                           \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "                                       \
    "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>\n" statements        \
    "</BkToCstmrStmt></Document>\n"
#define STATEMENT(inner)                                                                           \
    "<Stmt><Id>S-1</Id><Acct><Id><IBAN>IN0012345</IBAN></Id></Acct>\n" inner "</Stmt>\n"

static const char *camt(const char *text)
{
    m_bank_file file;
    m_error_clear(call);
    m_status status = m_bank_read_camt(call, m_str_of(text), &file);
    return status == M_OK ? shown(&file)
                          : m_arena_printf(call->arena, "%.*s", M_STR_ARG(call->error.code));
}

START_TEST(camt_statement)
{
    ck_assert(m_bank_is_camt(M_STR("\xef\xbb\xbf <?xml?>")) && !m_bank_is_camt(M_STR("date,<")));
    const char *got = camt(CAMT(STATEMENT(
        BALANCE("OPBD", "2026-04-01", "50.00", "DBIT") BALANCE("ITAV", "2026-04-30", "9", "CRDT")
            BALANCE("CLBD", "2026-04-30", "40.00", "CRDT")
                ENTRY("60.00", "CRDT", "BOOK",
                      "<AcctSvcrRef>B1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>UTR1"
                      "</EndToEndId></Refs><RltdPties><Dbtr><Nm>Hotel &amp; Savali</Nm></Dbtr>"
                      "<Cdtr><Nm>We</Nm></Cdtr></RltdPties><RmtInf><Ustrd>Bill 7</Ustrd></RmtInf>"
                      "</TxDtls></NtryDtls>")
                    ENTRY("40.00", "CRDT", "<Cd>BOOK</Cd>",
                          "<AcctSvcrRef>B2</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>A"
                          "</EndToEndId></Refs></TxDtls><TxDtls/></NtryDtls>"
                          "<AddtlNtryInf>two\nof them</AddtlNtryInf>")
                        ENTRY("10.00", "DBIT", "BOOK", "<NtryRef>N1</NtryRef>")
                            ENTRY("5.00", "DBIT", "PDNG", ""))));
    ck_assert_str_eq(
        got, "[IN0012345|S-1|2026-04-01|2026-04-30|-50.00|40.00]"
             "7:2026-04-02|60.00|UTR1|Bill 7 Hotel & Savali|?;8:2026-04-02|40.00|B2|two of them|?;"
             "10:2026-04-02|-10.00|N1||?;");
}
END_TEST

START_TEST(camt_faults)
{
    ck_assert_str_eq(
        camt(CAMT(STATEMENT(ENTRY("x", "CRDT", "BOOK", "") "<Ntry><Amt>1</Amt><Sts>BOOK"
                                                           "</Sts></Ntry>\n"))),
        "[IN0012345|S-1|||?|?]!!4 The amount cannot be read.!5 There is no date of booking."
        "!3 There is no opening balance.!3 There is no closing balance.");
    static const char *const files[] = {
        "",
        "<a>",
        "<a/>",
        "<a><b></a></b>",
        "nothing",
        CAMT("") "<b/>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><Document><Stmt>&x;</Stmt></Document>"};
    for (size_t i = 0; i < UNIT_COUNT(files); i++)
        ck_assert_str_eq(camt(files[i]), "core.body.malformed");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("bank_file");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, currencies_of_files);
    tcase_add_test(cases, csv_of_many_banks);
    tcase_add_test(cases, csv_with_a_map);
    tcase_add_test(cases, csv_lines_that_cannot_be_read);
    tcase_add_test(cases, amounts);
    tcase_add_test(cases, mt940_statement);
    tcase_add_test(cases, mt940_more_than_one);
    tcase_add_test(cases, mt940_faults);
    tcase_add_test(cases, camt_statement);
    tcase_add_test(cases, camt_faults);
    return unit_run(cases, "bank_file");
}
