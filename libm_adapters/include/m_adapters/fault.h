/* Faults that a test orders: the process dies at a named point, or goes without a protection, so
 * that the test sees what it is for. Only in builds with tests (M_FAULTS); in a program that is
 * shipped none of this exists.
 *
 * A file "<name>" in the directory orders the fault in every process, "<name>@<who>" in one. Any
 * thread, once m_fault_folder was called. */
#ifndef M_ADAPTERS_FAULT_H
#define M_ADAPTERS_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef M_FAULTS
/* Where orders are looked for (NULL: nowhere) and who this process is. Kept as they are. */
void m_fault_folder(const char *folder, const char *who);
/* Ends the process as kill −9 does, once: the file is removed before. */
void m_fault_point(const char *name);
/* True as long as the file is there. */
bool m_fault_ordered(const char *name);
/* The first line of the file "<name>@<of>", instead of `otherwise`. */
const char *m_fault_text(const char *name, const char *of, char *out, size_t n,
                         const char *otherwise);
#else
#define m_fault_folder(folder, who)               ((void)0)
#define m_fault_point(name)                       ((void)0)
#define m_fault_ordered(name)                     (false)
#define m_fault_text(name, of, out, n, otherwise) ((void)(out), (otherwise))
#endif

#endif
