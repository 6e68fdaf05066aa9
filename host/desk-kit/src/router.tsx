// Addresses are /desk/<module>/<collection>[/<id>] and /desk/<module>/reports/<name>; what a view shows is in the query.
import {
  type AnchorHTMLAttributes,
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'

const BASE = '/desk'
interface Route {
  path: string
  query: URLSearchParams
  /** Goes to a path of the Desk; replace: without a step back. */
  go(to: string, replace?: boolean): void
}
const Context = createContext<Route>({ path: '/', query: new URLSearchParams(), go: () => {} })

const read = () => ({
  path: location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) || '/' : '/',
  search: location.search,
})

export function Router({ children }: { children: ReactNode }) {
  const [at, set] = useState(read)
  useEffect(() => {
    const moved = () => set(read())
    addEventListener('popstate', moved)
    return () => removeEventListener('popstate', moved)
  }, [])
  const go = useCallback((to: string, replace = false) => {
    history[replace ? 'replaceState' : 'pushState'](null, '', BASE + to)
    set(read())
  }, [])
  const value = useMemo(() => ({ path: at.path, query: new URLSearchParams(at.search), go }), [at, go])
  return <Context.Provider value={value}>{children}</Context.Provider>
}

export const useRoute = () => useContext(Context)

export function Link({ to, onClick, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const { go } = useRoute()
  return (
    <a
      href={BASE + to}
      onClick={(e) => {
        onClick?.(e)
        if (e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0 || e.defaultPrevented) return
        e.preventDefault()
        e.stopPropagation()
        go(to)
      }}
      {...rest}
    />
  )
}
