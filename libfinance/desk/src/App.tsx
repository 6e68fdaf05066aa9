// What finance adds to the Desk beyond what its metadata draws.
import {
  type About,
  api,
  type Doc,
  DomainPages,
  fromUnits,
  monthsBack,
  type Report,
  type Row,
  showMonth,
  t,
  toUnits,
} from '@bm/desk-kit'

const units = (v: unknown) => toUnits(v as string) ?? 0n

/** A bill for what was accepted and not returned, at the rates of the receipt. */
export function bill(receipt: Doc): Row {
  const lines = ((receipt.lines as Row[]) ?? [])
    .map((l) => ({ l, qty: units(l.accepted_qty) - units(l.returned_qty) }))
    .filter(({ qty }) => qty > 0n)
    .map(({ l, qty }) => ({ receipt_line: l.id, item: l.item, qty: fromUnits(qty), rate: l.rate, tax: l.tax }))
  return { supplier: receipt.supplier, lines }
}

/** A payment of what is outstanding of a bill. */
export async function pay(invoice: Doc): Promise<Row> {
  const fresh = await api.get({ module: 'finance', collection: 'purchase-invoices' }, invoice.id)
  return {
    type: 'pay',
    supplier: fresh.supplier,
    amount: fresh.outstanding,
    allocations: [{ invoice: fresh.id, amount: fresh.outstanding }],
  }
}

/** A receipt of what a customer owes for an invoice. */
export async function collect(invoice: Doc): Promise<Row> {
  const fresh = await api.get({ module: 'finance', collection: 'sales-invoices' }, invoice.id)
  return {
    customer: fresh.customer,
    amount: fresh.outstanding,
    allocations: [{ invoice: fresh.id, amount: fresh.outstanding }],
  }
}

const posted = [
  'finance.purchase_invoice',
  'finance.payment',
  'finance.sales_invoice',
  'finance.receipt',
  'finance.journal_voucher',
  'finance.bank_transfer',
  'finance.sales_credit_note',
  'finance.purchase_debit_note',
  'wms.goods_receipt',
  'wms.delivery_note',
  'wms.stock_issue',
  'wms.stock_adjustment',
  'wms.purchase_return',
  'wms.landed_cost',
  'people.expense_claim',
  'people.salary_slip',
]

const MONTHS = 6

/** The columns "by month" of a total of the profit and loss statement. */
function byMonth(report: Report, name: string): Row[] {
  const row = report.rows.find((r) => r.name === name)
  return ((row?.columns as Row[]) ?? []).slice(1) // the first one is all of them
}

/** What is open by how late it is. */
function ageing(report: Report, of: string) {
  const names = ['not_due', 'span_1', 'span_2', 'span_3', 'beyond']
  return {
    kind: 'bars' as const,
    labels: [t('not due'), t('1–30 days'), t('31–60 days'), t('61–90 days'), t('later')],
    series: [{ label: of, values: names.map((n) => report.totals[n] ?? '0') }],
  }
}

