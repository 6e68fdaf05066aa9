#include "test_env.h"

#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/codec.h"

#define FIRST_NEW_ID 1000

typedef struct {
    m_call call; /* first: test_call_free gets it back */
    m_env env;
    m_time now;
    uint32_t next_id;
    m_str role;
} world;

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "test harness: %s\n", why);
    exit(2);
}

static m_time now(void *self)
{
    return ((world *)self)->now;
}

static m_id new_id(void *self)
{
    return test_id(((world *)self)->next_id++);
}

static m_id derive_id(void *self, const void *bytes, size_t n)
{
    (void)self;
    uint8_t hash[32];
    m_sha256(bytes, n, hash);
    m_id id;
    memcpy(id.b, hash, sizeof id.b);
    return id;
}

static void no_log(void *self, const char *level, const char *event, const char *detail)
{
    (void)self, (void)level, (void)event, (void)detail;
}

m_call *test_call(void)
{
    world *w = calloc(1, sizeof *w);
    m_arena *arena = m_arena_new(0);
    if (!w || !arena) die("no memory");
    w->now.us = TEST_START_US;
    w->next_id = FIRST_NEW_ID;
    w->env = (m_env){now, new_id, derive_id, no_log, w};
    w->call = (m_call){
        .tenant = test_id(1),
        .actor = test_id(2),
        .actor_name = M_STR("tester"),
        .locale = M_STR("en"),
        .request_id = M_STR("test"),
        .env = &w->env,
        .arena = arena,
    };
    test_role(&w->call, "Administrator");
    return &w->call;
}

void test_call_free(m_call *call)
{
    if (!call) return;
    m_arena_free(call->arena);
    free((world *)call);
}

void test_advance_us(m_call *call, int64_t us)
{
    ((world *)call)->now.us += us;
}

void test_role(m_call *call, const char *role)
{
    world *w = (world *)call;
    w->role = m_str_of(role);
    call->roles = &w->role;
    call->role_count = role ? 1 : 0;
}

m_id test_id(uint32_t n)
{
    uint8_t random[10] = {0};
    for (int i = 0; i < 4; i++)
        random[9 - i] = (uint8_t)(n >> (8 * i));
    return m_id_make(TEST_START_US / 1000, random);
}

m_dec test_dec(const char *text)
{
    m_dec value;
    if (m_dec_parse(m_str_of(text), &value) != M_OK) die(text);
    return value;
}

m_date test_date(const char *text)
{
    m_date value;
    if (m_date_parse(m_str_of(text), &value) != M_OK) die(text);
    return value;
}
