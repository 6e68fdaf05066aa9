/* Form and list metadata for the Desk. */
#include "m/words.h"
#include "object.h"

static const char *const kind_names[] = {
    [M_KIND_BOOL] = "bool", [M_KIND_INT] = "int",     [M_KIND_STR] = "str",
    [M_KIND_TEXT] = "text", [M_KIND_ID] = "id",       [M_KIND_LINK] = "link",
    [M_KIND_DATE] = "date", [M_KIND_TIME] = "time",   [M_KIND_DEC] = "dec",
    [M_KIND_QTY] = "qty",   [M_KIND_MONEY] = "money", [M_KIND_SUM] = "sum",
    [M_KIND_ENUM] = "enum", [M_KIND_BYTES] = "bytes", [M_KIND_STRUCT] = "struct",
    [M_KIND_LIST] = "list",
};

static void put_fields(m_obj *o, const m_call *call, const char *name, const m_type *type);

static bool is_decimal(m_kind kind)
{
    return kind == M_KIND_DEC || kind == M_KIND_QTY || kind == M_KIND_MONEY || kind == M_KIND_SUM;
}

/* Bounds as texts, because those of decimals do not fit a JSON number. */
static void put_limits(m_obj *o, const m_field *field)
{
    switch (field->kind) {
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
    case M_KIND_LIST:
        if (field->min > 0) m_obj_int(o, "min", field->min);
        m_obj_int(o, "max", m_field_max(field));
        return;
    case M_KIND_INT:
        if (field->max <= field->min) return;
        m_obj_int(o, "min", field->min);
        m_obj_int(o, "max", field->max);
        return;
    default:
        break;
    }
    if (!is_decimal(field->kind)) return;
    m_obj_int(o, "places", m_field_places(field));
    if (field->max <= field->min) return;
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(field->min, 0, text);
    m_obj_text(o, "min", text);
    m_dec_sum_format(field->max, 0, text);
    m_obj_text(o, "max", text);
}

static void put_choices(m_obj *o, const m_field *field)
{
    if (field->kind != M_KIND_ENUM) return;
    m_obj list = m_list_in(o, "choices");
    for (const char *const *c = field->choices; c && *c; c++)
        m_obj_text(&list, NULL, *c);
    m_obj_close(&list);
}

static void put_field(m_obj *list, const m_call *call, const m_field *field)
{
    m_obj o = m_obj_in(list, NULL);
    m_obj_text(&o, "name", field->name);
    m_obj_text(&o, "label", m_say(call, field->label ? field->label : field->name));
    m_obj_text(&o, "kind", kind_names[field->kind]);
    m_obj_text_if(&o, "help", m_say(call, field->help));
    m_obj_text_if(&o, "link", field->link);
    put_choices(&o, field);
    put_limits(&o, field);
    m_obj_text_if(&o, "pattern", field->pattern);
    m_obj_text_if(&o, "default", field->fallback);
    m_obj_text_if(&o, "section", m_say(call, field->section));
    m_obj_text_if(&o, "depends_on", field->depends_on);
    m_obj_flag(&o, "required", field->flags & M_REQUIRED);
    m_obj_flag(&o, "read_only", field->flags & M_READONLY);
    m_obj_flag(&o, "unique", field->flags & M_UNIQUE);
    m_obj_flag(&o, "positive", field->flags & M_POSITIVE);
    m_obj_flag(&o, "non_negative", field->flags & M_NON_NEGATIVE);
    m_obj_flag(&o, "secret", field->flags & M_SECRET);
    m_obj_flag(&o, "hidden", field->flags & M_HIDDEN);
    m_obj_flag(&o, "immutable", field->flags & M_IMMUTABLE);
    m_obj_flag(&o, "contributed", field->flags & M_EXT);
    if (field->kind == M_KIND_STRUCT || field->kind == M_KIND_LIST)
        put_fields(&o, call, "fields", field->type);
    m_obj_close(&o);
}

static void put_fields(m_obj *o, const m_call *call, const char *name, const m_type *type)
{
    m_obj list = m_list_in(o, name);
    for (uint16_t i = 0; type && i < type->count; i++)
        put_field(&list, call, &type->fields[i]);
    m_obj_close(&list);
}

static const struct {
    uint32_t bit;
    const char *name;
} rights[] = {
    {M_CAN_READ, "read"},     {M_CAN_CREATE, "create"}, {M_CAN_WRITE, "write"},
    {M_CAN_DELETE, "delete"}, {M_CAN_SUBMIT, "submit"}, {M_CAN_CANCEL, "cancel"},
    {M_CAN_AMEND, "amend"},   {M_CAN_IMPORT, "import"},
};

static void put_rights(m_obj *o, const char *name, uint32_t can)
{
    m_obj list = m_list_in(o, name);
    for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
        if (can & rights[i].bit) m_obj_text(&list, NULL, rights[i].name);
    m_obj_close(&list);
}

