import { AppError } from '@signalbox/schema/errors'
import { GuardPolicy } from '@signalbox/schema/guardrail'
import type { z } from 'zod'

type PolicyText = z.input<typeof GuardPolicy>

/** Policies that are there without a file. Each says in `description` what it does to a text. */
const BUILT_IN: PolicyText[] = []

const policies = new Map(BUILT_IN.map((text) => [text.name, GuardPolicy.parse(text)]))

export const listPolicies = (): GuardPolicy[] => [...policies.values()]

export function findPolicy(name: string): GuardPolicy {
  const found = policies.get(name)
  if (found) return found
  throw new AppError('invalid-request', `There is no policy "${name}".`, {
    hint: `Choose from ${[...policies.keys()].join(', ')}, or name a file that ends in .yaml or .json.`,
  })
}
