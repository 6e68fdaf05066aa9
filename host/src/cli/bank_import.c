/* business-m bank-import: a statement file of a bank. */
#include "../import/bank_import.h"

#include <stdio.h>

#include "commands.h"
#include "input.h"

typedef struct {
    bool commit, dry_run, quiet;
    const char *account, *file, *format, *map, *dates, *decimal, *opening;
} options;

static const char **slot_of(options *o, const char *name)
{
    return strcmp(name, "--format") == 0    ? &o->format
           : strcmp(name, "--map") == 0     ? &o->map
           : strcmp(name, "--dates") == 0   ? &o->dates
           : strcmp(name, "--decimal") == 0 ? &o->decimal
           : strcmp(name, "--opening") == 0 ? &o->opening
                                            : NULL;
}

static bool options_read(int n, char **arguments, options *o)
{
    for (int i = 0; i < n; i++) {
        const char **slot = slot_of(o, arguments[i]);
        if (strcmp(arguments[i], "--commit") == 0)
            o->commit = true;
        else if (strcmp(arguments[i], "--dry-run") == 0)
            o->dry_run = true;
        else if (strcmp(arguments[i], "--quiet") == 0)
            o->quiet = true;
        else if (slot && i + 1 < n)
            *slot = arguments[++i];
        else if (slot || arguments[i][0] == '-')
            return false;
        else if (!o->account)
            o->account = arguments[i];
        else if (!o->file)
            o->file = arguments[i];
        else
            return false;
    }
    return o->commit != o->dry_run && o->account && o->file;
}

/* Index of the word; NULL is the first one. */
static bool word_of(const char *text, const char *const *words, m_enum *out)
{
    for (m_enum i = 0; words[i]; i++)
        if (!text || strcmp(text, words[i]) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool request_of(session *s, const options *o, bank_import_request *out)
{
    static const char *const formats[] = {"guess", "csv", "mt940", "camt", NULL};
    static const char *const dates[] = {"ymd", "dmy", "mdy", NULL};
    static const char *const decimals[] = {"point", "comma", NULL};
    m_enum decimal = 0;
    bool good = word_of(o->format, formats, &out->format) &&
                word_of(o->dates, dates, &out->how.dates) &&
                word_of(o->decimal, decimals, &decimal);
    out->how.decimal_comma = decimal == 1;
    out->has_opening = o->opening;
    if (o->opening) good &= m_dec_parse(m_str_of(o->opening), &out->opening) == M_OK;
    if (o->map) good &= import_mapping_parse(&s->call, m_str_of(o->map), &out->how.columns) == M_OK;
    return good;
}

static void show_row(void *self, const import_row *row)
{
    input_show_row(row, ((const options *)self)->quiet);
}

static int load(session *s, options *o)
{
    bank_import_request request = {.account = m_str_of(o->account),
                                   .commit = o->commit,
                                   .listener = {.row = show_row, .self = o}};
    import_config config = input_config(s);
    import_summary sum = {.rows = 0};
    if (!request_of(s, o, &request)) {
        m_error_clear(&s->call);
        return COMMAND_USAGE;
    }
    if (!input_read(s->arena, o->file, BANK_IMPORT_BYTES_MAX, &request.text)) return 1;
    if (bank_import_run(&config, &s->call, &request, &sum) != M_OK) {
        runtime_print_error("The import stopped", &s->call);
        return 1;
    }
    printf("%u lines: %u %s, %u unchanged, %u with errors\n", sum.rows, sum.created,
           o->commit ? "created" : "would be created", sum.unchanged, sum.errors);
    return sum.errors ? 1 : 0;
}

int command_bank_import(int n, char **arguments)
{
    options o = {.commit = false};
    if (!options_read(n, arguments, &o)) return COMMAND_USAGE;
    session s;
    int answer = session_open_domain(&s, "finance") ? load(&s, &o) : 1;
    session_close(&s);
    return answer;
}
