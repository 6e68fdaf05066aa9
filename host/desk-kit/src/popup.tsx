import { type ReactNode, type RefObject, useLayoutEffect, useState } from 'react'
import { createPortal } from 'react-dom'

/** Something that hangs below (or above) its anchor, outside of whatever scrolls; inside an open dialog when it is in one. */
export function Popup(props: {
  anchor: RefObject<HTMLElement | null>
  children: ReactNode
  wide?: boolean
  end?: boolean
}) {
  const [place, setPlace] = useState<{ left: number; top?: number; bottom?: number; width: number } | null>(null)
  const anchor = props.anchor.current
  const host = anchor?.closest('dialog') ?? document.body
  useLayoutEffect(() => {
    const put = () => {
      const r = props.anchor.current?.getBoundingClientRect()
      if (!r) return
      const below = innerHeight - r.bottom > 300 || r.top < 300
      const width = Math.max(r.width, props.wide ? 320 : 0)
      const wished = props.end ? r.right - width : r.left
      const left = Math.max(8, Math.min(wished, innerWidth - width - 8))
      setPlace({ left, width, ...(below ? { top: r.bottom + 4 } : { bottom: innerHeight - r.top + 4 }) })
    }
    put()
    addEventListener('scroll', put, true)
    addEventListener('resize', put)
    return () => {
      removeEventListener('scroll', put, true)
      removeEventListener('resize', put)
    }
  }, [props.anchor, props.wide, props.end])
  if (!place || !anchor) return null
  const { width, ...position } = place
  return createPortal(
    <div className="pop" style={{ position: 'fixed', minWidth: width, maxWidth: 'calc(100vw - 16px)', ...position }}>
      {props.children}
    </div>,
    host,
  )
}
