/* business-m why: what a figure is made of. */
#include "../why/why.h"

#include <stdlib.h>

#include "../worker/runner.h"
#include "commands.h"
#include "session.h"

#define LINES_DEFAULT 10
#define LINES_MAX     1000

static bool read_kind(const char *word, why_kind *out)
{
    static const char *const kinds[] = {"", "account", "item", "document"};
    for (int i = WHY_ACCOUNT; i <= WHY_DOCUMENT; i++)
        if (strcmp(word, kinds[i]) == 0) {
            *out = (why_kind)i;
            return true;
        }
    return false;
}

static bool read_lines(const char *text, uint32_t *out)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < 1 || value > LINES_MAX) {
        fprintf(stderr, "%s is no number of lines from 1 to %d.\n", text, LINES_MAX);
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

static bool read_day(const char *text, m_date *out)
{
    if (m_date_parse(m_str_of(text), out) == M_OK) return true;
    fprintf(stderr, "%s is not a day; write it as 2026-04-01.\n", text);
    return false;
}

static m_status work(void *arg, m_call *call)
{
    return why_tell(arg, call);
}

static int tell(session *s, why_question *q)
{
    q->domains = s->domains;
    m_status status = runner_run(s->uow, &s->call, M_UOW_READ, work, q);
    if (status == M_NOT_FOUND)
        fprintf(stderr, "Nothing is called \"%.*s\": no account, no item and no document.\n",
                M_STR_ARG(q->word));
    else if (status != M_OK)
        runtime_print_error("It could not be told", &s->call);
    return status == M_OK ? 0 : 1;
}

int command_why(int n, char **arguments)
{
    why_question q = {.lines = LINES_DEFAULT, .out = stdout};
    const char *words[2];
    int count = 0;
    for (int i = 0; i < n; i++) {
        bool value = i + 1 < n;
        if (strcmp(arguments[i], "--as-of") == 0 && value) {
            if (!read_day(arguments[++i], &q.as_of)) return 1;
        } else if (strcmp(arguments[i], "--lines") == 0 && value) {
            if (!read_lines(arguments[++i], &q.lines)) return 1;
        } else if (arguments[i][0] == '-' || count == 2) {
            return COMMAND_USAGE;
        } else {
            words[count++] = arguments[i];
        }
    }
    if (count == 0 || (count == 2 && !read_kind(words[0], &q.kind))) return COMMAND_USAGE;
    q.word = m_str_of(words[count - 1]);
    session s;
    int answer = session_open_all(&s, NULL) ? tell(&s, &q) : 1;
    session_close(&s);
    return answer;
}
