import type { Score, TracedSession, Turn } from '@signalbox/schema'
import type { Json, Message, Part } from '@signalbox/sdk/conversation'
import { turnMessages } from './turn-messages.ts'

type Whole = { session: TracedSession; scores: readonly Score[]; turns: readonly Turn[] }

/** A session as Markdown, for a ticket or a mail. */
export function sessionMarkdown({ session, turns }: Whole): string {
  const facts = [
    `${session.traces} turns`,
    session.userIds.length > 0 && `with ${session.userIds.join(', ')}`,
    `${session.startedAt} to ${session.lastAt}`,
    session.costUsd !== null && `${session.costUsd} USD`,
  ].filter(Boolean)
  return `# Session ${session.sessionId}\n\n${facts.join(' · ')}\n\n${turns.map((turn, at) => turnMarkdown(turn, at + 1)).join('\n')}`
}

function turnMarkdown(turn: Turn, number: number): string {
  const { trace, steps, scores, statusMessage } = turn
  const { asked, between, answered, input, output } = turnMessages(turn)
  const facts = [trace.startedAt, ...trace.models, `${Math.round(trace.durationMs)} ms`, trace.costUsd !== null && `${trace.costUsd} USD`]
  const lines = [
    `## ${number}. ${trace.name || 'unnamed'}`,
    `${facts.filter(Boolean).join(' · ')} · trace \`${trace.traceId}\``,
    ...asked.filter(({ role }) => role !== 'system' && role !== 'developer').map(messageMarkdown),
    ...(input === undefined || input === null ? [] : [`**input**\n\n${fenced(input)}`]),
    ...(turn.input?.cut ? [`**user** (begins with)\n\n${trace.inputPreview}…`] : []),
    ...(steps.some(({ kind }) => kind === 'tool') ? [] : between.map(messageMarkdown)),
    ...(steps.length > 0
      ? [steps.map(({ kind, name, status, statusMessage: why }) => `- ${kind} \`${name}\`: ${status}${why ? ` (${why})` : ''}`).join('\n')]
      : []),
    ...answered.map(messageMarkdown),
    ...(output === undefined || output === null ? [] : [`**output**\n\n${fenced(output)}`]),
    ...(turn.output?.cut ? [`**assistant** (begins with)\n\n${trace.outputPreview}…`] : []),
    ...(trace.status === 'error' || trace.status === 'interrupted' ? [`**${trace.status}**: ${statusMessage ?? 'no reason told'}`] : []),
    ...scores.map(({ name, value, comment }) => `- score \`${name}\`: ${value}${comment ? ` “${comment}”` : ''}`),
  ]
  return `${lines.join('\n\n')}\n`
}

const messageMarkdown = ({ role, parts }: Message): string => `**${role}**\n\n${parts.map(partMarkdown).join('\n\n')}`

function partMarkdown(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text
    case 'reasoning':
      return quoted(part.text)
    case 'tool-call':
      return `calls \`${part.name}\`\n\n${fenced(part.arguments)}`
    case 'tool-result':
      return `result${part.name ? ` of \`${part.name}\`` : ''}\n\n${fenced(part.content)}`
    case 'image':
      return '[image]'
    case 'file':
      return part.said ?? `[${part.name ?? part.mime ?? 'file'}]`
    case 'other':
      return fenced(part.value)
  }
}

const quoted = (text: string): string => text.replace(/^/gm, '> ')
/** In a fence longer than any in the text. */
function fenced(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${typeof value === 'string' ? '' : 'json'}\n${text}\n${fence}`
}
