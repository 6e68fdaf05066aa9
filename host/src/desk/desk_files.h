/* The files of a domain's bundle for a gateway in another process: what desk.h answers, as a
 * protocol. Open to everybody, as the files are. */
#ifndef HOST_DESK_FILES_H
#define HOST_DESK_FILES_H

#include "desk.h"
#include "m/iface.h"

typedef struct {
    m_ops_head head;
    /* An address below "/remotes/". What is not there is an answer as well: 404. */
    m_status (*file)(void *self, m_call *call, const desk_question *in, desk_found *out);
} desk_files_ops;

/* self: the desk; any thread. */
extern const desk_files_ops desk_files_local;
extern const m_protocol desk_files_protocol;
/* Its one method. */
extern const m_method *const desk_files_file;

#endif
