#include "rpc_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "test_env.h"

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(2);
}

m_nats *rpc_world_link(rpc_world *w)
{
    const m_nats_options options = {.url = nats_fixture_url(w->broker),
                                    .env = m_system_env_of(w->env)};
    m_nats *link;
    const char *why;
    if (m_nats_open(&options, &link, &why) != M_OK) die(why);
    if (!m_nats_wait(link, 10000)) die("no link to the broker");
    return link;
}

m_rpc_server *rpc_world_serve(rpc_world *w, const m_protocol *const *protocols,
                              m_rpc_handler handler, void *arg, uint32_t threads)
{
    const m_rpc_server_options options = {.link = w->server_link,
                                          .ring = w->ring,
                                          .env = m_system_env_of(w->env),
                                          .service = "provider",
                                          .version = "0.1.0",
                                          .protocols = protocols,
                                          .handler = handler,
                                          .arg = arg,
                                          .threads = threads};
    m_rpc_server *server;
    if (m_rpc_server_start(&options, &server) != M_OK) die("the server does not start");
    if (m_nats_flush(w->server_link, 5000) != M_OK) die("the broker does not hear the server");
    return server;
}

void rpc_world_start(rpc_world *w, const m_protocol *const *protocols, m_rpc_handler handler,
                     void *arg, uint32_t threads)
{
    char key[M_RPC_KEY_TEXT];
    const char *why;
    *w = (rpc_world){.broker = nats_fixture_start(NULL), .env = m_system_env_new("error")};
    if (!w->env || m_rpc_key_make("test", key) != M_OK ||
        m_rpc_ring_parse(m_str_of(key), &w->ring, &why) != M_OK)
        die("no key");
    w->client_link = rpc_world_link(w);
    w->server_link = rpc_world_link(w);
    w->client = m_rpc_client_new(w->client_link, w->ring, m_system_env_of(w->env));
    if (!w->client) die("no client");
    if (handler) w->server = rpc_world_serve(w, protocols, handler, arg, threads);
}

void rpc_world_stop(rpc_world *w)
{
    m_rpc_server_stop(w->server, 1000);
    m_rpc_client_free(w->client);
    m_nats_close(w->client_link);
    m_nats_close(w->server_link);
    m_rpc_ring_free(w->ring);
    m_system_env_free(w->env);
    nats_fixture_stop(w->broker);
}

m_call *rpc_world_call(rpc_world *w)
{
    m_call *call = test_call();
    call->env = m_system_env_of(w->env);
    return call;
}
