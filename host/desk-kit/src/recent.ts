import { kept, store } from './store'

export interface Recent {
  to: string
  label: string
  kind: string
}
const KEPT = 12
export const recent = store<Recent[]>(kept.read<Recent[]>('recent', []))
export function remember(one: Recent) {
  recent.set([one, ...recent.get().filter((x) => x.to !== one.to)].slice(0, KEPT))
  kept.write('recent', recent.get())
}
