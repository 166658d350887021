import { createHash } from 'node:crypto'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import { AppError } from '@signalbox/schema/errors'
import type { GuardCheckInfo } from '@signalbox/schema/guardrail'
import { z } from 'zod'
import type { Check, PreparedCheck } from './check.ts'

/** All checks by id. Each is loaded when it is first asked for, so that a start pays only for what it uses. */
const CHECKS = {
  'tool-call': () => import('./tools/tool-call.ts').then((file) => file.toolCall),
  egress: () => import('./egress/egress.ts').then((file) => file.egress),
  urls: () => import('./egress/urls.ts').then((file) => file.urls),
  competitors: () => import('./content/competitors.ts').then((file) => file.competitors),
  groundedness: () => import('./content/groundedness.ts').then((file) => file.groundedness),
  'json-schema': () => import('./structure/json-schema.ts').then((file) => file.jsonSchema),
  language: () => import('./content/language.ts').then((file) => file.language),
  profanity: () => import('./content/profanity.ts').then((file) => file.profanity),
  topics: () => import('./content/topics.ts').then((file) => file.topics),
  toxicity: () => import('./content/toxicity.ts').then((file) => file.toxicity),
  injection: () => import('./injection/check.ts').then((file) => file.injection),
  pii: () => import('./pii/pii.ts').then((file) => file.pii),
  secrets: () => import('./secrets/secrets.ts').then((file) => file.secrets),
  regex: () => import('./structure/regex.ts').then((file) => file.regex),
} satisfies Record<string, () => Promise<Check>>

export const CHECK_IDS = Object.keys(CHECKS)

/** A check with its parameters, under a version that says what it is: findings of another version are not those of this one. */
export type ReadyCheck = PreparedCheck & { id: string; version: string; definition: Check }

export async function findCheck(id: string): Promise<Check> {
  const load = Object.hasOwn(CHECKS, id) ? CHECKS[id as keyof typeof CHECKS] : undefined
  if (!load)
    throw new AppError('invalid-request', `There is no check "${id}".`, {
      hint: `Choose from ${CHECK_IDS.join(', ')}; signalbox guard --list says what each takes.`,
    })
  return load()
}

export async function listChecks(): Promise<GuardCheckInfo[]> {
  const all = await Promise.all(CHECK_IDS.map(findCheck))
  return all.map(({ id, title, catches, misses, cost, stages, action, version, params }) => ({
    ...{ id, title, catches, misses, cost, action, version },
    stages: [...stages],
    params: z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>,
  }))
}

/** Checks the parameters and makes the check ready for many texts. Wrong parameters are the caller's mistake, and said so. */
export async function prepareCheck(id: string, params: unknown = {}): Promise<ReadyCheck> {
  const definition = await findCheck(id)
  const parsed = definition.params.safeParse(params)
  if (!parsed.success)
    throw new AppError('invalid-request', `The parameters of ${id} are wrong: ${z.prettifyError(parsed.error)}`, {
      hint: 'signalbox guard --list says what each check takes.',
    })
  const version = createHash('sha256')
    .update(canonicalJson({ id, version: definition.version, params: parsed.data }))
    .digest('hex')
    .slice(0, 16)
  return { ...(await definition.prepare(parsed.data)), id, version, definition }
}
