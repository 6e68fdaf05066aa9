/* The store contract against the memory binding. */
#include <stdlib.h>

#include "m_adapters/memory.h"
#include "store_suite.h"

static m_memory_db *db;

static void start(void)
{
    db = m_memory_db_new();
    ck_assert_ptr_nonnull(db);
}

static m_uow *open_uow(void)
{
    return m_memory_uow(db);
}

static m_store store(void)
{
    return m_memory_store(db);
}

int main(void)
{
    static const store_binding binding = {
        .start = start, .open = open_uow, .store = store, .faults_at_once = true};
    SRunner *runner = srunner_create(store_suite("store in memory", &binding));
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
