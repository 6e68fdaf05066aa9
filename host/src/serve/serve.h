/* The running host: database, workers, relay and HTTP server of one process. */
#ifndef HOST_SERVE_H
#define HOST_SERVE_H

/* Serves until SIGTERM or SIGINT, then finishes what was begun. Returns the exit status. */
int serve_main(void);

#endif
