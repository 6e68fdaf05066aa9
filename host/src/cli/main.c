/* business-m: the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "m_adapters/fault.h"

static const command commands[] = {
    {"serve", "", "run everything in this process, until stopped",
     "The first start sets everything up and shows the administrator's password once. SIGTERM or\n"
     "Ctrl-C finishes what was begun and stops.",
     command_serve},
    {"up", "[--mode indie|enterprise] [--replicas domain=n]...", "run everything on this machine",
     "indie: as serve. enterprise: a broker, and for each domain a database and a process of its\n"
     "own, watched and started again when one dies. --replicas runs several processes of a "
     "domain,\n"
     "which share its load. Ctrl-C stops them all, in order.\n\n"
     "  business-m up --mode enterprise --replicas wms=2",
     command_up},
    {"broker",
     "prepare <folder> [--listen host:port] [--monitor host:port]\n"
     "[--store folder] [--tls-cert file --tls-key file] [--tls-ca file]\ndeploy <folder>",
     "keys, configuration and streams of a broker that you run",
     "prepare writes nats.conf, a key for each domain of M_ALL_DOMAINS with the rights that "
     "domain\n"
     "needs, and the keys that all processes share. deploy makes the streams of a broker that "
     "runs,\n"
     "at M_NATS_URL, with M_NATS_CA_FILE and so on. Both can be repeated; keys that are there "
     "stay.\n\n"
     "  business-m broker prepare /etc/business-m/broker --listen 0.0.0.0:4222",
     command_broker},
    {"migrate", "[--check|--print]", "bring the database up to date",
     "serve does this by itself. --check changes nothing and fails if something is missing; "
     "--print\n"
     "shows the SQL that would run.",
     command_migrate},
    {"demo", "", "make a small sample company to look at",
     "A grocer with a depot and two shops, made through the same services that users go through:\n"
     "all of it or nothing, and only once. Best in a tenant of its own:\n\n"
     "  business-m tenant add sample \"Sample Stores\" you@example.com\n"
     "  M_TENANT=sample business-m demo",
     command_demo},
    {"import",
     "--dry-run|--commit <collection> <file.csv> [--map header=field,...]\n"
     "[--set field=value,...] [--action submit] [--quiet]\n--undo <batch>",
     "load a CSV file: a verdict per row, one batch, one-command undo",
     "Columns are matched by their headers; --map names the others, --set gives every row the "
     "same\n"
     "value. Links are given by code, number or name. Rows that are there already stay "
     "unchanged.\n\n"
     "  business-m import --dry-run suppliers suppliers.csv",
     command_import},
    {"export", "ledger", "print the general ledger as plain text",
     "In the journal format that hledger and ledger read, to standard output: every voucher, "
     "debit\n"
     "above zero, in the base currency.\n\n"
     "  business-m export ledger > ledger.journal && hledger -f ledger.journal balance",
     command_export},
    {"bank-import",
     "--dry-run|--commit <account> <file>\n"
     "[--format csv|mt940|camt] [--map header=column,...] [--dates ymd|dmy|mdy]\n"
     "[--decimal point|comma] [--opening amount] [--quiet]",
     "load a statement file of a bank: a verdict per line, the same file adds nothing",
     "The account is given by its code. MT940 and CAMT.053 are recognised. The columns of a CSV "
     "file are found "
     "by\n"
     "their headers; --map names others: date, amount, in, out, reference, narration, balance.\n"
     "Without a column of balances the file goes on from the last statement, or from "
     "--opening.\n\n"
     "  business-m bank-import --commit 1120 april.sta",
     command_bank_import},
    {"projection", "rebuild [<name>]\ncheck [<name>]\nthaw <domain>",
     "copies of other domains' documents, made anew or compared with their owner's",
     "For one of several processes, which may go on running: M_DOMAINS and the other settings\n"
     "as for its serve. The name is a type (core.item) or a domain (core); without one it is all.\n"
     "check changes nothing; its exit status is 0 only if all copies are equal. thaw lets tenants\n"
     "go on that are frozen because that domain was set back: where it lost what was applied\n"
     "here, its present is what counts, and its copies are made anew.\n\n"
     "  business-m projection rebuild core.item",
     command_projection},
    {"prove", "[--cross]", "rebuild both books from the event logs and check every invariant",
     "One line per invariant; the exit status is 0 only if all hold. Changes nothing. Where each\n"
     "domain has a process of its own, each is proven in its own database (all of this machine, "
     "or\n"
     "the one of M_DOMAINS); --cross then compares them with one another, while they run: books,\n"
     "events, copies.",
     command_prove},
    {"why", "[account|item|document] <code or number> [--as-of day] [--lines n]",
     "tell what a figure is made of, down to the recorded event",
     "A code of an account or item, or the number or id of a document: from the figure in the "
     "report\n"
     "to the lines, the voucher, the source document, the event with its hash, and the rules, "
     "rates\n"
     "and policies that decided it. --lines: how many of the last lines of an account or item "
     "(10).\n\n"
     "  business-m why 1120 --as-of 2026-03-31",
     command_why},
    {"simulate", "[--seed S] [--days N] [--tenant slug]",
     "play a company's days through the real services, from one seed",
     "Makes a tenant of its own (simulation-S) and plays N days (365) in it: buying, selling, "
     "moving\n"
     "and counting goods, paying, cancelling, dating back, closing months and the year, and wrong\n"
     "input that must be refused. The same seed on another database leaves the same ledgers, byte "
     "for\n"
     "byte: the heads of the event logs, shown at the end, are equal. `business-m prove` checks "
     "what\n"
     "it left.",
     command_simulate},
    {"user", "add <e-mail> <name> <role>...\npassword <e-mail>", "users of a tenant",
     "The password is read from standard input. Roles: Administrator, Master Manager, Purchase "
     "User,\n"
     "Purchase Manager, Stock User, Stock Manager, Accounts User, Accounts Manager, HR User,\n"
     "HR Manager, Auditor.",
     command_user},
    {"tenant", "list\nadd <slug> <name> <admin e-mail>",
     "tenants: companies apart from one another",
     "The slug is the short name to sign in with. The administrator's password is shown once.",
     command_tenant},
    {"config", "", "print the configuration in force", "Every setting is an environment variable.",
     command_config},
    {"version", "", "print the version", NULL, command_version},
};

static void usage(FILE *to)
{
    fprintf(to, "Business M %s\n\nusage: business-m <command> [options]\n\n", HOST_VERSION);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\n`business-m <command> --help` tells more. Settings are environment variables:\n"
                "`business-m config` lists them.\n");
}

/* A line that begins with [ goes on with the form above it. */
static void command_usage(FILE *to, const command *c)
{
    const char *form = c->arguments;
    for (bool first = true; first || *form; first = false) {
        int n = (int)strcspn(form, "\n");
        if (*form == '[' && !first)
            fprintf(to, "%*s", (int)strlen(c->name) + 19, "");
        else
            fprintf(to, "%s business-m %s%s", first ? "usage:" : "      ", c->name, n ? " " : "");
        fprintf(to, "%.*s\n", n, form);
        form += form[n] ? n + 1 : n;
    }
}

