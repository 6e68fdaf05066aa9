/* The events of domains that other domains listen to: a process tells them to all others (told in
 * m_adapters/documents.h). It cannot ask who listens: other domains are not loaded. */
#ifndef HOST_TOLD_H
#define HOST_TOLD_H

#include <stddef.h>

static const char *const boot_told[] = {"finance.purchase_invoice.*", "finance.sales_invoice.*",
                                        NULL};

#endif
