/* How fast one unit of work writes: batches of voucher-like use cases, one commit per batch.
 * Prints figures; asserts nothing. Arguments: batches, vouchers per batch. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "m/book_keeper.h"
#include "m/doc.h"
#include "m_adapters/infra.h"
#include "pg_fixture.h"
#include "test_env.h"

typedef struct {
    m_id account;
    m_id cost_center;
    m_dec debit;
    m_dec credit;
    m_str note;
} voucher_line;

typedef struct {
    M_DOC;
    m_date posting_date;
    m_str reference;
    m_str narration;
    m_dec amount;
    m_list lines;
} voucher;

static const m_field line_fields[] = {
    M_F_LINK(voucher_line, account, "Account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(voucher_line, cost_center, "Cost center", "finance.cost_center"),
    M_F_MONEY(voucher_line, debit, "Debit"),
    M_F_MONEY(voucher_line, credit, "Credit"),
    M_F_STR(voucher_line, note, "Note"),
};
static const m_type line_type = {
    .name = "finance.bench_line", .size = sizeof(voucher_line), M_FIELDS(line_fields)};
static const char *const states[] = {"draft", "submitted", "cancelled", NULL};
static const m_field voucher_fields[] = {
    M_DOC_FIELDS(voucher, states),
    M_F_DATE(voucher, posting_date, "Date"),
    M_F_STR(voucher, reference, "Reference"),
    M_F_STR(voucher, narration, "Narration"),
    M_F_MONEY(voucher, amount, "Amount"),
    M_F_LIST(voucher, lines, "Lines", &line_type),
};
static const m_index voucher_indexes[] = {
    {"number", false, NULL}, {"posting_date", false, NULL}, {NULL, false, NULL}};
static const m_type voucher_type = {.name = "finance.bench_voucher",
                                    .schema = "finance",
                                    .table = "bench_voucher",
                                    .size = sizeof(voucher),
                                    M_FIELDS(voucher_fields),
                                    .indexes = voucher_indexes};

static int64_t cpu_us(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000) + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

static int64_t now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000) + at.tv_nsec / 1000;
}

/* CPU of the backend of bm_app, from /proc: the figure that other load on the machine changes
 * least. */
static int64_t backend_us(int64_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    char line[1024] = "";
    char *p = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    fclose(file);
    int64_t ticks = 0;
    for (int field = 2; p && field < 15; field++) {
        p = strchr(p + 1, ' ');
        if (p && field >= 13) ticks += strtol(p, NULL, 10);
    }
    return ticks * 10000;
}

static int64_t backend_pid(pg_fixture *fixture, m_call *call)
{
    m_pg_options options = {.dsn = pg_fixture_dsn(fixture, "bm_super")};
    m_pg_conn *conn;
    m_pg_result found;
    if (m_pg_conn_open(&options, call, &conn) != M_OK ||
        m_pg_query(conn, call, NULL, "SELECT pid FROM pg_stat_activity WHERE usename='bm_app'",
                   NULL, 0, &found) != M_OK ||
        !found.rows)
        exit(1);
    int64_t pid = strtol(m_pg_cell(&found, 0, 0).p, NULL, 10);
    m_pg_conn_close(conn);
    return pid;
}

static void must(m_status status, const m_call *call)
{
    if (status == M_OK) return;
    fprintf(stderr, "%s: %.*s\n", m_status_name(status), M_STR_ARG(call->error.message));
    exit(1);
}

static const char payload[] =
    "{\"seq\":1,\"voucher_id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"voucher_type\":\"journal\","
    "\"lines\":["
    "{\"account\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"debit\":\"100.00\",\"credit\":\"0.00\"},"
    "{\"account\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"debit\":\"0.00\",\"credit\":\"100.00\"}],"
    "\"narration\":\"cash sale over the counter\",\"posting_date\":\"2026-04-01\"}";

/* The audit row and the idempotency key that go with it. */
static void note(m_call *call, m_store store, m_id id)
{
    m_time at = m_now(call);
    m_audit_row audit = {.id = m_new_id(call),
                         .at = at,
                         .actor = call->actor,
                         .actor_name = call->actor_name,
                         .request_id = call->request_id,
                         .document_type = M_STR("finance.journal_voucher"),
                         .document = id,
                         .version = 1,
                         .action = M_STR("submit"),
                         .changes = M_STR("[{\"path\":\"state\",\"after\":\"submitted\"}]")};
    must(m_store_insert(store, call, &m_audit_type, &audit), call);
    m_idempotency_row key = {.digest = m_new_id(call),
                             .body_hash = {payload, 32},
                             .http_status = 201,
                             .reply_id = id,
                             .reply_version = 1,
                             .created_at = at};
    must(m_store_insert(store, call, &m_idempotency_type, &key), call);
}