static int command_help(const command *c)
{
    command_usage(stdout, c);
    printf("\n%c%s.\n", c->help[0] - 'a' + 'A', c->help + 1);
    if (c->more) printf("\n%s\n", c->more);
    return 0;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static bool wants_help(int n, char **arguments)
{
    for (int i = 0; i < n; i++)
        if (arguments[i][0] == '-' && is_help(arguments[i])) return true;
    return false;
}

static const command *find(const char *name)
{
    if (strcmp(name, "--version") == 0) name = "version";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0) return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    m_fault_folder(getenv("BM_FAULTS"), getenv("M_DOMAINS"));
    if (argc < 2) {
        usage(stderr);
        return COMMAND_USAGE;
    }
    const char *name = argc > 2 && strcmp(argv[1], "help") == 0 ? argv[2] : argv[1];
    if (name == argv[1] && is_help(name)) {
        usage(stdout);
        return 0;
    }
    const command *c = find(name);
    if (!c) {
        fprintf(stderr, "business-m: unknown command \"%s\"\n\n", name);
        usage(stderr);
        return COMMAND_USAGE;
    }
    if (name != argv[1] || wants_help(argc - 2, argv + 2)) return command_help(c);
    int answer = c->run(argc - 2, argv + 2);
    if (answer == COMMAND_USAGE) command_usage(stderr, c);
    return answer;
}
