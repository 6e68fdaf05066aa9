#include "salary_structure/salary_structure.h"

#include "posting/posting.h"

static int32_t find(const ppl_salary_structure *structure, uint32_t before, m_str name)
{
    if (m_str_is(name, "base")) return PPL_PAY_BASE;
    for (uint32_t i = 0; i < before; i++)
        if (m_str_eq(M_AT(structure->components, ppl_salary_component, i)->name, name))
            return (int32_t)i;
    return -1;
}

m_status ppl_structure_components(m_call *call, const ppl_salary_structure *structure,
                                  ppl_pay_component out[PPL_COMPONENTS])
{
    uint32_t n = structure->components.count;
    if (n > PPL_COMPONENTS) return M_OK; /* the field table tells */
    for (uint32_t i = 0; i < n; i++) {
        const ppl_salary_component *component =
            M_AT(structure->components, ppl_salary_component, i);
        bool percent = component->percent_of.n != 0;
        out[i] = (ppl_pay_component){.kind = (ppl_component_kind)component->kind,
                                     .fixed = component->fixed,
                                     .percent = component->percent,
                                     .of = PPL_PAY_FIXED,
                                     .prorate = component->prorate,
                                     .on_paid = component->on_paid};
        if (percent) out[i].of = find(structure, i, component->percent_of);
        bool both = percent && component->fixed.u;
        if (out[i].of == -1 || both || find(structure, i, component->name) != -1)
            m_field_fail(call, PPL_ERR(COMPONENT), m_line_path(call, "components", i, "percent_of"),
                         "%.*s", M_STR_ARG(component->name));
    }
    return m_failed_fields(call);
}

m_status ppl_salary_structure_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    const ppl_salary_structure *doc = record;
    ppl_pay_component components[PPL_COMPONENTS];
    m_filter same[] = {{"employee", M_OP_EQ, &doc->employee},
                       {"effective_from", M_OP_EQ, &doc->effective_from},
                       {"id", M_OP_NE, &doc->id}};
    m_query query = {.filters = same, .filter_count = 3};
    uint32_t n;
    M_TRY(m_store_count(p->store, call, &ppl_salary_structure_type, &query, 1, &n));
    if (n) m_field_fail(call, PPL_ERR(STRUCTURE_EXISTS), M_STR("effective_from"), NULL);
    return ppl_structure_components(call, doc, components);
}
