// A document: its fields as the metadata describes them, its life cycle as buttons, and beside it what belongs to it.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ActionInput, inputOf } from './action'
import { ApiError, api, session } from './api'
import { ChildTable, type NextRows } from './childtable'
import { Conflict } from './conflict'
import { forgetLabels, keepLabel, may, titleOf, useMe, useMeta, visible } from './data'
import { FieldEditor, useFocusOnError } from './fields'
import { pageActions, prepare, takePrepared, useAbout } from './flows'
import { t, words } from './i18n'
import { Icons } from './icons'
import { lookedUp } from './link'
import { applies, bodyOf, bySection, copyOf, type EditingStore, editing, get, isDirty, startOf } from './model'
import { showTime } from './prefs'
import { errorsOf } from './quick'
import { Rail } from './rail'
import { remember } from './recent'
import { useRoute } from './router'
import { kept, useStore } from './store'
import { toast } from './toast'
import type { Action, Doc, DocMeta, Field as Meta, Row, Value } from './types'
import { Badge, Button, Dialog, H1, H2, Muted, PageHeader, Skeleton, State, Trouble } from './ui'

export interface FormProps {
  module: string
  collection: string
  /** "new" or the id. */
  id: string
}

const draftKey = (p: FormProps) => `draft.${session.get()?.tenant}.${p.module}/${p.collection}/${p.id}`

export function FormView(p: FormProps) {
  const meta = useMeta(p)
  const isNew = p.id === 'new'
  const doc = useQuery({
    queryKey: ['doc', p.module, p.collection, p.id],
    queryFn: () => api.get(p, p.id),
    enabled: !isNew,
    staleTime: 5_000,
  })
  const error = meta.error ?? doc.error
  if (error && !doc.data) return <Trouble error={error} again={() => (meta.error ? meta.refetch() : doc.refetch())} />
  if (!meta.data || (!isNew && !doc.data)) return <Skeleton />
  return <Form key={`${p.module}/${p.collection}/${p.id}`} {...p} meta={meta.data} doc={doc.data ?? null} />
}

/** Whole bodies of writes that may have arrived, with the key they went under: trying again writes once. */
function useKeys() {
  const last = useRef<{ what: string; key: string } | null>(null)
  return (what: string) => {
    if (last.current?.what !== what) last.current = { what, key: crypto.randomUUID() }
    return last.current.key
  }
}

interface Draft {
  version: number
  value: Row
}

/**
 * The document that is edited, and what of it was typed and not sent: kept soon after it was typed, and at once when the
 * page goes, so that a reload or the end of a session loses nothing.
 */
function useEditing(meta: DocMeta, key: string, first: (draft: Draft | null) => EditingStore) {
  const [form, show] = useState(() => first(kept.read<Draft | null>(key, null)))
  const held = useRef(form)
  const setForm = useCallback((next: EditingStore) => {
    held.current = next
    show(next)
  }, [])
  const keep = useCallback(() => {
    const now = held.current.get()
    const draft = isDirty(meta, now) ? { version: now.base?.version ?? 0, value: bodyOf(meta, now) } : null
    kept.write(key, draft)
  }, [meta, key])
  useEffect(() => {
    const wait = setTimeout(keep, 400)
    return () => clearTimeout(wait)
  })
  useEffect(() => {
    addEventListener('pagehide', keep)
    return () => {
      removeEventListener('pagehide', keep)
      keep()
    }
  }, [keep])
  return [form, setForm] as const
}

