/* From an event to what it stands on. */
#include "why_internal.h"

#include "m_adapters/keepers.h"

/* ---- hash chain ---- */

static m_status hash_before(const why *w, const m_type *type, int64_t seq, m_chain *out)
{
    *out = (m_chain){.seq = seq - 1};
    if (seq <= 1) return M_OK;
    m_book_event book = {.seq = seq - 1};
    m_stock_event stock = {.seq = seq - 1};
    const void *found = NULL;
    bool of_book = type == &m_book_event_type;
    M_TRY(m_store_get_key(w->q->domains->store, w->call, type,
                          of_book ? (const void *)&book : (const void *)&stock, &found));
    if (!found) return m_fail(w->call, m_err_internal, "the event log has a gap");
    m_str hash =
        of_book ? ((const m_book_event *)found)->hash : ((const m_stock_event *)found)->hash;
    if (hash.n == M_HASH_BYTES) memcpy(out->hash, hash.p, M_HASH_BYTES);
    return M_OK;
}

static void put_hash(const why *w, m_str hash)
{
    for (size_t i = 0; i < hash.n && i < 8; i++)
        fprintf(w->out, "%02x", (unsigned char)hash.p[i]);
}

static m_status put_event(const why *w, const m_type *type, int64_t seq, m_time recorded_at,
                          m_id actor, m_str payload, m_str hash)
{
    m_chain chain;
    const char *fault = NULL;
    char at[M_TIME_TEXT];
    m_str who = M_STR("the system");
    M_TRY(hash_before(w, type, seq, &chain));
    m_str before = {(const char *)chain.hash, M_HASH_BYTES};
    m_time_format(recorded_at, at);
    fprintf(w->out, "    event     %s %lld, recorded %s", type->table, (long long)seq, at);
    if (!m_id_is_null(actor)) {
        const m_type *user_type;
        const void *user;
        M_TRY(why_get(w, "core", "users", actor, &user_type, &user));
        if (user) who = why_text(user_type, user, "name");
        if (who.n == 0) who = M_STR("a user");
    }
    fprintf(w->out, " by %.*s\n    hash      ", M_STR_ARG(who));
    put_hash(w, hash);
    fprintf(w->out, "… after ");
    put_hash(w, before);
    bool right = m_chain_verify(w->call->arena, &chain, seq, payload, hash, &fault);
    fprintf(w->out, "…: %s\n", right ? "right" : fault);
    return M_OK;
}

static m_status put_source(const why *w, m_str type_name, m_id id, m_id reverses)
{
    const m_collection *c;
    const void *document;
    M_TRY(why_document(w, type_name, id, &c, &document));
    if (!document) {
        fprintf(w->out, "    source    %.*s, not kept here\n", M_STR_ARG(type_name));
        return M_OK;
    }
    const m_doc *doc = document;
    const char *const *states = c->doctype->life ? c->doctype->life->states : m_states_active;
    fprintf(w->out, "    source    %s %.*s, %s, version %lld%s\n", c->doctype->label,
            M_STR_ARG(doc->number), states[doc->state], (long long)doc->version,
            m_id_is_null(reverses) ? "" : "; this is the mirror of its cancellation");
    return M_OK;
}

/* ---- posting rules ---- */

static void put_today(const why *w, const m_type *type, const m_doc *rule, int64_t version)
{
    char day[M_TIME_TEXT];
    m_time_format(rule->modified_at, day);
    if (rule->version == version)
        fprintf(w->out, ", in force since %.10s", day);
    else
        fprintf(w->out, ", which is version %lld by now: \"%.*s\"", (long long)rule->version,
                M_STR_ARG(why_text(type, rule, "description")));
}

static m_status put_rule(const why *w, const m_book_line *line, m_str account)
{
    const m_type *type;
    const void *rule;
    if (line->purpose.n == 0) {
        fprintf(w->out, "    rule      the document names account %.*s itself\n",
                M_STR_ARG(account));
        return M_OK;
    }
    M_TRY(why_get(w, "finance", "posting-rules", line->rule, &type, &rule));
    fprintf(w->out, "    rule      %.*s goes to %.*s by version %lld of the posting rule",
            M_STR_ARG(line->purpose), M_STR_ARG(account), (long long)line->rule_version);
    if (rule) put_today(w, type, rule, line->rule_version);
    fprintf(w->out, "%s\n", rule ? "" : ", which is gone by now");
    return M_OK;
}

/* Postings from before the rules were recorded: derived from the matrix of today, and said so. */
static m_status put_derived(const why *w, const m_book_line *line, m_time recorded_at)
{
    const m_collection *c =
        m_registry_collection(w->q->domains->registry, M_STR("finance"), M_STR("posting-rules"));
    if (!c) return M_OK;
    m_filter leads_here = {"account", M_OP_EQ, &line->account};
    m_query query = {.filters = &leads_here, .filter_count = 1, .limit = 10};
    m_fetch rules = {.type = c->doctype->type, .query = &query};
    M_TRY(m_store_fetch(w->q->domains->store, w->call, &rules, 1));
    for (uint32_t i = 0; i < rules.count; i++) {
        const m_doc *rule = rules.records[i];
        m_str purpose = why_text(c->doctype->type, rule, "purpose");
        fprintf(w->out, "              derived: %.*s leads to it by the posting matrix%s\n",
                M_STR_ARG(purpose),
                rule->modified_at.us <= recorded_at.us ? " since before that" : " of today");
    }
    return M_OK;
}

