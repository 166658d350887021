import { readFileSync } from 'node:fs'
import { AppError } from '@signalbox/schema/errors'
import { GuardPolicy } from '@signalbox/schema/guardrail'
import { explain } from '../lib/yaml/explain.ts'
import { refusal } from '../lib/yaml/refusal.ts'
import { readYaml } from '../lib/yaml/yaml.ts'

/** Reads a policy from a file. Throws one `invalid-request` with every problem, its line and the nearest known name. */
export function readPolicy(name: string): GuardPolicy {
  const file = readYaml(textOf(name), process.env)
  if (file.problems.length > 0) throw refusal(name, file.problems, 'Correct the file.')
  const parsed = GuardPolicy.safeParse(file.value)
  if (parsed.success) return parsed.data
  throw refusal(name, explain(parsed.error.issues, file, GuardPolicy), 'Correct the file.')
}

function textOf(name: string): string {
  try {
    return readFileSync(name, 'utf8')
  } catch (cause) {
    throw new AppError('invalid-request', `${name} cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: 'Name a file with a policy.',
    })
  }
}
