#include "checks.h"

#include <stddef.h>

/* Tables that nobody but the owner may change once written. */
#define APPEND_ONLY                                                                                \
    "(VALUES ('finance.acc_event'), ('finance.gl_entry'), ('wms.inv_event'), "                     \
    "('wms.stock_entry'), "                                                                        \
    "('m.audit'), ('people.leave_entry')) AS t(name)"
#define OUR_TABLES                                                                                 \
    "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid "  \
    "= c.oid "                                                                                     \
    "AND a.attname = 'tenant_id' WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('m', 'core', "    \
    "'finance', "                                                                                  \
    "'wms', 'people')"

/* Advances that were withheld on, as they were when they were paid. */
#define WITHHELD_ADVANCES                                                                          \
    "SELECT tenant_id, supplier, withholding AS category, coalesce(base_net, amount - "            \
    "coalesce((SELECT sum(l.amount) FROM finance.payment_allocations l WHERE l.tenant_id = "       \
    "m.tenant_id AND l.parent_id = m.id AND l.batch = 0), 0)) AS b, withheld_on AS t, "            \
    "coalesce(base_withheld, withheld, 0) AS w FROM finance.payment m WHERE state = 'submitted' "  \
    "AND withheld_on IS NOT NULL"

const check checks_all[] = {
    {"L1", "in every voucher debit equals credit",
     "SELECT seq FROM finance.gl_entry GROUP BY tenant_id, seq HAVING sum(debit) <> sum(credit)",
     false},
    {"L1b", "where all lines of a voucher are of one other currency, they balance in it",
     "SELECT seq FROM finance.gl_entry WHERE seq IN (SELECT seq FROM finance.gl_entry WHERE "
     "foreign_amount IS NOT NULL) GROUP BY tenant_id, seq HAVING count(*) = count(currency) AND "
     "count(DISTINCT currency) = 1 AND sum(foreign_amount) <> 0",
     false},
    {"L2", "in every month, and so in every trial balance, debit equals credit",
     "SELECT month FROM finance.account_balance GROUP BY tenant_id, month HAVING sum(debit) <> "
     "sum(credit)",
     false},
    {"L2b", "every ledger line belongs to one recorded voucher",
     "SELECT e.seq, e.line_no FROM finance.gl_entry e LEFT JOIN finance.acc_event a ON a.tenant_id "
     "= "
     "e.tenant_id AND a.seq = e.seq WHERE a.posting_date IS DISTINCT FROM e.posting_date",
     false},
    {"L3", "every line has one side, above zero, and an amount in another currency on that side",
     "SELECT seq, line_no FROM finance.gl_entry WHERE NOT ((debit > 0 AND credit = 0) OR (credit > "
     "0 AND "
     "debit = 0) OR (debit = 0 AND credit = 0 AND foreign_amount <> 0)) OR debit = 'NaN' OR credit "
     "= 'NaN' OR foreign_amount = 'NaN' OR foreign_amount * (debit - credit) < 0 OR (currency IS "
     "NULL AND foreign_amount IS NOT NULL)",
     false},
    {"L3b", "an account in another currency has lines of that currency only",
     "SELECT e.seq, e.line_no FROM finance.account a JOIN finance.gl_entry e ON e.tenant_id = "
     "a.tenant_id AND e.account = a.id WHERE a.currency IS NOT NULL AND e.currency IS DISTINCT "
     "FROM a.currency",
     false},
    {"L4", "the application cannot change or remove what is recorded",
     "SELECT name FROM " APPEND_ONLY " WHERE has_table_privilege('bm_app', to_regclass(name), "
     "'UPDATE') OR has_table_privilege('bm_app', to_regclass(name), 'DELETE') OR "
     "has_table_privilege('bm_app', to_regclass(name), 'TRUNCATE')",
     true},
    {"L7", "account balances are the sums of the ledger lines",
     "SELECT account, cost_center, month FROM (SELECT tenant_id, account, "
     "coalesce(cost_center, '00000000-0000-0000-0000-000000000000') AS cost_center, "
     "date_trunc('month', posting_date)::date AS month, sum(debit) AS d, sum(credit) AS c, "
     "coalesce(sum(foreign_amount), 0) AS f "
     "FROM finance.gl_entry GROUP BY 1, 2, 3, 4) e FULL JOIN finance.account_balance b USING "
     "(tenant_id, "
     "account, cost_center, month) WHERE e.d IS DISTINCT FROM b.debit OR e.c IS DISTINCT FROM "
     "b.credit OR e.f IS DISTINCT FROM b.foreign_amount",
     false},
    {"L7b", "turnovers by day are the sums of the ledger lines",
     "SELECT account, cost_center, day FROM (SELECT tenant_id, account, "
     "coalesce(cost_center, '00000000-0000-0000-0000-000000000000') AS cost_center, "
     "posting_date AS day, sum(debit) AS d, sum(credit) AS c, "
     "coalesce(sum(foreign_amount), 0) AS f "
     "FROM finance.gl_entry GROUP BY 1, 2, 3, 4) e FULL JOIN finance.account_day b USING "
     "(tenant_id, account, cost_center, day) WHERE e.d IS DISTINCT FROM b.debit OR e.c IS DISTINCT "
     "FROM b.credit OR e.f IS DISTINCT FROM b.foreign_amount",
     false},
    {"L8", "a reversal is the exact mirror of its voucher, and there is only one",
     "SELECT r.seq FROM finance.acc_event r JOIN finance.acc_event o ON o.tenant_id = r.tenant_id "
     "AND "
     "o.voucher_id = r.reverses WHERE EXISTS (SELECT account, cost_center, party, currency, "
     "sum(debit - credit) FROM "
     "finance.gl_entry e WHERE e.tenant_id = r.tenant_id AND e.seq IN (r.seq, o.seq) GROUP BY 1, "
     "2, 3, 4 HAVING "
     "sum(debit - credit) <> 0 OR sum(foreign_amount) <> 0) UNION ALL SELECT count(*) FROM "
     "finance.acc_event WHERE reverses IS "
     "NOT NULL "
     "GROUP BY reverses HAVING count(*) > 1",
     false},
    {"L9", "payables, receivables and advances in the ledger are the open items",
     "SELECT side, coalesce(k.gl, 0), coalesce(o.open, 0) FROM (SELECT CASE WHEN a.kind <> "
     "'advance' THEN a.kind WHEN a.root_type = 'liability' THEN 'customer_advance' ELSE 'advance' "
     "END AS side, sum(CASE WHEN a.kind = 'payable' OR (a.kind = 'advance' AND a.root_type = "
     "'liability') THEN e.credit - e.debit ELSE e.debit - e.credit END) AS gl FROM "
     "finance.gl_entry e JOIN finance.account a ON a.tenant_id = e.tenant_id AND a.id = e.account "
     "JOIN finance.acc_event v ON v.tenant_id = e.tenant_id AND v.seq = e.seq WHERE a.kind IN "
     "('payable', 'receivable', 'advance') AND v.voucher_type NOT IN ('journal', 'opening', "
     "'currency_revaluation') GROUP "
     "BY 1) k FULL JOIN "
     "(SELECT CASE kind WHEN 'invoice' THEN 'payable' WHEN 'credit' THEN 'advance' WHEN "
     "'customer_credit' THEN 'customer_advance' ELSE kind END AS side, sum(CASE WHEN currency IS "
     "NULL THEN "
     "outstanding ELSE coalesce(base_outstanding, 0) END) AS open FROM finance.open_item GROUP BY "
     "1) o USING (side) WHERE coalesce(k.gl, 0) <> "
     "coalesce(o.open, 0)",
     false},
    {"L9c", "what is open in another currency is what the ledger says in it",
     "SELECT k.side, k.currency, k.gl, o.open FROM (SELECT CASE WHEN a.kind <> 'advance' THEN "
     "a.kind WHEN a.root_type = 'liability' THEN 'customer_advance' ELSE 'advance' END AS side, "
     "e.currency, sum(CASE WHEN a.kind = 'payable' OR (a.kind = 'advance' AND a.root_type = "
     "'liability') THEN -e.foreign_amount ELSE e.foreign_amount END) AS gl FROM finance.gl_entry e "
     "JOIN finance.account a ON a.tenant_id = e.tenant_id AND a.id = e.account JOIN "
     "finance.acc_event v ON v.tenant_id = e.tenant_id AND v.seq = e.seq WHERE a.kind IN "
     "('payable', 'receivable', 'advance') AND e.foreign_amount IS NOT NULL AND v.voucher_type NOT "
     "IN ('journal', 'opening') GROUP BY 1, 2) k FULL JOIN (SELECT CASE kind WHEN 'invoice' THEN "
     "'payable' WHEN 'credit' THEN 'advance' WHEN 'customer_credit' THEN 'customer_advance' ELSE "
     "kind END AS side, currency, sum(outstanding) AS open FROM finance.open_item WHERE currency "
     "IS NOT NULL GROUP BY 1, 2) o USING (side, currency) WHERE coalesce(k.gl, 0) <> "
     "coalesce(o.open, 0)",
     false},
    {"L9b", "the instalments of a document are what is open of it",
     "SELECT document FROM (SELECT tenant_id, document, count(*) AS n, sum(amount) AS a, "
     "sum(credited) AS c, sum(outstanding) AS o, sum(base_outstanding) AS b FROM "
     "finance.instalment GROUP BY 1, 2) p FULL JOIN "
     "(SELECT * FROM finance.open_item WHERE instalments > 0) i USING (tenant_id, document) WHERE "
     "p.n IS DISTINCT FROM i.instalments OR p.a IS DISTINCT FROM i.amount OR p.c IS DISTINCT FROM "
     "i.credited OR p.o IS DISTINCT FROM i.outstanding OR coalesce(p.b, 0) <> "
     "coalesce(i.base_outstanding, 0)",
     false},
    {"L9d", "a currency revaluation posts what it says, and is taken back where it says so",
     "SELECT r.number FROM finance.currency_revaluation r LEFT JOIN (SELECT v.tenant_id, "
     "v.source_id, v.posting_date, sum(e.debit - e.credit) AS d FROM finance.acc_event v JOIN "
     "finance.gl_entry e ON e.tenant_id = v.tenant_id AND e.seq = v.seq JOIN finance.account a ON "
     "a.tenant_id = e.tenant_id AND a.id = e.account AND a.root_type IN ('income', 'expense') "
     "WHERE v.voucher_type = 'currency_revaluation' GROUP BY 1, 2, 3) p ON p.tenant_id = "
     "r.tenant_id AND p.source_id = r.id WHERE r.state <> 'draft' GROUP BY r.tenant_id, r.id, "
     "r.number, r.state, r.gains, r.losses, r.posting_date, r.reversed_on HAVING (r.state = "
     "'submitted' AND coalesce(sum(p.d) FILTER (WHERE p.posting_date = r.posting_date), 0) <> "
     "r.losses - r.gains) OR ((r.state = 'cancelled' OR r.reversed_on IS NOT NULL) AND "
     "coalesce(sum(p.d), 0) <> 0)",
     false},
    {"L10", "nothing is paid or credited beyond what is owed",
     "SELECT document FROM (SELECT document, amount, credited, outstanding, base_outstanding, "
     "currency FROM finance.open_item "
     "UNION ALL SELECT document, amount, credited, outstanding, base_outstanding, currency FROM "
     "finance.instalment) o WHERE "
     "outstanding < 0 OR credited < 0 OR outstanding + credited > amount OR base_outstanding < 0 "
     "OR (currency IS NULL OR outstanding = 0) AND base_outstanding IS NOT NULL",
     false},
    {"L10b", "no budget that stops is exceeded, and no commitment",
     "SELECT 'budget', b.name, u.used::text FROM finance.budget b JOIN finance.fiscal_year y ON "
     "y.tenant_id = b.tenant_id AND y.id = b.fiscal_year CROSS JOIN LATERAL (SELECT "
     "coalesce((SELECT "
     "sum(e.debit - e.credit) FROM finance.gl_entry e JOIN finance.acc_event o ON o.tenant_id = "
     "e.tenant_id AND o.seq = e.seq WHERE e.tenant_id = b.tenant_id AND e.account = b.account AND "
     "e.cost_center = b.cost_center AND e.posting_date BETWEEN y.start AND y.\"end\" AND "
     "o.voucher_type <> 'closing'), 0) + coalesce((SELECT sum(c.open) FROM finance.commitment c "
     "WHERE c.tenant_id = b.tenant_id AND c.account = b.account AND c.cost_center = b.cost_center "
     "AND c.date BETWEEN y.start AND y.\"end\"), 0) AS used) u WHERE b.action = 'stop' AND u.used "
     "> "
     "b.amount "
     "UNION ALL SELECT 'periods', b.name, sum(p.amount)::text FROM finance.budget b JOIN "
     "finance.budget_periods p ON p.tenant_id = b.tenant_id AND p.parent_id = b.id GROUP BY "
     "b.tenant_id, b.id, b.name, b.amount HAVING sum(p.amount) <> b.amount "
     "UNION ALL SELECT 'commitment', c.number, c.open::text FROM finance.commitment c WHERE c.open "
     "< 0 OR c.open > c.amount",
     false},
    {"L10g", "commitments are of orders under way",
     "SELECT c.number, c.open FROM finance.commitment c LEFT JOIN wms.purchase_order o ON "
     "o.tenant_id = c.tenant_id AND o.id = c.document WHERE c.open <> 0 AND coalesce(o.state, '') "
     "NOT IN ('submitted', 'partially_received', 'received')",
     false},
    {"L10c", "notes take back at most their invoice",
     "SELECT i.id FROM (SELECT tenant_id, id, grand_total FROM finance.sales_invoice UNION ALL "
     "SELECT tenant_id, id, grand_total FROM finance.purchase_invoice) i JOIN (SELECT tenant_id, "
     "invoice, grand_total, state FROM finance.sales_credit_note UNION ALL SELECT tenant_id, "
     "invoice, grand_total, state FROM finance.purchase_debit_note) n ON n.tenant_id = "
     "i.tenant_id AND n.invoice = i.id AND n.state = 'submitted' GROUP BY i.tenant_id, i.id, "
     "i.grand_total HAVING sum(n.grand_total) > i.grand_total",
     false},
    {"L10d", "what was withheld of a supplier in a year is what the bills and advances say",
     "SELECT supplier, category FROM (SELECT tenant_id, supplier, category, sum(billed) AS b, "
     "sum(taxed) AS t, sum(withheld) AS w FROM finance.withheld GROUP BY 1, 2, 3) y FULL JOIN "
     "(SELECT tenant_id, supplier, category, sum(b) AS b, sum(t) AS t, sum(w) AS w FROM (SELECT "
     "tenant_id, supplier, withholding AS category, CASE WHEN currency IS NULL THEN net_total ELSE "
     "base_net END - coalesce(withheld_before, 0) AS b, withheld_on AS t, CASE WHEN currency IS "
     "NULL THEN withheld ELSE base_withheld END AS w FROM finance.purchase_invoice WHERE state = "
     "'submitted' AND withholding IS NOT NULL UNION ALL " WITHHELD_ADVANCES
     ") p GROUP BY 1, 2, 3) i USING (tenant_id, supplier, category) WHERE "
     "coalesce(y.b, 0) <> coalesce(i.b, 0) OR coalesce(y.t, 0) <> coalesce(i.t, 0) OR "
     "coalesce(y.w, 0) <> coalesce(i.w, 0)",
     false},
    {"L10f", "advances withheld on are spared by bills as often as they were paid",
     "SELECT supplier, category FROM finance.withheld_advance a FULL JOIN (SELECT tenant_id, "
     "supplier, category, sum(b) AS b FROM (" WITHHELD_ADVANCES " UNION ALL SELECT tenant_id, "
     "supplier, withholding, -withheld_before, 0, 0 FROM finance.purchase_invoice WHERE state = "
     "'submitted' AND withheld_before IS NOT NULL) p GROUP BY 1, 2, 3) d USING (tenant_id, "
     "supplier, category) WHERE coalesce(a.open, 0) <> coalesce(d.b, 0) OR a.open < 0",
     false},
    {"L10e", "reminders on record are those that were sent",
     "SELECT s.invoice, s.level FROM finance.reminded s FULL JOIN (SELECT r.tenant_id, r.id, "
     "l.invoice, l.instalment, l.level FROM finance.reminder r JOIN finance.reminder_lines l ON "
     "l.tenant_id = r.tenant_id AND l.parent_id = r.id WHERE r.state = 'submitted') d ON "
     "d.tenant_id = s.tenant_id AND d.id = s.reminder AND d.invoice = s.invoice AND d.instalment = "
     "s.instalment AND d.level = s.level WHERE s.invoice IS NULL OR d.invoice IS NULL",
     false},
    {"L11",
     "at the end of a closed year income and expense are zero, its periods are locked, and its "
     "closing is what was posted",
     "SELECT 'balance', y.label, e.account::text, e.cost_center::text FROM finance.fiscal_year y "
     "JOIN finance.gl_entry e ON e.tenant_id = y.tenant_id AND e.posting_date <= y.\"end\" JOIN "
     "finance.account a ON a.tenant_id = e.tenant_id AND a.id = e.account AND a.root_type IN "
     "('income', 'expense') WHERE y.closing IS NOT NULL GROUP BY y.tenant_id, y.id, y.label, "
     "e.account, e.cost_center HAVING sum(e.debit - e.credit) <> 0 "
     /* nothing can come after: all periods up to the end of the year are locked */
     "UNION ALL SELECT 'period', y.label, p.start::text, p.status FROM finance.fiscal_year y JOIN "
     "finance.fiscal_year_periods p ON p.tenant_id = y.tenant_id AND p.start <= y.\"end\" WHERE "
     "y.closing IS NOT NULL AND p.status <> 'locked' "
     /* a closed year has its one closing, and a submitted closing its closed year */
     "UNION ALL SELECT 'year', y.label, c.number, c.state FROM finance.fiscal_year y FULL JOIN "
     "(SELECT * FROM finance.year_closing WHERE state = 'submitted') c ON c.tenant_id = "
     "y.tenant_id AND c.id = y.closing AND c.fiscal_year = y.id WHERE (y.closing IS NOT NULL AND "
     "c.id IS NULL) OR y.id IS NULL "
     /* what the closing says of an account is what its vouchers took from it */
     "UNION ALL SELECT 'line', number, account::text, cost_center::text FROM (SELECT c.tenant_id, "
     "c.number, l.account, l.cost_center, l.amount FROM finance.year_closing c JOIN "
     "finance.year_closing_lines l ON l.tenant_id = c.tenant_id AND l.parent_id = c.id WHERE "
     "c.state = 'submitted' UNION ALL SELECT v.tenant_id, v.voucher_no, e.account, "
     "e.cost_center, e.credit - e.debit FROM finance.year_closing c JOIN finance.acc_event v ON "
     "v.tenant_id = c.tenant_id AND v.source_id = c.id JOIN finance.gl_entry e ON e.tenant_id = "
     "v.tenant_id AND e.seq = v.seq WHERE c.state = 'submitted' AND e.account <> "
     "c.retained_earnings) m GROUP BY tenant_id, number, account, cost_center HAVING sum(amount) "
     "<> 0",
     false},
    {"P2", "what employees owe and are owed is what their advances and claims say",
     "SELECT kind, coalesce(k.gl, 0), coalesce(o.open, 0) FROM (SELECT a.kind, sum(CASE a.kind "
     "WHEN "
     "'employee_payable' THEN e.credit - e.debit ELSE e.debit - e.credit END) AS gl FROM "
     "finance.gl_entry e JOIN finance.account a ON a.tenant_id = e.tenant_id AND a.id = e.account "
     "JOIN finance.acc_event v ON v.tenant_id = e.tenant_id AND v.seq = e.seq WHERE a.kind IN "
     "('employee_advance', 'employee_payable') AND v.voucher_type NOT IN ('journal', 'opening') "
     "GROUP BY 1) k FULL JOIN (SELECT 'employee_advance' AS kind, sum(open) AS open FROM "
     "people.employee_advance WHERE state = 'submitted' UNION ALL SELECT 'employee_payable', "
     "sum(outstanding) FROM people.expense_claim WHERE state IN ('approved', 'paid')) o USING "
     "(kind) WHERE coalesce(k.gl, 0) <> coalesce(o.open, 0)",
     false},
    {"P2b", "what is open of an advance is what was paid and neither returned nor settled",
     "SELECT number, settled, open FROM people.employee_advance WHERE open < 0 OR pending_payment "
     "< "
     "0 OR open <> paid - returned - settled",
     false},
    {"P1", "no balance of leave is below zero",
     "SELECT employee, leave_type, sum(days) FROM people.leave_entry GROUP BY tenant_id, employee, "
     "leave_type HAVING sum(days) < 0",
     false},
    {"L13", "sharing out costs moves them between cost centers only, and all of them",
     "SELECT 'voucher', a.number, e.account::text FROM finance.cost_allocation a JOIN "
     "finance.acc_event o ON o.tenant_id = a.tenant_id AND o.source_id = a.id JOIN "
     "finance.gl_entry e ON e.tenant_id = o.tenant_id AND e.seq = o.seq GROUP BY a.tenant_id, "
     "a.id, a.number, o.seq, e.account HAVING sum(e.debit - e.credit) <> 0 UNION ALL SELECT "
     "'split', a.number, l.account::text FROM finance.cost_allocation a JOIN "
     "finance.cost_allocation_lines l ON l.tenant_id = a.tenant_id AND l.parent_id = a.id LEFT "
     "JOIN (SELECT tenant_id, parent_id, account, sum(amount) AS v FROM "
     "finance.cost_allocation_splits GROUP BY 1, 2, 3) s ON s.tenant_id = l.tenant_id AND "
     "s.parent_id = l.parent_id AND s.account = l.account WHERE coalesce(s.v, 0) <> l.amount",
     false},
    {"L12", "deferral accounts hold exactly what is not yet released",
     "SELECT a.code, coalesce(g.v, 0), coalesce(d.v, 0) FROM finance.account a LEFT JOIN (SELECT "
     "e.tenant_id, e.account, sum(e.debit - e.credit) AS v FROM finance.gl_entry e JOIN "
     "finance.acc_event o ON o.tenant_id = e.tenant_id AND o.seq = e.seq WHERE o.voucher_type NOT "
     "IN ('journal', 'opening') GROUP BY 1, 2) g ON g.tenant_id = a.tenant_id AND g.account = a.id "
     "LEFT JOIN (SELECT d.tenant_id, d.deferral_account, sum(CASE d.kind WHEN 'expense' THEN "
     "p.amount ELSE -p.amount END) AS v FROM finance.deferral d JOIN finance.deferral_parts p ON "
     "p.tenant_id = d.tenant_id AND p.parent_id = d.id WHERE d.state = 'submitted' AND "
     "p.released_on IS NULL GROUP BY 1, 2) d ON d.tenant_id = a.tenant_id AND d.deferral_account = "
     "a.id WHERE a.kind = 'deferral' AND coalesce(g.v, 0) <> coalesce(d.v, 0) "
     /* the schedule is the whole, and says what is left */
     "UNION ALL SELECT d.number, d.remaining, sum(p.amount) FROM finance.deferral d JOIN "
     "finance.deferral_parts p ON p.tenant_id = d.tenant_id AND p.parent_id = d.id WHERE d.state = "
     "'submitted' GROUP BY d.tenant_id, d.id, d.number, d.amount, d.released, d.remaining HAVING "
     "sum(p.amount) <> d.amount OR d.released + d.remaining <> d.amount OR d.remaining <> "
     "coalesce(sum(p.amount) FILTER (WHERE p.released_on IS NULL), 0)",
     false},
    {"B1", "bank statements add up and go on where the one before ended",
     "SELECT number, opening_balance, closing_balance FROM (SELECT s.tenant_id, s.number, "
     "s.opening_balance, s.closing_balance, s.open_lines, lag(s.closing_balance) OVER (PARTITION "
     "BY "
     "s.tenant_id, s.account ORDER BY s.to_date, s.from_date, s.id) AS before, "
     "coalesce(l.total, 0) AS total, "
     "coalesce(l.open, 0) AS open FROM finance.bank_statement s LEFT JOIN (SELECT tenant_id, "
     "parent_id, sum(amount) AS total, count(*) FILTER (WHERE match = 0) AS open FROM "
     "finance.bank_statement_lines GROUP BY 1, 2) l ON l.tenant_id = s.tenant_id AND l.parent_id = "
     "s.id WHERE s.state = 'submitted') x WHERE opening_balance + total <> closing_balance OR "
     "before <> opening_balance OR open <> open_lines",
     false},
    {"B2",
     "what is matched with the bank is in the ledger, once, and both sides of a match are equal",
     "SELECT 'entry', m.seq::text, m.line_no::text FROM finance.bank_match m LEFT JOIN "
     "finance.gl_entry e ON e.tenant_id = m.tenant_id AND e.seq = m.seq AND e.line_no = m.line_no "
     "LEFT JOIN finance.account a ON a.tenant_id = m.tenant_id AND a.id = m.account WHERE "
     "(e.account, e.posting_date, CASE WHEN a.currency IS NULL THEN e.debit - e.credit ELSE "
     "e.foreign_amount END) IS DISTINCT FROM (m.account, m.posting_date, m.amount) UNION ALL "
     "SELECT 'match', coalesce(b.statement, "
     "l.statement)::text, match::text FROM (SELECT tenant_id, statement, match, sum(amount) AS "
     "total FROM finance.bank_match GROUP BY 1, 2, 3) b FULL JOIN (SELECT l.tenant_id, s.id AS "
     "statement, l.match, sum(l.amount) AS total FROM finance.bank_statement s JOIN "
     "finance.bank_statement_lines l ON l.tenant_id = s.tenant_id AND l.parent_id = s.id WHERE "
     "s.state = 'submitted' AND l.match <> 0 GROUP BY 1, 2, 3) l USING (tenant_id, statement, "
     "match) WHERE b.total IS DISTINCT FROM l.total",
     false},
    {"I1", "every imprest adds up: its limit's money is where account, vouchers and ledger say",
     "SELECT a.code, a.funded, a.cash, g.balance FROM finance.imprest_account a LEFT JOIN LATERAL "
     "(SELECT coalesce(sum(amount) FILTER (WHERE state = 'submitted'), 0) AS submitted, "
     "coalesce(sum(amount) FILTER (WHERE state = 'approved'), 0) AS approved, coalesce(sum(amount) "
     "FILTER (WHERE state = 'disallowed' AND coalesce(refunded, '') = ''), 0) AS disallowed FROM "
     "finance.imprest_voucher v WHERE v.tenant_id = a.tenant_id AND v.imprest = a.id) v ON true "
     "LEFT JOIN LATERAL (SELECT coalesce(sum(debit - credit), 0) AS balance FROM finance.gl_entry "
     "e WHERE e.tenant_id = a.tenant_id AND e.account = a.ledger) g ON true WHERE a.funded <> "
     "a.cash + a.submitted + a.approved + a.disallowed OR (a.submitted, a.approved, a.disallowed) "
     "<> (v.submitted, v.approved, v.disallowed) OR g.balance <> a.cash + a.submitted OR a.cash < "
     "0",
     false},
    {"I2", "a recoupment pays back its vouchers, each once, and one is open at most",
     "SELECT r.number, r.state, r.amount, l.amount, v.amount FROM finance.imprest_recoupment r "
     "LEFT "
     "JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM "
     "finance.imprest_recoupment_lines l WHERE l.tenant_id = r.tenant_id AND l.parent_id = r.id) l "
     "ON true LEFT JOIN LATERAL (SELECT sum(amount) AS amount, bool_and(state = 'recouped') AS "
     "recouped FROM finance.imprest_voucher v WHERE v.tenant_id = r.tenant_id AND v.recoupment = "
     "r.id) v ON true WHERE r.amount <> l.amount OR (r.state = 'paid') <> (v.amount IS NOT NULL) "
     "OR "
     "(r.state = 'paid' AND (v.amount, r.paid) <> (r.amount, r.amount - r.less)) OR NOT "
     "coalesce(v.recouped, true) UNION ALL SELECT imprest::text, 'open', count(*), NULL, NULL FROM "
     "finance.imprest_recoupment WHERE state IN ('draft', 'approved') GROUP BY imprest HAVING "
     "count(*) > 1",
     false},
    {"S1", "stock on hand is the sum of the stock ledger",
     "SELECT item, warehouse FROM (SELECT tenant_id, item, warehouse, sum(qty) AS q, sum(value) AS "
     "v FROM "
     "wms.stock_entry GROUP BY 1, 2, 3) e FULL JOIN wms.stock_bin b USING (tenant_id, item, "
     "warehouse) WHERE "
     "e.q IS DISTINCT FROM b.qty OR e.v IS DISTINCT FROM b.value",
     false},
    {"S2", "cost layers add up to what is on hand; an empty bin is worth exactly zero",
     "SELECT item, warehouse FROM (SELECT tenant_id, item, warehouse, sum(qty) AS q, sum(value) AS "
     "v FROM "
     "wms.stock_layer GROUP BY 1, 2, 3) l JOIN wms.stock_bin b USING (tenant_id, item, warehouse) "
     "WHERE l.q <> "
     "b.qty OR l.v <> b.value UNION ALL SELECT item, warehouse FROM wms.stock_bin WHERE qty = 0 "
     "AND value <> 0",
     false},
    {"S3", "on every day the value of all stock is the balance of the stock accounts",
     "SELECT posting_date, coalesce(s.value, 0), coalesce(g.value, 0) FROM (SELECT tenant_id, "
     "posting_date, sum(value) AS value FROM wms.stock_entry GROUP BY 1, 2) s FULL JOIN (SELECT "
     "e.tenant_id, e.posting_date, sum(e.debit - e.credit) AS value FROM finance.gl_entry e JOIN "
     "finance.account a ON a.tenant_id = e.tenant_id AND a.id = e.account AND a.kind = 'stock' "
     "GROUP BY 1, 2) g USING (tenant_id, posting_date) WHERE coalesce(s.value, 0) <> "
     "coalesce(g.value, 0) UNION ALL SELECT NULL, s.value, g.value FROM (SELECT "
     "coalesce(sum(value), 0) AS value FROM wms.stock_bin) s, (SELECT coalesce(sum(e.debit - "
     "e.credit), 0) AS value FROM finance.gl_entry e JOIN finance.account a ON a.tenant_id = "
     "e.tenant_id AND a.id = e.account AND a.kind = 'stock') g WHERE s.value <> g.value",
     false},
    {"S4", "no stock is negative but where the tenant let it",
     "SELECT item, warehouse FROM wms.stock_bin WHERE (qty >= 0 AND value < 0) OR (qty < 0 AND "
     "value > 0) UNION ALL SELECT item, warehouse FROM wms.stock_layer WHERE qty < 0 OR value < 0 "
     "UNION ALL SELECT item, warehouse FROM (SELECT tenant_id, posting_date, at_seq, qty, item, "
     "warehouse, sum(qty) OVER w AS q, sum(value) OVER w AS v FROM wms.stock_entry WINDOW w AS "
     "(PARTITION BY tenant_id, item, warehouse ORDER BY posting_date, at_seq)) r WHERE (q > 0 AND "
     "v < 0) OR (q < 0 AND v > 0) OR (q = 0 AND v <> 0) "
     /* let by its own event, or by a later one of the bin that was dated back before it */
     "OR (q < 0 AND qty < 0 AND NOT EXISTS (SELECT FROM wms.stock_entry m JOIN wms.inv_event e ON "
     "e.tenant_id = m.tenant_id AND e.seq = m.seq WHERE m.tenant_id = r.tenant_id AND m.item = "
     "r.item AND m.warehouse = r.warehouse AND m.posting_date <= r.posting_date AND m.seq >= "
     "r.at_seq AND (e.payload::jsonb->>'overdraw')::boolean))",
     false},
    {"S4b", "no more is reserved than is on hand, and what is held is what the reservations say",
     /* a last day counts once it is over everywhere */
     "SELECT 'bin', r.item::text, r.warehouse::text FROM (SELECT tenant_id, item, warehouse, "
     "sum(open_qty) AS q, min(open_qty) AS least FROM wms.reserved_line WHERE expires_on IS NULL "
     "OR expires_on > current_date GROUP BY 1, 2, 3) r LEFT JOIN wms.stock_bin b USING "
     "(tenant_id, item, warehouse) WHERE r.q > coalesce(b.qty, 0) OR r.least < 0 "
     "UNION ALL SELECT 'line', d.number, l.line_no::text FROM wms.stock_reservation d JOIN "
     "wms.stock_reservation_lines l ON l.tenant_id = d.tenant_id AND l.parent_id = d.id LEFT JOIN "
     "wms.reserved_line r ON r.tenant_id = l.tenant_id AND r.id = l.id LEFT JOIN (SELECT "
     "n.tenant_id, n.reservation_line, sum(n.reserved_qty) AS q FROM wms.delivery_note_lines n "
     "JOIN wms.delivery_note o ON o.tenant_id = n.tenant_id AND o.id = n.parent_id WHERE o.state = "
     "'submitted' GROUP BY 1, 2) n ON n.tenant_id = l.tenant_id AND n.reservation_line = l.id "
     "WHERE d.state <> 'draft' AND ((r.item, r.warehouse, r.open_qty) IS DISTINCT FROM (l.item, "
     "d.warehouse, CASE d.state WHEN 'released' THEN 0 ELSE l.stock_qty - l.delivered_qty END) OR "
     "l.delivered_qty <> coalesce(n.q, 0) OR l.delivered_qty > l.stock_qty)",
     false},
    {"S5",
     "a serial number is in one place, and each batch and piece holds what its movements add up to",
     "SELECT 'serial', l.layer::text FROM wms.stock_layer l JOIN wms.serial_number n ON "
     "n.tenant_id "
     "= l.tenant_id AND n.id = l.layer WHERE l.qty <> 0 GROUP BY l.tenant_id, l.layer HAVING "
     "count(*) > 1 OR max(l.qty) <> 1 UNION ALL SELECT 'unnamed', l.layer::text FROM "
     "wms.stock_layer l JOIN core.item i ON i.tenant_id = l.tenant_id AND i.id = l.item AND "
     "i.tracking <> 'none' LEFT JOIN wms.serial_number n ON n.tenant_id = l.tenant_id AND n.id = "
     "l.layer AND n.item = l.item AND i.tracking = 'serial' LEFT JOIN wms.batch b ON b.tenant_id = "
     "l.tenant_id AND b.id = l.layer AND b.item = l.item AND i.tracking = 'batch' WHERE "
     "coalesce(n.id, b.id) IS NULL UNION ALL SELECT 'layer', l.layer::text FROM wms.stock_layer l "
     "JOIN core.item i ON i.tenant_id = l.tenant_id AND i.id = l.item AND i.tracking <> 'none' "
     "LEFT JOIN LATERAL (SELECT sum(e.qty) AS q, sum(e.value) AS v FROM wms.stock_entry e WHERE "
     "e.tenant_id = l.tenant_id AND e.item = l.item AND e.warehouse = l.warehouse AND e.layer = "
     "l.layer) e ON true WHERE (e.q, e.v) IS DISTINCT FROM (l.qty, l.value)",
     false},
    {"S6", "transfers conserve quantity and value, and what is in transit is on its way",
     /* each step: what leaves one warehouse arrives in the other; only a write-off has one leg */
     "SELECT 'step', seq::text, source_line::text FROM wms.stock_entry WHERE source_type = "
     "'wms.stock_transfer' AND basis <> 'arrears' AND event_type <> 'stock_transfer_loss' GROUP BY "
     "tenant_id, seq, "
     "source_line, item HAVING sum(qty) <> 0 OR sum(value) <> 0 "
     /* each transfer: what its movements lost in all is what it says it lost */
     "UNION ALL SELECT 'loss', t.number, NULL FROM wms.stock_transfer t LEFT JOIN (SELECT "
     "tenant_id, source_id, sum(value) AS v FROM wms.stock_entry WHERE source_type = "
     "'wms.stock_transfer' AND basis <> 'arrears' GROUP BY 1, 2) e ON e.tenant_id = t.tenant_id "
     "AND e.source_id = t.id "
     "WHERE coalesce(e.v, 0) <> -t.lost_value OR (t.lost_value <> 0 AND t.state <> 'closed') "
     /* each line: its movements out of the source are the line, its rest in transit the pieces;
      * nothing stays in transit for a transfer that is done */
     "UNION ALL SELECT 'line', t.number, l.line_no::text FROM wms.stock_transfer t JOIN "
     "wms.stock_transfer_lines l ON l.tenant_id = t.tenant_id AND l.parent_id = t.id LEFT JOIN "
     "LATERAL (SELECT sum(e.qty) FILTER (WHERE e.warehouse = t.from_warehouse) AS q, "
     "sum(e.value) FILTER (WHERE e.warehouse = t.from_warehouse) AS v, "
     "sum(e.qty) FILTER (WHERE e.warehouse = t.transit_warehouse) AS way_q, "
     "sum(e.value) FILTER (WHERE e.warehouse = t.transit_warehouse) AS way_v "
     "FROM wms.stock_entry e WHERE e.tenant_id = t.tenant_id AND e.source_id = t.id AND "
     "e.source_line = l.id) e ON true LEFT JOIN LATERAL (SELECT sum(left_qty) AS q, "
     "sum(left_value) AS v FROM wms.stock_transfer_transit p WHERE p.tenant_id = t.tenant_id AND "
     "p.parent_id = t.id AND p.line = l.id) p ON true WHERE t.state <> 'draft' AND "
     "((coalesce(e.q, 0), coalesce(e.v, 0)) <> (CASE t.state WHEN 'cancelled' THEN 0 ELSE "
     "-l.stock_qty END, CASE t.state WHEN 'cancelled' THEN 0 ELSE -l.value END) OR "
     "(coalesce(e.way_q, 0), coalesce(e.way_v, 0)) <> (coalesce(p.q, 0), coalesce(p.v, 0)) OR "
     "(t.state IN ('received', 'closed', 'cancelled') AND (coalesce(p.q, 0), coalesce(p.v, 0)) "
     "<> (0, 0))) "
     /* each transit warehouse: nothing is in it but the rest of the transfers */
     "UNION ALL SELECT 'transit', w.code, i.item::text FROM (SELECT tenant_id, warehouse, item, "
     "sum(qty) AS q, sum(value) AS v FROM (SELECT tenant_id, warehouse, item, qty, value FROM "
     "wms.stock_bin UNION ALL SELECT t.tenant_id, t.transit_warehouse, l.item, -p.left_qty, "
     "-p.left_value FROM wms.stock_transfer t JOIN wms.stock_transfer_transit p ON p.tenant_id = "
     "t.tenant_id AND p.parent_id = t.id JOIN wms.stock_transfer_lines l ON l.tenant_id = "
     "t.tenant_id AND l.parent_id = t.id AND l.id = p.line) m GROUP BY 1, 2, 3) i JOIN "
     "wms.warehouse w ON w.tenant_id = i.tenant_id AND w.id = i.warehouse WHERE w.kind = "
     "'transit' AND (i.q <> 0 OR i.v <> 0)",
     false},
    {"S7",
     "checkpoints are what the entries before them add up to, and every correction stands beside "
     "what it corrects",
     "SELECT 'checkpoint', c.item::text, c.posting_date::text FROM wms.stock_checkpoint c LEFT "
     "JOIN (SELECT DISTINCT tenant_id, item, warehouse, posting_date, at_seq, sum(qty) OVER w AS "
     "q, sum(value) OVER w AS v FROM wms.stock_entry WINDOW w AS (PARTITION BY tenant_id, item, "
     "warehouse ORDER BY posting_date, at_seq)) e ON (e.tenant_id, e.item, e.warehouse, "
     "e.posting_date, e.at_seq) = (c.tenant_id, c.item, c.warehouse, c.posting_date, c.at_seq) "
     "WHERE (e.q, e.v) IS DISTINCT FROM (c.qty, c.value) "
     "UNION ALL SELECT 'correction', e.seq::text, e.line_no::text FROM wms.stock_entry e LEFT "
     "JOIN wms.stock_entry o ON o.tenant_id = e.tenant_id AND o.seq = e.at_seq AND o.line_no = "
     "e.at_line AND o.posting_date = e.posting_date WHERE (e.at_seq, e.at_line) <> (e.seq, "
     "e.line_no) AND ((e.item, e.warehouse, e.source_id, e.source_line) IS DISTINCT FROM (o.item, "
     "o.warehouse, o.source_id, o.source_line) OR e.at_seq >= e.seq) "
     /* a standard that found nothing there begins before the first movement it valued that day */
     "AND NOT (e.source_type = 'wms.standard_cost' AND e.source_id = e.rule AND e.at_seq < e.seq "
     "AND EXISTS (SELECT FROM wms.stock_entry m WHERE (m.tenant_id, m.seq, m.line_no, "
     "m.posting_date, m.item, m.warehouse, m.rule) = (e.tenant_id, e.at_seq, e.at_line + 1, "
     "e.posting_date, e.item, e.warehouse, e.rule)))",
     false},
    {"S8", "no more is billed than was accepted and kept",
     "SELECT i.receipt_line FROM finance.invoiced_line i LEFT JOIN wms.received_line r ON "
     "r.tenant_id = "
     "i.tenant_id AND r.id = i.receipt_line WHERE i.qty < 0 OR i.qty > coalesce(r.accepted, 0)",
     false},
    {"S8b", "what counts as invoiced to customers of a delivery is what their invoices say",
     "SELECT delivery_line FROM (SELECT tenant_id, "
     "delivery_line, qty FROM finance.billed_delivery UNION ALL SELECT l.tenant_id, "
     "l.delivery_line, -l.qty FROM finance.sales_invoice_lines l JOIN finance.sales_invoice i ON "
     "i.tenant_id = l.tenant_id AND i.id = l.parent_id WHERE l.delivery_line IS NOT NULL AND "
     "i.state = 'submitted') s GROUP BY tenant_id, delivery_line HAVING sum(qty) <> 0",
     false},
    {"S8d", "no more is invoiced to customers than was delivered",
     "SELECT b.delivery_line FROM finance.billed_delivery b LEFT JOIN wms.delivered_line d ON "
     "d.tenant_id = b.tenant_id AND d.id = b.delivery_line WHERE b.qty < 0 OR b.qty > "
     "coalesce(d.delivered, 0)",
     false},
    {"S10", "deliveries left stock as they say, and what came back of them is in their returns",
     /* each line: its movements are its quantity; no more has come back than left */
     "SELECT 'line', d.number, l.line_no::text FROM wms.delivery_note d JOIN "
     "wms.delivery_note_lines l ON l.tenant_id = d.tenant_id AND l.parent_id = d.id LEFT JOIN "
     "(SELECT tenant_id, source_line, sum(qty) AS q FROM wms.stock_entry WHERE source_type = "
     "'wms.delivery_note' GROUP BY 1, 2) e ON e.tenant_id = l.tenant_id AND e.source_line = l.id "
     "WHERE d.state <> 'draft' AND (coalesce(e.q, 0) <> CASE d.state WHEN 'cancelled' THEN 0 ELSE "
     "-l.stock_qty END OR l.returned_qty > l.qty OR l.returned_stock_qty > l.stock_qty OR "
     "l.returned_value > l.value) "
     /* each line: its counters are the submitted returns, and Finance is told the same */
     "UNION ALL SELECT 'returned', d.number, l.line_no::text FROM wms.delivery_note d JOIN "
     "wms.delivery_note_lines l ON l.tenant_id = d.tenant_id AND l.parent_id = d.id LEFT JOIN "
     "(SELECT b.tenant_id, b.delivery_line, sum(b.qty) AS q, sum(b.stock_qty) AS s, sum(b.value) "
     "AS v FROM wms.customer_return r JOIN wms.customer_return_lines b ON b.tenant_id = "
     "r.tenant_id AND b.parent_id = r.id WHERE r.state = 'submitted' GROUP BY 1, 2) b ON "
     "b.tenant_id = l.tenant_id AND b.delivery_line = l.id LEFT JOIN wms.delivered_line f ON "
     "f.tenant_id = l.tenant_id AND f.id = l.id WHERE d.state <> 'draft' AND ((l.returned_qty, "
     "l.returned_stock_qty, l.returned_value) <> (coalesce(b.q, 0), coalesce(b.s, 0), "
     "coalesce(b.v, 0)) OR (d.state = 'submitted' AND (f.delivered, f.returned) IS DISTINCT FROM "
     "(l.qty, l.returned_qty)))",
     false},
    {"S8c", "what requisitions say is ordered is what the orders say",
     "SELECT r.number, l.line_no FROM wms.purchase_requisition r JOIN "
     "wms.purchase_requisition_lines l ON l.tenant_id = r.tenant_id AND l.parent_id = r.id LEFT "
     "JOIN (SELECT n.tenant_id, n.requisition_line, sum(n.requisition_qty) AS q FROM "
     "wms.purchase_order_lines n JOIN wms.purchase_order o ON o.tenant_id = n.tenant_id AND o.id = "
     "n.parent_id WHERE o.state NOT IN ('draft', 'cancelled') GROUP BY 1, 2) n ON n.tenant_id = "
     "l.tenant_id AND n.requisition_line = l.id WHERE l.stock_ordered <> coalesce(n.q, 0) OR "
     "(r.state = 'submitted' AND l.stock_ordered <> 0) OR (r.state = 'ordered' AND "
     "l.stock_ordered < l.stock_qty)",
     false},
    {"S9", "landed cost is shared out whole, lies in stock as it says, and its receipts know of it",
     "SELECT 'document', l.number FROM wms.landed_cost l LEFT JOIN (SELECT tenant_id, parent_id, "
     "sum(amount) AS a, sum(to_stock) AS s, sum(to_variance) AS v, bool_or(to_stock + to_variance "
     "<> amount OR to_stock < 0 OR to_variance < 0) AS wrong FROM wms.landed_cost_splits GROUP BY "
     "1, 2) p ON p.tenant_id = l.tenant_id AND p.parent_id = l.id LEFT JOIN (SELECT "
     /* its own movements, or what it added to those of its receipts */
     "m.tenant_id, v.source_id, sum(m.value) AS v, bool_or(m.qty <> 0) AS moved FROM "
     "wms.stock_entry m JOIN wms.inv_event v ON v.tenant_id = m.tenant_id AND v.seq = m.seq WHERE "
     "v.source_type = 'wms.landed_cost' AND m.source_type IN ('wms.landed_cost', "
     "'wms.goods_receipt') AND m.basis <> 'arrears' GROUP BY 1, 2) e ON e.tenant_id = l.tenant_id "
     "AND "
     "e.source_id = l.id WHERE l.state <> 'draft' AND ((p.a, p.s, p.v) IS DISTINCT FROM (l.total, "
     "l.stock_total, l.variance_total) OR p.wrong OR coalesce(e.moved, false) OR coalesce(e.v, 0) "
     "<> CASE l.state WHEN 'cancelled' THEN 0 ELSE l.stock_total END) "
     "UNION ALL SELECT 'receipt line', r.id::text FROM wms.goods_receipt_lines r LEFT JOIN (SELECT "
     "s.tenant_id, s.receipt_line, sum(s.amount) AS a FROM wms.landed_cost_splits s JOIN "
     "wms.landed_cost l ON l.tenant_id = s.tenant_id AND l.id = s.parent_id WHERE l.state = "
     "'submitted' GROUP BY 1, 2) p ON p.tenant_id = r.tenant_id AND p.receipt_line = r.id WHERE "
     "r.landed_value <> coalesce(p.a, 0)",
     false},
    {"S11", "what was valued at standard cost names the standard of its item that was in force",
     "SELECT e.seq, e.line_no FROM wms.stock_entry e LEFT JOIN wms.standard_cost c ON c.tenant_id "
     "= e.tenant_id AND c.id = e.rule AND c.item = e.item AND c.posting_date <= e.posting_date "
     "WHERE e.method = 'standard' AND c.id IS NULL",
     false},
    {"N2", "nothing was posted into a locked period after its lock",
     "SELECT e.seq, e.posting_date, e.recorded_at, p.locked_at FROM finance.fiscal_year_periods p "
     "JOIN finance.acc_event e ON e.tenant_id = p.tenant_id AND e.posting_date BETWEEN p.start AND "
     "p.\"end\" WHERE p.status = 'locked' AND (e.recorded_at <= p.locked_at) IS NOT TRUE",
     false},
    {"N2b", "a locked period stands as it did when it was locked",
     "SELECT p.start, p.turnover, e.turnover, p.locked_seq, e.last FROM "
     "finance.fiscal_year_periods p LEFT JOIN LATERAL (SELECT coalesce(sum(g.debit), 0) AS "
     "turnover, coalesce(max(g.seq), 0) AS last FROM finance.gl_entry g WHERE g.tenant_id = "
     "p.tenant_id AND g.posting_date BETWEEN p.start AND p.\"end\") e ON true WHERE p.status = "
     "'locked' AND p.locked_seq > 0 AND (e.turnover <> p.turnover OR e.last > p.locked_seq)",
     false},
    {"N3", "every voucher is dated in a fiscal year",
     "SELECT e.seq, e.posting_date FROM finance.acc_event e WHERE NOT EXISTS (SELECT 1 FROM "
     "finance.fiscal_year y WHERE y.tenant_id = e.tenant_id AND e.posting_date BETWEEN y.start AND "
     "y.\"end\")",
     false},
    {"X1",
     "stock that changed in value has its voucher, of the same value, and no voucher is without it",
     "SELECT * FROM (SELECT e.tenant_id, v.source_id, sum(e.value) AS v FROM wms.stock_entry e "
     "JOIN wms.inv_event v ON v.tenant_id = e.tenant_id AND v.seq = e.seq GROUP BY 1, 2) s FULL "
     "JOIN (SELECT e.tenant_id, o.source_id, sum(e.debit - e.credit) AS v FROM finance.gl_entry e "
     "JOIN finance.acc_event o ON o.tenant_id = e.tenant_id AND o.seq = e.seq JOIN "
     "finance.account a ON a.tenant_id = e.tenant_id AND a.id = e.account AND a.kind = 'stock' "
     "GROUP BY 1, 2) g "
     "USING (tenant_id, source_id) WHERE coalesce(s.v, 0) <> coalesce(g.v, 0)",
     false},
    {"X2", "nothing is held for a quarter of an hour without being posted or let go",
     "SELECT kind, caller, id FROM finance.pending_voucher WHERE state IN ('held', 'waiting') AND "
     "held_at < now() - interval '15 minutes'",
     false},
    {"X3", "what was held is posted once, or let go, or had nothing to post, and never two of them",
     "SELECT p.id, p.state FROM finance.pending_voucher p LEFT JOIN finance.acc_event e ON "
     "e.tenant_id = p.tenant_id AND e.voucher_id = p.id WHERE p.kind <> 'commitment' AND (p.state "
     "= 'posted') <> (e.voucher_id IS NOT NULL) UNION ALL SELECT voucher_id, 'recorded twice' FROM "
     "finance.acc_event GROUP BY tenant_id, voucher_id HAVING count(*) > 1 UNION ALL SELECT "
     "c.id, 'holds a budget' FROM finance.commitment c JOIN finance.pending_voucher p ON "
     "p.tenant_id = c.tenant_id AND p.id = c.document WHERE p.state <> 'held' UNION ALL SELECT "
     "l.line, 'holds a line' FROM finance.held_line l LEFT JOIN finance.pending_voucher p ON "
     "p.tenant_id = l.tenant_id AND p.id = l.hold WHERE coalesce(p.state, '') NOT IN ('held', "
     "'waiting')",
     false},
    {"X5", "a hold is committed by one attempt at most",
     "SELECT hold FROM m.decision WHERE verdict = 'committed' GROUP BY tenant_id, hold HAVING "
     "count(*) > 1",
     false},
    {"X5b", "what is committed gets posted",
     "SELECT d.hold FROM m.decision d JOIN finance.pending_voucher p ON "
     "p.tenant_id = d.tenant_id AND p.id = d.hold WHERE d.verdict = 'committed' AND p.state NOT IN "
     "('posted', 'empty') AND d.decided_at < now() - interval '15 minutes'",
     false},
    {"X4", "no prepared transaction is left", "SELECT gid FROM pg_prepared_xacts", true},
    {"M2", "every event was delivered, or is being tried, or is parked with its cause",
     "SELECT id FROM m.outbox WHERE (status = 'ready' AND attempts = 0 AND recorded_at < now() - "
     "interval '5 "
     "minutes') OR (status = 'dead' AND last_error = '')",
     false},
    {"M3",
     "events that leave are numbered without a gap, each names the one before, the head is the "
     "last",
     "SELECT 'event', seq FROM (SELECT seq, previous, lag(seq) OVER w AS before, lag(event_id) "
     "OVER "
     "w AS named FROM m.outgoing WINDOW w AS (PARTITION BY tenant_id ORDER BY seq)) o WHERE before "
     "IS NOT NULL AND (before <> seq - 1 OR previous IS DISTINCT FROM named) UNION ALL SELECT "
     "'head', h.seq FROM m.outgoing_mark h JOIN (SELECT tenant_id, max(seq) AS seq FROM m.outgoing "
     "GROUP BY 1) o ON o.tenant_id = h.tenant_id AND o.seq <> h.seq WHERE h.reader = 'head'",
     false},
    {"M4", "no effect without its event",
     "SELECT i.event_id FROM m.inbox i WHERE NOT EXISTS (SELECT 1 FROM m.outbox o WHERE "
     "o.tenant_id = "
     "i.tenant_id AND o.id = i.event_id) AND i.handled_at > now() - interval '1 day'",
     false},
    {"M6", "every dead letter has its cause, and no stream of events is frozen",
     "SELECT consumer, type, state FROM m.dead_letter WHERE state IN ('dead', 'parked') AND cause "
     "= "
     "'' UNION ALL SELECT producer, why, state FROM m.consumer_mark WHERE state = 'frozen'",
     false},
    {"T1", "every table with tenant data has row level security, forced, for reading and writing",
     "SELECT n.nspname, c.relname FROM " OUR_TABLES
     " AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND "
     "EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polqual IS NOT NULL AND "
     "p.polwithcheck IS NOT NULL))",
     true},
    {"T2", "the application's roles own nothing and cannot step around the rules",
     "SELECT rolname FROM pg_roles WHERE rolname IN ('bm_app', 'bm_relay') AND (rolsuper OR "
     "rolbypassrls OR "
     "rolcreaterole OR rolcreatedb OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = "
     "pg_roles.oid) OR EXISTS "
     "(SELECT 1 FROM pg_auth_members WHERE member = pg_roles.oid))",
     true},
    {"T3", "no view shows what its reader may not see",
     "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
     "WHERE c.relkind "
     "IN ('v', 'm') AND n.nspname IN ('m', 'core', 'finance', 'wms', 'people') AND NOT "
     "coalesce('security_invoker=true' = ANY (c.reloptions), false)",
     true},
    {"T4", "every key and unique index of tenant data starts with the tenant",
     "SELECT n.nspname, c.relname, i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid "
     "= "
     "i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = "
     "c.oid AND "
     "a.attname = 'tenant_id' WHERE n.nspname IN ('m', 'core', 'finance', 'wms', 'people') AND "
     "i.indisunique "
     "AND i.indkey[0] <> a.attnum",
     true},
    {"A1", "every submitted document has its line in the audit log",
     "SELECT seq FROM finance.acc_event e WHERE to_regclass(source_type) IS NOT NULL AND NOT "
     "EXISTS "
     "(SELECT 1 FROM m.audit a WHERE a.tenant_id = e.tenant_id AND a.document = e.source_id)",
     false},
    {"A1b", "every document that moved stock has its line in the audit log",
     "SELECT seq FROM wms.inv_event e WHERE NOT EXISTS (SELECT 1 FROM m.audit a WHERE a.tenant_id "
     "= "
     "e.tenant_id AND a.document = e.source_id)",
     false},
    {NULL, NULL, NULL, false},
};
