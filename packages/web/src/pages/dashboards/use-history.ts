import { useReducer } from 'react'

export type History<T> = { past: readonly T[]; now: T; future: readonly T[]; tag: string | undefined }
type Step<T> = { type: 'set'; next: T; tag?: string | undefined } | { type: 'undo' } | { type: 'redo' }
const MOST = 100

/** One step. Changes in a row with the same tag, such as the letters of a title, are undone together. */
export function reduceHistory<T>(history: History<T>, step: Step<T>): History<T> {
  const { past, now, future, tag } = history
  if (step.type === 'set') {
    if (step.next === now) return history
    if (step.tag !== undefined && step.tag === tag) return { ...history, now: step.next, future: [] }
    return { past: [...past, now].slice(-MOST), now: step.next, future: [], tag: step.tag }
  }
  if (step.type === 'undo') {
    const before = past.at(-1)
    return before === undefined ? history : { past: past.slice(0, -1), now: before, future: [now, ...future], tag: undefined }
  }
  const [after, ...later] = future
  return after === undefined ? history : { past: [...past, now], now: after, future: later, tag: undefined }
}

/** A value that is being changed, with every step back and forward. */
export function useHistory<T>(start: T) {
  const [history, step] = useReducer(reduceHistory<T>, { past: [], now: start, future: [], tag: undefined })
  return {
    now: history.now,
    set: (next: T, tag?: string) => step({ type: 'set', next, tag }),
    undo: () => step({ type: 'undo' }),
    redo: () => step({ type: 'redo' }),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  }
}
