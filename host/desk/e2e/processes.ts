// The processes of the host, where each domain has its own.
import { readFileSync } from 'node:fs'

/** What `business-m up` has printed; nothing: all domains are in one process. */
const log = process.env.DESK_PROCESSES ?? ''
export const separate = log !== ''

/** A machine that is busy takes its time to notice, and to start a process. */
export const PATIENCE = 90_000

/** The process that serves a domain now, or 0: it is in the last table of states. */
function processOf(domain: string): number {
  const rows = [...readFileSync(log, 'utf8').matchAll(/^ {2}(\S+) +(starting|ready|down|stopped) +(\d+) /gm)]
  return Number(rows.findLast(([, name]) => name === domain)?.[3] ?? 0)
}

/** Kills the process of a domain and stops the one that is started in its place, until the returned function is called. */
export function holdDown(domain: string): () => void {
  const first = processOf(domain)
  process.kill(first, 'SIGKILL')
  let second = 0
  const look = setInterval(() => {
    const pid = processOf(domain)
    if (!pid || pid === first) return
    clearInterval(look)
    process.kill(pid, 'SIGSTOP')
    second = pid
  }, 20)
  return () => {
    clearInterval(look)
    if (second) process.kill(second, 'SIGKILL')
  }
}
