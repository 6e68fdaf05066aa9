// What finance adds to the Desk beyond what its metadata draws.
import { type About, api, type Doc, DomainPages, fromUnits, type Row, toUnits } from '@bm/desk-kit'

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
  todos: [
    { type: 'finance.purchase_invoice', label: 'Bills on hold', filter: { state: 'on_hold' } },
    {
      type: 'finance.purchase_invoice',
      label: 'Bills to pay',
      filter: { state: 'submitted', 'outstanding[gt]': '0', sort: 'due_date' },
    },
  ],
}

export default function App({ path }: { path: string }) {
  return <DomainPages path={path} />
}
