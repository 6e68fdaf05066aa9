/* Statement files become bank statements: a verdict per line, and the same file twice adds nothing.
 * Other files name documents of other processes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "bank_import.h"
#include "bank_statement/bank_statement.h"
#include "fin_world.h"
#include "m_adapters/replica.h"

static fin_world world;
static fin_world *w = &world;
static char said[4000]; /* "line verdict name note" per line */

static void setup(void)
{
    fin_world_setup(w);
    test_advance_us(w->call,
                    INT64_C(60) * 86400 * 1000000); /* 31 May: statements are of the past */
}

static void teardown(void)
{
    fin_world_teardown(w);
}

static m_status run_work(void *self, m_call *call, m_uow_mode mode,
                         m_status (*work)(void *arg, m_call *call), void *arg)
{
    (void)self, (void)mode;
    fin_begin(w);
    m_status status = work(arg, call);
    if (status == M_PRECONDITION && !call->error.code.n) { /* a dry run */
        w->uow->ops->rollback(w->uow);
        return status;
    }
    fin_end(w, status);
    return status;
}

static void note(void *self, const import_row *row)
{
    (void)self;
    static const char *const verdicts[] = {"created", "unchanged", "error"};
    size_t n = strlen(said);
    snprintf(said + n, sizeof said - n, "%u %s %.*s %.*s\n", row->line, verdicts[row->verdict],
             M_STR_ARG(row->name), M_STR_ARG(row->note));
}

static m_status load(const char *text, bank_import_request request, import_summary *sum)
{
    import_config config = {.registry = w->registry,
                            .documents = w->documents,
                            .store = w->store,
                            .runner = {run_work, w}};
    if (!request.account.n) request.account = M_STR("1120");
    request.text = m_str_of(text);
    request.listener.row = note;
    said[0] = 0;
    m_error_clear(w->call);
    return bank_import_run(&config, w->call, &request, sum);
}

static void loaded(const char *text, bank_import_request request, const char *wanted)
{
    import_summary sum;
    m_status status = load(text, request, &sum);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
    ck_assert_str_eq(said, wanted);
}

static uint32_t statements(void)
{
    uint32_t n = 0;
    m_query all = {0};
    fin_begin(w);
    ck_assert_int_eq(m_store_count(w->store, w->call, &fin_bank_statement_type, &all, 100, &n),
                     M_OK);
    fin_end(w, M_OK);
    return n;
}

#define COMMIT ((bank_import_request){.commit = true})
#define FIRST  "date,amount,reference,balance\n2026-04-01,60,UTR1,110\n2026-04-02,-10,C1,100\n"

START_TEST(csv_with_balances)
{
    loaded(FIRST, (bank_import_request){.commit = false}, "2 created 60.00 \n3 created -10.00 \n");
    ck_assert_uint_eq(statements(), 0);
    loaded(FIRST, COMMIT, "2 created 60.00 \n3 created -10.00 \n");
    loaded(FIRST, COMMIT,
           "2 unchanged 60.00 read before: BST-2026-00001\n"
           "3 unchanged -10.00 read before: BST-2026-00001\n");
    ck_assert_uint_eq(statements(), 1);
    /* does not go on where that one ended */
    loaded("date,amount,balance\n2026-04-03,1,102\n", COMMIT,
           "2 error 1.00 The balance is not that of the statement next to it: 101.00 instead of "
           "100.00.\n");
    /* a line that is missing: the printed balance tells where */
    loaded("date,amount,balance\n2026-04-03,1,101\n2026-04-03,1,103\n", COMMIT,
           "2 error 1.00 not loaded: see its other lines\n"
           "3 error 1.00 The printed balance does not follow from the lines: 103.00 instead of "
           "102.00.\n");
    ck_assert_uint_eq(statements(), 1);
}
END_TEST

START_TEST(csv_without_balances)
{
    const char *april = "date,amount\n2026-04-01,60\n";
    bank_import_request request = {.commit = true, .has_opening = true, .opening = test_dec("50")};
    loaded(april, request, "2 created 60.00 \n");
    loaded("date,amount\n2026-04-02,-10\n", COMMIT, "2 created -10.00 \n");
    loaded("date,amount\n2026-04-02,-10\n", COMMIT,
           "2 unchanged -10.00 read before: BST-2026-00002\n");
    ck_assert_uint_eq(statements(), 2);
}
END_TEST

START_TEST(faulty_lines_keep_their_statement_out)
{
    loaded("date,amount\n2026-04-31,60\n2026-04-02,1\n", COMMIT,
           "2 error  The date cannot be read: 2026-04-31 (expected: year, month, day).\n"
           "3 error 1.00 not loaded: a line of its statement cannot be read\n");
    loaded("date,amount\n2026-04-02,1.001\n2026-04-02,1\n", COMMIT,
           "2 error 1.001 This number has too many decimal places: at most 2.\n"
           "3 error 1.00 not loaded: see its other lines\n");
    ck_assert_uint_eq(statements(), 0);
    import_summary sum;
    bank_import_request other = {.account = M_STR("nobody"), .commit = true};
    ck_assert_int_eq(load(FIRST, other, &sum), M_NOT_FOUND);
    ck_assert_int_eq(load("nothing", COMMIT, &sum), M_INVALID);
    loaded(FIRST, (bank_import_request){.account = M_STR("1110"), .commit = true},
           "2 error 60.00 This is no bank account: 1110 Cash.\n"
           "3 error -10.00 This is no bank account: 1110 Cash.\n");
}
END_TEST

