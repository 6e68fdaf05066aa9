/* Several databases read as one: for commands that follow a figure from one domain to another where
 * each has a database of its own. Nothing is written through it. */
#ifndef HOST_JOINT_H
#define HOST_JOINT_H

#include "domains.h"

typedef struct joint joint;

/* NULL when memory is short. Free with joint_close. */
joint *joint_open(void);
/* Types of the schema `domain` are in this database; those of "m" in the first one added. False: no
 * room, or no memory. */
bool joint_add(joint *j, const char *domain, const m_pg_options *options);
/* One read transaction on each database; writing is M_UNSUPPORTED. The value belongs to j. */
m_uow *joint_uow(joint *j);
/* Reads of a type go to its database, in a running joint_uow. */
m_store joint_store(joint *j);
/* Accepts NULL. */
void joint_close(joint *j);

#endif
