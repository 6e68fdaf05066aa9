import {
  config,
  QueryClientProvider,
  queries,
  Router,
  refresh,
  session,
  setPrefs,
  TamaguiProvider,
  Theme,
  Toasts,
  Trouble,
  usePrefs,
  useStore,
} from '@bm/desk-kit'
import { useCallback, useEffect, useState } from 'react'
import { Shell } from './Shell'
import { SignIn } from './SignIn'

export function App() {
  const { scheme, density, language } = usePrefs()
  const who = useStore(session)
  const [trouble, setTrouble] = useState<unknown>(null)
  const begin = useCallback(() => {
    setTrouble(null)
    refresh().catch(setTrouble)
  }, [])
  useEffect(begin, [begin])
  useEffect(() => {
    if (who === null) queries.clear()
  }, [who])
  useEffect(() => {
    const html = document.documentElement
    html.className = `t_${scheme}`
    html.style.colorScheme = scheme
    html.dataset.density = density
    html.lang = language
    const onKey = (e: KeyboardEvent) => {
      if (e.altKey && e.key.toLowerCase() === 't') setPrefs({ scheme: scheme === 'light' ? 'dark' : 'light' })
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [scheme, density, language])
  return (
    <TamaguiProvider config={config} defaultTheme={scheme} disableInjectCSS>
      <Theme name={scheme}>
        <QueryClientProvider client={queries}>
          <Router>
            {who === undefined ? (
              trouble ? (
                <main className="signin">
                  <Trouble error={trouble} again={begin} />
                </main>
              ) : null
            ) : who === null ? (
              <SignIn />
            ) : (
              <Shell key={`${who.tenant}/${who.user}/${language}`} />
            )}
          </Router>
          <Toasts />
        </QueryClientProvider>
      </Theme>
    </TamaguiProvider>
  )
}
