#include "m/words.h"

#include <stdio.h>

#include "unit.h"

static const m_error_def plain = {"t.plain", M_PRECONDITION, "Nothing to add.", "Wait."};
static const m_error_def holed = {"t.holed", M_NOT_FOUND, "Account %s is closed.", "Open it."};
static const m_error_def tailed = {"t.tailed", M_INVALID, "It is wrong: %s.", "Mend it."};

static m_arena *arena;
static m_call call;

static void set_up(void)
{
    arena = m_arena_new(0);
    memset(&call, 0, sizeof call);
    call.arena = arena;
}

static void tear_down(void)
{
    m_arena_free(arena);
}

START_TEST(a_failure_is_told_in_full)
{
    ck_assert_int_eq(m_fail(&call, &holed, "%d-%s", 42, "x"), M_NOT_FOUND);
    ck_assert_int_eq(call.error.status, M_NOT_FOUND);
    ck_assert(m_str_is(call.error.code, "t.holed"));
    ck_assert(m_str_is(call.error.message, "Account 42-x is closed."));
    ck_assert(m_str_is(call.error.hint, "Open it."));
    m_fail(&call, &plain, "not shown %d", 1);
    ck_assert(m_str_is(call.error.message, "Nothing to add."));
    m_fail(&call, &tailed, NULL);
    ck_assert(m_str_is(call.error.message, "It is wrong."));
    m_fail(&call, &tailed, "%s", "100% sure");
    ck_assert(m_str_is(call.error.message, "It is wrong: 100% sure."));
    m_error_clear(&call);
    ck_assert_int_eq(call.error.status, M_OK);
    ck_assert_uint_eq(call.error.code.n + call.error.message.n + call.error.hint.n, 0);
}
END_TEST

START_TEST(details_stay_valid_text)
{
    char many[1201];
    for (size_t i = 0; i + 3 <= sizeof many - 1; i += 3)
        memcpy(many + i, "\xe0\xa4\xb9", 3);
    many[1200] = 0;
    for (size_t shift = 0; shift < 4; shift++) {
        m_fail(&call, &tailed, "%s%s", &"xxxx"[4 - shift], many);
        ck_assert(m_utf8_valid(call.error.message));
        ck_assert_uint_gt(call.error.message.n, 500);
        ck_assert_uint_lt(call.error.message.n, 540);
    }
}
END_TEST

START_TEST(fields_are_gathered)
{
    char path[] = "lines[2].qty";
    ck_assert_int_eq(m_failed_fields(&call), M_OK);
    m_field_fail(&call, m_err_range, m_str_of(path), "at most %d", 7);
    path[0] = 'x'; /* the path was copied */
    ck_assert_int_eq(m_failed_fields(&call), M_INVALID);
    ck_assert(m_str_is(call.error.code, "core.validation"));
    ck_assert(m_str_is(call.error.message, "The input is not valid: one field is wrong."));
    ck_assert(m_str_is(call.error.fields[0].path, "lines[2].qty"));
    ck_assert(m_str_is(call.error.fields[0].code, "core.field.range"));
    ck_assert(m_str_is(call.error.fields[0].message, "This value is out of range: at most 7."));

    ck_assert_int_eq(m_fail(&call, &plain, NULL), M_PRECONDITION);
    ck_assert_uint_eq(call.error.field_count, 1); /* kept */
    m_error_clear(&call);
    ck_assert_int_eq(m_failed_fields(&call), M_OK);
}
END_TEST

START_TEST(too_many_fields_are_counted)
{
    for (int i = 0; i < M_ERROR_FIELDS_MAX + 7; i++)
        m_field_fail(&call, m_err_required, M_STR("a"), NULL);
    ck_assert_uint_eq(call.error.field_count, M_ERROR_FIELDS_MAX);
    ck_assert_uint_eq(call.error.fields_dropped, 7);
    ck_assert_int_eq(m_failed_fields(&call), M_INVALID);
    ck_assert(m_str_is(call.error.message, "The input is not valid: 57 fields are wrong."));
}
END_TEST

