// What both generations of Langfuse's clients are asked for: traces whose spans come in parts, and scores.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask as read, until, whole } from './stored.mjs'

/**
 * A trace once it has all of these spans, none of them is running, and what is waited for is so: clients send what they say of a trace later
 * by itself. Its row, and its spans with payloads, also by name.
 */
export const storedTrace = (traceId, names, settled = () => true) =>
  eventually(`${names.join(', ')} of ${traceId}`, async () => {
    const { status, body } = await read(`/api/v1/traces/${encodeURIComponent(traceId)}`)
    if (status !== 200) return undefined
    const ended = body.spans.filter((span) => span.status !== 'running').map(({ name }) => name)
    if (!names.every((name) => ended.includes(name))) return undefined
    const details = await Promise.all(body.spans.map(whole))
    const stored = { trace: body.trace, spans: details, span: (name) => details.find((span) => span.name === name) }
    return settled(stored) ? stored : undefined
  })

/** The scores of a trace or a session once there are this many, by name. */
export async function storedScores(query, count) {
  const { scores } = await until(`/api/v1/scores?${new URLSearchParams(query)}`, (body) => body.scores.length >= count)
  assert.equal(scores.length, count)
  return Object.fromEntries(scores.map((score) => [score.name, score]))
}

/** Asks until the answer is something: what was acknowledged can be read a moment later. */
export async function eventually(what, ask) {
  let last
  for (let round = 0; round < 600; round++) {
    try {
      const answer = await ask()
      if (answer) return answer
    } catch (error) {
      last = error
    }
    await sleep(100)
  }
  throw new Error(`${what} did not become true in 60 s`, { cause: last })
}

/** The experiment that was made of a run over a dataset, when it has what is expected of it. */
export async function experimentOf(dataset, { rows, metric, mean }) {
  return eventually(`an experiment over ${dataset}`, async () => {
    const { body } = await read(`/api/v1/experiments?dataset=${encodeURIComponent(dataset)}`)
    const [experiment] = body.experiments
    if (!experiment) return undefined
    const { body: found } = await read(`/api/v1/experiments/${experiment.id}/rows?limit=50`)
    const scores = found.rows
      .flatMap(({ answers }) => answers.flatMap((answer) => answer.scores))
      .filter((score) => score.metric === metric)
    const sum = scores.reduce((total, { score }) => total + score, 0)
    return found.rows.length === rows && scores.length === rows && sum / rows === mean ? experiment : undefined
  })
}
