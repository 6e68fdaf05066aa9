/* A document: what it says, the rates it was computed with, the policies that were in force, and
 * what it moved and posted. */
#include "why_internal.h"

#include "m_adapters/codec.h"

static const m_dec *dec_at(const m_type *type, const void *record, const char *name)
{
    const m_field *field = m_field_find(type, m_str_of(name));
    bool number = field && (field->kind == M_KIND_DEC || field->kind == M_KIND_QTY ||
                            field->kind == M_KIND_MONEY);
    return number ? m_field_get(type, field, record) : NULL;
}

static void put_dec(const why *w, const char *before, const m_dec *value, int places)
{
    char text[M_DEC_TEXT];
    if (!value) return;
    m_dec_format(*value, places, text);
    fprintf(w->out, "%s%s", before, text);
}

/* "100 × 98.00 = 9800.00" as far as the line has it. */
static m_status put_line(const why *w, const m_type *type, const void *line, unsigned no)
{
    const m_id *item = m_field_value(type, "item", line);
    m_str what = why_text(type, line, "description");
    if (item && !m_id_is_null(*item) && what.n == 0)
        M_TRY(why_name(w, "core", "items", *item, &what));
    const m_dec *qty = dec_at(type, line, "qty"), *amount = dec_at(type, line, "amount");
    if (!qty) qty = dec_at(type, line, "accepted_qty");
    if (!amount) amount = dec_at(type, line, "value");
    if (!qty && !amount) return M_OK;
    fprintf(w->out, "  line %-4u %.*s", no, M_STR_ARG(what));
    put_dec(w, what.n ? ": " : "", qty, 0);
    put_dec(w, qty ? " × " : "", dec_at(type, line, "rate"), 2);
    put_dec(w, " = ", amount, 2);
    fprintf(w->out, "\n");
    return M_OK;
}

static void put_tax(const why *w, const m_type *type, const void *tax)
{
    fprintf(w->out, "  rate      %.*s", M_STR_ARG(why_text(type, tax, "name")));
    put_dec(w, ": ", dec_at(type, tax, "rate"), 0);
    put_dec(w, " % of ", dec_at(type, tax, "taxable"), 2);
    put_dec(w, " = ", dec_at(type, tax, "amount"), 2);
    fprintf(w->out, "\n");
}

static m_status put_lists(const why *w, const m_type *type, const void *document)
{
    static const char *const names[] = {"lines", "taxes"};
    for (int k = 0; k < 2; k++) {
        const m_field *field = m_field_find(type, m_str_of(names[k]));
        if (!field || field->kind != M_KIND_LIST) continue;
        const m_list *list = m_field_get(type, field, document);
        for (uint32_t i = 0; i < list->count; i++) {
            const void *line = (const char *)list->items + i * field->type->size;
            if (k)
                put_tax(w, field->type, line);
            else
                M_TRY(put_line(w, field->type, line, (unsigned)i + 1));
        }
    }
    return M_OK;
}

/* The policies of the document's module on its day; what nobody set is the program's own. */
static m_status put_policies(const why *w, const m_module *module, m_date day)
{
    const m_collection *c =
        m_registry_collection(w->q->domains->registry, M_STR("core"), M_STR("policies"));
    for (const m_policy_def *def = module->policies; c && def && def->name; def++) {
        m_str name = m_str_of(def->name);
        m_filter filters[] = {{"name", M_OP_EQ, &name}, {"effective_from", M_OP_LE, &day}};
        m_order last_first = {"effective_from", true};
        m_query query = {.filters = filters,
                         .filter_count = 2,
                         .orders = &last_first,
                         .order_count = 1,
                         .limit = 1};
        m_fetch read = {.type = c->doctype->type, .query = &query};
        M_TRY(m_store_fetch(w->q->domains->store, w->call, &read, 1));
        const void *set = read.count ? read.records[0] : NULL;
        const m_dec *value = set ? dec_at(c->doctype->type, set, "value") : NULL;
        const m_date *from = m_field_value(c->doctype->type, "effective_from", set);
        char text[M_DEC_TEXT], since[M_DATE_TEXT] = "";
        m_dec_format(value ? *value : def->fallback, 0, text);
        if (from) m_date_format(*from, since);
        fprintf(w->out, "  policy    %s = %s%s%s\n", def->name, text,
                set ? " since " : ", as the program comes", since);
    }
    return M_OK;
}

/* Posted later than where it belongs, and why. */
static void put_late(const why *w, const m_type *type, const void *document)
{
    const m_date *belongs_on = m_field_value(type, "belongs_on", document);
    char text[M_DATE_TEXT];
    if (!belongs_on || m_date_is_none(*belongs_on)) return;
    m_date_format(*belongs_on, text);
    fprintf(w->out, "  late      it belongs on %s: %.*s\n", text,
            M_STR_ARG(why_text(type, document, "late_reason")));
}

m_status why_one_document(const why *w, const m_collection *c, const void *document)
{
    const m_type *type = c->doctype->type;
    const m_doc *doc = document;
    const m_date *posted = m_field_value(type, "posting_date", document);
    m_date day = posted && !m_date_is_none(*posted) ? *posted : w->as_of;
    const char *const *states = c->doctype->life ? c->doctype->life->states : m_states_active;
    char text[M_DATE_TEXT], id[M_ID_TEXT];
    m_date_format(day, text);
    m_id_format(doc->id, id);
    fprintf(w->out, "%s %.*s of %s: %s, version %lld, id %s\n", c->doctype->label,
            M_STR_ARG(doc->number), text, states[doc->state], (long long)doc->version, id);
    put_late(w, type, document);
    M_TRY(put_lists(w, type, document));
    M_TRY(put_policies(w, c->module, day));
    return why_effects(w, doc->id);
}