START_TEST(short_memory_hides_no_failure)
{
    for (size_t n = 1; n < 4; n++) {
        m_error_clear(&call);
        m_arena_fail_nth(arena, n);
        m_field_fail(&call, m_err_range, M_STR("a"), "at most %d", 7);
        ck_assert_int_eq(m_failed_fields(&call), M_INVALID);
        ck_assert(call.error.message.n > 10);
        /* without memory for its path a fault is counted, not listed */
        ck_assert_uint_eq(call.error.fields_dropped, n == 1 ? 1 : 0);
        ck_assert_uint_eq(call.error.field_count, n == 1 ? 0 : 1);
        m_arena_fail_nth(arena, 0);
    }
    m_arena_free(arena);
    arena = call.arena = m_arena_new(1);
    ck_assert_ptr_nonnull(m_arena_alloc(arena, 1));
    ck_assert_int_eq(m_fail(&call, &holed, "%d", 42), M_NOT_FOUND);
    ck_assert(m_str_is(call.error.message, "Account"));
    ck_assert_int_eq(m_fail(&call, &tailed, "%d", 42), M_INVALID);
    ck_assert(m_str_is(call.error.message, "It is wrong"));
}
END_TEST

START_TEST(the_catalogue_is_sound)
{
    const m_error_def *const all[] = {
        m_err_validation,   m_err_required,  m_err_too_long,   m_err_range,       m_err_pattern,
        m_err_form,         m_err_places,    m_err_unknown,    m_err_read_only,   m_err_choice,
        m_err_link,         m_err_not_found, m_err_exists,     m_err_stale,       m_err_denied,
        m_err_unauthorized, m_err_state,     m_err_key_reused, m_err_busy,        m_err_timeout,
        m_err_unavailable,  m_err_overflow,  m_err_memory,     m_err_unsupported, m_err_internal,
        m_err_body,         m_err_query,
    };
    size_t count = 0;
    for (const m_error_def *def = m_core_errors; def->code; def++, count++) {
        ck_assert_ptr_eq(def, all[count]);
        ck_assert(strncmp(def->code, "core.", 5) == 0);
        ck_assert(def->status > M_OK && def->status < M_STATUS_COUNT);
        ck_assert(def->message[strlen(def->message) - 1] == '.');
        ck_assert_ptr_nonnull(def->hint);
        for (size_t i = 0; i < count; i++)
            ck_assert_str_ne(def->code, m_core_errors[i].code);
        m_fail(&call, def, NULL);
        ck_assert_ptr_null(memchr(call.error.message.p, '%', call.error.message.n));
    }
    ck_assert_uint_eq(count, UNIT_COUNT(all));
}
END_TEST

START_TEST(statuses_have_names_and_http_codes)
{
    static const int http[] = {200, 422, 403, 401, 404, 409, 409, 422,
                               429, 504, 503, 422, 503, 501, 500};
    ck_assert_uint_eq(UNIT_COUNT(http), M_STATUS_COUNT);
    for (int s = 0; s < M_STATUS_COUNT; s++) {
        ck_assert_int_eq(m_status_http((m_status)s), http[s]);
        ck_assert_ptr_nonnull(m_status_name((m_status)s));
    }
    ck_assert_str_eq(m_status_name(M_OK), "ok");
    ck_assert_str_eq(m_status_name(M_NOT_FOUND), "not_found");
    ck_assert_str_eq(m_status_name(M_STATUS_COUNT), "internal");
    ck_assert_int_eq(m_status_http(M_STATUS_COUNT), 500);
}
END_TEST

static m_time fixed_now(void *self)
{
    return *(m_time *)self;
}

