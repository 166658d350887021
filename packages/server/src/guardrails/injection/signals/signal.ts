/** What an attack tries; the type of its finding. */
export const TECHNIQUES = {
  INSTRUCTION_OVERRIDE: 'tells the model to drop the instructions it was given',
  RESTRICTION_REMOVAL: 'declares rules, filters or ethics void',
  PERSONA: 'makes the model somebody to whom its rules do not apply',
  REFUSAL_SUPPRESSION: 'forbids the model to refuse, warn or excuse itself',
  PROMPT_EXTRACTION: 'asks for the instructions that the model was given',
  FAKE_TURN: 'imitates the marks of a system message or of another turn',
  COERCION: 'threatens or bribes the model',
  TWO_ANSWERS: 'asks for a second answer beside the usual one',
  FRAMING: 'wraps a request into a game, a story or a world without rules',
  HARM: 'asks for illegal or harmful content in so many words',
  HIJACK: 'replaces the task, or dictates what the model has to say',
  INDIRECT: 'speaks to a model from inside of a document or a tool result',
  EXFILTRATION: 'sends what the model knows to somewhere else',
  ENCODED: 'hides its words in an encoding',
  HIDDEN_TEXT: 'holds characters that no reader sees',
  KNOWN_ATTACK: 'says nearly the same as a known attack',
} as const
export type Technique = keyof typeof TECHNIQUES

/**
 * One hint and its weight. From 3 points on a text is flagged, so that a signal of 3 suffices by itself, and weaker ones need company.
 * `words` are the literal words at which the pattern is tried, which keeps the cost of a text near that of reading its words once.
 */
export type Signal = {
  technique: Technique
  points: number
  words: string
  /** What follows the word; nothing where the word alone is the signal. */
  then?: string
  /** What stands right before the word. */
  before?: string
  /** Only in text that is not the user's own: documents, tool results, files. */
  untrusted?: true
}

/** Up to `most` words between two parts, on one line or the next. */
export const gap = (most: number) => `(?:\\W{1,4}[\\w'’]+){0,${most}}?\\W{1,4}`

/** Ties rules of one technique together. `signals('PERSONA', [[2, 'act', '…']])`: points, words, then, before. */
export function signals(
  technique: Technique,
  rules: readonly (readonly [points: number, words: string, then?: string, before?: string])[],
): Signal[] {
  return rules.map(([points, words, then, before]) => ({
    technique,
    points,
    words,
    ...(then === undefined ? {} : { then }),
    ...(before === undefined ? {} : { before }),
  }))
}
