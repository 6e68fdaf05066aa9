#include "domains.h"

#include "others.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "m_adapters/infra.h"
#include "m_adapters/keepers.h"
#include "m_adapters/remote_ledger.h"

#define LANGUAGES_MAX 8

typedef const m_module *(*module_fn)(void);

/* Written by domains_load, only read afterwards. */
static module_fn all[DOMAINS_MAX] = {core_module};
static uint32_t module_count = 1;
static bool core_is_ours;
static struct {
    const char *names[LANGUAGES_MAX + 1];
    const m_words *words[LANGUAGES_MAX][DOMAINS_MAX + 3];
    uint32_t count;
} languages;

/* How much text `format` adds to `text`, cut at its end. */
static void note(char *text, size_t n, size_t *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text + *at, n - *at, format, args);
    va_end(args);
    if (length > 0) *at += (size_t)length < n - *at ? (size_t)length : n - *at - 1;
}

/* Where the host lies: in the build each library has a room beside it, when installed they share
 * one. NULL: nowhere. Not left to the loader's own search, which goes by who calls dlopen: under a
 * sanitizer that is somebody else. */
static void *open_library(const char *name)
{
    char self[512], path[700];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return NULL;
    self[n] = 0;
    *strrchr(self, '/') = 0;
    void *library = NULL;
    for (int i = 0; i < 2 && !library; i++) {
        int length =
            i == 0 ? snprintf(path, sizeof path, "%s/../lib%s/lib%s.so", self, name, name)
                   : snprintf(path, sizeof path, "%s/../" HOST_LIBDIR "/lib%s.so", self, name);
        if (length > 0 && (size_t)length < sizeof path)
            library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
    return library;
}

/* The module of a library, and the library; NULL: there is none. */
static module_fn open_module(const char *name, void **library)
{
    char symbol[64];
    module_fn fn;
    snprintf(symbol, sizeof symbol, "%s_module", name);
    *library = open_library(name);
    void *found = *library ? dlsym(*library, symbol) : NULL;
    memcpy(&fn, &found, sizeof fn); /* ISO C knows no cast from an object to a function */
    return fn;
}

/* The next of names between commas and blanks; false: there is none. */
static bool next_name(const char **names, char out[32])
{
    *names += strspn(*names, ", ");
    size_t length = strcspn(*names, ", ");
    snprintf(out, 32, "%.*s", (int)length, *names);
    *names += length;
    return length > 0;
}

/* A domain is a library of its own. A process holds no code of a domain it does not run. */
static bool load(const char *name, char *why, size_t n, size_t *at)
{
    void *library;
    module_fn fn = open_module(name, &library);
    if (!fn) {
        note(why, n, at, "%sthere is no domain %s (lib%s.so)", *at ? "; " : "", name, name);
        return false;
    }
    if (module_count == DOMAINS_MAX) {
        note(why, n, at, "%smore than %d domains", *at ? "; " : "", DOMAINS_MAX);
        return false;
    }
    for (uint32_t i = 0; i < module_count; i++)
        if (all[i] == fn) return true;
    all[module_count++] = fn;
    return true;
}

static void learn(const m_words *const *catalogues)
{
    for (; catalogues && *catalogues; catalogues++) {
        uint32_t l = 0, n = 0;
        while (l < languages.count && strcmp(languages.names[l], (*catalogues)->language) != 0)
            l++;
        if (l == LANGUAGES_MAX) continue;
        if (l == languages.count) languages.names[languages.count++] = (*catalogues)->language;
        while (languages.words[l][n])
            n++;
        languages.words[l][n] = *catalogues;
    }
}

static void learn_all(void)
{
    memset(&languages, 0, sizeof languages);
    for (uint32_t i = 0; i < module_count; i++)
        learn(all[i]()->words);
    learn(m_adapters_words);
    learn(m_core_words);
}

void domains_speak(m_call *call, m_str accepted)
{
    const char *language = m_language_of(accepted, languages.names);
    call->locale = accepted;
    for (uint32_t l = 0; l < languages.count; l++)
        if (languages.names[l] == language) call->words = languages.words[l];
}

bool domains_load(const char *names, char *why, size_t n)
{
    bool good = true;
    size_t at = 0;
    char name[32];
    why[0] = 0;
    module_count = 1;
    core_is_ours = false;
    while (next_name(&names, name)) {
        if (strcmp(name, "core") == 0)
            core_is_ours = true;
        else
            good = load(name, why, n, &at) && good;
    }
    learn_all();
    return good;
}

/* "core/suppliers" or "suppliers" */
static bool has_collection(const m_module *module, m_str collection)
{
    const char *slash = memchr(collection.p, '/', collection.n);
    size_t n = slash ? (size_t)(slash - collection.p) : 0;
    m_str name = slash ? (m_str){slash + 1, collection.n - n - 1} : collection;
    if (slash && !m_str_is((m_str){collection.p, n}, module->name)) return false;
    for (const m_doctype *const *d = module->doctypes; d && *d; d++)
        if (m_str_is(name, (*d)->collection)) return true;
    return false;
}

static bool is_home(const char *name, m_str collection)
{
    if (strcmp(name, "core") == 0) return has_collection(core_module(), collection);
    void *library;
    module_fn fn = open_module(name, &library);
    bool home = fn && has_collection(fn(), collection);
    if (library) dlclose(library);
    return home;
}

void domains_home(const char *names, m_str collection, char out[32])
{
    while (next_name(&names, out))
        if (is_home(out, collection)) return;
    out[0] = 0;
}

uint32_t domains_modules(const m_module *out[DOMAINS_MAX])
{
    for (uint32_t i = 0; i < module_count; i++)
        out[i] = all[i]();
    return module_count;
}

const m_pg_fill domains_fills[] = {
    {&m_account_day_type, &m_gl_entry_type,
     "posting_date, account, coalesce(cost_center, '00000000-0000-0000-0000-000000000000'), "
     "sum(debit), sum(credit), coalesce(sum(foreign_amount), 0)",
     "posting_date, account, cost_center"},
    {NULL, NULL, NULL, NULL}};

static void add_type(const m_type *type, const m_type **out, uint32_t max, uint32_t *n)
{
    for (uint32_t i = 0; i < *n && i < max; i++)
        if (out[i] == type) return;
    if (*n < max) out[*n] = type;
    ++*n;
}

uint32_t domains_stored_types(const m_type **out, uint32_t max)
{
    static const m_type *const kept[] = {
        &m_book_event_type,  &m_gl_entry_type,    &m_account_balance_type, &m_account_day_type,
        &m_stock_event_type, &m_stock_entry_type, &m_stock_bin_type,       &m_stock_layer_type};
    uint32_t n = 0;
    for (const m_type *const *t = m_infra_types; *t; t++)
        add_type(*t, out, max, &n);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        add_type(kept[i], out, max, &n);
    for (uint32_t m = 0; m < module_count; m++) {
        for (const m_doctype *const *d = all[m]()->doctypes; d && *d; d++)
            add_type((*d)->type, out, max, &n);
        for (const m_type *const *t = all[m]()->types; t && *t; t++)
            add_type(*t, out, max, &n);
    }
    return n;
}

bool domains_own(const char *module)
{
    if (strcmp(module, "core") == 0) return core_is_ours;
    for (uint32_t i = 0; i < module_count; i++)
        if (strcmp(all[i]()->name, module) == 0) return true;
    return false;
}

bool domains_provided(const domain_set *d, const char *protocol, m_iface *out)
{
    for (uint32_t m = 0; m < d->count; m++)
        for (const m_provided *p = d->modules[m]->provides; p && p->name; p++)
            if (strcmp(p->name, protocol) == 0) {
                *out = (m_iface){p->ops, d->instances[m]};
                return true;
            }
    return false;
}

/* A protocol value by name: an engine, or what one of the modules provides. */
static bool find_provider(domain_set *d, const char *name, m_iface *out)
{
    m_store audited = m_audit_store(&d->audit);
    m_deciding deciding = m_decisions_of(&d->store);
    const struct {
        const char *name;
        m_iface value;
    } engines[] = {
        {"store", {audited.ops, audited.self}},
        {"events", {d->events.ops, d->events.self}},
        {"book_keeper", {d->book_keeper.ops, d->book_keeper.self}},
        {"stock_keeper", {d->stock_keeper.ops, d->stock_keeper.self}},
        {"deciding", {deciding.ops, deciding.self}},
    };
    if (d->others && others_provide(d, name, out)) return true;
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (strcmp(engines[i].name, name) == 0) {
            *out = engines[i].value;
            return true;
        }
    return domains_provided(d, name, out);
}

static bool wire(domain_set *d, char *missing, size_t n)
{
    size_t at = 0;
    for (uint32_t m = 0; m < d->count; m++)
        for (const m_required *r = d->modules[m]->requires_; r && r->name; r++) {
            m_iface value;
            if (find_provider(d, r->name, &value))
                memcpy((char *)d->instances[m] + r->offset, &value, sizeof value);
            else
                note(missing, n, &at, "%s%s needs %s", at ? ", " : "", d->modules[m]->name,
                     r->name);
        }
    return at == 0;
}

static bool start_documents(domain_set *d, uint32_t attachment_bytes)
{
    m_module_instance modules[DOMAINS_MAX];
    for (uint32_t i = 0; i < d->count; i++)
        modules[i] = (m_module_instance){d->modules[i], d->instances[i],
                                         d->others && !domains_own(d->modules[i]->name)};
    m_documents_config config = {
        .store = d->audit.inner, .events = d->events, .attachment_bytes = attachment_bytes};
    m_iface masters;
    if (find_provider(d, "masters", &masters))
        config.masters = (m_masters){masters.ops, masters.self};
    d->registry = m_registry_new(modules, d->count);
    d->audit.registry = d->registry;
    d->outbox.registry = d->registry;
    config.registry = d->registry;
    if (d->others && !(d->registry && others_start(d, &config))) return false;
    d->service = d->registry ? m_documents_new(&config) : NULL;
    if (d->service) d->documents = m_documents_of(d->service);
    return d->service != NULL;
}

domain_set *domains_new(m_store store, const domains_config *config, char *missing, size_t n)
{
    domain_set *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    missing[0] = 0;
    d->store = store;
    d->audit.inner = store;
    d->count = domains_modules(d->modules);
    bool good = true;
    for (uint32_t i = 0; i < d->count; i++)
        good = (d->instances[i] = calloc(1, d->modules[i]->instance_size)) && good;
    d->outbox.store = store;
    d->events = m_outbox_here_events(&d->outbox);
    if (config->others) good = others_open(d, config->others) && good;
    d->book_keeper = m_book_keeper_make(&d->store);
    d->stock_keeper = m_stock_keeper_make(&d->store);
    if (good && wire(d, missing, n) && start_documents(d, config->attachment_bytes)) {
        core_config core = {.modules = d->modules,
                            .module_count = d->count,
                            .identity = config->identity,
                            .company_name = config->company_name,
                            .base_currency = config->base_currency,
                            .fiscal_start_month = config->fiscal_start_month};
        if (d->others) others_configure(d, &core);
        core_configure(domains_instance(d, "core"), &core);
        return d;
    }
    domains_free(d);
    return NULL;
}

void domains_free(domain_set *d)
{
    if (!d) return;
    m_documents_free(d->service);
    others_close(d);
    m_registry_free(d->registry);
    for (uint32_t i = 0; i < d->count; i++)
        free(d->instances[i]);
    free(d);
}

m_status domains_seed(domain_set *d, m_call *call)
{
    for (uint32_t i = 0; i < d->count; i++)
        if (d->modules[i]->seed) M_TRY(d->modules[i]->seed(d->instances[i], call));
    return M_OK;
}

void *domains_instance(const domain_set *d, const char *module)
{
    for (uint32_t i = 0; i < d->count; i++)
        if (strcmp(d->modules[i]->name, module) == 0) return d->instances[i];
    return NULL;
}
