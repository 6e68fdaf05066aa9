#include "m_adapters/fault.h"

#ifdef M_FAULTS

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_LENGTH 512

static const char *folder, *who;

void m_fault_folder(const char *given, const char *self)
{
    folder = given;
    who = self ? self : "";
}

/* The two files that may order it, or neither when no test is at work. */
static int paths(const char *name, char out[2][PATH_LENGTH])
{
    if (!folder) return 0;
    snprintf(out[0], PATH_LENGTH, "%s/%s@%s", folder, name, who);
    snprintf(out[1], PATH_LENGTH, "%s/%s", folder, name);
    return 2;
}

void m_fault_point(const char *name)
{
    char path[2][PATH_LENGTH];
    int n = paths(name, path);
    for (int i = 0; i < n; i++)
        if (unlink(path[i]) == 0) kill(getpid(), SIGKILL);
}

bool m_fault_ordered(const char *name)
{
    char path[2][PATH_LENGTH];
    int n = paths(name, path);
    for (int i = 0; i < n; i++)
        if (access(path[i], F_OK) == 0) return true;
    return false;
}

const char *m_fault_text(const char *name, const char *of, char *out, size_t n,
                         const char *otherwise)
{
    char path[PATH_LENGTH];
    snprintf(path, sizeof path, "%s/%s@%s", folder ? folder : "", name, of);
    FILE *file = folder ? fopen(path, "re") : NULL;
    bool got = file && fgets(out, (int)n, file);
    if (file) fclose(file);
    if (got) out[strcspn(out, "\n")] = 0;
    return got ? out : otherwise;
}

#else
typedef int m_fault_nothing; /* a file must hold something */
#endif
