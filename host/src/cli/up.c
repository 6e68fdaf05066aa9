/* business-m up: everything on this machine. */
#include "../up/up.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../serve/serve.h"
#include "commands.h"

/* "wms=2" */
static bool read_replicas(const char *text, up_replicas *out)
{
    const char *equal = strchr(text, '=');
    size_t n = equal ? (size_t)(equal - text) : 0;
    if (!n || n >= sizeof out->domain) return false;
    char *end;
    long count = strtol(equal + 1, &end, 10);
    if (*end || end == equal + 1 || count < 1 || count > UP_REPLICAS_MAX) return false;
    memcpy(out->domain, text, n);
    out->domain[n] = 0;
    out->count = (uint32_t)count;
    return true;
}

int command_up(int n, char **arguments)
{
    up_replicas replicas[DOMAINS_MAX];
    uint32_t count = 0;
    bool enterprise = false;
    for (int i = 0; i < n; i++) {
        const char *value = i + 1 < n ? arguments[i + 1] : "";
        if (strcmp(arguments[i], "--mode") == 0 && strcmp(value, "enterprise") == 0)
            enterprise = true;
        else if (strcmp(arguments[i], "--mode") == 0 && strcmp(value, "indie") == 0)
            enterprise = false;
        else if (strcmp(arguments[i], "--replicas") == 0 && count < DOMAINS_MAX &&
                 read_replicas(value, &replicas[count]) &&
                 strcmp(replicas[count].domain, "core") != 0)
            count++;
        else
            return COMMAND_USAGE;
        i++;
    }
    if (enterprise) return up_main(replicas, count);
    return count ? COMMAND_USAGE : serve_main();
}
