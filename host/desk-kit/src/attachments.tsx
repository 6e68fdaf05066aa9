// Files that belong to a document: dropped or picked, downloaded, taken away. They stay in the database of its domain.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useRef, useState } from 'react'
import { ApiError, api } from './api'
import { saveAs } from './export'
import { t } from './i18n'
import { Icons } from './icons'
import { showTime } from './prefs'
import { Progress } from './progress'
import { toast } from './toast'
import type { Attachment, Doc, DocMeta } from './types'
import { Button, Dialog, H2, Muted } from './ui'

const UNITS = ['B', 'KiB', 'MiB']

/** 1536 → "1.5 KiB". */
export function showSize(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  return `${size < 10 && unit > 0 ? Math.round(size * 10) / 10 : Math.round(size)} ${UNITS[unit]}`
}

const said = (e: unknown) =>
  e instanceof ApiError ? `${e.fields[0]?.message ?? e.message} ${e.hint}`.trim() : String(e)
const endingOf = (name: string) => (/\.([^.]+)$/.exec(name)?.[1] ?? '').toLowerCase()

interface Sending {
  name: string
  done: number
  total: number
}

export function Attachments({ meta, doc }: { meta: DocMeta; doc: Doc }) {
  const client = useQueryClient()
  const heading = useId()
  const pick = useRef<HTMLInputElement>(null)
  const [sending, setSending] = useState<Sending | null>(null)
  const [errors, setErrors] = useState<string[]>([])
  const [over, setOver] = useState(false)
  const [removing, setRemoving] = useState<Attachment | null>(null)
  const key = ['attachments', meta.module, meta.collection, doc.id]
  const files = useQuery({ queryKey: key, queryFn: () => api.attachments(meta, doc.id) })
  const list = files.data
  if (!list) return null
  const adds = list._actions.includes('attach')
  const removes = list._actions.includes('detach')
  const changed = async () => {
    await client.invalidateQueries({ queryKey: key })
    await client.invalidateQueries({ queryKey: ['history', meta.module, meta.collection, doc.id] })
  }
  const why = (file: File): string | undefined => {
    if (!list.kinds.includes(endingOf(file.name))) return t('Files of this kind are not kept.')
    if (file.size === 0) return t('The file is empty.')
    if (file.size > list.max_bytes) return t('The file is larger than {size}.', { size: showSize(list.max_bytes) })
  }
  const one = async (file: File): Promise<string | undefined> => {
    const refused = why(file)
    if (refused) return refused
    const show = (done: number, total: number) => setSending({ name: file.name, done, total })
    show(0, file.size)
    try {
      const kept = await api.attach(meta, doc.id, file, show)
      const there = list.items.some((a) => a.id === kept.id)
      toast(t(there ? '{name} is attached already' : '{name} is attached', { name: kept.name }))
    } catch (e) {
      return said(e)
    }
  }
  const send = async (chosen: File[]) => {
    const wrong: string[] = []
    setErrors([])
    for (const file of chosen) {
      const refused = await one(file)
      if (refused) wrong.push(`${file.name}: ${refused}`)
      setErrors([...wrong])
    }
    setSending(null)
    await changed()
  }
  const open = async (file: Attachment) => {
    setErrors([])
    try {
      saveAs(file.name, await api.attachment(meta, doc.id, file.id))
    } catch (e) {
      setErrors([`${file.name}: ${said(e)}`])
    }
  }
  const remove = async (file: Attachment) => {
    setRemoving(null)
    setErrors([])
    try {
      await api.detach(meta, doc.id, file.id)
      toast(t('{name} is taken away', { name: file.name }))
    } catch (e) {
      setErrors([`${file.name}: ${said(e)}`])
    }
    await changed()
    pick.current?.parentElement?.querySelector<HTMLElement>('button')?.focus()
  }
  const takes = adds && !sending
  return (
    <section
      className="card files"
      aria-labelledby={heading}
      data-over={over || undefined}
      onDragOver={(e) => {
        if (!takes || !e.dataTransfer.types.includes('Files')) return
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        if (takes) send([...e.dataTransfer.files])
      }}
    >
      <div className="card-head">
        <Icons.Paperclip size={14} className="muted" />
        <H2 id={heading}>{t('Files')}</H2>
        <Muted>{list.items.length || ''}</Muted>
      </div>
      <ul className="file-list">
        {list.items.map((file) => (
          <li key={file.id}>
            <Icons.FileText size={15} className="muted" />
            <div>
              <button type="button" className="file-name" onClick={() => open(file)} title={file.name}>
                <span className="sr">{t('Download')} </span>
                {file.name}
              </button>
              <span className="muted">
                {showSize(file.size)} · {file.actor_name || t('the system')} · {showTime(file.at)}
              </span>
            </div>
            {removes && (
              <button
                type="button"
                className="icon-btn"
                aria-label={t('Take away {name}', { name: file.name })}
                onClick={() => setRemoving(file)}
              >
                <Icons.Trash2 size={14} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {sending && (
        <div className="file-sending">
          <span className="file-name">{sending.name}</span>
          <Progress done={sending.done} total={sending.total} label={t('Sending {name}', { name: sending.name })} />
        </div>
      )}
      {errors.length > 0 && (
        <div role="alert" className="file-errors">
          {errors.map((text) => (
            <p key={text} className="fld-error">
              {text}
            </p>
          ))}
        </div>
      )}
      {adds && (
        <div className="file-add">
          <Button disabled={!!sending} icon={<Icons.Upload size={14} />} onPress={() => pick.current?.click()}>
            {t('Add files')}
          </Button>
          <span className="muted">{t('or drop them here, up to {size} each', { size: showSize(list.max_bytes) })}</span>
          <input
            ref={pick}
            type="file"
            multiple
            hidden
            aria-label={t('Add files')}
            accept={list.kinds.map((k) => `.${k}`).join(',')}
            onChange={(e) => {
              const chosen = [...(e.target.files ?? [])]
              e.target.value = ''
              if (chosen.length) send(chosen)
            }}
          />
        </div>
      )}
      {!adds && list.items.length === 0 && <p className="file-none muted">{t('No files')}</p>}
      {removing && (
        <Dialog
          title={t('Take away {name}?', { name: removing.name })}
          onClose={() => setRemoving(null)}
          footer={
            <>
              <Button onPress={() => setRemoving(null)}>{t('Keep it')}</Button>
              <Button tone="danger" onPress={() => remove(removing)}>
                {t('Take away')}
              </Button>
            </>
          }
        >
          <p className="dialog-body">{t('The file is deleted; that it was here stays in the timeline.')}</p>
        </Dialog>
      )}
    </section>
  )
}
