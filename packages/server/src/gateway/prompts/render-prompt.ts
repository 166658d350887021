import type { IncomingHttpHeaders } from 'node:http'
import { AppError, type CallPrompt, type PromptContent, type SnapshotProject } from '@signalbox/schema'
import { isLoaded, loadEngine, renderContent, TemplateError, variantFor } from '@signalbox/sdk/templates'
import type { Annotations } from '../annotations.ts'
import type { Door } from '../doors.ts'
import { type Address, decodeRequest, type PromptOfCall, parseBody, type WireRequest } from '../wire/request.ts'
import { type AskedPrompt, PROMPT_MODEL } from './asked-prompt.ts'
import type { VersionOf } from './asked-versions.ts'
import { type FoundVersion, findVersion, unknownVersion } from './find-version.ts'
import { mergeBodies } from './merge-bodies.ts'
import { shapesOf } from './shapes.ts'
import { PLACES, type PromptDialect, promptBody } from './to-body.ts'

type Fields = Record<string, unknown>

export type RenderRooms = {
  door: Door
  project: SnapshotProject
  headers: IncomingHttpHeaders
  annotations: Annotations
  address?: Address
  /** Whether the core answers; asked only where a prompt is not known. */
  coreAnswers?: (() => Promise<boolean>) | undefined
  /** Asks the core for a version that is not in the snapshot. */
  promptVersion?: VersionOf | undefined
}

/** The longest variables that are recorded as they are, as JSON. */
const MOST_VARIABLES = 16_384

/** A request that asks for a prompt, as the request that the prompt makes of it. Throws `not-found` or `invalid-request`. */
export async function renderPrompt(asked: AskedPrompt, request: WireRequest, rooms: RenderRooms): Promise<WireRequest> {
  const { door, project, headers } = rooms
  const param = asked.by === 'header' ? 'x-signalbox-prompt' : asked.by === 'model' ? 'model' : 'prompt'
  const found = await findOrSay(asked, { ...rooms, param })
  const sent = { ...(parseBody(request.body) as Fields) }
  const variables = { ...headerVariables(headers), ...bodyVariables(sent) }
  delete sent.variables
  if (asked.by === 'body') delete sent.prompt
  const model = modelOf(asked, request, found)
  if (!isLoaded(found.content.engine)) await loadEngine(found.content.engine)
  const base: Rendering = { found, door, sent, variables, model, strict: isStrict(headers), address: rooms.address ?? {} }
  const start: CallPrompt = {
    name: found.name,
    version: found.version,
    hash: found.hash,
    ...(found.label !== undefined && { label: found.label }),
    ...recorded(variables, project),
    shapes: shapesOf(variables),
  }
  const made = new Map<string, WireRequest>()
  const make: PromptOfCall['forTarget'] = (target) => {
    const variant = target && variantFor(found.content, { provider: target.provider.kind, model: target.model })
    const name = variant?.name ?? ''
    const known = made.get(name)
    if (known) return known
    const rendered = render(base, target && { provider: target.provider.kind, model: target.model })
    const whole = { ...rendered, prompt: { start: variant ? { ...start, variant: name } : start, forTarget: make } }
    made.set(name, whole)
    return whole
  }
  return make()
}

async function findOrSay(
  asked: AskedPrompt,
  { project, annotations, coreAnswers, promptVersion, param }: RenderRooms & { param: string },
): Promise<FoundVersion> {
  const numbered = promptVersion && unknownVersion(project, asked.ref)
  if (numbered) {
    const { name, version } = numbered
    const answer = await promptVersion({ projectId: project.id, name, version })
    if (answer?.version) return { name, version, ...answer.version }
    if (answer)
      throw new AppError('not-found', `The prompt ${JSON.stringify(name)} has no version ${version} that can be used.`, {
        hint: 'Its versions are on its page, and GET /api/v1/prompts/{name}/versions lists them.',
        data: { param },
      })
  }
  try {
    return findVersion(project, asked.ref, { sticky: annotations.sessionId || annotations.userId, param })
  } catch (error) {
    if (!(error instanceof AppError) || !coreAnswers || (await coreAnswers())) throw error
    throw new AppError(error.code, `${error.message} The core does not answer, so this may be because it is new.`, {
      hint: `Calls go on with the prompts that this edge has. ${error.hint}`,
      data: error.data,
    })
  }
}

/** What the client itself says last, where it says that as a text: what examples are to resemble. */
function lastSaid(list: unknown): string | undefined {
  if (typeof list === 'string' && list !== '') return list
  const last = Array.isArray(list) ? (list.at(-1) as { content?: unknown; parts?: { text?: unknown }[] } | null) : undefined
  const said = last?.content ?? last?.parts?.[0]?.text
  return typeof said === 'string' ? said : undefined
}

