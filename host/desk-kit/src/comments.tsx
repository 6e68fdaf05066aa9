// What people say about a document: a line in its history, for everybody who may read it.
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ApiError, api } from './api'
import { t } from './i18n'
import type { Doc, DocMeta } from './types'
import { Button } from './ui'

export const COMMENT_MAX = 4000

export function CommentBox({ meta, doc }: { meta: DocMeta; doc: Doc }) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  /** Sent again after a lost answer, it is one comment. */
  const key = useRef<string | undefined>(undefined)
  const said = text.trim()
  const send = async () => {
    if (!said || busy) return
    setBusy(true)
    setError('')
    key.current ??= crypto.randomUUID()
    try {
      await api.act(meta, doc.id, 'comment', { text: said }, key.current)
      setText('')
      key.current = undefined
      await client.invalidateQueries({ queryKey: ['history', meta.module, meta.collection, doc.id] })
    } catch (e) {
      setError(e instanceof ApiError ? `${e.fields[0]?.message ?? e.message} ${e.hint}` : String(e))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="say"
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      <textarea
        className="inp area"
        rows={2}
        maxLength={COMMENT_MAX}
        aria-label={t('Comment')}
        aria-invalid={error ? true : undefined}
        placeholder={t('Say something about it…')}
        value={text}
        onChange={(e) => {
          setText(e.target.value)
          key.current = undefined
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return
          e.preventDefault()
          e.stopPropagation()
          send()
        }}
      />
      {error && (
        <p className="fld-error" role="alert">
          {error}
        </p>
      )}
      {said && (
        <Button submit disabled={busy} keys="Ctrl ↵">
          {t('Comment')}
        </Button>
      )}
    </form>
  )
}