static void post(m_call *call, m_store store, int64_t n)
{
    m_id id = m_new_id(call);
    m_date day = {test_date("2026-04-01").d + (int32_t)(n % 28)};
    m_time at = m_now(call);
    m_str number = m_str_of(m_arena_printf(call->arena, "JV-2026-%06lld", (long long)n));
    voucher_line lines[] = {{.account = test_id((uint32_t)(n % 50)), .debit = m_dec_of_int(100)},
                            {.account = test_id(60), .credit = m_dec_of_int(100)}};
    voucher v = {.posting_date = day,
                 .narration = M_STR("cash sale over the counter"),
                 .amount = m_dec_of_int(100),
                 .lines = {lines, 2}};
    v.id = id;
    v.version = 1;
    v.number = number;
    v.state = 1;
    v.created_by = v.modified_by = call->actor;
    v.created_at = v.modified_at = at;
    must(m_store_insert(store, call, &voucher_type, &v), call);

    m_book_event event = {.seq = n,
                          .voucher_id = id,
                          .voucher_type = M_STR("journal"),
                          .voucher_no = number,
                          .posting_date = day,
                          .recorded_at = at,
                          .source_type = M_STR("finance.journal_voucher"),
                          .source_id = id,
                          .actor = call->actor,
                          .payload = {payload, sizeof payload - 1},
                          .hash = {payload, 32}};
    must(m_store_insert(store, call, &m_book_event_type, &event), call);
    for (int i = 0; i < 2; i++) {
        m_gl_entry entry = {.seq = n,
                            .line_no = i + 1,
                            .posting_date = day,
                            .account = lines[i].account,
                            .debit = lines[i].debit,
                            .credit = lines[i].credit};
        must(m_store_insert(store, call, &m_gl_entry_type, &entry), call);
        m_account_balance balance = {.account = lines[i].account,
                                     .month = m_date_month(day),
                                     .debit = lines[i].debit.u,
                                     .credit = lines[i].credit.u};
        must(m_store_accumulate(store, call, &m_account_balance_type, &balance), call);
    }
    note(call, store, id);
}

int main(int argc, char **argv)
{
    static const m_type *const types[] = {
        &voucher_type, &m_book_event_type,  &m_gl_entry_type,    &m_account_balance_type,
        &m_audit_type, &m_idempotency_type, &m_stream_head_type, NULL};
    int64_t batches = argc > 1 ? strtol(argv[1], NULL, 10) : 500;
    int64_t size = argc > 2 ? strtol(argv[2], NULL, 10) : 32;
    pg_fixture *fixture = pg_fixture_start();
    pg_fixture_migrate(fixture, types, NULL);
    if (argc > 3) { /* SQL to try something out */
        m_call *owner_call = test_call();
        m_pg_options options = {.dsn = pg_fixture_dsn(fixture, "bm_super")};
        m_pg_conn *owner;
        must(m_pg_conn_open(&options, owner_call, &owner), owner_call);
        must(m_pg_script(owner, owner_call, argv[3]), owner_call);
        m_pg_conn_close(owner);
        test_call_free(owner_call);
    }
    m_uow *uow = pg_fixture_uow(fixture);
    m_store store = m_pg_store();
    m_call *call = test_call();
    int64_t n = 0;
    int64_t started = 0, cpu = 0, writing = 0, backend = 0, pid = 0;
    for (int64_t b = -20; b < batches; b++) {
        if (b == 0) {
            pid = backend_pid(fixture, call);
            backend = backend_us(pid);
            started = now_us();
            cpu = cpu_us(RUSAGE_SELF);
            writing = 0;
        }
        m_stream_head head = {.stream = M_STR("acc_event")};
        const void *keys[] = {&head};
        m_fetch want = {.type = &m_stream_head_type, .keys = keys, .key_count = 1};
        must(uow->ops->begin(uow, call, M_UOW_WRITE, &want, 1), call);
        int64_t at = now_us();
        for (int64_t i = 0; i < size; i++) {
            uow->ops->mark(uow);
            post(call, store, ++n);
            uow->ops->accept(uow);
        }
        writing += now_us() - at;
        head = (m_stream_head){.stream = M_STR("acc_event"), .seq = n, .hash = {payload, 32}};
        must(m_store_put(store, call, &m_stream_head_type, &head), call);
        must(uow->ops->commit(uow, call), call);
        m_arena_reset(call->arena);
    }
    int64_t us = now_us() - started;
    cpu = cpu_us(RUSAGE_SELF) - cpu;
    backend = backend_us(pid) - backend;
    int64_t vouchers = batches * size;
    m_pg_stats stats;
    m_pg_uow_stats(uow, &stats);
    printf("%lld vouchers in batches of %lld: %lld/s, %lld us each (cpu: client %lld us, of it "
           "queueing %lld us, backend %lld us); %llu round trips\n",
           (long long)vouchers, (long long)size, (long long)(vouchers * 1000000 / us),
           (long long)(us / vouchers), (long long)(cpu / vouchers), (long long)(writing / vouchers),
           (long long)(backend / vouchers), (unsigned long long)stats.round_trips);
    test_call_free(call);
    m_pg_uow_close(uow);
    pg_fixture_stop(fixture);
    return 0;
}
