import type { CallStart } from '@signalbox/schema'
import { anthropicText, foldAnthropic } from './anthropic-answer.ts'
import { cohereText, foldCohere } from './cohere-answer.ts'
import { endpointInput, endpointText, foldEndpoint } from './endpoint-answer.ts'
import { foldGemini, geminiInput, geminiText, joinGemini } from './gemini-answer.ts'
import { answerText, completionPrompt, foldStream, lastUserText } from './openai-answer.ts'
import { foldResponses, responsesInput, responsesText } from './responses-answer.ts'

/** How to read what a client of one dialect sent and got. */
export type DialectReader = {
  /** A stream as the whole answer that it tells. */
  fold(sse: string): unknown
  /** What the last user message says. */
  asked(request: unknown): string
  /** What the answer says. */
  said(answer: unknown): string
  /** Whether tokens that the provider did not count are estimated. */
  isCounted: boolean
}

const isCounted = true
const chat: DialectReader = { fold: foldStream, asked: lastUserText, said: answerText, isCounted }

/** One row per client dialect. */
export const dialectReaders: Record<NonNullable<CallStart['dialect']>, DialectReader> = {
  'openai-chat': chat,
  'openai-completions': { ...chat, asked: completionPrompt },
  'openai-responses': { fold: foldResponses, asked: responsesInput, said: responsesText, isCounted },
  'openai-endpoint': { fold: foldEndpoint, asked: endpointInput, said: endpointText, isCounted: false },
  anthropic: { fold: foldAnthropic, asked: lastUserText, said: anthropicText, isCounted },
  gemini: { fold: foldGemini, asked: geminiInput, said: (answer) => geminiText(joinGemini(answer)), isCounted },
  cohere: { fold: foldCohere, asked: lastUserText, said: cohereText, isCounted },
}
