#include "core_internal.h"

static const m_field rate_fields[] = {
    M_DOC_FIELDS(core_exchange_rate, m_states_active),
    M_F_LINK(core_exchange_rate, currency, "Currency", "core.currency",
             .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_DATE(core_exchange_rate, valid_from, "Valid from", .flags = M_REQUIRED,
             .help = "Until a later rate takes its place."),
    M_F_DEC(core_exchange_rate, rate, "Rate", .flags = M_REQUIRED | M_POSITIVE,
            .help = "Units of the company's currency."),
    M_F_DEC(core_exchange_rate, per, "For", .flags = M_POSITIVE, .fallback = "1",
            .help = "Units of the other currency: 1; 100 for small ones; a quote the other way "
                    "round has rate 1 and the quote here."),
    M_F_STR(core_exchange_rate, source, "Source", .max = 60, .help = "Such as the central bank."),
};
static const m_index rate_indexes[] = {{.fields = "currency,valid_from", .unique = true}, {0}};
const m_type core_exchange_rate_type = {.name = "core.exchange_rate",
                                        .schema = "core",
                                        .table = "exchange_rate",
                                        .size = sizeof(core_exchange_rate),
                                        .indexes = rate_indexes,
                                        M_FIELDS(rate_fields)};

/* The index would refuse a second one too; here it can be said which field is at fault. */
static m_status check_unique(void *module, m_call *call, const core_exchange_rate *rate)
{
    m_filter same[] = {{"currency", M_OP_EQ, &rate->currency},
                       {"valid_from", M_OP_EQ, &rate->valid_from},
                       {"id", M_OP_NE, &rate->id}};
    m_query query = {.filters = same, .filter_count = 3};
    uint32_t n;
    M_TRY(m_store_count(core_store(module), call, &core_exchange_rate_type, &query, 1, &n));
    if (n) m_field_fail(call, &core_errors[CORE_E_RATE_EXISTS], M_STR("valid_from"), NULL);
    return M_OK;
}

static m_status rate_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    const core_exchange_rate *rate = doc;
    m_currency_question question = {.currency = rate->currency, .on = rate->valid_from};
    m_currency_info currency;
    if (m_id_is_null(rate->currency)) return M_OK; /* the field table tells */
    M_TRY(core_masters_ops.currency(module, call, &question, &currency));
    if (currency.base)
        m_field_fail(call, &core_errors[CORE_E_RATE_BASE], M_STR("currency"), "%.*s",
                     M_STR_ARG(currency.code));
    M_TRY(check_unique(module, call, rate));
    return m_failed_fields(call);
}

const m_doctype core_exchange_rate_doctype = {.type = &core_exchange_rate_type,
                                              .module = "core",
                                              .collection = "exchange-rates",
                                              .label = "Exchange rate",
                                              .label_plural = "Exchange rates",
                                              .group = "Setup",
                                              .permissions = core_can_reference,
                                              .list_columns = "currency,valid_from,rate,per,source",
                                              .search_fields = "source",
                                              .title_field = "source",
                                              .check = rate_check};
