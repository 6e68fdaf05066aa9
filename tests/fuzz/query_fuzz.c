/* List queries and cursors of the documents service: "name=value&name=value". */
#include "fuzz.h"
#include "m_adapters/codec.h"
#include "toy.h"

const char *const fuzz_shapes[] = {
    "note[contains]=n0&limit=00&sort=-date,total",
    "date[ge]=2026-05-00&date[lt]=2026-05-00&q=n0",
    "state[in]=draft,submitted&total[gt]=0.0&fields=note,lines",
    "cursor=LWlkHzAxS04zRjhaMDBaMDAwMDAwMDAwMDAwMDAwMDA&limit=0",
    "sort=date&cursor=ZGF0ZR8yMDI2LTA1LTAxHzAxS04zRjhaMDBaMDAwMDAwMDAwMDAwMDAwMDA",
    "item[ne]=01KN3F8Z00Z000000000000000&note[empty]=true",
    NULL,
};
const char fuzz_letters[] = "[]=,.-&_aAzZ\x1f\xc3\xa9\xff \"\\{}";

static toy_world world;

static void fill(void)
{
    toy_setup(&world);
    for (int i = 0; i < 4; i++) {
        const char *body = m_arena_printf(world.call->arena,
                                          "{\"date\":\"2026-05-0%d\",\"note\":\"n%d\"}", i + 1, i);
        toy_ok(&world, "create", (toy_request){.collection = "orders", .body = body});
    }
}

static m_list pairs_of(m_arena *arena, const char *text, size_t n)
{
    m_list list = {0};
    uint32_t capacity = 0;
    const char *end = text + n;
    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        if (!stop) stop = end;
        const char *equals = memchr(text, '=', (size_t)(stop - text));
        m_pair *pair = m_list_add(arena, &list, &capacity, sizeof *pair);
        FUZZ_CHECK(pair);
        pair->name = (m_str){text, (size_t)((equals ? equals : stop) - text)};
        if (equals) pair->value = (m_str){equals + 1, (size_t)(stop - equals - 1)};
        text = stop == end ? end : stop + 1;
    }
    return list;
}

/* A list is answered with well-formed JSON, or refused for its query; nothing else happens. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!world.call) fill();
    m_call *call = world.call;
    m_arena_mark mark = m_arena_tell(call->arena);
    m_document_request in = {.module = M_STR("toy"), .collection = M_STR("orders")};
    in.query = pairs_of(call->arena, (const char *)data, size);
    m_document_reply reply = {0};
    m_error_clear(call);
    FUZZ_CHECK(world.uow->ops->begin(world.uow, call, M_UOW_READ, NULL, 0) == M_OK);
    m_status status = m_documents_list(world.documents, call, &in, &reply);
    world.uow->ops->rollback(world.uow);
    if (status == M_OK) {
        size_t at = 0;
        const char *why = NULL;
        FUZZ_CHECK(m_json_check(reply.body, &m_json_default_limits, &at, &why));
    } else {
        FUZZ_CHECK(status == M_INVALID && m_str_is(call->error.code, "core.query.malformed"));
        FUZZ_CHECK(call->error.field_count > 0);
    }
    m_arena_back(call->arena, mark);
    return 0;
}
