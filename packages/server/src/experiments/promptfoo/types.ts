/** The parts of `promptfooconfig.yaml` that are read here; all of it comes from a file, so nothing is certain. */
export type Json = Record<string, unknown>

export type Assertion = {
  type: string
  value?: unknown
  threshold?: number
  weight?: number
  metric?: string
  provider?: unknown
  rubricPrompt?: unknown
  transform?: string
  config?: Json
  /** Of an `assert-set`. */
  assert?: Assertion[]
}

export type TestCase = {
  description?: string
  vars: Json
  assert: Assertion[]
  threshold?: number
  metadata?: Json
  options: Json
  providers?: string[]
  prompts?: string[]
  providerOutput?: unknown
}

export const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
