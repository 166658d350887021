import { FRAMING, HARM, HIJACKS } from './framing.ts'
import { EXTRACTION, OVERRIDES, UNBOUND } from './instructions.ts'
import { LANGUAGES } from './languages.ts'
import { EXFILTRATION, FAKE_TURNS, INDIRECT, UNTRUSTED } from './orders.ts'
import { COERCION, PERSONAS, REFUSALS, TWO_ANSWERS } from './personas.ts'
import type { Signal } from './signal.ts'

export const SIGNALS: readonly Signal[] = [
  ...OVERRIDES,
  ...UNBOUND,
  ...EXTRACTION,
  ...PERSONAS,
  ...REFUSALS,
  ...COERCION,
  ...TWO_ANSWERS,
  ...FRAMING,
  ...HARM,
  ...HIJACKS,
  ...FAKE_TURNS,
  ...INDIRECT,
  ...UNTRUSTED,
  ...EXFILTRATION,
  ...LANGUAGES,
]
