// Pictures by what a collection is called; a new collection gets the sheet of paper.
const icons: [RegExp, string][] = [
  [/order|requisition/, 'ShoppingCart'],
  [/goods-receipt|delivery|transfer/, 'Truck'],
  [/invoice|claim|slip|note/, 'Receipt'],
  [/payment|receipts|advance|imprest/, 'Wallet'],
  [/account|bank/, 'Landmark'],
  [/journal|voucher|statement/, 'BookOpen'],
  [/item|batch|serial/, 'Package'],
  [/stock|cost/, 'Boxes'],
  [/warehouse/, 'Warehouse'],
  [/supplier|customer|part(y|ies)|employee/, 'Users'],
  [/compan|department|designation/, 'Building2'],
  [/tax|rate|budget|share/, 'Percent'],
  [/user|key/, 'UserRound'],
  [/leave|year|deferral|reminder/, 'Calendar'],
  [/polic|rule|term|type|level/, 'Settings'],
]
export const iconOf = (collection: string): string => icons.find(([like]) => like.test(collection))?.[1] ?? 'FileText'
