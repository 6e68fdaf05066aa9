// What the warehouse adds to the Desk beyond what its metadata draws.
import { type About, type Doc, DomainPages, fromUnits, monthsBack, type Row, showMonth, t, toUnits } from '@bm/desk-kit'

const MONTHS = 6

const units = (v: unknown) => toUnits(v as string) ?? 0n

/** A receipt of what is still to come of an order. */
export function receive(order: Doc): Row {
  const lines = ((order.lines as Row[]) ?? [])
    .filter((l) => l.is_stock !== false)
    .map((l) => ({ l, open: units(l.qty) - units(l.received_qty) }))
    .filter(({ open }) => open > 0n)
    .map(({ l, open }) => ({
      order_line: l.id,
      item: l.item,
      unit: l.unit,
      received_qty: fromUnits(open),
      accepted_qty: fromUnits(open),
    }))
  return { purchase_order: order.id, supplier: order.supplier, warehouse: order.warehouse, lines }
}

export const about: About = {
  flows: [
    {
      from: 'wms.purchase_order',
      states: ['submitted', 'partially_received'],
      label: 'Receive goods',
      to: 'wms/goods-receipts',
      make: receive,
    },
  ],
  connections: [
    { of: 'wms.purchase_order', type: 'wms.goods_receipt', field: 'purchase_order' },
    { of: 'core.supplier', type: 'wms.purchase_order', field: 'supplier' },
  ],
  search: ['wms.purchase_order', 'wms.goods_receipt', 'wms.delivery_note'],
  figures: [{ module: 'wms', report: 'stock-balance', sum: 'value', label: 'Stock value' }],
  charts: [
    {
      module: 'wms',
      report: 'stock-balance',
      label: 'Stock value',
      asks: (today) => monthsBack(today, MONTHS).map((m) => ({ as_of: m.to })),
      picture: (all, today) => ({
        kind: 'lines',
        labels: monthsBack(today, MONTHS).map((m) => showMonth(m.from)),
        series: [{ label: t('At the end of the month'), values: all.map((r) => r.totals.value ?? '0') }],
      }),
    },
  ],
  watches: [
    {
      module: 'wms',
      report: 'reorder-proposals',
      label: 'Stock below its level',
      columns: ['item_name', 'projected', 'level', 'proposed'],
      link: 'item',
    },
  ],
  todos: [
    { type: 'wms.purchase_order', label: 'Orders to submit', filter: { state: 'draft' } },
    {
      type: 'wms.purchase_order',
      label: 'Goods to come',
      filter: { 'state[in]': 'submitted,partially_received', sort: 'expected_date' },
    },
  ],
}

export default function App({ path }: { path: string }) {
  return <DomainPages path={path} />
}
