import { useSyncExternalStore } from 'react'

/** A value that components can watch. */
export interface Store<T> {
  get(): T
  set(next: T): void
  subscribe(listener: () => void): () => void
}

export function store<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const l of [...listeners]) l()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const useStore = <T>(s: Store<T>): T => useSyncExternalStore(s.subscribe, s.get)

/** What is kept on this machine; a browser that forbids it just forgets. */
export const kept = {
  read<T>(key: string, fallback: T): T {
    try {
      const text = localStorage.getItem(`bm.${key}`)
      return text === null ? fallback : (JSON.parse(text) as T)
    } catch {
      return fallback
    }
  },
  write(key: string, value: unknown) {
    try {
      if (value === undefined || value === null) localStorage.removeItem(`bm.${key}`)
      else localStorage.setItem(`bm.${key}`, JSON.stringify(value))
    } catch {
      // full or forbidden: nothing is lost but comfort
    }
  },
}
