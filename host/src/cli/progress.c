#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define BAR "########################################"

void progress_show(uint64_t done, uint64_t total)
{
    if (!isatty(STDERR_FILENO) || !total) return;
    int room = (int)sizeof BAR - 1, filled = (int)(done * (unsigned)room / total);
    fprintf(stderr, "\r[%.*s%*s] %llu of %llu%s", filled, BAR, room - filled, "",
            (unsigned long long)done, (unsigned long long)total, done == total ? "\n" : "");
}