START_TEST(mt940_of_two_statements)
{
    const char *good = ":20:A\n:25:X\n:28C:1/1\n:60F:C260401INR50,\n:61:2604010401C60,NTRFUTR1\n"
                       ":86:HOTEL SAVALI\n:62F:C260402INR110,\n-\n"
                       ":20:B\n:25:X\n:28C:2/1\n:60F:C260402INR110,\n:61:2604030403D10,NCHGNONREF\n"
                       ":62F:C260403INR100,\n-\n";
    loaded(good, COMMIT, "5 created 60.00 \n13 created -10.00 \n");
    loaded(good, COMMIT,
           "5 unchanged 60.00 read before: BST-2026-00001\n"
           "13 unchanged -10.00 read before: BST-2026-00002\n");
    ck_assert_uint_eq(statements(), 2);
    loaded(":20:C\n:60F:C260403INR100,\n:61:2604030403C1,NTRFX\n:62F:C260403INR102,\n", COMMIT,
           "3 error 1.00 The statement does not add up; missing: 1.00.\n");
}
END_TEST

#define SIDE(name, amount) "<Amt Ccy=\"INR\">" amount "</Amt><CdtDbtInd>" name "</CdtDbtInd>"
#define BALANCE(code, amount)                                                                      \
    "<Bal><Tp><CdOrPrtry><Cd>" code                                                                \
    "</Cd></CdOrPrtry></Tp>" SIDE("CRDT", amount) "<Dt><Dt>2026-04-02</Dt></Dt></Bal>"

START_TEST(camt_of_one_statement)
{
    const char *file =
        "<?xml version=\"1.0\"?>\n<Document><BkToCstmrStmt><Stmt><Id>S1</Id>" BALANCE("OPBD", "50")
            BALANCE("CLBD", "110") "\n<Ntry>" SIDE(
                "CRDT", "60") "<Sts>BOOK</Sts><BookgDt><Dt>2026-04-02</Dt></BookgDt></Ntry>"
                              "</Stmt></BkToCstmrStmt></Document>";
    loaded(file, COMMIT, "3 created 60.00 \n");
    loaded(file, COMMIT, "3 unchanged 60.00 read before: BST-2026-00001\n");
}
END_TEST

START_TEST(long_files_become_several_statements)
{
    char *text = m_arena_alloc(w->call->arena, 9000 * 24);
    size_t n = (size_t)snprintf(text, 24, "date,amount\n");
    for (int i = 0; i < 9000; i++)
        n += (size_t)snprintf(text + n, 24, "2026-04-%02d,%d.00\n", 1 + i / 400, 1 + i % 7);
    import_summary sum;
    ck_assert_int_eq(load(text, COMMIT, &sum), M_OK);
    ck_assert_uint_eq(sum.created, 9000);
    ck_assert_uint_eq(statements(), 3);
}
END_TEST

/* ---- other files: what they name of other processes ---- */

static m_status run_other(void *self, m_call *call, m_uow_mode mode,
                          m_status (*work)(void *arg, m_call *call), void *arg)
{
    (void)self;
    ck_assert_int_eq(w->uow->ops->begin(w->uow, call, mode, NULL, 0), M_OK);
    m_status status = work(arg, call);
    if (status == M_OK) return w->uow->ops->commit(w->uow, call);
    w->uow->ops->rollback(w->uow);
    return status;
}

static void copy(m_id id, const char *code, const char *name)
{
    m_replica_record record = {.type = M_STR("core.supplier"), .id = id, .version = 1};
    record.body =
        m_str_of(fin_text(w, "{\"code\":\"%s\",\"name\":\"%s\",\"active\":true}", code, name));
    ck_assert_int_eq(m_store_insert(w->store, w->call, &m_replica_record_type, &record), M_OK);
}

#define COPIES 1500 /* more than a page */

static void copies(void)
{
    fin_begin(w);
    for (uint32_t i = 0; i < COPIES; i++)
        copy(test_id(1000000 + i), fin_text(w, "N-%u", i), "Nobody");
    copy(test_id(SUPPLIER), "S-1", "Sharma");
    fin_end(w, M_OK);
}

/* By code, by a name of one, by that of many, by none; the suppliers are another process's. */
START_TEST(links_to_other_processes)
{
    copies();
    import_config config = {.registry = w->registry,
                            .documents = w->documents,
                            .store = w->store,
                            .runner = {run_other, w}};
    import_request request = {.collection = M_STR("finance/journal-vouchers"),
                              .file_name = M_STR("test.csv"),
                              .text = M_STR("reference,account,party,debit,credit\n"
                                            "A,1120,,5,\nA,2110,S-1,,5\n"
                                            "B,1120,,6,\nB,2110,Sharma,,6\n"
                                            "C,1120,,7,\nC,2110,Nobody,,7\n"
                                            "D,1120,,8,\nD,2110,Gupta,,8\n"),
                              .commit = true,
                              .listener = {.row = note}};
    import_summary sum;
    said[0] = 0;
    m_error_clear(w->call);
    m_status status = import_run(&config, w->call, &request, &sum);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
    ck_assert_str_eq(said, "2 created A \n4 created B \n"
                           "6 error C lines[1].party: core.supplier Nobody is not unique.\n"
                           "8 error D lines[1].party: There is no core.supplier Gupta.\n");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("bank_import");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, csv_with_balances);
    tcase_add_test(cases, csv_without_balances);
    tcase_add_test(cases, faulty_lines_keep_their_statement_out);
    tcase_add_test(cases, mt940_of_two_statements);
    tcase_add_test(cases, camt_of_one_statement);
    tcase_add_test(cases, long_files_become_several_statements);
    tcase_add_test(cases, links_to_other_processes);
    return unit_run(cases, "bank_import");
}
