// Companies of one person. A user belongs to one company; who works for several has an account in each, under the same
// e-mail. So a switch signs in there, and nothing of the other company stays in this page.
import { type FormEvent, useRef, useState } from 'react'
import { ApiError, signInElsewhere } from './api'
import { Labelled } from './fields'
import { t } from './i18n'
import { kept } from './store'
import { Alert, Button, Dialog } from './ui'

interface LastSignIn {
  tenant: string
  email: string
}
const MAIN = 'main'
export const lastSignIn = () => kept.read<LastSignIn>('sign-in', { tenant: '', email: '' })

/** Companies this person has signed in to on this machine, by their short names. */
export const companiesOf = (email: string) => kept.read<Record<string, string[]>>('companies', {})[email] ?? []

/** To be offered next time. */
export function rememberSignIn({ tenant, email }: LastSignIn) {
  const all = kept.read<Record<string, string[]>>('companies', {})
  const names = new Set([...(all[email] ?? []), tenant || MAIN])
  kept.write('sign-in', { tenant, email })
  kept.write('companies', { ...all, [email]: [...names].sort() })
}

export function SwitchCompany({ onClose }: { onClose: () => void }) {
  const { tenant: here, email } = lastSignIn()
  const others = companiesOf(email).filter((name) => name !== (here || MAIN))
  const form = useRef<HTMLFormElement>(null)
  const [tenant, setTenant] = useState(others[0] ?? '')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  const submit = async (e: FormEvent) => {
    e.preventDefault()
    const name = tenant.trim()
    if (!name || !password || busy) return
    setBusy(true)
    setTrouble('')
    try {
      await signInElsewhere(name, email, password)
    } catch (error) {
      setTrouble(error instanceof ApiError ? `${error.message} ${error.hint}` : String(error))
      setBusy(false)
      return
    }
    rememberSignIn({ tenant: name, email })
    location.assign('/desk/')
  }
  return (
    <Dialog
      title={t('Another company')}
      width={400}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Back')}</Button>
          <Button tone="primary" disabled={busy} onPress={() => form.current?.requestSubmit()}>
            {t('Sign in')}
          </Button>
        </>
      }
    >
      <form ref={form} className="dialog-body stack" onSubmit={submit}>
        <p className="muted">
          {t('You have an account of your own in every company. You sign in there as {email}.', { email })}
        </p>
        {trouble && <Alert>{trouble}</Alert>}
        <Labelled id="company" label={t('Company')}>
          <input
            id="company"
            className="inp"
            list="companies"
            required
            autoFocus={!tenant}
            autoComplete="organization"
            value={tenant}
            onChange={(e) => setTenant(e.target.value)}
          />
          <datalist id="companies">
            {others.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </Labelled>
        <Labelled id="company-password" label={t('Password')}>
          <input
            id="company-password"
            className="inp"
            type="password"
            required
            autoFocus={!!tenant}
            autoComplete="current-password"
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
        </Labelled>
        <input type="submit" hidden />
      </form>
    </Dialog>
  )
}
