/* The link to a real broker: it connects when the broker comes, comes back after it went, buffers
 * nothing meanwhile, and counts what the broker forbids. */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "m_adapters/nkey.h"
#include "nats/link.h"
#include "nats_fixture.h"

static m_nats *open_link(const m_nats_options *options)
{
    m_nats *link = NULL;
    const char *why = "";
    m_status status = m_nats_open(options, &link, &why);
    ck_assert_msg(status == M_OK, "%s: %s", m_status_name(status), why);
    return link;
}

static m_nats_stats stats_of(m_nats *link)
{
    m_nats_stats stats;
    m_nats_stats_read(link, &stats);
    return stats;
}

/* Until the count grew; callbacks come on other threads. */
static bool await_count(m_nats *link, size_t offset, uint64_t at_least)
{
    for (int i = 0; i < 1000; i++) {
        m_nats_stats stats = stats_of(link);
        if (*(uint64_t *)((char *)&stats + offset) >= at_least) return true;
        usleep(5000);
    }
    return false;
}

/* A message to ourselves and back. */
static void check_round_trip(m_nats *link)
{
    natsConnection *nc = m_nats_connection(link);
    natsSubscription *sub = NULL;
    natsMsg *message = NULL;
    ck_assert_int_eq(natsConnection_SubscribeSync(&sub, nc, "round.trip"), NATS_OK);
    ck_assert_int_eq(natsConnection_PublishString(nc, "round.trip", "hello"), NATS_OK);
    ck_assert_int_eq(natsSubscription_NextMsg(&message, sub, 5000), NATS_OK);
    ck_assert_str_eq(natsMsg_GetData(message), "hello");
    natsMsg_Destroy(message);
    natsSubscription_Destroy(sub);
}

START_TEST(connects_and_carries)
{
    nats_fixture *broker = nats_fixture_start(NULL);
    m_nats *link = open_link(&(m_nats_options){.url = nats_fixture_url(broker), .name = "test"});
    ck_assert(m_nats_wait(link, 5000));
    ck_assert(m_nats_connected(link));
    check_round_trip(link);
    ck_assert_int_gt(m_nats_max_payload(link), 100000);
    ck_assert_int_eq(m_nats_flush(link, 5000), M_OK);
    m_nats_stats stats = stats_of(link);
    ck_assert_uint_eq(stats.connects, 1);
    ck_assert_uint_eq(stats.messages_in, 1);
    ck_assert_uint_eq(stats.bytes_out, 5);
    m_nats_close(link);
    nats_fixture_stop(broker);
}
END_TEST

START_TEST(waits_for_a_broker_that_is_not_there_yet)
{
    nats_fixture *broker = nats_fixture_start(NULL);
    nats_fixture_down(broker, false);
    m_nats *link = open_link(&(m_nats_options){.url = nats_fixture_url(broker)});
    ck_assert(!m_nats_connected(link));
    ck_assert(!m_nats_wait(link, 50));
    nats_fixture_up(broker);
    ck_assert(m_nats_wait(link, 10000));
    check_round_trip(link);
    m_nats_close(link);
    nats_fixture_stop(broker);
}
END_TEST

START_TEST(closes_while_there_is_no_broker)
{
    nats_fixture *broker = nats_fixture_start(NULL);
    nats_fixture_down(broker, false);
    m_nats *link = open_link(&(m_nats_options){.url = nats_fixture_url(broker)});
    m_nats_close(link);
    nats_fixture_stop(broker);
}
END_TEST

START_TEST(comes_back_and_buffers_nothing)
{
    nats_fixture *broker = nats_fixture_start(NULL);
    m_nats *link = open_link(&(m_nats_options){.url = nats_fixture_url(broker)});
    ck_assert(m_nats_wait(link, 5000));
    for (uint64_t round = 1; round <= 3; round++) {
        nats_fixture_down(broker, round % 2);
        ck_assert(await_count(link, offsetof(m_nats_stats, disconnects), round));
        natsStatus s = natsConnection_PublishString(m_nats_connection(link), "a", "b");
        ck_assert_int_eq(m_nats_status(s), M_UNAVAILABLE);
        nats_fixture_up(broker);
        ck_assert(m_nats_wait(link, 10000));
        ck_assert(await_count(link, offsetof(m_nats_stats, connects), round + 1));
        check_round_trip(link);
    }
    m_nats_close(link);
    nats_fixture_stop(broker);
}
END_TEST

static const char two_users[] =
    "authorization { users: [ { user: wms, password: secret,"
    "  permissions: { publish: [\"own.>\"], subscribe: [\"own.>\", \"_INBOX_wms.>\"] } } ] }";

START_TEST(counts_what_the_broker_forbids)
{
    nats_fixture *broker = nats_fixture_start(two_users);
    m_nats_options options = {.url = nats_fixture_url(broker),
                              .user = "wms",
                              .password_file = nats_fixture_file(broker, "password", "secret\n"),
                              .inbox_prefix = "_INBOX_wms"};
    m_nats *link = open_link(&options);
    ck_assert(m_nats_wait(link, 5000));
    natsConnection *nc = m_nats_connection(link);
    natsSubscription *sub = NULL;
    ck_assert_int_eq(natsConnection_PublishString(nc, "foreign.x", "b"), NATS_OK);
    ck_assert(await_count(link, offsetof(m_nats_stats, permission_violations), 1));
    ck_assert_ptr_nonnull(strstr(stats_of(link).last_error, "foreign.x"));
    ck_assert_int_eq(natsConnection_SubscribeSync(&sub, nc, "foreign.>"), NATS_OK);
    ck_assert(await_count(link, offsetof(m_nats_stats, permission_violations), 2));
    natsSubscription_Destroy(sub);
    ck_assert(m_nats_connected(link));
    m_nats_close(link);
    nats_fixture_stop(broker);
}
END_TEST

