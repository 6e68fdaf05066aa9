/* business-m: the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

static const command commands[] = {
    {"serve", "", "run everything in this process, until stopped", command_serve},
    {"migrate", "[--check|--print]", "bring the database up to date (or say what is missing)",
     command_migrate},
    {"demo", "", "make a small sample company to look at", command_demo},
    {"import",
     "--dry-run|--commit <collection> <file.csv> [--map header=field,...] [--set field=value,...] "
     "[--action submit] [--quiet] | --undo <batch>",
     "load a CSV file: a verdict per row, one batch, one-command undo", command_import},
    {"prove", "", "rebuild both books from the event logs and check every invariant",
     command_prove},
    {"user", "add|password <e-mail> …", "users of a tenant", command_user},
    {"tenant", "list|add <slug> <name> <admin e-mail>", "tenants", command_tenant},
    {"config", "", "print the configuration in force", command_config},
    {"version", "", "print the version", command_version},
};

static void usage(FILE *to)
{
    fprintf(to, "Business M %s\n\nusage: business-m <command> [options]\n\n", HOST_VERSION);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\n`business-m <command> --help` tells more. Settings are environment variables:\n"
                "`business-m config` lists them.\n");
}

static bool wants_help(int n, char **arguments)
{
    for (int i = 0; i < n; i++)
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) return true;
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        usage(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const command *c = &commands[i];
        if (strcmp(argv[1], c->name) != 0 &&
            !(strcmp(argv[1], "--version") == 0 && c->run == command_version))
            continue;
        if (!wants_help(argc - 2, argv + 2)) return c->run(argc - 2, argv + 2);
        printf("usage: business-m %s %s\n\n%s\n", c->name, c->arguments, c->help);
        return 0;
    }
    fprintf(stderr, "business-m: unknown command \"%s\"\n\n", argv[1]);
    usage(stderr);
    return 2;
}
