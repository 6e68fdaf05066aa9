#include "withholding/withholding.h"

#define RATES_MAX 100

static const m_field rate_fields[] = {
    M_F_DATE(fin_withholding_rate, from, "From", .flags = M_REQUIRED,
             .help = "In force until the next line."),
    M_F_DEC(fin_withholding_rate, rate, "Rate %", .flags = M_NON_NEGATIVE, .min = 0,
            .max = 100 * M_DEC_ONE),
    M_F_MONEY(fin_withholding_rate, single_threshold, "One bill from", .flags = M_NON_NEGATIVE,
              .help = "A bill of at least this is withheld on."),
    M_F_MONEY(fin_withholding_rate, cumulative_threshold, "Year from", .flags = M_NON_NEGATIVE,
              .help = "When the bills of a fiscal year come to this, all of them are withheld on. "
                      "Without both thresholds every bill is."),
};
const m_type fin_withholding_rate_type = {.name = "finance.withholding_rate",
                                          .size = sizeof(fin_withholding_rate),
                                          M_FIELDS(rate_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_withholding, m_states_active),
    M_F_STR(fin_withholding, code, "Name", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_TEXT(fin_withholding, description, "Description", .max = 500),
    M_F_LIST(fin_withholding, rates, "Rates", &fin_withholding_rate_type, .flags = M_REQUIRED,
             .max = RATES_MAX),
    M_F_BOOL(fin_withholding, active, "Active", .fallback = "true"),
};
const m_type fin_withholding_type = {.name = "finance.withholding",
                                     .schema = "finance",
                                     .table = "withholding",
                                     .size = sizeof(fin_withholding),
                                     M_FIELDS(fields),
                                     .flags = M_TYPE_REFERENCE};

const m_doctype fin_withholding_doctype = {
    .type = &fin_withholding_type,
    .module = "finance",
    .collection = "withholdings",
    .label = "Tax withholding",
    .label_plural = "Tax withholdings",
    .group = "Setup",
    .code_field = "code",
    .permissions = fin_master_permissions,
    .list_columns = "code,description,active",
    .search_fields = "code,description",
    .title_field = "code",
    .check = fin_withholding_check,
};

static const m_field supplier_fields[] = {
    M_DOC_FIELDS(fin_supplier_terms, m_states_active),
    M_F_LINK(fin_supplier_terms, supplier, "Supplier", "core.supplier",
             .flags = M_REQUIRED | M_UNIQUE),
    M_F_LINK(fin_supplier_terms, payment_terms, "Payment terms", "finance.payment_terms",
             .help = "Of new bills."),
    M_F_LINK(fin_supplier_terms, withholding, "Tax withholding", "finance.withholding",
             .help = "Of new bills."),
};
const m_type fin_supplier_terms_type = {.name = "finance.supplier_terms",
                                        .schema = "finance",
                                        .table = "supplier_terms",
                                        .size = sizeof(fin_supplier_terms),
                                        M_FIELDS(supplier_fields)};

const m_doctype fin_supplier_terms_doctype = {
    .type = &fin_supplier_terms_type,
    .module = "finance",
    .collection = "supplier-terms",
    .label = "Terms of a supplier",
    .label_plural = "Terms of suppliers",
    .group = "Setup",
    .permissions = fin_master_permissions,
    .list_columns = "supplier,payment_terms,withholding",
    .search_fields = "number",
    .title_field = "supplier",
};

static const m_field withheld_fields[] = {
    M_F_ID(fin_withheld, supplier, "Supplier", .flags = M_KEY),
    M_F_ID(fin_withheld, category, "Category", .flags = M_KEY),
    M_F_DATE(fin_withheld, year, "Year", .flags = M_KEY),
    M_F_SUM(fin_withheld, billed, "Billed", .flags = M_SUMMED),
    M_F_SUM(fin_withheld, taxed, "Withheld on", .flags = M_SUMMED),
    M_F_SUM(fin_withheld, withheld, "Withheld", .flags = M_SUMMED),
};
const m_type fin_withheld_type = {.name = "finance.withheld",
                                  .schema = "finance",
                                  .table = "withheld",
                                  .size = sizeof(fin_withheld),
                                  M_FIELDS(withheld_fields)};

static const m_field advance_fields[] = {
    M_F_ID(fin_withheld_advance, supplier, "Supplier", .flags = M_KEY),
    M_F_ID(fin_withheld_advance, category, "Category", .flags = M_KEY),
    M_F_SUM(fin_withheld_advance, open, "Withheld on, not billed", .flags = M_SUMMED),
};
const m_type fin_withheld_advance_type = {.name = "finance.withheld_advance",
                                          .schema = "finance",
                                          .table = "withheld_advance",
                                          .size = sizeof(fin_withheld_advance),
                                          M_FIELDS(advance_fields)};
