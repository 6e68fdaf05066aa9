/* A broker, a server of one service and a client, each with a link of its own. */
#ifndef RPC_WORLD_H
#define RPC_WORLD_H

#include "m_adapters/env.h"
#include "m_adapters/rpc.h"
#include "nats_fixture.h"

typedef struct {
    nats_fixture *broker;
    m_system_env *env;
    m_rpc_ring *ring;
    m_nats *client_link, *server_link;
    m_rpc_client *client;
    m_rpc_server *server;
} rpc_world;

/* service "provider". handler NULL: only broker and client. Ends the program when it fails. */
void rpc_world_start(rpc_world *w, const m_protocol *const *protocols, m_rpc_handler handler,
                     void *arg, uint32_t threads);
void rpc_world_stop(rpc_world *w);
/* One more server of the service "provider" on the second link; stop it before the world. */
m_rpc_server *rpc_world_serve(rpc_world *w, const m_protocol *const *protocols,
                              m_rpc_handler handler, void *arg, uint32_t threads);
m_nats *rpc_world_link(rpc_world *w);

/* A call with the real clock: tenant test_id(1), actor test_id(2), … as test_call. */
m_call *rpc_world_call(rpc_world *w);

#endif
