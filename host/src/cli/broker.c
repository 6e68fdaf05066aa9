/* business-m broker: what a broker that somebody else runs needs of us. */
#include "../up/broker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../runtime/runtime.h"
#include "commands.h"

static const char **slot_of(broker_place *place, const char *name)
{
    return strcmp(name, "--listen") == 0     ? &place->listen
           : strcmp(name, "--monitor") == 0  ? &place->monitor
           : strcmp(name, "--store") == 0    ? &place->store
           : strcmp(name, "--tls-cert") == 0 ? &place->tls_cert
           : strcmp(name, "--tls-key") == 0  ? &place->tls_key
           : strcmp(name, "--tls-ca") == 0   ? &place->tls_ca
                                             : NULL;
}

static bool place_read(int n, char **arguments, broker_place *place)
{
    for (int i = 0; i < n; i += 2) {
        const char **slot = slot_of(place, arguments[i]);
        if (!slot || i + 1 == n) return false;
        *slot = arguments[i + 1];
    }
    return true;
}

static int prepare(runtime *rt, const char *folder, const broker_place *place)
{
    broker b = {.url = ""};
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "%s cannot be made: %s.\n", folder, strerror(errno));
        return 1;
    }
    if (!broker_write(&b, folder, m_str_z(rt->arena, rt->config.all_domains), place)) return 1;
    printf("%s\n  configuration of the broker: nats-server -c %s\n%s\n"
           "  for all processes: M_CALL_KEYS_FILE\n%s/<domain>.nk\n"
           "  for the processes of that domain alone: M_NATS_NKEY_FILE\n%s/deploy.nk\n"
           "  for `business-m broker deploy %s` alone, once the broker runs\n",
           b.config, b.config, b.call_keys, folder, folder, folder);
    return 0;
}

static int deploy(runtime *rt, const char *folder)
{
    const host_config *c = &rt->config;
    broker b = {.url = ""};
    if (!c->nats_url.n) {
        fprintf(stderr, "M_NATS_URL says where the broker is.\n");
        return 1;
    }
    broker_name(&b, folder, m_str_z(rt->arena, c->all_domains));
    broker_way way = {.url = m_str_z(rt->arena, c->nats_url)};
    if (c->nats_ca_file.n) way.ca_file = m_str_z(rt->arena, c->nats_ca_file);
    if (c->nats_tls_cert_file.n) way.cert_file = m_str_z(rt->arena, c->nats_tls_cert_file);
    if (c->nats_tls_key_file.n) way.key_file = m_str_z(rt->arena, c->nats_tls_key_file);
    if (!broker_deploy(&b, rt->env, &way)) return 1;
    printf("The streams are there.\n");
    return 0;
}

int command_broker(int n, char **arguments)
{
    broker_place place = {.listen = "127.0.0.1:4222"};
    bool make = n >= 2 && strcmp(arguments[0], "prepare") == 0;
    bool streams = n == 2 && strcmp(arguments[0], "deploy") == 0;
    if (!make && !streams) return COMMAND_USAGE;
    if (make && !place_read(n - 2, arguments + 2, &place)) return COMMAND_USAGE;
    runtime rt;
    int answer = 1;
    if (runtime_open(&rt))
        answer = make ? prepare(&rt, arguments[1], &place) : deploy(&rt, arguments[1]);
    runtime_close(&rt);
    return answer;
}
