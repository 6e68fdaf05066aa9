import { useMemo, useState } from 'react'
import { ApiError, api } from './api'
import { visible } from './data'
import { FieldEditor, useFocusOnError } from './fields'
import { t } from './i18n'
import type { Doc, DocMeta, Row, Value } from './types'
import { Button, Dialog } from './ui'

export const errorsOf = (error: ApiError): Record<string, string> =>
  Object.fromEntries(error.fields.map((f) => [f.path, f.message]))

/** The few fields a new record cannot do without. */
export function QuickCreate(props: { meta: DocMeta; text: string; onMade: (doc: Doc) => void; onClose: () => void }) {
  const { meta } = props
  const fields = useMemo(
    () =>
      visible(meta.fields).filter(
        (f) =>
          !f.read_only &&
          f.kind !== 'list' &&
          (f.required || f.name === meta.title_field || f.name === meta.code_field),
      ),
    [meta],
  )
  const [value, setValue] = useState<Row>(() => (meta.title_field ? { [meta.title_field]: props.text } : {}))
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [trouble, setTrouble] = useState('')
  const [busy, setBusy] = useState(false)
  useFocusOnError(errors)
  const save = async () => {
    setBusy(true)
    try {
      props.onMade(await api.create(meta, value))
    } catch (error) {
      const e = error as ApiError
      setErrors(e instanceof ApiError ? errorsOf(e) : {})
      setTrouble(e.message)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={t('New {label}', { label: meta.label.toLowerCase() })}
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={props.onClose}>{t('Cancel')}</Button>
          <Button tone="primary" disabled={busy} onPress={save} keys="Ctrl S">
            {t('Save')}
          </Button>
        </>
      }
    >
      <div
        className="dialog-body fields"
        onKeyDown={(e) => {
          if ((e.ctrlKey || e.metaKey) && e.key === 's') {
            e.preventDefault()
            e.stopPropagation()
            ;(document.activeElement as HTMLElement | null)?.blur()
            setTimeout(save)
          }
        }}
      >
        {trouble && (
          <p role="alert" className="alert">
            {trouble}
          </p>
        )}
        {fields.map((f, i) => (
          <FieldEditor
            key={f.name}
            field={f}
            value={value[f.name] ?? f.default}
            error={errors[f.name]}
            autoFocus={i === 0}
            onChange={(v: Value) => setValue((old) => ({ ...old, [f.name]: v }))}
          />
        ))}
      </div>
    </Dialog>
  )
}
