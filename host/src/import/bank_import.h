/* Import of bank statement files: each statement of the file becomes a submitted bank statement,
 * through the checks a user's entry passes; a verdict per line. A statement that was read before
 * adds nothing. All statements of a file go in one transaction; one that is refused does not keep
 * the others out, unless they go on where it would have ended.
 *
 * Thread rule: a run belongs to one thread. Blocks. */
#ifndef HOST_BANK_IMPORT_H
#define HOST_BANK_IMPORT_H

#include "import.h"
#include "m_adapters/bank_file.h"

typedef enum {
    BANK_IMPORT_GUESS,
    BANK_IMPORT_CSV,
    BANK_IMPORT_MT940,
    BANK_IMPORT_CAMT
} bank_import_format;

#define BANK_IMPORT_BYTES_MAX (32u << 20)

typedef struct {
    m_str account; /* its code in the chart of accounts */
    m_str text;    /* the whole file */
    m_enum format; /* bank_import_format */
    m_bank_csv how;
    bool has_opening; /* `opening` is that of a file without balances; else what the account's last
                         statement ended with */
    m_dec opening;
    bool commit; /* false: a dry run, nothing stays */
    import_listener listener;
} bank_import_request;

/* M_OK also with faulty lines: see the summary (its batch stays null). Fails when the file cannot
 * be read at all, the account does not exist, or the database cannot be reached; then nothing
 * stays. */
m_status bank_import_run(const import_config *config, m_call *call,
                         const bank_import_request *request, import_summary *out) M_MUST_USE;

#endif
