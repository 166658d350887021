import { type Attributes, type Context, context, createContextKey } from '@opentelemetry/api'

const SCOPE = createContextKey('signalbox.scope')

/** Attributes that every span below gets, whoever starts it. */
export const scopeOf = (at: Context): Attributes => (at.getValue(SCOPE) as Attributes | undefined) ?? {}

function within<T>(added: Attributes, fn: () => T): T {
  const active = context.active()
  return context.with(active.setValue(SCOPE, { ...scopeOf(active), ...added }), fn)
}

/** Everything traced inside `fn` belongs to this session: a conversation, a ticket, a run. */
export const withSession = <T>(id: string, fn: () => T): T => within({ 'session.id': id }, fn)

/** Everything traced inside `fn` is done for this user. */
export const withUser = <T>(id: string, fn: () => T): T => within({ 'user.id': id }, fn)

/** Everything traced inside `fn` carries these; inner ones add to outer ones. Values are kept as text, and can be filtered by. */
export function withMetadata<T>(metadata: Record<string, string | number | boolean>, fn: () => T): T {
  const before = scopeOf(context.active()).metadata
  const merged = { ...(typeof before === 'string' && (JSON.parse(before) as object)), ...metadata }
  return within({ metadata: JSON.stringify(merged) }, fn)
}

/** Everything traced inside `fn` has these tags, beside those around it. */
export function withTags<T>(tags: readonly string[], fn: () => T): T {
  const before = scopeOf(context.active())['tag.tags']
  return within({ 'tag.tags': [...new Set([...(Array.isArray(before) ? (before as string[]) : []), ...tags])] }, fn)
}

const PROMPT = createContextKey('signalbox.prompt')
/** What a prompt of `@signalbox/sdk/prompts` says of itself. */
export type UsedPrompt = { name: string; version: number; hash?: string }

/** Calls of models inside `fn` are made from this prompt: their spans name it, its version and its hash. */
export const withPrompt = <T>({ name, version, hash }: UsedPrompt, fn: () => T): T => {
  const attributes = {
    'signalbox.prompt.name': name,
    'signalbox.prompt.version': String(version),
    ...(hash && { 'signalbox.prompt.hash': hash }),
  }
  return context.with(context.active().setValue(PROMPT, attributes), fn)
}

const CALLS = new Set<unknown>(['chat', 'text_completion', 'generate_content'])

/** For a span that begins: nothing where it is no call of a model, so that each use of a prompt is counted once. */
export function promptOf(at: Context, attributes: Attributes): Attributes {
  const isCall = CALLS.has(attributes['gen_ai.operation.name']) || attributes['openinference.span.kind'] === 'LLM'
  return isCall ? ((at.getValue(PROMPT) as Attributes | undefined) ?? {}) : {}
}