function Form({ meta, doc, ...p }: FormProps & { meta: DocMeta; doc: Doc | null }) {
  const { go } = useRoute()
  const client = useQueryClient()
  const roles = useMe().data?.roles
  const base = `/${p.module}/${p.collection}`
  const [restored, setRestored] = useState(false)
  const key = useMemo(() => draftKey(p), [])
  const [form, setForm] = useEditing(meta, key, (draft) => {
    if (!doc) return editing(null, { ...startOf(meta), ...(takePrepared(base) ?? draft?.value ?? {}) })
    if (draft && draft.version === doc.version) return editing(doc, { ...doc, ...draft.value })
    return editing(doc, doc)
  })
  const state = useStore(form)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<ApiError | null>(null)
  const [asking, setAsking] = useState<Action | null>(null)
  const [theirs, setTheirs] = useState<Doc | null>(null)
  const keyFor = useKeys()
  useFocusOnError(state.errors)

  // A fresh copy replaces what is shown, unless there is something unsent.
  useEffect(() => {
    const now = form.get()
    if (doc && now.base && doc.version !== now.base.version && !isDirty(meta, now)) setForm(editing(doc, doc))
  }, [doc, form, meta])
  const dirty = useMemo(() => isDirty(meta, state), [meta, state])
  useEffect(() => {
    setRestored(kept.read(key, null) !== null && isDirty(meta, form.get()))
    if (doc) remember({ to: `${base}/${doc.id}`, label: titleOf(doc, meta), kind: meta.label })
  }, [])

  const current = state.base
  const stateMeta = meta.states.find((s) => s.name === (current?.state ?? meta.states[0]?.name))
  const offered = current?._actions as string[] | undefined
  const editable = current ? (offered?.includes('update') ?? false) : may(meta, roles, 'create')
  // Whoever makes something new begins to type; a phone would hide half the page behind its keys.
  const page = useRef<HTMLElement>(null)
  const begins = !doc && editable && innerWidth >= 700
  useEffect(() => {
    const first = () => page.current?.querySelector<HTMLElement>('.fields :is(input, select):not([readonly])')?.focus()
    const wait = begins ? setTimeout(first) : undefined
    return () => clearTimeout(wait)
  }, [begins])

  const actions = meta.actions.filter((a) =>
    current ? offered?.includes(a.action) : a.primary && a.from.includes(meta.states[0].name),
  )

  const settle = (saved: Doc, text: string) => {
    kept.write(key, null)
    keepLabel(meta.name, saved)
    if (!meta.has_life_cycle) forgetLabels()
    client.setQueryData(['doc', p.module, p.collection, saved.id], saved)
    client.invalidateQueries({
      predicate: (q) =>
        q.queryKey[0] !== 'meta' && q.queryKey[0] !== 'types' && q.queryKey[0] !== 'doc' && q.queryKey[0] !== 'me',
    })
    setForm(editing(saved, saved))
    setRestored(false)
    toast(text)
    if (p.id !== saved.id) go(`${base}/${saved.id}`, true)
  }
  const refuse = async (error: unknown) => {
    const e = error instanceof ApiError ? error : new ApiError(0, 'desk.error', String(error))
    if (e.code === 'core.version.stale' && current) setTheirs(await api.get(p, current.id))
    else {
      form.refuse(errorsOf(e))
      setTrouble(e)
    }
  }
  const write = async (work: () => Promise<void>) => {
    if (busy) return
    setBusy(true)
    setTrouble(null)
    form.refuse({})
    try {
      await work()
    } catch (error) {
      await refuse(error).catch((e) => setTrouble(e))
    } finally {
      setBusy(false)
    }
  }
  const put = async (body: Row, version: number | undefined): Promise<Doc> => {
    const now = form.get().base
    const key = keyFor(JSON.stringify(['save', now?.id, version, body]))
    return now ? api.update(p, now.id, version ?? now.version, body, key) : api.create(p, body, undefined, key)
  }
  /** What was typed is looked up and read; what cannot be is not sent as something else. */
  const readAll = async () => {
    await lookedUp()
    const wrong = Object.entries(form.get().unread).map(([path, message]) => ({ path, code: 'desk.unread', message }))
    if (wrong.length === 0) return
    const hint = t('Correct it and try again.')
    throw new ApiError(0, 'desk.unread', t('Not everything that was typed can be read.'), hint, wrong)
  }
  const save = () =>
    write(async () => {
      await readAll()
      if (current && !isDirty(meta, form.get())) return
      const saved = await put(bodyOf(meta, form.get()), undefined)
      settle(
        saved,
        t('{what} is saved', { what: titleOf(saved, meta) === t('Draft') ? meta.label : titleOf(saved, meta) }),
      )
    })
  const act = (action: Action, input?: Row) =>
    write(async () => {
      await readAll()
      const now = form.get()
      let done: Doc
      if (!now.base) {
        const body = bodyOf(meta, now)
        done = await api.create(p, body, action.action, keyFor(JSON.stringify([action.action, body])))
      } else {
        const saved = isDirty(meta, now) ? await put(bodyOf(meta, now), undefined) : now.base
        if (saved !== now.base) {
          client.setQueryData(['doc', p.module, p.collection, saved.id], saved)
          setForm(editing(saved, saved))
        }
        done = await api.act(
          p,
          saved.id,
          action.action,
          input,
          keyFor(JSON.stringify([action.action, saved.id, saved.version, input])),
        )
      }
      setAsking(null)
      settle(done, `${titleOf(done, meta)}: ${words(done.state)}`)
    })
  const start = (action: Action) => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    if (action.input?.length || (!action.primary && action.to)) setAsking(action)
    else setTimeout(() => act(action))
  }
  const saveSoon = () => {
    ;(document.activeElement as HTMLElement | null)?.blur() // what is typed is taken when the field is left
    setTimeout(() => run.current.save(), 30)
  }
  const run = useRef({ save })
  run.current = { save }
  const primary = actions.find((a) => a.primary)

  const flows = useAbout('flows').filter((f) => current && f.from === meta.name && f.states.includes(current.state))
  const discard = () => {
    kept.write(key, null)
    setRestored(false)
    setTrouble(null)
    setForm(current ? editing(current, current) : editing(null, startOf(meta)))
  }
  const remove = async () => {
    if (!current) return
    await write(async () => {
      await api.remove(p, current.id, current.version)
      setForm(editing(current, current))
      client.removeQueries({ queryKey: ['doc', p.module, p.collection, current.id] })
      client.invalidateQueries({ queryKey: ['list'] })
      toast(t('{what} is deleted', { what: titleOf(current, meta) }))
      go(base, true)
    })
  }
  const [deleting, setDeleting] = useState(false)

  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (document.querySelector('dialog[open]')) return
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 's') {
        e.preventDefault()
        if (editable) saveSoon()
      } else if ((e.ctrlKey || e.metaKey) && e.shiftKey && e.key === 'Enter' && primary) {
        e.preventDefault()
        start(primary)
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
  useEffect(() => {
    pageActions.set([
      ...(editable ? [{ label: t('Save'), keys: 'Ctrl S', run: saveSoon }] : []),
      ...actions.map((a) => ({
        label: `${a.label}: ${current ? titleOf(current, meta) : meta.label}`,
        run: () => start(a),
      })),
      ...flows.map((f) => ({ label: f.label, run: () => follow(f) })),
    ])
    return () => pageActions.set([])
  }, [current, editable, flows.length])
  const follow = async (f: (typeof flows)[number]) => {
    if (!current) return
    await write(async () => {
      const value = await f.make(current)
      prepare(`/${f.to}`, value)
      go(`/${f.to}/new`)
    })
  }

  const stranger = Object.entries(state.errors).filter(([path]) => !fieldShown(meta, path))
  return (
    <section className="page" aria-label={meta.label} ref={page}>
      <PageHeader
        title={
          <>
            <H1>{current ? titleOf(current, meta) : t('New {label}', { label: meta.label.toLowerCase() })}</H1>
            {current && meta.has_life_cycle && <State name={current.state} />}
            {dirty && <Badge tone="warning">{t('Not saved')}</Badge>}
          </>
        }
        sub={
          <Muted>
            {current
              ? `${meta.label}${current.number && current.number !== titleOf(current, meta) ? ` ${current.number}` : ''} · ${t('changed')} ${showTime(current.modified_at as string)}`
              : meta.label_plural}
          </Muted>
        }
        actions={
          <>
            {current && (
              <Button
                tone="ghost"
                label={t('Print')}
                icon={<Icons.Printer size={15} />}
                onPress={() => go(`${base}/${p.id}/print`)}
              />
            )}
            {current && may(meta, roles, 'create') && (
              <Button
                tone="ghost"
                label={t('Make another like this')}
                icon={<Icons.Copy size={15} />}
                onPress={() => {
                  prepare(base, copyOf(meta, state.value))
                  go(`${base}/new`)
                }}
              />
            )}
            {offered?.includes('delete') && (
              <Button
                tone="ghost"
                label={t('Delete')}
                icon={<Icons.Trash2 size={15} />}
                onPress={() => setDeleting(true)}
              />
            )}
            {flows.map((f) => (
              <Button key={f.label} onPress={() => follow(f)} disabled={busy || dirty} icon={<Icons.Plus size={14} />}>
                {t(f.label)}
              </Button>
            ))}
            {actions
              .filter((a) => !a.primary)
              .map((a) => (
                <Button
                  key={a.action}
                  tone={a.action === 'cancel' || a.action === 'blacklist' ? 'danger' : undefined}
                  disabled={busy}
                  onPress={() => start(a)}
                >
                  {a.label}
                </Button>
              ))}
            {editable && (
              <Button
                tone={primary ? undefined : 'primary'}
                keys="Ctrl S"
                disabled={busy || (!!current && !dirty)}
                onPress={saveSoon}
              >
                {t('Save')}
              </Button>
            )}
            {primary && (
              <Button tone="primary" icon={<Icons.Send size={14} />} disabled={busy} onPress={() => start(primary)}>
                {primary.label}
              </Button>
            )}
          </>
        }
        below={
          meta.has_life_cycle && meta.states.some((s) => s.name === 'draft' || s.name === 'submitted') ? (
            <Steps meta={meta} at={current?.state ?? meta.states[0].name} />
          ) : undefined
        }
      />
      <div className="form-scroll">
        {(trouble || restored) && (
          <div className="notices">
            {restored && !trouble && (
              <div className="notice info" role="status">
                <Icons.History size={15} />
                <span className="grow">{t('What you had not sent is here again.')}</span>
                <button type="button" className="lnk" onClick={discard}>
                  {t('Discard')}
                </button>
              </div>
            )}
            {trouble && (
              <div className="notice danger" role="alert">
                <Icons.AlertTriangle size={15} />
                <span className="grow">
                  <b>{trouble.message}</b> {trouble.hint}
                  {stranger.map(([path, message]) => (
                    <span key={path} className="notice-line">
                      {path}: {message}
                    </span>
                  ))}
                </span>
                <button type="button" className="lnk" onClick={() => setTrouble(null)}>
                  {t('Close')}
                </button>
              </div>
            )}
          </div>
        )}
        <div className="form-grid">
          <Body meta={meta} form={form} readOnly={!editable} />
          <Rail meta={meta} doc={current} value={state.value} dirty={dirty} />
        </div>
        {stateMeta && !stateMeta.editable && <p className="sr">{t('This document does not change any more.')}</p>}
      </div>
      {asking && (
        <Ask
          action={asking}
          what={current ? titleOf(current, meta) : meta.label}
          busy={busy}
          errors={state.errors}
          trouble={trouble}
          onClose={() => setAsking(null)}
          onGo={(input) => act(asking, input)}
        />
      )}
      {deleting && (
        <Dialog
          title={t('Delete {what}?', { what: current ? titleOf(current, meta) : '' })}
          onClose={() => setDeleting(false)}
          footer={
            <>
              <Button onPress={() => setDeleting(false)}>{t('Keep it')}</Button>
              <Button
                tone="danger"
                onPress={() => {
                  setDeleting(false)
                  remove()
                }}
              >
                {t('Delete')}
              </Button>
            </>
          }
        >
          <p className="dialog-body">{t('This cannot be taken back.')}</p>
        </Dialog>
      )}
      {theirs && current && (
        <Conflict
          meta={meta}
          base={current}
          mine={state.value}
          theirs={theirs}
          onClose={() => setTheirs(null)}
          onMerged={(value) => {
            setTheirs(null)
            const next = editing(theirs, value)
            client.setQueryData(['doc', p.module, p.collection, theirs.id], theirs)
            setForm(next)
            if (isDirty(meta, next.get())) toast(t('Both are merged: look at it and save.'))
          }}
        />
      )}
    </section>
  )
}

