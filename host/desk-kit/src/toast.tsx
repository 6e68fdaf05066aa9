import { Icons } from './icons'
import { store, useStore } from './store'

interface Toast {
  id: number
  text: string
  tone: 'success' | 'danger'
}
const toasts = store<Toast[]>([])
let count = 0

export function toast(text: string, tone: Toast['tone'] = 'success') {
  const one = { id: ++count, text, tone }
  toasts.set([...toasts.get(), one])
  setTimeout(() => toasts.set(toasts.get().filter((x) => x !== one)), tone === 'danger' ? 8000 : 4000)
}

export function Toasts() {
  const list = useStore(toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((x) => (
        <div key={x.id} className={`toast ${x.tone}`}>
          {x.tone === 'danger' ? <Icons.AlertTriangle size={15} /> : <Icons.CircleCheck size={15} />}
          {x.text}
        </div>
      ))}
    </div>
  )
}
