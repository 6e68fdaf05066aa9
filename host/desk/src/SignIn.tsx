import { Alert, type ApiError, Button, Labelled, lastSignIn, rememberSignIn, signIn, t } from '@bm/desk-kit'
import { type FormEvent, useState } from 'react'

export function SignIn() {
  const last = lastSignIn()
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<ApiError | null>(null)
  const [tenantShown, setTenantShown] = useState(last.tenant !== '')
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const data = new FormData(e.currentTarget)
    const tenant = String(data.get('tenant') ?? '').trim()
    const email = String(data.get('email') ?? '').trim()
    setBusy(true)
    setTrouble(null)
    try {
      await signIn(tenant, email, String(data.get('password') ?? ''))
      rememberSignIn({ tenant, email })
    } catch (error) {
      setTrouble(error as ApiError)
      setBusy(false)
    }
  }
  return (
    <main className="signin">
      <form className="signin-card" onSubmit={submit} aria-label={t('Sign in')}>
        <div className="brand">
          <span className="logo" aria-hidden>
            M
          </span>
          <h1 className="h1">Business M</h1>
        </div>
        {trouble && (
          <Alert>
            {trouble.message} {trouble.hint}
          </Alert>
        )}
        {tenantShown && (
          <Labelled id="tenant" label={t('Company')}>
            <input
              className="inp"
              id="tenant"
              name="tenant"
              defaultValue={last.tenant}
              placeholder="main"
              autoComplete="organization"
            />
          </Labelled>
        )}
        <Labelled id="email" label={t('E-mail')}>
          <input
            className="inp"
            id="email"
            name="email"
            type="email"
            required
            autoFocus={!last.email}
            defaultValue={last.email}
            autoComplete="username"
          />
        </Labelled>
        <Labelled id="password" label={t('Password')}>
          <input
            className="inp"
            id="password"
            name="password"
            type="password"
            required
            autoFocus={!!last.email}
            autoComplete="current-password"
          />
        </Labelled>
        <Button submit tone="primary" disabled={busy}>
          {t('Sign in')}
        </Button>
        {!tenantShown && (
          <button type="button" className="lnk quiet center" onClick={() => setTenantShown(true)}>
            {t('Another company')}
          </button>
        )}
      </form>
    </main>
  )
}
