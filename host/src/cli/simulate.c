/* business-m simulate: a company's days from one seed. */
#include "../simulate/simulate.h"

#include <stdio.h>
#include <stdlib.h>

#include "../serve/first_start.h"
#include "../worker/runner.h"
#include "commands.h"
#include "m_adapters/pg_relay.h"
#include "progress.h"
#include "session.h"

#define BUSY 12 /* acts a day */

typedef struct {
    uint32_t seed, days;
    char slug[41];
} options;

typedef struct {
    session s;
    sim sim;
    m_call call;
    m_arena *arena;
    m_pg_relay outbox;
    m_relay *relay;
    m_arena *relay_arena;
} simulation;

static bool number_read(const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || n < least || n > most) return false;
    *out = (uint32_t)n;
    return true;
}

static bool options_read(int n, char **arguments, options *o)
{
    *o = (options){.seed = 1, .days = 365};
    const char *slug = NULL;
    for (int i = 0; i + 1 < n; i += 2) {
        bool seed = strcmp(arguments[i], "--seed") == 0, days = strcmp(arguments[i], "--days") == 0;
        if (seed && number_read(arguments[i + 1], 0, 65535, &o->seed)) continue;
        if (days && number_read(arguments[i + 1], 1, SIM_DAYS_MAX, &o->days)) continue;
        if (strcmp(arguments[i], "--tenant") != 0 || strlen(arguments[i + 1]) > 40) return false;
        slug = arguments[i + 1];
    }
    if (slug)
        snprintf(o->slug, sizeof o->slug, "%s", slug);
    else
        snprintf(o->slug, sizeof o->slug, "simulation-%u", o->seed);
    return n % 2 == 0;
}

/* ---- the company ---- */

static m_status set_up(void *arg, m_call *call)
{
    return sim_setup(arg, call);
}

/* Days pass by a clock that running processes do not share. */
static bool is_alone(const session *s)
{
    if (!s->rt.others.self) return true;
    fprintf(stderr,
            "The simulation plays in one process and one database: give it an M_STATE_DIR of "
            "its own.\n");
    return false;
}

static bool open_all(simulation *it, const options *o)
{
    session *s = &it->s;
    m_date first;
    m_str password;
    if (!session_open_any(s) || !is_alone(s) || m_date_parse(M_STR(SIM_FIRST_DAY), &first) != M_OK)
        return false;
    it->arena = m_arena_new(0);
    it->relay_arena = m_arena_new(0);
    it->sim = (sim){.domains = s->domains, .uow = s->uow, .dice = {o->seed}, .today = first};
    sim_clock_init(&it->sim.clock, s->rt.env, (uint16_t)o->seed, first);
    it->call = runtime_call(&s->rt, it->arena);
    it->call.env = &it->sim.clock.env;
    it->call.actor_name = it->call.request_id = M_STR("simulate");
    m_status status = first_start_tenant(
        s->identity, s->domains, s->uow, &it->call, m_str_of(o->slug), M_STR("Simulated company"),
        M_STR("simulation@example.com"), s->rt.config.admin_password, &password);
    if (status == M_OK) status = runner_run(s->uow, &it->call, M_UOW_WRITE, set_up, &it->sim);
    if (status != M_OK) runtime_print_error("The company was not made", &it->call);
    return status == M_OK;
}

/* Events reach their listeners each evening, by the relay that a running host has. */
static m_status deliver(simulation *it)
{
    session *s = &it->s;
    m_relay_result result = {.seen = 0};
    m_arena_reset(it->relay_arena);
    m_call call = runtime_call(&s->rt, it->relay_arena);
    call.env = &it->sim.clock.env;
    if (!it->relay) {
        m_pg_options pg = runtime_pg(&s->rt, s->rt.relay_dsn);
        M_TRY(m_pg_conn_open(&pg, &call, &it->outbox.conn));
        m_relay_config config = {.registry = s->domains->registry,
                                 .source = m_pg_relay_source(&it->outbox),
                                 .store = m_pg_store(),
                                 .uow = s->uow,
                                 .env = call.env};
        it->relay = m_relay_new(&config);
        if (!it->relay) return M_NOMEM;
    }
    do
        M_TRY(m_relay_run_once(it->relay, &call, &result));
    while (result.seen && result.done);
    return M_OK;
}

/* ---- telling ---- */

static m_status show_heads(void *arg, m_call *call)
{
    static const char *const streams[] = {"acc_event", "inv_event"};
    simulation *it = arg;
    for (int i = 0; i < 2; i++) {
        m_stream_head key = {.stream = m_str_of(streams[i])};
        const void *found = NULL;
        M_TRY(m_store_get_key(it->s.domains->store, call, &m_stream_head_type, &key, &found));
        const m_stream_head *head = found ? found : &key;
        printf("%s: %lld events, head ", streams[i], (long long)head->seq);
        for (size_t b = 0; b < head->hash.n; b++)
            printf("%02x", (unsigned char)head->hash.p[b]);
        printf("\n");
    }
    return M_OK;
}

static void show_acts(const sim *s)
{
    printf("%-24s %8s %8s\n", "act", "done", "refused");
    for (uint32_t i = 0; i < sim_act_count; i++)
        printf("%-24s %8u %8u\n", sim_acts[i].name, s->done[i], s->failed[i]);
    printf("refusals by code:\n");
    for (uint32_t i = 0; i < s->code_count; i++)
        printf("  %-40s %u\n", s->codes[i].code, s->codes[i].count);
}

static bool play(simulation *it, const options *o)
{
    m_status status = M_OK;
    for (uint32_t day = 0; status == M_OK && day < o->days; day++) {
        progress_show(day, o->days);
        status = sim_run_day(&it->sim, &it->call, BUSY);
        if (status == M_OK) status = deliver(it);
    }
    if (status != M_OK) {
        char day[M_DATE_TEXT];
        m_date_format(it->sim.today, day);
        fprintf(stderr, "\nOn %s, act %u:\n", day, it->sim.acts);
        runtime_print_error("The simulation stopped", &it->call);
        return false;
    }
    progress_show(o->days, o->days);
    show_acts(&it->sim);
    printf("seed %u, %u days, tenant %s: %u acts, %u refused\n", o->seed, o->days, o->slug,
           it->sim.acts, it->sim.refused);
    return runner_run(it->s.uow, &it->call, M_UOW_READ, show_heads, it) == M_OK;
}

int command_simulate(int n, char **arguments)
{
    options o;
    if (!options_read(n, arguments, &o)) return COMMAND_USAGE;
    simulation *it = calloc(1, sizeof *it);
    if (!it) return 1;
    bool good = open_all(it, &o) && play(it, &o);
    m_relay_free(it->relay);
    m_pg_conn_close(it->outbox.conn);
    m_arena_free(it->arena);
    m_arena_free(it->relay_arena);
    session_close(&it->s);
    free(it);
    return good ? 0 : 1;
}
