#include "desk_find.h"

#include <stdio.h>
#include <unistd.h>

static desk *open_in(const char *directory, const host_config *config, const m_env *env)
{
    char error[640];
    m_str mine = host_config_among_others(config) ? config->domains : (m_str){NULL, 0};
    desk *d = desk_open(directory, mine, error, sizeof error);
    if (!d && error[0]) env->log(env->self, "error", "desk", error);
    return d;
}

desk *desk_find(const host_config *config, const m_env *env)
{
    static const char *const places[] = {"desk", "../share/business-m/desk"};
    char program[400], directory[512];
    if (config->desk_dir.n) {
        snprintf(directory, sizeof directory, "%.*s", M_STR_ARG(config->desk_dir));
        return open_in(directory, config, env);
    }
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);
    if (n <= 0 || (size_t)n >= sizeof program) return NULL;
    m_str folder = {program, (size_t)n};
    while (folder.n && folder.p[folder.n - 1] != '/')
        folder.n--;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(directory, sizeof directory, "%.*s%s", M_STR_ARG(folder), places[i]);
        desk *d = open_in(directory, config, env);
        if (d) return d;
    }
    return NULL;
}
