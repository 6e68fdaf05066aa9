#include "pay_scale/pay_scale.h"

static const m_field stretch_fields[] = {
    M_F_MONEY(ppl_stretch, increment, "Increment", .flags = M_REQUIRED | M_POSITIVE),
    M_F_MONEY(ppl_stretch, upto, "Up to", .flags = M_REQUIRED | M_POSITIVE),
};
const m_type ppl_stretch_type = {
    .name = "people.stretch", .size = sizeof(ppl_stretch), M_FIELDS(stretch_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_pay_scale, m_states_active),
    M_F_STR(ppl_pay_scale, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(ppl_pay_scale, grade, "Grade", .flags = M_REQUIRED, .max = 20),
    M_F_MONEY(ppl_pay_scale, start_basic, "Start", .flags = M_REQUIRED | M_POSITIVE),
    M_F_LIST(ppl_pay_scale, stretches, "Increments", &ppl_stretch_type, .max = 20),
    M_F_DATE(ppl_pay_scale, effective_from, "Effective from", .flags = M_REQUIRED),
    M_F_DATE(ppl_pay_scale, effective_to, "Effective to"),
};
static const m_index indexes[] = {{"grade", false, NULL}, {NULL, false, NULL}};
const m_type ppl_pay_scale_type = {.name = "people.pay_scale",
                                   .schema = "people",
                                   .table = "pay_scale",
                                   .size = sizeof(ppl_pay_scale),
                                   M_FIELDS(fields),
                                   .flags = M_TYPE_REFERENCE,
                                   .indexes = indexes};

const m_doctype ppl_pay_scale_doctype = {.type = &ppl_pay_scale_type,
                                         .module = "people",
                                         .collection = "pay-scales",
                                         .label = "Pay scale",
                                         .label_plural = "Pay scales",
                                         .group = "Organisation",
                                         .code_field = "code",
                                         .permissions = ppl_permissions,
                                         .list_columns =
                                             "code,grade,start_basic,effective_from,effective_to",
                                         .search_fields = "code,grade",
                                         .title_field = "code",
                                         .check = ppl_pay_scale_check,
                                         .on_delete = ppl_pay_scale_on_delete};