START_TEST(today_is_the_day_in_utc)
{
    m_time now = {INT64_C(1795305599999999)}; /* the last moment of 2026-11-21 */
    m_env env = {.now = fixed_now, .self = &now};
    char text[M_DATE_TEXT];
    call.env = &env;
    m_date_format(m_today(&call), text);
    ck_assert_str_eq(text, "2026-11-21");
    now.us++;
    m_date_format(m_today(&call), text);
    ck_assert_str_eq(text, "2026-11-22");
    now.us = -1;
    ck_assert_int_eq(m_today(&call).d, M_DATE_1970 - 1);
    now.us = INT64_C(-86400000000);
    ck_assert_int_eq(m_today(&call).d, M_DATE_1970 - 1);
}
END_TEST

START_TEST(roles_are_found)
{
    const m_str roles[] = {M_STR("buyer"), M_STR("store.keeper")};
    call.roles = roles;
    call.role_count = 2;
    ck_assert(m_call_has_role(&call, "store.keeper"));
    ck_assert(!m_call_has_role(&call, "store"));
    call.role_count = 0;
    ck_assert(!m_call_has_role(&call, "buyer"));
}
END_TEST

START_TEST(refusals_are_said_in_the_language_of_the_call)
{
    static const m_word words[] = {{"%d of %s", "%d/%s"},
                                   {"It is wrong: %s.", "Das stimmt nicht: %s."},
                                   {"Mend it.", "Richte es."}};
    static const m_words german = {"de", words, 3};
    const m_words *const spoken[] = {&german, NULL};
    ck_assert_str_eq(m_language(&call), "en");
    call.words = spoken;
    ck_assert_str_eq(m_language(&call), "de");
    m_fail(&call, &tailed, "%d of %s", 2, "x");
    ck_assert(m_str_is(call.error.message, "Das stimmt nicht: 2/x."));
    ck_assert(m_str_is(call.error.hint, "Richte es."));
    m_field_fail(&call, &tailed, M_STR("a"), NULL);
    ck_assert(m_str_is(call.error.fields[0].message, "Das stimmt nicht."));
    m_fail(&call, &plain, NULL);
    ck_assert(m_str_is(call.error.message, "Nothing to add."));
    ck_assert_ptr_null(m_say(&call, NULL));
    ck_assert_ptr_null(m_words_find(&german, "Mend"));
}
END_TEST

START_TEST(the_language_is_the_one_liked_best)
{
    static const char *const known[] = {"hi", "ta", NULL};
    static const struct {
        const char *accepted, *found;
    } cases[] = {
        {"", "en"},
        {"hi", "hi"},
        {"hi-IN,hi;q=0.9,en;q=0.8", "hi"},
        {"en-GB,en;q=0.9,hi;q=0.8", "en"},
        {"en;q=0.5, hi", "hi"},
        {"de, ta;q=0.7, hi;q=0.75", "hi"},
        {"hi;q=0", "en"},
        {"hi;q=", "en"},
        {"hi;q=9999999999999999999999", "hi"},
        {"fr,de;q=0.5", "en"},
        {"hin", "en"},
        {",,;;=,-", "en"},
        {"*", "en"},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++)
        ck_assert_str_eq(m_language_of(m_str_of(cases[i].accepted), known), cases[i].found);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("call");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_failure_is_told_in_full);
    tcase_add_test(t, details_stay_valid_text);
    tcase_add_test(t, fields_are_gathered);
    tcase_add_test(t, too_many_fields_are_counted);
    tcase_add_test(t, short_memory_hides_no_failure);
    tcase_add_test(t, the_catalogue_is_sound);
    tcase_add_test(t, statuses_have_names_and_http_codes);
    tcase_add_test(t, today_is_the_day_in_utc);
    tcase_add_test(t, roles_are_found);
    tcase_add_test(t, refusals_are_said_in_the_language_of_the_call);
    tcase_add_test(t, the_language_is_the_one_liked_best);
    return unit_run(t, "call");
}
