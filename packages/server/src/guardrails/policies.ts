import { AppError } from '@signalbox/schema/errors'
import { GuardPolicy } from '@signalbox/schema/guardrail'
import type { z } from 'zod'

type PolicyText = z.input<typeof GuardPolicy>

/** Policies that are there without a file. Each says in `description` what it does to a text. */
const BEST_EFFORT = ['PERSON', 'LOCATION', 'ORGANIZATION']

const PII: PolicyText['rules'] = [
  { check: 'pii', action: 'redact', when: { minScore: 0.5, exceptTypes: BEST_EFFORT } },
  { check: 'pii', action: 'redact', when: { minScore: 0.75, types: BEST_EFFORT } },
  { check: 'pii', action: 'flag' },
]

const SECRETS: PolicyText['rules'][number] = { check: 'secrets', action: 'redact' }

const BUILT_IN: PolicyText[] = [
  {
    name: 'pii',
    description:
      'Replaces private data by its kind where it is likely. What only may be private is told and stays: numbers that could be several things, names that nobody introduced.',
    rules: PII,
  },
  {
    name: 'secrets',
    description: 'Replaces keys, tokens, passwords and connection strings by their kind.',
    rules: [SECRETS],
  },
  {
    name: 'default',
    description:
      'Private data and secrets are replaced, as the policies pii and secrets do it, and what tells a model to drop its rules is flagged.',
    rules: [...PII, SECRETS, { check: 'injection', action: 'flag' }],
  },
]

const policies = new Map(BUILT_IN.map((text) => [text.name, GuardPolicy.parse(text)]))

export const listPolicies = (): GuardPolicy[] => [...policies.values()]

export function findPolicy(name: string): GuardPolicy {
  const found = policies.get(name)
  if (found) return found
  throw new AppError('invalid-request', `There is no policy "${name}".`, {
    hint: `Choose from ${[...policies.keys()].join(', ')}, or name a file that ends in .yaml or .json.`,
  })
}
