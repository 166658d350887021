import type { Outcome } from '@signalbox/schema/evaluator'
import { failed, passed, scored } from '../../evaluators/outcome.ts'
import type { Asked, Handler } from './asked.ts'
import { renderAll } from './render.ts'
import { isRecord, type Json } from './types.ts'

/** Assertions that ask a service which classifies texts, at the address that the configuration or the usual variables name. */
export const SERVICES: Record<string, Handler> = { moderation, classifier }

/** OpenAI's moderation, or whatever answers in its words at `config.apiBaseUrl`. */
async function moderation(asked: Asked): Promise<Outcome> {
  const { id, config } = providerOf(asked, 'openai:moderation:omni-moderation-latest')
  const [, model] = /^openai:moderation:(.+)$/.exec(id) ?? []
  if (model === undefined)
    return failed(`"${id}" moderates nothing here: write openai:moderation:MODEL, with config.apiBaseUrl where it is yours.`)
  const env = environment(asked)
  const base = String(config.apiBaseUrl ?? env.OPENAI_BASE_URL ?? env.OPENAI_API_BASE_URL ?? 'https://api.openai.com/v1')
  const key = config.apiKey ?? env.OPENAI_API_KEY
  const body = await posted(asked, `${base.replace(/\/+$/, '')}/moderations`, { model, input: asked.text }, key)
  if ('problem' in body) return failed(`The moderation failed: ${body.problem}`)
  const [result] = isRecord(body.json) && Array.isArray(body.json.results) ? body.json.results : []
  if (!isRecord(result) || !isRecord(result.categories)) return failed('The moderation gave no results.')
  const flagged = Object.entries(result.categories).flatMap(([name, found]) => (found === true ? [name] : []))
  const watched = Array.isArray(asked.value) && asked.value.length > 0 ? asked.value.map(String) : undefined
  const found = watched ? flagged.filter((name) => watched.includes(name)) : flagged
  return passed(found.length === 0, found.length === 0 ? undefined : `Flagged as ${found.join(', ')}.`)
}

/** The score of one class, of a service that answers as Hugging Face's text classification does. */
async function classifier(asked: Asked): Promise<Outcome> {
  const { id, config } = providerOf(asked, '')
  const [, model] = /^huggingface:text-classification:(.+)$/.exec(id) ?? []
  const url = typeof config.apiEndpoint === 'string' ? config.apiEndpoint : model === undefined ? undefined : `${HUGGING_FACE}${model}`
  if (url === undefined) return failed('classifier needs provider: huggingface:text-classification:MODEL, or its config.apiEndpoint.')
  const env = environment(asked)
  const body = await posted(asked, url, { inputs: asked.text }, config.apiKey ?? env.HF_TOKEN ?? env.HF_API_TOKEN)
  if ('problem' in body) return failed(`The classifier failed: ${body.problem}`)
  const classes = [body.json].flat(2).filter(isRecord)
  if (classes.length === 0) return failed('The classifier gave no classes.')
  const wanted = asked.value === undefined || asked.value === null ? undefined : String(asked.value)
  const scores = classes
    .filter(({ label }) => wanted === undefined || label === wanted)
    .flatMap(({ score }) => (typeof score === 'number' ? score : []))
  if (scores.length === 0) return failed(`The classifier knows no class "${wanted}", only ${classes.map(({ label }) => label).join(', ')}.`)
  const score = Math.max(...scores)
  const { threshold = 1 } = asked
  return scored(score, { pass: score >= threshold, reason: `${wanted ?? 'The likeliest class'}: ${score.toFixed(4)} of ${threshold}.` })
}

const HUGGING_FACE = 'https://router.huggingface.co/hf-inference/models/'

function providerOf({ assertion, test, vars }: Asked, fallback: string): { id: string; config: Json } {
  const named = assertion.provider ?? test.options.provider
  // A judge of the other assertions is no classifier.
  const given = isRecord(named) ? named : typeof named === 'string' ? { id: named } : {}
  const id = typeof given.id === 'string' && (assertion.provider !== undefined || given.id.includes('moderation')) ? given.id : fallback
  return { id, config: renderAll({ ...(isRecord(given.config) ? given.config : {}), ...assertion.config }, vars) as Json }
}

const environment = ({ vars }: Asked): Record<string, string | undefined> =>
  isRecord(vars.env) ? (vars.env as Record<string, string | undefined>) : {}

async function posted({ env }: Asked, url: string, body: Json, key: unknown): Promise<{ json: unknown } | { problem: string }> {
  if (!env.fetch) return { problem: 'nothing may be reached over the network here.' }
  try {
    const response = await env.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(typeof key === 'string' && key !== '' && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    })
    return response.ok ? { json: await response.json() } : { problem: `${url} answered ${response.status}.` }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
