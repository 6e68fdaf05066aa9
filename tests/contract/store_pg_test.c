/* The store contract against PostgreSQL. */
#include <stdlib.h>

#include "pg_fixture.h"
#include "store_suite.h"
#include "store_types.h"

static pg_fixture *fixture;

static m_uow *open_uow(void)
{
    return pg_fixture_uow(fixture);
}

int main(void)
{
    static const store_binding binding = {
        .open = open_uow, .close = m_pg_uow_close, .store = m_pg_store};
    fixture = pg_fixture_start();
    pg_fixture_migrate(fixture, store_types, NULL);
    SRunner *runner = srunner_create(store_suite("store on PostgreSQL", &binding));
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    pg_fixture_stop(fixture);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
