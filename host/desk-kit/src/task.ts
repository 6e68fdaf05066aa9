// Work of the host that takes longer than a request: asked for once, asked about until it is over.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, call, query } from './api'
import type { ErrorBody } from './types'

export interface Task<R = unknown, S = unknown> {
  id: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  asked_by: string
  asked_at: string
  started_at: string | null
  ended_at: string | null
  done: number
  total: number
  rows: R[]
  /** More were found than are told. */
  rows_left_out: number
  result: S | null
  refusal: ErrorBody | null
}

export const isOver = (task: Task | null | undefined) => task?.state === 'done' || task?.state === 'failed'

/** The refusal as an error like any other. */
export function refusalOf(task: Task | null | undefined): ApiError | null {
  const e = task?.refusal?.error
  return e ? new ApiError(422, e.code, e.message, e.hint ?? '', e.fields ?? []) : null
}

const PAUSE_MS = 300

/** The newest task of a kind, or the one this page asked for. */
export function useTask<R, S>(kind: 'prove' | 'import') {
  const client = useQueryClient()
  const [id, setId] = useState('')
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const key = (of: string) => ['task', kind, of]
  const found = useQuery({
    queryKey: key(id),
    queryFn: () =>
      call<{ task: Task<R, S> | null }>('GET', `/api/v1/${kind}${query(id ? { id } : {})}`).then((r) => r.task),
    refetchInterval: (q) => (q.state.data && !isOver(q.state.data) ? PAUSE_MS : false),
  })
  const ask = async (how: Record<string, string> = {}, csv?: string) => {
    setAsking(true)
    setError(null)
    try {
      const { task } = await call<{ task: Task<R, S> }>('POST', `/api/v1/${kind}${query(how)}`, { csv })
      client.setQueryData(key(task.id), task)
      setId(task.id)
      return task.id
    } catch (e) {
      setError(e)
      return null
    } finally {
      setAsking(false)
    }
  }
  const task = found.data ?? null
  return {
    task,
    /** It waits or runs. */
    busy: asking || (task !== null && !isOver(task)),
    error: error ?? found.error,
    loading: found.isPending,
    ask,
    again: () => found.refetch(),
  }
}