type Rendering = {
  found: FoundVersion
  door: Door
  sent: Fields
  variables: Fields
  model: string
  strict: boolean
  address: Address
}

function render(
  { found, door, sent, variables, model, strict, address }: Rendering,
  target?: { provider: string; model: string },
): WireRequest {
  const dialect = door.dialect as PromptDialect
  const { content } = found
  const list = sent[PLACES[dialect].list]
  const hasOwn = Array.isArray(list) ? list.length > 0 : list !== undefined && list !== null && list !== ''
  try {
    const chat = asChat(content, hasOwn ? 'system' : 'user')
    const { messages = [] } = renderContent(chat, variables, { strict, question: lastSaid(list), ...(target && { target }) })
    const parameters = { ...content.model?.parameters, ...variantFor(content, target)?.parameters }
    const merged = mergeBodies(dialect, promptBody({ dialect, model, messages, parameters, content }), sent)
    if (!door.shape.inPath) merged.model = model
    const body = Buffer.from(JSON.stringify(merged))
    return decodeRequest(body, door.shape, door.shape.inPath ? { ...address, model } : address)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new AppError('invalid-request', `The prompt ${found.name} (version ${found.version}) cannot be rendered: ${error.message}`, {
      hint:
        error.problem === 'missing'
          ? 'Send it in `variables`, or send x-signalbox-prompt-mode: compatible to have nothing in its place.'
          : 'Correct the variables, or the prompt.',
      data: { param: error.variable === undefined ? 'variables' : `variables.${error.variable}` },
    })
  }
}

/** A text prompt as a chat of one message. Kept, so that what was compiled for it is kept. */
const chats = { system: new WeakMap<PromptContent, PromptContent>(), user: new WeakMap<PromptContent, PromptContent>() }

function asChat(content: PromptContent, role: 'system' | 'user'): PromptContent {
  if (content.type === 'chat') return content
  const known = chats[role].get(content)
  if (known) return known
  const said = (text: string | undefined) => ({ messages: [{ role, content: text ?? '' }] })
  const chat: PromptContent = {
    ...content,
    type: 'chat',
    ...said(content.text),
    ...(content.variants && { variants: content.variants.map((variant) => ({ ...variant, ...said(variant.text) })) }),
  }
  chats[role].set(content, chat)
  return chat
}

/** The client's own model goes before that of the prompt. */
function modelOf(asked: AskedPrompt, { model }: WireRequest, { name, version, content }: FoundVersion): string {
  if (asked.by !== 'model' && model.startsWith(PROMPT_MODEL) && model !== `${PROMPT_MODEL}${asked.ref}`)
    throw new AppError('invalid-request', `The call asks for two prompts: ${asked.ref} and ${model.slice(PROMPT_MODEL.length)}.`, {
      hint: 'Name one of them.',
      data: { param: 'model' },
    })
  if (model !== '' && !model.startsWith(PROMPT_MODEL)) return model
  const { route } = content.model ?? {}
  if (route !== undefined) return route
  throw new AppError('invalid-request', `The prompt ${name} (version ${version}) names no model.`, {
    hint: `Give the prompt a model route, or send \`model\` with a model and \`prompt\` with ${JSON.stringify(asked.ref)}.`,
    data: { param: 'model' },
  })
}

function bodyVariables({ variables }: Fields): Fields {
  if (variables === undefined || variables === null) return {}
  if (typeof variables !== 'object' || Array.isArray(variables))
    throw new AppError('invalid-request', '`variables` must be an object: the variables of the prompt by name.', {
      data: { param: 'variables' },
    })
  return variables as Fields
}

function headerVariables(headers: IncomingHttpHeaders): Fields {
  const sent = headers['x-signalbox-variables']
  if (typeof sent !== 'string' || sent === '') return {}
  let value: unknown
  try {
    value = JSON.parse(sent)
  } catch (cause) {
    throw new AppError('invalid-request', 'The header x-signalbox-variables is not JSON.', {
      cause,
      data: { param: 'x-signalbox-variables' },
    })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('invalid-request', 'The header x-signalbox-variables must be a JSON object.', {
      data: { param: 'x-signalbox-variables' },
    })
  return value as Fields
}

function isStrict(headers: IncomingHttpHeaders): boolean {
  const mode = headers['x-signalbox-prompt-mode']
  if (mode === undefined || mode === 'strict') return true
  if (mode === 'compatible') return false
  throw new AppError('invalid-request', 'The header x-signalbox-prompt-mode is strict or compatible.', {
    data: { param: 'x-signalbox-prompt-mode' },
  })
}

/** What is written down of them: all, where the project keeps content and they are not too long. */
function recorded(variables: Fields, { capture }: SnapshotProject): Pick<CallPrompt, 'variables'> {
  return capture.content && JSON.stringify(variables).length <= Math.min(MOST_VARIABLES, capture.maxBytes) ? { variables } : {}
}
