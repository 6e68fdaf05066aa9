// A field that names another record: type a code or a part of a name, choose, or make a new one without leaving the form.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { api } from './api'
import { keepLabel, may, pickOne, titleOf, useLabel, useMe, useMeta, usePlace } from './data'
import type { InputProps } from './fields'
import { t } from './i18n'
import { Icons } from './icons'
import { Popup } from './popup'
import { QuickCreate } from './quick'
import { Link } from './router'
import type { Doc } from './types'

const PAUSE_MS = 120
const CHOICES = 8

export const subtitle = (doc: Doc): string => {
  const address = doc.address as { city?: string } | null | undefined
  const parts = [
    doc.code,
    address && typeof address === 'object' ? address.city : '',
    doc.supplier_group,
    doc.posting_date,
  ]
  return parts.filter((x): x is string => typeof x === 'string' && x !== '' && x !== titleOf(doc)).join(' · ')
}

const lookups = new Set<Promise<void>>()
/** When all that was typed into link fields and left has been looked up. */
export const lookedUp = () => Promise.all(lookups)

export function LinkInput(p: InputProps) {
  const type = p.field.link ?? ''
  const place = usePlace(type)
  const meta = useMeta(place)
  const roles = useMe().data?.roles
  const id = typeof p.value === 'string' && p.value ? p.value : null
  const label = useLabel(type, id)
  const box = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState<string | null>(null)
  const [open, setOpen] = useState(false)
  const [found, setFound] = useState<{ text: string; docs: Doc[] } | null>(null)
  const [active, setActive] = useState(0)
  const [making, setMaking] = useState(false)
  const [bad, setBad] = useState(false)
  const pending = useRef<AbortController | null>(null)

  /** null: it could not be asked; undefined: another question has overtaken this one. */
  const search = async (text: string): Promise<Doc[] | null | undefined> => {
    if (!place) return []
    pending.current?.abort()
    const mine = new AbortController()
    pending.current = mine
    const ask = { ...(text ? { q: text } : {}), limit: String(CHOICES) }
    const page = await api.list(place, ask, mine.signal).catch(() => null)
    return mine.signal.aborted ? undefined : (page?.items ?? null)
  }
  useEffect(() => {
    if (!open || typed === null) return
    const wait = setTimeout(
      () =>
        search(typed.trim()).then((docs) => {
          if (!docs) return
          setFound({ text: typed.trim(), docs })
          setActive(0)
        }),
      typed ? PAUSE_MS : 0,
    )
    return () => clearTimeout(wait)
  }, [typed, open, place])

  const close = () => {
    setOpen(false)
    setTyped(null)
    setFound(null)
  }
  const take = (doc: Doc | null) => {
    if (doc) keepLabel(type, doc)
    setBad(false)
    p.onChange(doc?.id ?? null)
    close()
  }
  /** What is meant is taken when there is one answer; else the field says so. */
  const find = async (text: string) => {
    const docs = found?.text === text ? found.docs : await search(text)
    if (docs === undefined) return
    const hit = docs && pickOne(docs, text)
    if (hit) return take(hit)
    setBad(true)
    const why = !docs
      ? t('“{text}” could not be looked up.', { text })
      : docs.length
        ? t('“{text}” may be one of several.', { text })
        : t('Nothing is called “{text}”.', { text })
    p.onUnread?.(why)
  }
  /** Leaving with something typed: whoever saves waits until it is looked up. */
  const settle = () => {
    const text = typed?.trim()
    if (text === undefined || text === (label?.text ?? '')) return close()
    if (!text) return take(null)
    setOpen(false) // and with it the search that waits for the next key
    const lookup = find(text).finally(() => lookups.delete(lookup))
    lookups.add(lookup)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    const docs = found?.docs ?? []
    if (e.key === 'Escape' && (open || typed !== null)) {
      e.preventDefault()
      e.stopPropagation()
      if (bad) p.onUnread?.(null)
      setBad(false)
      close()
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault()
      if (!open) {
        setOpen(true)
        setTyped(typed ?? '')
      } else setActive((active + (e.key === 'ArrowDown' ? 1 : -1) + docs.length) % Math.max(1, docs.length))
    } else if (e.key === 'Enter' && open) {
      e.preventDefault()
      if (found && found.text === typed?.trim() && docs[active]) take(docs[active])
      else settle()
    } else if (e.key === 'Tab' && open && found && found.text === typed?.trim() && typed && docs[active]) {
      take(docs[active])
    } else if (e.altKey && e.key.toLowerCase() === 'n' && canMake) {
      e.preventDefault()
      setMaking(true)
      setOpen(false)
    }
  }
  const canMake = !!meta.data && may(meta.data, roles, 'create')
  const listId = `${p.id}-list`
  const shown = typed ?? label?.text ?? (id ? '…' : '')
  return (
    <div className="in-row" ref={box}>
      <input
        ref={input}
        id={p.id}
        className="inp"
        role="combobox"
        autoFocus={p.autoFocus}
        autoComplete="off"
        aria-expanded={open && !!found}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && found?.docs[active] ? `${listId}-${active}` : undefined}
        aria-label={p.bare ? (p.label ?? p.field.label) : undefined}
        aria-invalid={bad || p.error ? true : undefined}
        aria-describedby={p.describedBy}
        aria-required={p.field.required || undefined}
        data-field={p.field.name}
        readOnly={p.readOnly}
        placeholder={p.readOnly || p.bare ? undefined : t('Code or name')}
        value={shown}
        title={shown}
        onFocus={(e) => !p.readOnly && e.currentTarget.select()}
        onChange={(e) => {
          setTyped(e.target.value)
          setOpen(true)
          setBad(false)
        }}
        onBlur={(e) => {
          if (box.current?.contains(e.relatedTarget) || (e.relatedTarget as Element | null)?.closest('.pop')) return
          settle()
        }}
        onKeyDown={p.readOnly ? undefined : onKeyDown}
      />
      {id && place && (p.readOnly || !open) && (
        <Link
          className="in-btn"
          to={`/${place.module}/${place.collection}/${id}`}
          tabIndex={-1}
          aria-label={`${t('Open')} ${label?.text ?? ''}`}
          title={t('Open')}
        >
          <Icons.ChevronRight size={14} />
        </Link>
      )}
      {!p.readOnly && (
        <button
          type="button"
          className="in-btn"
          tabIndex={-1}
          aria-label={t('Choices for {label}', { label: p.label ?? p.field.label })}
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => {
            input.current?.focus()
            if (open) close()
            else {
              setTyped('')
              setOpen(true)
            }
          }}
        >
          <Icons.ChevronDown size={14} />
        </button>
      )}
      {open && found && (
        <Popup anchor={box} wide>
          <div role="listbox" id={listId} className="lb" aria-label={p.label ?? p.field.label}>
            {found.docs.map((doc, i) => (
              <div
                key={doc.id}
                id={`${listId}-${i}`}
                role="option"
                aria-selected={i === active}
                className="li"
                onMouseDown={(e) => e.preventDefault()}
                onMouseMove={() => setActive(i)}
                onClick={() => take(doc)}
              >
                <span className="li-t">{titleOf(doc, meta.data)}</span>
                <span className="li-s">{subtitle(doc)}</span>
              </div>
            ))}
            {found.docs.length === 0 && (
              <div className="li-none">{t('Nothing is called “{text}”.', { text: found.text })}</div>
            )}
          </div>
          {canMake && (
            <button
              type="button"
              className="pop-foot"
              tabIndex={-1}
              onMouseDown={(e) => e.preventDefault()}
              onClick={() => {
                setMaking(true)
                setOpen(false)
              }}
            >
              <Icons.Plus size={13} /> {t('New {label}', { label: meta.data?.label.toLowerCase() ?? '' })}
              <kbd className="kbd" aria-hidden>
                Alt N
              </kbd>
            </button>
          )}
        </Popup>
      )}
      {making && meta.data && (
        <QuickCreate
          meta={meta.data}
          text={typed ?? ''}
          onClose={() => {
            setMaking(false)
            close()
          }}
          onMade={(doc) => {
            setMaking(false)
            take(doc)
            input.current?.focus()
          }}
        />
      )}
    </div>
  )
}