/* ---- lines ---- */

static m_status put_line(const why *w, const m_book_event *event, const m_book_line *line)
{
    bool mirror = !m_id_is_null(event->reverses);
    m_str account, center = {NULL, 0};
    M_TRY(why_name(w, "finance", "accounts", line->account, &account));
    if (!m_id_is_null(line->cost_center))
        M_TRY(why_name(w, "finance", "cost-centers", line->cost_center, &center));
    bool debit = line->debit.u != 0;
    fprintf(w->out, "    line      %-6s %s  %.*s%s%.*s\n", debit ? "debit" : "credit",
            why_amount(w, debit ? line->debit.u : line->credit.u), M_STR_ARG(account),
            center.n ? ", cost center " : "", M_STR_ARG(center));
    if (!m_id_is_null(line->currency)) {
        m_str currency;
        M_TRY(why_name(w, "core", "currencies", line->currency, &currency));
        fprintf(w->out, "    rate      %s %.*s\n", why_amount(w, line->foreign_amount.u),
                M_STR_ARG(currency));
    }
    if (mirror) {
        fprintf(w->out, "    rule      the mirror takes back what the voucher posted\n");
        return M_OK;
    }
    M_TRY(put_rule(w, line, account));
    return line->purpose.n ? M_OK : put_derived(w, line, event->recorded_at);
}

m_status why_voucher(const why *w, const m_book_event *event, int64_t line_no)
{
    m_book_event told;
    char day[M_DATE_TEXT];
    M_TRY(m_book_event_parse(w->call, event->payload, &told));
    m_date_format(event->posting_date, day);
    fprintf(w->out, "    voucher   %.*s %.*s of %s\n", M_STR_ARG(event->voucher_type),
            M_STR_ARG(event->voucher_no), day);
    int64_t n = 0;
    for (M_EACH(const m_book_line, line, told.lines))
        if (++n == line_no || line_no == 0) M_TRY(put_line(w, event, line));
    M_TRY(put_source(w, event->source_type, event->source_id, event->reverses));
    return put_event(w, &m_book_event_type, event->seq, event->recorded_at, event->actor,
                     event->payload, event->hash);
}

static m_status put_move(const why *w, const m_stock_move *move)
{
    m_str item, warehouse;
    char qty[M_DEC_TEXT];
    M_TRY(why_name(w, "core", "items", move->item, &item));
    M_TRY(why_name(w, "wms", "warehouses", move->warehouse, &warehouse));
    m_dec_format(move->qty, 0, qty);
    fprintf(w->out, "    move      %s of %.*s at %.*s, value %s by %s%s\n", qty, M_STR_ARG(item),
            M_STR_ARG(warehouse), why_amount(w, move->value.u), m_valuation_methods[move->method],
            m_id_is_null(move->rule) ? "" : " in force that day");
    return M_OK;
}

m_status why_stock_event(const why *w, const m_stock_event *event)
{
    m_stock_event told;
    char day[M_DATE_TEXT];
    M_TRY(m_stock_event_parse(w->call, event->payload, &told));
    m_date_format(event->posting_date, day);
    fprintf(w->out, "    movement  %.*s %.*s of %s\n", M_STR_ARG(event->event_type),
            M_STR_ARG(event->voucher_no), day);
    if (!m_date_is_none(event->belongs_on)) {
        m_date_format(event->belongs_on, day);
        fprintf(w->out, "    late      it belongs on %s: %.*s\n", day,
                M_STR_ARG(event->late_reason));
    }
    for (M_EACH(const m_stock_move, move, told.moves))
        M_TRY(put_move(w, move));
    M_TRY(put_source(w, event->source_type, event->source_id, event->reverses));
    return put_event(w, &m_stock_event_type, event->seq, event->recorded_at, event->actor,
                     event->payload, event->hash);
}

m_status why_effects(const why *w, m_id document)
{
    m_filter of_document = {"source_id", M_OP_EQ, &document};
    m_query query = {.filters = &of_document, .filter_count = 1, .limit = 100};
    m_fetch reads[] = {{.type = &m_stock_event_type, .query = &query},
                       {.type = &m_book_event_type, .query = &query}};
    M_TRY(m_store_fetch(w->q->domains->store, w->call, reads, 2));
    for (uint32_t i = 0; i < reads[0].count; i++) {
        fprintf(w->out, "\n");
        M_TRY(why_stock_event(w, reads[0].records[i]));
    }
    for (uint32_t i = 0; i < reads[1].count; i++) {
        fprintf(w->out, "\n");
        M_TRY(why_voucher(w, reads[1].records[i], 0));
    }
    if (reads[0].count + reads[1].count == 0)
        fprintf(w->out, "\n  It has moved no stock and posted nothing.\n");
    return M_OK;
}
