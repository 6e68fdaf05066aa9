/* The commands. Each gets the arguments after its name and returns the exit status: 0 well, 1
 * refused or failed, COMMAND_USAGE wrong arguments (the caller then prints how to use it). */
#ifndef HOST_COMMANDS_H
#define HOST_COMMANDS_H

#include "../boot/domains.h"

#define COMMAND_USAGE 2

typedef struct {
    const char *name;
    const char *arguments; /* one form per line */
    const char *help;      /* half a sentence */
    const char *more;      /* for --help; may be NULL */
    int (*run)(int n, char **arguments);
} command;

int command_serve(int n, char **arguments);
int command_up(int n, char **arguments);
int command_migrate(int n, char **arguments);
int command_demo(int n, char **arguments);
int command_import(int n, char **arguments);
int command_export(int n, char **arguments);
int command_bank_import(int n, char **arguments);
int command_broker(int n, char **arguments);
int command_projection(int n, char **arguments);
int command_prove(int n, char **arguments);
int command_why(int n, char **arguments);
int command_simulate(int n, char **arguments);
int command_user(int n, char **arguments);
int command_tenant(int n, char **arguments);
int command_config(int n, char **arguments);
int command_version(int n, char **arguments);

#endif
