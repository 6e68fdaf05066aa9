#include "first_start.h"

#include <sodium.h>
#include <stdio.h>

#include "../worker/runner.h"

#define PASSWORD_GROUPS 4
#define GROUP_LETTERS   5

/* Four groups of five letters that are not mistaken for one another: about 96 bits. */
static m_str make_up_password(m_arena *arena)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char *out = m_arena_alloc(arena, PASSWORD_GROUPS * (GROUP_LETTERS + 1));
    size_t n = 0;
    for (int i = 0; out && i < PASSWORD_GROUPS * GROUP_LETTERS; i++) {
        if (i && i % GROUP_LETTERS == 0) out[n++] = '-';
        out[n++] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    return (m_str){out, n};
}

static m_status seed(void *arg, m_call *call)
{
    return domains_seed(arg, call);
}

m_status first_start_tenant(identity *id, domain_set *domains, m_uow *uow, m_call *call, m_str slug,
                            m_str name, m_str email, m_str password, m_str *out_password)
{
    static const m_str roles[] = {{"Administrator", 13}};
    m_id user;
    M_TRY(identity_create_tenant(id, call, slug, name, &call->tenant));
    M_TRY(runner_run(uow, call, M_UOW_WRITE, seed, domains));
    *out_password = password.n ? password : make_up_password(call->arena);
    return identity_create_user(id, call, email, M_STR("Administrator"), *out_password, roles, 1,
                                &user);
}

static m_status make(runtime *rt, identity *id, domain_set *domains, m_uow *uow, m_call *call)
{
    const host_config *c = &rt->config;
    m_str password;
    M_TRY(first_start_tenant(id, domains, uow, call, c->tenant, c->company, c->admin_email,
                             c->admin_password, &password));
    /* A password that was given is known; output may end in a log. */
    if (c->admin_password.n) password = M_STR("the one given in M_ADMIN_PASSWORD");
    printf("\n  Business M is set up. Sign in once with\n"
           "    tenant    %.*s\n    e-mail    %.*s\n    password  %.*s\n"
           "  and change the password then. It is not shown again.\n\n",
           M_STR_ARG(c->tenant), M_STR_ARG(c->admin_email), M_STR_ARG(password));
    fflush(stdout);
    return M_OK;
}

bool first_start(runtime *rt, identity *id, domain_set *domains, m_uow *uow)
{
    m_arena *arena = m_arena_new(0);
    if (!arena) return false;
    m_call call = runtime_call(rt, arena);
    bool some = false;
    m_status status = identity_has_tenants(id, &call, &some);
    if (status == M_OK && !some) status = make(rt, id, domains, uow, &call);
    if (status != M_OK) runtime_print_error("The first tenant could not be made", &call);
    m_arena_free(arena);
    return status == M_OK;
}
