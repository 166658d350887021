import { AppError, type PromptContent } from '@signalbox/schema'
import { loadEngine, type RenderedMessage, type RenderTarget, renderContent, TemplateError } from '../templates/index.ts'
import type { Found, PromptSource } from './cache.ts'

export type CompileOptions = {
  /** For whom: a prompt may have another text for a provider or a model. */
  target?: RenderTarget
  /** `false`: a variable that is missing is an empty text and not an error. */
  strict?: boolean
}
/** What `compile` gives: a text, or the messages of a chat. */
export type Compiled = { text: string; messages: RenderedMessage[] }

/** One version of a prompt, ready to be used. */
export type Prompt = {
  name: string
  version: number
  /** SHA-256 of the version as it was written: the same hash is the same prompt. */
  hash: string
  /** By which it was asked for; null where it was by version. */
  label: string | null
  /** `snapshot` and `lock` say that the server could not be asked. */
  source: PromptSource
  type: PromptContent['type']
  /** An alias or provider/model, where the prompt says one. */
  model: string | null
  parameters: NonNullable<NonNullable<PromptContent['model']>['parameters']>
  tools: NonNullable<PromptContent['tools']>
  toolChoice: string | null
  /** The schema of the answer. */
  output: PromptContent['output'] | null
  content: PromptContent
  /**
   * With its variables in their places. A text prompt is also one user message, and of a chat `text` is what all messages say, so that
   * either can be used. Throws `AppError` that names the prompt and the variable.
   */
  compile(variables?: Readonly<Record<string, unknown>>, options?: CompileOptions): Compiled
}

/** Its engine is loaded here, so that `compile` answers at once. */
export async function toPrompt({ name, version, label, source, kept: { hash, content } }: Found): Promise<Prompt> {
  await loadEngine(content.engine)
  return {
    name,
    version,
    hash,
    label,
    source,
    type: content.type,
    model: content.model?.route ?? null,
    parameters: content.model?.parameters ?? {},
    tools: content.tools ?? [],
    toolChoice: content.toolChoice ?? null,
    output: content.output ?? null,
    content,
    compile(variables = {}, { strict = true, target } = {}) {
      try {
        const rendered = renderContent(content, variables, { strict, ...(target && { target }) })
        if (rendered.messages === undefined) return { text: rendered.text, messages: [{ role: 'user', content: rendered.text }] }
        return { text: rendered.messages.map(said).filter(Boolean).join('\n\n'), messages: rendered.messages }
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        throw new AppError('invalid-request', `${name} (version ${version}): ${error.message}`, {
          cause: error,
          hint:
            error.problem === 'missing' ? 'Give the variable, or compile with { strict: false }.' : 'Correct the prompt or its variables.',
          data: error.variable === undefined ? {} : { variable: error.variable },
        })
      }
    },
  }
}

const said = ({ content }: RenderedMessage): string =>
  typeof content === 'string' ? content : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
