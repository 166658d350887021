import { AppError, type Output, type Parsed, type PromptContent } from '@signalbox/schema'
import { loadEngine, type Rendered, renderContent, TemplateError, variablesOfContent } from '@signalbox/sdk/templates'
import type { SqlSession } from '../store/ports.ts'
import { type ExampleRows, withExamples } from './examples.ts'
import { createResolver } from './fragments.ts'
import { readVersion } from './read.ts'

/** What a request of this model would count and cost, without its answer. */
export type CountInput = (
  projectId: string,
  call: { model: string | null; request: unknown },
) => Promise<{ tokens: number; costUsd: string | null }>

/** A version, or what is not saved yet, as it would be sent. */
export async function previewPrompt(
  session: SqlSession,
  projectId: string,
  { name, version, label, content: draft, variables, model: chosen }: Parsed<'prompts.preview'>,
  { count, examples }: { count: CountInput; examples?: ExampleRows | undefined },
): Promise<Output<'prompts.preview'>> {
  const content = draft ?? (await contentOf(session, projectId, { name, version, label }))
  const { resolved, problems } = await createResolver(session, projectId)(name ?? 'draft', 0, content)
  if (!resolved) throw new AppError('invalid-request', problems[0] ?? 'The fragments cannot be filled in.')
  await loadEngine(resolved.engine)
  const { content: shown } = await withExamples(resolved, examples, { session, projectId })
  const { rendered, read } = tried(() => ({
    rendered: renderContent(shown, variables, { strict: false }),
    read: variablesOfContent(resolved),
  }))
  const model = chosen ?? resolved.model?.route ?? null
  const { tokens, costUsd } = await count(projectId, { model, request: toRequest(rendered, resolved) })
  return {
    text: rendered.text ?? null,
    messages: (rendered.messages as Output<'prompts.preview'>['messages'] | undefined) ?? null,
    missing: read
      .filter(({ name: one, isOptional, isMaybe }) => !isOptional && !isMaybe && !Object.hasOwn(variables, one))
      .map((one) => one.name),
    variables: read.map((one) => one.name),
    model,
    inputTokens: tokens,
    inputCostUsd: costUsd,
  }
}

async function contentOf(
  session: SqlSession,
  projectId: string,
  { name, ...which }: { name?: string | undefined; version?: number | undefined; label?: string | undefined },
): Promise<PromptContent> {
  if (name === undefined) throw new AppError('invalid-request', 'Send `content`, or the `name` of a prompt.')
  if (which.version !== undefined && which.label !== undefined)
    throw new AppError('invalid-request', 'Send either `version` or `label`, not both.')
  return (await readVersion(session, projectId, name, which)).content
}

function tried<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new AppError('invalid-request', error.message, { data: { line: error.line ?? null, variable: error.variable ?? null } })
  }
}

/** As a chat request has it: by this its tokens are counted. */
function toRequest({ text, messages }: Rendered, { tools, output }: PromptContent): unknown {
  return {
    messages: messages?.map(({ content, ...said }) => ({
      ...said,
      content: typeof content === 'string' ? content : content.map(toPart),
    })) ?? [{ role: 'user', content: text }],
    ...(tools && { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    ...(output && { response_format: { type: 'json_schema', json_schema: { schema: output.schema } } }),
  }
}

type Part = Exclude<NonNullable<Rendered['messages']>[number]['content'], string>[number]
const toPart = (part: Part): unknown => (part.type === 'text' ? part : { type: 'image_url', image_url: { url: part.url } })