function fieldShown(meta: DocMeta, path: string): boolean {
  const name = path.split(/[.[]/)[0]
  const f = meta.fields.find((x) => x.name === name)
  return !!f && !f.hidden && !f.read_only
}

function Steps({ meta, at }: { meta: DocMeta; at: string }) {
  const names = meta.states.map((s) => s.name)
  const ends = ['cancelled', 'on_hold', 'suspended', 'blacklisted', 'rejected']
  const shown = names.filter((n) => !ends.includes(n) || n === at)
  if (shown.length < 2) return null
  return (
    <ol className="steps" aria-label={t('States')}>
      {shown.map((n) => (
        <li
          key={n}
          aria-current={n === at ? 'step' : undefined}
          data-done={shown.indexOf(n) < shown.indexOf(at) || undefined}
        >
          {words(n)}
        </li>
      ))}
    </ol>
  )
}

/** A reason, a day: what an action wants to know, or just whether it is meant. */
function Ask(props: {
  action: Action
  what: string
  busy: boolean
  errors: Record<string, string>
  trouble: ApiError | null
  onClose: () => void
  onGo: (input?: Row) => void
}) {
  const { action } = props
  const fields = inputOf(action)
  const [value, setValue] = useState<Row>({})
  const latest = useRef(value)
  latest.current = value
  return (
    <Dialog
      title={`${action.label}: ${props.what}`}
      width={fields.some((f) => f.kind === 'list') ? 820 : 480}
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={props.onClose}>{t('Back')}</Button>
          <Button
            tone={action.action === 'cancel' ? 'danger' : 'primary'}
            disabled={props.busy}
            onPress={() => {
              ;(document.activeElement as HTMLElement | null)?.blur()
              setTimeout(() => props.onGo(action.input ? latest.current : undefined))
            }}
          >
            {action.label}
          </Button>
        </>
      }
    >
      <div className="dialog-body fields">
        {props.trouble && (
          <p role="alert" className="alert">
            {props.trouble.message} {props.trouble.hint}
          </p>
        )}
        {fields.length === 0 && (
          <p>
            {action.action === 'cancel'
              ? t('It stays on record; its effect is taken back by a mirror posting.')
              : t('Shall this be done?')}
          </p>
        )}
        <ActionInput action={action} value={value} setValue={setValue} errors={props.errors} />
      </div>
    </Dialog>
  )
}

