#include "identity_internal.h"

#include <time.h>

enum { WAIT_MAX_S = 5, WAITERS_MAX = 64, MIN_CHARS = 10 };

m_status password_gate_init(password_gate *gate, uint32_t parallel)
{
    pthread_condattr_t attributes;
    gate->parallel = parallel;
    if (pthread_mutex_init(&gate->lock, NULL) != 0) return M_INTERNAL;
    if (pthread_condattr_init(&attributes) == 0) {
        bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                  pthread_cond_init(&gate->freed, &attributes) == 0;
        pthread_condattr_destroy(&attributes);
        if (ok) return M_OK;
    }
    pthread_mutex_destroy(&gate->lock);
    return M_INTERNAL;
}

void password_gate_close(password_gate *gate)
{
    pthread_cond_destroy(&gate->freed);
    pthread_mutex_destroy(&gate->lock);
}

/* Every hash needs its memory (64 MiB) and a core: a crowd must not take all of either. */
static bool gate_enter(password_gate *gate)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_MAX_S;
    pthread_mutex_lock(&gate->lock);
    int waited = gate->waiting >= WAITERS_MAX ? -1 : 0;
    gate->waiting++;
    while (waited == 0 && gate->running >= gate->parallel)
        waited = pthread_cond_timedwait(&gate->freed, &gate->lock, &until);
    gate->waiting--;
    bool entered = gate->running < gate->parallel;
    if (entered) gate->running++;
    pthread_mutex_unlock(&gate->lock);
    return entered;
}

static void gate_leave(password_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->running--;
    pthread_cond_signal(&gate->freed);
    pthread_mutex_unlock(&gate->lock);
}

m_status password_hash(identity *id, m_call *call, m_str password, m_str *out)
{
    char text[crypto_pwhash_STRBYTES];
    if (!gate_enter(&id->gate)) return m_fail(call, &core_errors[CORE_E_BUSY], NULL);
    int failed = crypto_pwhash_str(text, password.p, password.n, id->config.password_passes,
                                   id->config.password_memory_bytes);
    gate_leave(&id->gate);
    if (failed) return m_fail(call, m_err_memory, NULL);
    m_str copy = m_str_dup(call->arena, m_str_of(text));
    if (!copy.n) return m_fail(call, m_err_memory, NULL);
    *out = copy;
    return M_OK;
}

m_status password_verify(identity *id, m_call *call, m_str hash, m_str password, bool *out_match)
{
    char text[crypto_pwhash_STRBYTES] = {0};
    bool real = hash.n > 0 && hash.n < sizeof text && password.n <= PASSWORD_BYTES_MAX;
    if (real)
        memcpy(text, hash.p, hash.n);
    else
        memcpy(text, id->dummy_hash, sizeof text);
    if (!gate_enter(&id->gate)) return m_fail(call, &core_errors[CORE_E_BUSY], NULL);
    size_t n = password.n <= PASSWORD_BYTES_MAX ? password.n : PASSWORD_BYTES_MAX;
    bool match = crypto_pwhash_str_verify(text, n ? password.p : "", n) == 0;
    gate_leave(&id->gate);
    *out_match = real && match;
    return M_OK;
}

static bool same_ignoring_case(m_str a, m_str b)
{
    return a.n == b.n && a.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static bool one_letter(m_str text)
{
    for (size_t i = 1; i < text.n; i++)
        if (text.p[i] != text.p[0]) return false;
    return true;
}

void password_check(const identity *id, m_call *call, m_str password, m_str email, m_str name,
                    const char *path)
{
    m_str at = m_str_of(path);
    uint32_t least = id->config.password_min_chars;
    if (!m_utf8_valid(password))
        m_field_fail(call, m_err_form, at, "text");
    else if (m_utf8_length(password) < least)
        m_field_fail(call, &core_errors[CORE_E_PASSWORD_WEAK], at, "%u", least);
    else if (password.n > PASSWORD_BYTES_MAX)
        m_field_fail(call, &core_errors[CORE_E_PASSWORD_LONG], at, "%d", PASSWORD_BYTES_MAX);
    else if (one_letter(password) || same_ignoring_case(password, email) ||
             same_ignoring_case(password, name))
        m_field_fail(call, &core_errors[CORE_E_PASSWORD_MAIL], at, NULL);
}