START_TEST(says_what_is_wrong_with_its_options)
{
    nats_fixture *broker = nats_fixture_start(two_users);
    m_nats *link;
    const char *why;
    const char *url = nats_fixture_url(broker);
    const char *wrong = nats_fixture_file(broker, "wrong", "wrong\n");
    struct {
        m_nats_options options;
        m_status status;
    } cases[] = {
        {{.url = ""}, M_INVALID},
        {{.url = NULL}, M_INVALID},
        {{.url = url}, M_UNAUTHORIZED},
        {{.url = url, .user = "wms", .password_file = wrong}, M_UNAUTHORIZED},
        {{.url = url, .user = "wms", .password_file = "/nowhere"}, M_INVALID},
        {{.url = url, .user = "wms"}, M_INVALID},
        {{.url = url, .nkey_seed_file = "/nowhere"}, M_INVALID},
        {{.url = url, .nkey_seed_file = wrong}, M_INVALID},
        {{.url = url, .ca_file = "/nowhere"}, M_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        why = "";
        m_status status = m_nats_open(&cases[i].options, &link, &why);
        ck_assert_msg(status == cases[i].status, "case %zu: %s: %s", i, m_status_name(status), why);
        ck_assert_uint_gt(strlen(why), 10);
    }
    nats_fixture_stop(broker);
}
END_TEST

START_TEST(signs_in_with_an_nkey)
{
    char seed[M_NKEY_SEED], other[M_NKEY_SEED], key[M_NKEY_PUBLIC], unused[M_NKEY_PUBLIC];
    char config[256];
    const char *why;
    m_nats *link;
    ck_assert_int_eq(m_nkey_make(M_NKEY_USER, seed, key), M_OK);
    ck_assert_int_eq(m_nkey_make(M_NKEY_USER, other, unused), M_OK);
    snprintf(config, sizeof config, "authorization { users: [ { nkey: %s } ] }", key);
    nats_fixture *broker = nats_fixture_start(config);
    m_nats_options options = {.url = nats_fixture_url(broker)};
    options.nkey_seed_file = nats_fixture_file(broker, "other", other);
    ck_assert_int_eq(m_nats_open(&options, &link, &why), M_UNAUTHORIZED);
    options.nkey_seed_file = nats_fixture_file(broker, "seed", seed);
    link = open_link(&options);
    ck_assert(m_nats_wait(link, 5000));
    check_round_trip(link);
    m_nats_close(link);
    nats_fixture_stop(broker);
}
END_TEST

/* Enough connections that some signature surely begins with a zero byte (see connect_signed). */
START_TEST(every_signature_is_taken)
{
    char seed[M_NKEY_SEED], key[M_NKEY_PUBLIC], config[256];
    ck_assert_int_eq(m_nkey_make(M_NKEY_USER, seed, key), M_OK);
    snprintf(config, sizeof config, "authorization { users: [ { nkey: %s } ] }", key);
    nats_fixture *broker = nats_fixture_start(config);
    m_nats_options options = {.url = nats_fixture_url(broker)};
    options.nkey_seed_file = nats_fixture_file(broker, "seed", seed);
    for (int i = 0; i < 600; i++)
        m_nats_close(open_link(&options));
    nats_fixture_stop(broker);
}
END_TEST

static atomic_uint ended;

static void count_end(void *arg)
{
    atomic_fetch_add((atomic_uint *)arg, 1);
}

START_TEST(ends_for_good_when_refused_after_an_outage)
{
    char seed[M_NKEY_SEED], key[M_NKEY_PUBLIC], config[256];
    ck_assert_int_eq(m_nkey_make(M_NKEY_USER, seed, key), M_OK);
    snprintf(config, sizeof config, "authorization { users: [ { nkey: %s } ] }", key);
    nats_fixture *broker = nats_fixture_start(config);
    m_nats_options options = {
        .url = nats_fixture_url(broker), .closed = count_end, .closed_arg = &ended};
    options.nkey_seed_file = nats_fixture_file(broker, "seed", seed);
    m_nats *link = open_link(&options);
    ck_assert(m_nats_wait(link, 5000));
    m_nats *other = open_link(&options);
    m_nats_close(other);
    ck_assert_uint_eq(atomic_load(&ended), 0); /* that was us */
    nats_fixture_run(broker, two_users);
    ck_assert(await_count(link, offsetof(m_nats_stats, disconnects), 1));
    ck_assert(!m_nats_wait(link, 10000));
    ck_assert(stats_of(link).closed);
    for (int i = 0; i < 500 && !atomic_load(&ended); i++)
        usleep(10000);
    m_nats_close(link);
    ck_assert_uint_eq(atomic_load(&ended), 1);
    nats_fixture_stop(broker);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nats_link");
    TCase *c = tcase_create("link");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, connects_and_carries);
    tcase_add_test(c, waits_for_a_broker_that_is_not_there_yet);
    tcase_add_test(c, closes_while_there_is_no_broker);
    tcase_add_test(c, comes_back_and_buffers_nothing);
    tcase_add_test(c, counts_what_the_broker_forbids);
    tcase_add_test(c, says_what_is_wrong_with_its_options);
    tcase_add_test(c, signs_in_with_an_nkey);
    tcase_add_test(c, every_signature_is_taken);
    tcase_add_test(c, ends_for_good_when_refused_after_an_outage);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
