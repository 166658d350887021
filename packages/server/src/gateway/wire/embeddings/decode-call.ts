import { AppError } from '@signalbox/schema'
import type { EmbeddingCall } from './embedding-call.ts'

/** Reads a request of OpenAI's embeddings. Throws `invalid-request`, also for tokens: their numbers mean nothing to another vendor. */
export function decodeEmbeddingCall(body: Record<string, unknown>): EmbeddingCall {
  const { model: _, input, dimensions, encoding_format, input_type, task_type, ...extras } = body
  const purpose = {
    ...(isGiven(input_type) && { input_type: text(input_type, 'input_type') }),
    ...(isGiven(task_type) && { task_type: text(task_type, 'task_type') }),
  }
  return {
    texts: textsOf(input),
    encoding: encodingOf(encoding_format),
    ...(isGiven(dimensions) && { dimensions: dimensionsOf(dimensions) }),
    ...(Object.keys(purpose).length > 0 && { purpose }),
    extras: Object.fromEntries(Object.entries(extras).filter(([, value]) => isGiven(value))),
  }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

function textsOf(input: unknown): string[] {
  const texts: unknown[] = Array.isArray(input) ? input : [input]
  if (texts.some((item) => typeof item === 'number' || Array.isArray(item)))
    throw new AppError('invalid-request', '`input` holds token numbers, which only the vendor of their tokenizer can read.', {
      hint: 'Send the texts themselves: with LangChain, set check_embedding_ctx_length to false.',
      data: { param: 'input' },
    })
  if (texts.length === 0 || !texts.every((item) => typeof item === 'string' && item !== ''))
    throw invalid('input', 'must be a text, or a list of texts, none of them empty')
  return texts as string[]
}

function encodingOf(format: unknown): EmbeddingCall['encoding'] {
  if (!isGiven(format)) return 'float'
  if (format !== 'float' && format !== 'base64') throw invalid('encoding_format', 'must be float or base64')
  return format
}

function dimensionsOf(dimensions: unknown): number {
  if (typeof dimensions === 'number' && Number.isSafeInteger(dimensions) && dimensions > 0) return dimensions
  throw invalid('dimensions', 'must be a whole number above 0')
}

function text(value: unknown, param: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw invalid(param, 'must be a text')
}

const invalid = (param: string, problem: string) => new AppError('invalid-request', `\`${param}\` ${problem}.`, { data: { param } })