export const about: About = {
  flows: [
    {
      from: 'wms.goods_receipt',
      states: ['submitted'],
      label: 'Enter the bill',
      to: 'finance/purchase-invoices',
      make: bill,
    },
    { from: 'finance.purchase_invoice', states: ['submitted'], label: 'Pay', to: 'finance/payments', make: pay },
    {
      from: 'finance.sales_invoice',
      states: ['submitted'],
      label: 'Receive money',
      to: 'finance/receipts',
      make: collect,
    },
  ],
  connections: [
    { of: 'core.supplier', type: 'finance.purchase_invoice', field: 'supplier' },
    { of: 'core.customer', type: 'finance.sales_invoice', field: 'customer' },
  ],
  reports: [
    {
      of: posted,
      module: 'finance',
      report: 'voucher',
      param: 'document',
      label: 'Ledger entries',
      states: ['submitted', 'cancelled', 'on_hold', 'paid'],
    },
    { of: ['finance.account'], module: 'finance', report: 'general-ledger', param: 'account', label: 'General ledger' },
    {
      of: ['core.supplier'],
      module: 'finance',
      report: 'supplier-statement',
      param: 'supplier',
      label: 'Statement of account',
    },
    {
      of: ['core.customer'],
      module: 'finance',
      report: 'customer-statement',
      param: 'customer',
      label: 'Statement of account',
    },
  ],
  search: [
    'finance.purchase_invoice',
    'finance.payment',
    'finance.sales_invoice',
    'finance.journal_voucher',
    'finance.account',
  ],
  figures: [
    { module: 'finance', report: 'supplier-outstanding', sum: 'outstanding', label: 'Owed to suppliers' },
    {
      module: 'finance',
      report: 'supplier-outstanding',
      sum: 'late_30',
      label: 'of it up to 30 days late',
      tone: 'danger',
    },
    { module: 'finance', report: 'customer-outstanding', sum: 'outstanding', label: 'Owed by customers' },
  ],
  charts: [
    {
      module: 'finance',
      report: 'profit-and-loss',
      label: 'Income and expense by month',
      asks: (today) => [{ from: monthsBack(today, MONTHS)[0].from, to: today, compare: 'months' }],
      picture: ([report]) => {
        const [income, expense] = ['Total income', 'Total expense'].map((n) => byMonth(report, n))
        return {
          kind: 'columns',
          labels: income.map((c) => showMonth(c.from as string)),
          series: [
            { label: t('Income'), values: income.map((c) => c.amount as string) },
            { label: t('Expense'), values: expense.map((c) => c.amount as string) },
          ],
        }
      },
    },
    {
      module: 'finance',
      report: 'sales-and-purchases',
      label: 'Sales and purchases by month',
      asks: (today) => [{ from: monthsBack(today, MONTHS)[0].from, to: today }],
      picture: ([report]) => ({
        kind: 'columns',
        labels: report.rows.map((r) => showMonth(r.from as string)),
        series: [
          { label: t('Sales'), values: report.rows.map((r) => r.sales as string) },
          { label: t('Purchases'), values: report.rows.map((r) => r.purchases as string) },
        ],
      }),
    },
    {
      module: 'finance',
      report: 'cash-flow',
      label: 'Bank and cash',
      asks: (today) => monthsBack(today, MONTHS),
      picture: (all, today) => ({
        kind: 'lines',
        labels: monthsBack(today, MONTHS).map((m) => showMonth(m.from)),
        series: [
          {
            label: t('At the end of the month'),
            values: all.map((r) => (r.rows.findLast((x) => x.is_group)?.amount as string) ?? '0'),
          },
        ],
      }),
    },
    {
      module: 'finance',
      report: 'supplier-ageing',
      label: 'Owed to suppliers by age',
      asks: () => [{}],
      picture: ([report]) => ageing(report, t('Owed to suppliers')),
    },
    {
      module: 'finance',
      report: 'customer-ageing',
      label: 'Owed by customers by age',
      asks: () => [{}],
      picture: ([report]) => ageing(report, t('Owed by customers')),
    },
  ],
  todos: [
    {
      type: 'finance.purchase_invoice',
      label: 'Bills on hold',
      filter: { state: 'on_hold' },
      decide: ['release'],
    },
    {
      type: 'finance.purchase_invoice',
      label: 'Bills to pay',
      filter: { state: 'submitted', 'outstanding[gt]': '0', sort: 'due_date' },
    },
    {
      type: 'finance.sales_invoice',
      label: 'Overdue from customers',
      filter: (today) => ({ state: 'submitted', 'outstanding[gt]': '0', 'due_date[lt]': today, sort: 'due_date' }),
    },
    {
      type: 'finance.purchase_invoice',
      label: 'My drafts of bills',
      filter: (_, user) => ({ state: 'draft', created_by: user }),
    },
    {
      type: 'finance.payment',
      label: 'My drafts of payments',
      filter: (_, user) => ({ state: 'draft', created_by: user }),
    },
  ],
}

export default function App({ path }: { path: string }) {
  return <DomainPages path={path} />
}