const nothingIn = (v: Value) => v === null || v === undefined || v === '' || /^-?0(\.0*)?$/.test(String(v))
const isHead = (f: Meta) =>
  f.kind !== 'text' && f.kind !== 'list' && f.kind !== 'struct' && f.name !== 'state' && f.name !== 'number'

/** The editable part: fields, groups of fields, tables; what only the host writes is in the rail. */
export function Body({ meta, form, readOnly }: { meta: DocMeta; form: EditingStore; readOnly: boolean }) {
  const { value, errors: refused, unread, base } = useStore(form)
  const errors = useMemo(() => ({ ...refused, ...unread }), [refused, unread])
  const fields = visible(meta.fields)
  const locked = (f: Meta) => readOnly || f.read_only || (f.immutable && !!base)
  const wanted = (f: Meta) => applies(f, value) || errors[f.name] !== undefined
  const filled = (f: Meta) => wanted(f) && (!locked(f) || !(value[f.name] === false || nothingIn(value[f.name])))
  const [[, head], ...sections] = bySection(fields.filter((f) => isHead(f) && !f.read_only && filled(f)))
  const texts = fields.filter((f) => f.kind === 'text' && !f.read_only && filled(f))
  const groups = fields.filter((f) => f.kind === 'struct' && !f.read_only)
  const tables = fields.filter(
    (f) => f.kind === 'list' && (!f.read_only || ((value[f.name] as Row[] | null)?.length ?? 0) > 0),
  )
  const changers = useMemo(
    () =>
      Object.fromEntries(
        tables.map((f) => [f.name, (next: NextRows, cell?: string) => form.rows(f.name, next, cell)] as const),
      ),
    [form, tables.map((f) => f.name).join()],
  )
  const one = (f: Meta, path: string) => (
    <FieldEditor
      key={path}
      field={f}
      value={get(value, path)}
      error={errors[path]}
      readOnly={locked(f)}
      onChange={(v) => form.put(path, v)}
      onUnread={(why) => form.unread(path, why)}
    />
  )
  return (
    <div className="form-main">
      <section className="card" aria-label={meta.label}>
        <div className="fields">{head.map((f) => one(f, f.name))}</div>
      </section>
      {tables.map((f) => (
        <section key={f.name} className="card" aria-label={f.label}>
          <div className="card-head">
            <H2>{f.label}</H2>
            <Muted>{((value[f.name] as Row[] | null) ?? []).length || ''}</Muted>
            {errors[f.name] && <span className="fld-error">{errors[f.name]}</span>}
          </div>
          <ChildTable
            field={f}
            rows={(value[f.name] as Row[] | null) ?? []}
            errors={errors}
            readOnly={!!locked(f)}
            keep={`${meta.name}.${f.name}`}
            onChange={changers[f.name]}
            onUnread={form.unread}
          />
        </section>
      ))}
      {sections.map(([heading, some]) => (
        <section key={heading} className="card" aria-label={t(heading)}>
          <div className="card-head">
            <H2>{t(heading)}</H2>
          </div>
          <div className="fields">{some.map((f) => one(f, f.name))}</div>
        </section>
      ))}
      {groups.map((g) => (
        <section key={g.name} className="card" aria-label={g.label}>
          <div className="card-head">
            <H2>{g.label}</H2>
          </div>
          <div className="fields">{visible(g.fields ?? []).map((f) => one(f, `${g.name}.${f.name}`))}</div>
        </section>
      ))}
      {texts.length > 0 && (
        <section className="card" aria-label={t('Long texts')}>
          <div className="fields">{texts.map((f) => one(f, f.name))}</div>
        </section>
      )}
    </div>
  )
}
