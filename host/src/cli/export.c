/* business-m export: books as plain text. */
#include <errno.h>
#include <stdlib.h>

#include "../export/ledger_text.h"
#include "../worker/runner.h"
#include "commands.h"
#include "session.h"

static m_status write_all(void *arg, m_call *call)
{
    return ledger_text_write(arg, call);
}

static int run(session *s)
{
    char *currency = m_str_z(s->arena, s->rt.config.currency);
    ledger_text text = {.domains = s->domains, .currency = currency ? currency : "", .out = stdout};
    if (runner_run(s->uow, &s->call, M_UOW_READ, write_all, &text) != M_OK) {
        runtime_print_error("The ledger was not exported", &s->call);
        return 1;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "The ledger could not be written: %s.\n", strerror(errno));
        return 1;
    }
    fprintf(stderr, "%llu vouchers written\n", (unsigned long long)text.vouchers);
    return 0;
}

int command_export(int n, char **arguments)
{
    if (n != 1 || strcmp(arguments[0], "ledger") != 0) return COMMAND_USAGE;
    session s;
    int answer = session_open_all(&s, NULL) ? run(&s) : 1;
    session_close(&s);
    return answer;
}
