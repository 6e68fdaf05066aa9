// What an action wants to know: a reason, a day, lines.
import type { Dispatch, SetStateAction } from 'react'
import { ChildTable } from './childtable'
import { FieldEditor } from './fields'
import type { Action, Row, Value } from './types'

export const inputOf = (action: Action) => (action.input ?? []).filter((f) => !f.hidden)

export function ActionInput(p: {
  action: Action
  value: Row
  setValue: Dispatch<SetStateAction<Row>>
  errors: Record<string, string>
}) {
  return inputOf(p.action).map((f) =>
    f.kind === 'list' ? (
      <ChildTable
        key={f.name}
        field={f}
        rows={(p.value[f.name] as Row[]) ?? []}
        errors={p.errors}
        readOnly={false}
        keep={`${p.action.action}.${f.name}`}
        onChange={(next) => p.setValue((old) => ({ ...old, [f.name]: next((old[f.name] as Row[]) ?? []) }))}
      />
    ) : (
      <FieldEditor
        key={f.name}
        field={f}
        value={p.value[f.name]}
        error={p.errors[f.name]}
        onChange={(v: Value) => p.setValue((old) => ({ ...old, [f.name]: v }))}
      />
    ),
  )
}
