#include <cjson/cJSON.h>

#include "fuzz.h"
#include "m/call.h"
#include "m/ledger.h"
#include "m_adapters/codec.h"

const char *const fuzz_shapes[] = {
    "{\"voucher_id\":\"00000000000000000000000000\",\"posting_date\":\"2026-00-00\",\"lines\":[{"
    "\"account\":null,\"debit\":\"00.00\",\"credit\":00.00,\"narration\":\"\\u00e0\\n\"},{}]}",
    "{\"lines\":[{\"debit\":1},{\"debit\":2e0},{\"credit\":-0.0000}],\"narration\":\"\xc3\xa9\"}",
    "{\"a\":{\"a\":{\"a\":[[[[true,false,null,0,-0.0,0e0]]]]}},\"b\":1,\"c\":\"\\ud83d\\ude00\"}",
    "[\"\\u0000\",\"\\ud000\",\"\\\"\",\"\\/\"]",
    "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"\\u0061\":0}",
    "{\"reverses\":null,\"source_id\":\"\",\"posting_date\":\"2028-02-20\"}",
    NULL,
};
const char fuzz_letters[] = "{}[]\",:\\abcdu0123456789.-+eE \n\t\xc3\xa9\xed\xf0tfn";

static m_time now(void *self)
{
    (void)self;
    return (m_time){0};
}

/* A record that was read is written as JSON that reads back to an equal record. */
static void check_record(m_call *call, const m_type *type, m_str text)
{
    void *record = m_record_new(type, call->arena);
    void *back = m_record_new(type, call->arena);
    FUZZ_CHECK(record && back);
    if (m_json_read(call, type, text, M_JSON_TRUSTED, record, NULL) != M_OK) return;
    m_buf buf = {.arena = call->arena};
    m_json_canonical(&buf, type, record);
    FUZZ_CHECK(!buf.failed);
    FUZZ_CHECK(m_json_read(call, type, m_buf_str(&buf), M_JSON_TRUSTED, back, NULL) == M_OK);
    FUZZ_CHECK(m_record_equal(type, record, back));
}

/* What the strict check lets through, cJSON reads too; what is a string stays one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const m_env env = {.now = now};
    m_str text = {(const char *)data, size};
    m_call call = {.env = &env, .arena = m_arena_new(0)};
    FUZZ_CHECK(call.arena);
    size_t at = 0;
    const char *why = NULL;
    bool good = m_json_check(text, &m_json_default_limits, &at, &why);
    FUZZ_CHECK(at <= size);
    if (good) {
        cJSON *root = cJSON_ParseWithLength((const char *)data, size);
        FUZZ_CHECK(root);
        cJSON_Delete(root);
    }
    check_record(&call, &m_ledger_voucher_type, text);
    m_buf buf = {.arena = call.arena};
    if (m_utf8_valid(text)) {
        m_json_string(&buf, text);
        FUZZ_CHECK(size > m_json_default_limits.max_string / 6 ||
                   m_json_check(m_buf_str(&buf), &m_json_default_limits, &at, &why));
    }
    m_arena_free(call.arena);
    return 0;
}