static void put_permissions(m_obj *o, const m_permission *permissions)
{
    m_obj list = m_list_in(o, "permissions");
    for (const m_permission *p = permissions; p && p->role; p++) {
        m_obj one = m_obj_in(&list, NULL);
        m_obj_text(&one, "role", p->role);
        put_rights(&one, "can", p->can);
        m_obj_close(&one);
    }
    m_obj_close(&list);
}

static void put_actions(m_obj *o, const m_call *call, const m_lifecycle *life)
{
    m_obj list = m_list_in(o, "actions");
    for (const m_move *m = life ? life->moves : NULL; m && m->action; m++) {
        if (m->flags & M_MOVE_INTERNAL) continue;
        m_obj one = m_obj_in(&list, NULL);
        m_obj_text(&one, "action", m->action);
        m_obj_text(&one, "label", m_say(call, m->label ? m->label : m->action));
        m_obj_words(&one, "from", m->from);
        m_obj_text_if(&one, "to", m->to);
        put_rights(&one, "needs", m->can);
        m_obj_flag(&one, "primary", m->flags & M_MOVE_PRIMARY);
        if (m->input) put_fields(&one, call, "input", m->input);
        m_obj_close(&one);
    }
    m_obj_close(&list);
}

static void put_states(m_obj *o, const m_lifecycle *life)
{
    m_obj list = m_list_in(o, "states");
    const char *const *states = life ? life->states : m_states_active;
    for (const char *const *s = states; *s; s++) {
        m_obj one = m_obj_in(&list, NULL);
        m_obj_text(&one, "name", *s);
        m_obj_bool(&one, "editable", m_lifecycle_editable(life, (m_enum)(s - states)));
        m_obj_close(&one);
    }
    m_obj_close(&list);
}

/* ---- names ---- */

#define NAMES_MAX 200

/* Names that were written, so that each is once. */
typedef struct {
    m_obj o;
    const m_call *call;
    const char *names[NAMES_MAX];
    uint32_t count;
} said_names;

static void put_name(said_names *s, const char *name)
{
    const char *said = m_say(s->call, name);
    for (uint32_t i = 0; i < s->count; i++)
        if (strcmp(s->names[i], name) == 0) return;
    if (said == name || s->count == NAMES_MAX) return;
    s->names[s->count++] = name;
    m_obj_text(&s->o, name, said);
}

static void put_choice_names(said_names *s, const m_type *type)
{
    for (uint16_t i = 0; type && i < type->count; i++) {
        const m_field *field = &type->fields[i];
        if (field->kind == M_KIND_ENUM)
            for (const char *const *c = field->choices; c && *c; c++)
                put_name(s, *c);
        if (field->kind == M_KIND_STRUCT || field->kind == M_KIND_LIST)
            put_choice_names(s, field->type);
    }
}

/* States, actions and choices are names in documents; this says them. Nothing in English. */
static void put_names(m_obj *o, const m_call *call, const m_lifecycle *life, const m_type *a,
                      const m_type *b)
{
    if (!call->words) return;
    said_names s = {.o = m_obj_in(o, "words"), .call = call};
    for (const char *const *state = life ? life->states : m_states_active; *state; state++)
        put_name(&s, *state);
    for (const m_move *m = life ? life->moves : NULL; m && m->action; m++) {
        put_name(&s, m->action);
        put_choice_names(&s, m->input);
    }
    put_choice_names(&s, a);
    put_choice_names(&s, b);
    m_obj_close(&s.o);
}

void m_meta_doctype(m_buf *buf, const m_call *call, const m_doctype *d)
{
    m_obj o = m_obj_open(buf);
    m_obj_text(&o, "name", d->type->name);
    m_obj_text(&o, "module", d->module);
    m_obj_text(&o, "collection", d->collection);
    m_obj_text(&o, "label", m_say(call, d->label));
    m_obj_text(&o, "label_plural", m_say(call, d->label_plural));
    m_obj_text_if(&o, "group", m_say(call, d->group));
    m_obj_text_if(&o, "title_field", d->title_field);
    m_obj_text_if(&o, "code_field", d->code_field);
    m_obj_text_if(&o, "series", d->series);
    m_obj_words(&o, "list_columns", d->list_columns);
    m_obj_words(&o, "search_fields", d->search_fields);
    m_obj_bool(&o, "has_life_cycle", d->life != NULL);
    put_states(&o, d->life);
    put_actions(&o, call, d->life);
    put_permissions(&o, d->permissions);
    put_fields(&o, call, "fields", d->type);
    put_names(&o, call, d->life, d->type, NULL);
    m_obj_close(&o);
}

void m_meta_report(m_buf *buf, const m_call *call, const char *module, const m_report *report)
{
    m_obj o = m_obj_open(buf);
    m_obj_text(&o, "name", report->name);
    m_obj_text(&o, "module", module);
    m_obj_text(&o, "label", m_say(call, report->label));
    m_obj_text_if(&o, "group", m_say(call, report->group));
    put_permissions(&o, report->permissions);
    put_fields(&o, call, "params", report->params);
    put_fields(&o, call, "columns", report->row);
    put_names(&o, call, NULL, report->params, report->row);
    m_obj_words(&o, "drill", report->drill);
    m_obj_words(&o, "totals", report->totals);
    m_obj_close(&o);
}
