import { type About, contribute, healthy, type Remote, store, Trouble, useRemotes } from '@bm/desk-kit'
import { loadRemote, registerRemotes } from '@module-federation/runtime'
import { Component, type ComponentType, type ReactNode, useEffect } from 'react'

interface Bundle {
  default: ComponentType<{ path: string }>
  about?: About
}
const loading = new Map<string, Promise<Bundle>>()
export const bundles = store<Record<string, Bundle>>({})

/** The bundle of a domain; asked for once, again after it could not be had. */
export function bundle(name: string, remote: Remote): Promise<Bundle> {
  let found = loading.get(name)
  if (!found) {
    registerRemotes([{ name, entry: new URL(remote.url ?? '', location.origin).href, type: 'module' }], {
      force: false,
    })
    found = loadRemote<Bundle>(`${name}/App`).then((b) => {
      if (!b) throw new Error(`The bundle of ${name} is empty.`)
      bundles.set({ ...bundles.get(), [name]: b })
      if (b.about) contribute(name, b.about)
      return b
    })
    found.catch(() => loading.delete(name))
    loading.set(name, found)
  }
  return found
}

// The masters have no bundle of their own: their metadata says it all.
contribute('core', { search: ['core.supplier', 'core.customer', 'core.item'] })

/** Loads what the domains contribute to one another. */
export function useContributions() {
  const remotes = useRemotes().data
  useEffect(() => {
    if (!remotes) return
    for (const [name, r] of Object.entries(remotes)) {
      if (!r.url || !healthy(r)) continue
      bundle(name, r).catch(() => {})
    }
  }, [remotes])
}

/** What fails inside one domain stays there. */
export class Boundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  state: { error?: unknown } = {}
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  render() {
    return this.state.error ? (
      <Trouble error={this.state.error} again={() => this.setState({ error: undefined })} />
    ) : (
      this.props.children
    )
  }
}
