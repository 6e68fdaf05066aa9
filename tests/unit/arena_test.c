#include "m/arena.h"

#include <stdint.h>
#include <string.h>

#include "unit.h"

START_TEST(memory_is_zeroed_and_aligned)
{
    m_arena *arena = m_arena_new(0);
    uint64_t state = 16;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2000; i++) {
            size_t n = unit_random(&state) % (i % 100 == 0 ? 100000 : 200);
            unsigned char *p = m_arena_alloc(arena, n);
            ck_assert_ptr_nonnull(p);
            ck_assert_uint_eq((uintptr_t)p % 16, 0);
            for (size_t b = 0; b < n; b++)
                if (p[b]) ck_abort_msg("byte %zu of %zu", b, n);
            memset(p, 0xee, n);
        }
        m_arena_reset(arena);
        ck_assert_uint_eq(m_arena_used(arena), 0);
    }
    m_arena_free(arena);
}
END_TEST

START_TEST(size_zero_is_a_place_of_its_own)
{
    m_arena *arena = m_arena_new(0);
    void *a = m_arena_alloc(arena, 0);
    void *b = m_arena_alloc(arena, 0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_ne(a, b);
    m_arena_free(arena);
}
END_TEST

START_TEST(the_limit_holds)
{
    m_arena *arena = m_arena_new(1000); /* 1008 in whole pieces */
    ck_assert_ptr_null(m_arena_alloc(arena, 1009));
    ck_assert_ptr_nonnull(m_arena_alloc(arena, 500));
    ck_assert_uint_eq(m_arena_used(arena), 512);
    ck_assert_ptr_null(m_arena_alloc(arena, 497));
    ck_assert_ptr_nonnull(m_arena_alloc(arena, 496));
    ck_assert_ptr_null(m_arena_alloc(arena, 0));
    ck_assert_ptr_null(m_arena_printf(arena, "x"));
    m_arena_reset(arena);
    ck_assert_ptr_nonnull(m_arena_alloc(arena, 1000));
    m_arena_free(arena);

    arena = m_arena_new((size_t)4 << 20);
    size_t count = 0;
    while (m_arena_alloc(arena, 1024))
        count++;
    ck_assert_uint_eq(count, 4096);
    m_arena_free(arena);
}
END_TEST

START_TEST(sizes_that_wrap_are_refused)
{
    m_arena *arena = m_arena_new(SIZE_MAX);
    ck_assert_ptr_nonnull(arena);
    ck_assert_ptr_null(m_arena_alloc(arena, SIZE_MAX));
    ck_assert_ptr_null(m_arena_array(arena, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(m_arena_array(arena, (size_t)1 << 33, (size_t)1 << 33));
    ck_assert_ptr_null(m_arena_copy(arena, "", SIZE_MAX));
    ck_assert_ptr_nonnull(m_arena_array(arena, 3, 5));
    m_arena_free(arena);
    m_arena_free(NULL);
}
END_TEST

START_TEST(marks_give_back)
{
    m_arena *arena = m_arena_new((size_t)1 << 20);
    char *kept = m_arena_copy(arena, "kept", 4);
    m_arena_mark mark = m_arena_tell(arena);
    size_t used = m_arena_used(arena);
    for (int round = 0; round < 50; round++) { /* would pass the limit without the marks */
        ck_assert_ptr_nonnull(m_arena_alloc(arena, 30000));
        m_arena_mark inner = m_arena_tell(arena);
        ck_assert_ptr_nonnull(m_arena_alloc(arena, 500000));
        m_arena_back(arena, inner);
        ck_assert_ptr_nonnull(m_arena_alloc(arena, 500000));
        m_arena_back(arena, mark);
        ck_assert_uint_eq(m_arena_used(arena), used);
    }
    char *again = m_arena_alloc(arena, 16);
    m_arena_back(arena, mark);
    ck_assert_ptr_eq(m_arena_alloc(arena, 16), again);
    ck_assert_str_eq(kept, "kept");
    m_arena_free(arena);
}
END_TEST

static char order[8];

static void note(void *letter)
{
    size_t n = strlen(order);
    if (n + 1 < sizeof order) order[n] = *(const char *)letter;
}

START_TEST(clean_ups_run_newest_first)
{
    static char letters[] = "abc";
    memset(order, 0, sizeof order);
    m_arena *arena = m_arena_new(0);
    m_arena_mark mark = m_arena_tell(arena);
    ck_assert_int_eq(m_arena_on_free(arena, note, &letters[0]), M_OK);
    ck_assert_int_eq(m_arena_on_free(arena, note, &letters[1]), M_OK);
    m_arena_back(arena, mark); /* keeps them */
    ck_assert_str_eq(order, "");
    m_arena_reset(arena);
    ck_assert_str_eq(order, "ba");
    ck_assert_int_eq(m_arena_on_free(arena, note, &letters[2]), M_OK);
    m_arena_free(arena);
    ck_assert_str_eq(order, "bac");
}
END_TEST

START_TEST(the_nth_allocation_fails_once)
{
    m_arena *arena = m_arena_new(0);
    m_arena_fail_nth(arena, 2);
    ck_assert_ptr_nonnull(m_arena_alloc(arena, 1));
    ck_assert_ptr_null(m_arena_alloc(arena, 1));
    ck_assert_ptr_nonnull(m_arena_alloc(arena, 1));
    m_arena_fail_nth(arena, 1);
    ck_assert_int_eq(m_arena_on_free(arena, note, NULL), M_NOMEM);
    m_arena_fail_nth(arena, 1);
    m_arena_fail_nth(arena, 0);
    ck_assert_ptr_nonnull(m_arena_alloc(arena, 1));
    m_arena_free(arena);
}
END_TEST

START_TEST(texts_are_printed)
{
    m_arena *arena = m_arena_new(0);
    ck_assert_str_eq(m_arena_printf(arena, "%s-%05d", "GRN", 17), "GRN-00017");
    ck_assert_str_eq(m_arena_printf(arena, "%s", ""), "");
    for (int n = 250; n < 262; n++) { /* around the size that is printed in one go */
        const char *text = m_arena_printf(arena, "%0*d", n, 7);
        ck_assert_uint_eq(strlen(text), (size_t)n);
        ck_assert_int_eq(text[n - 1], '7');
    }
    const char *copy = m_arena_copy(arena, "a\0b", 3);
    ck_assert(memcmp(copy, "a\0b", 4) == 0);
    m_arena_free(arena);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("arena");
    tcase_add_test(t, memory_is_zeroed_and_aligned);
    tcase_add_test(t, size_zero_is_a_place_of_its_own);
    tcase_add_test(t, the_limit_holds);
    tcase_add_test(t, sizes_that_wrap_are_refused);
    tcase_add_test(t, marks_give_back);
    tcase_add_test(t, clean_ups_run_newest_first);
    tcase_add_test(t, the_nth_allocation_fails_once);
    tcase_add_test(t, texts_are_printed);
    return unit_run(t, "arena");
}
