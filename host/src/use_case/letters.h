/* Dead letters over the API: events that a listener of a domain could not take, as the collection
 * "dead-letters" of that domain.
 *
 *   GET  …/dead-letters          the oldest 200 that are not settled; ?state=discarded: those that
 * are GET  …/dead-letters/{id}     with the event's payload GET  …/dead-letters/{id}/history POST
 * …/dead-letters/{id}/replay             try it again, with all attempts anew POST
 * …/dead-letters/{id}/drop {"reason"}    give it up for good
 *
 * For administrators. What they do is in the audit trail. An event that the process made itself
 * (outbox) is shown in the same form as one of another process (m_dead_letter). */
#ifndef HOST_LETTERS_H
#define HOST_LETTERS_H

#include "../boot/domains.h"

#define LETTERS_COLLECTION "dead-letters"

/* self: the domain_set. */
extern const m_documents_ops letters_ops;
/* Catalogue; ends with a NULL code. */
extern const m_error_def letters_errors[];

#endif
