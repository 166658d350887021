import { type Json, type Message, messageLength, type Part } from '@signalbox/sdk/conversation'
import { Bot, Brain, CornerDownRight, Settings2, UserRound, Wrench } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { formatCount, plural } from '../../lib/format-number.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { JsonTree } from '../../ui/json-tree.tsx'
import { FilePart, ImagePart } from './file-part.tsx'
import { Fold } from './fold.tsx'

const Markdown = lazy(() => import('./markdown.tsx'))
/** Characters of a text that are shown before it is asked for. */
const CLIP = 2_400

const ROLES: Record<string, typeof Bot> = { system: Settings2, developer: Settings2, user: UserRound, assistant: Bot, tool: Wrench }

/** One message: who speaks, then what was said; calls and results of tools folded to one line each. */
export function MessageView({ message, raw }: { message: Message; raw: boolean }) {
  const onlyFolds = message.parts.length > 0 && message.parts.every((part) => part.type === 'tool-result')
  const Icon = ROLES[message.role] ?? UserRound
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never move.
  const parts = message.parts.map((part, at) => <PartView key={at} part={part} raw={raw} />)
  if (onlyFolds) return parts
  return (
    <article aria-label={`${message.role} message`} className="group">
      <header className="flex h-8 items-center gap-2 px-2.5">
        <Icon size={13} className="text-faint" aria-hidden />
        <h4 className="text-sm font-medium">{message.role}</h4>
        {message.name && <span className="text-sm text-soft">{message.name}</span>}
        {message.note && message.note !== 'stop' && <span className="text-sm text-warning">{message.note}</span>}
        <span className="ml-auto flex items-center gap-1 text-sm text-faint">
          {formatCount(messageLength(message))} chars
          <CopyButton text={() => textOf(message)} label={`Copy ${message.role} message`} />
        </span>
      </header>
      {message.parts.length === 0 && <p className="px-2.5 pb-2.5 pl-[31px] text-faint">empty</p>}
      {parts}
    </article>
  )
}

function PartView({ part, raw }: { part: Part; raw: boolean }): ReactNode {
  switch (part.type) {
    case 'text':
      return (
        <div className="px-2.5 pb-2.5 pl-[31px]">
          <Said text={part.text} raw={raw} />
        </div>
      )
    case 'refusal':
      return <p className="px-2.5 pb-2.5 pl-[31px] text-warning">Refused: {part.text}</p>
    case 'reasoning':
      return (
        <Fold icon={<Brain size={13} />} summary="Reasoning" detail={`${oneLine(part.text)}`}>
          <LongText text={part.text} raw={raw} />
        </Fold>
      )
    case 'tool-call':
      return (
        <Fold icon={<Wrench size={13} />} summary={part.name} detail={compact(part.arguments)}>
          <JsonTree value={part.arguments} openDepth={3} />
          {part.id && <p className="mt-1 font-mono text-sm text-faint">{part.id}</p>}
        </Fold>
      )
    case 'tool-result':
      return (
        <Fold
          icon={<CornerDownRight size={13} />}
          summary={part.failed ? 'tool failed' : `${part.name ?? 'tool'} result`}
          detail={compact(part.content)}
          {...(part.failed && { tone: 'error' as const })}
        >
          {typeof part.content === 'string' ? <LongText text={part.content} raw={raw} /> : <JsonTree value={part.content} openDepth={3} />}
          {part.id && <p className="mt-1 font-mono text-sm text-faint">{part.id}</p>}
        </Fold>
      )
    case 'image':
      return <ImagePart source={part.source} address={part.address} />
    case 'file':
      return <FilePart file={part} text={(said) => <LongText text={said} raw={raw} />} />
    case 'other':
      return (
        <div className="px-2.5 pb-2.5 pl-[31px]">
          <JsonTree value={part.value} openDepth={2} />
        </div>
      )
  }
}

/** Structured output is a tree; everything else is text. */
function Said({ text, raw }: { text: string; raw: boolean }) {
  const structured = raw ? undefined : structureOf(text)
  return structured === undefined ? <LongText text={text} raw={raw} /> : <JsonTree value={structured} openDepth={3} />
}

function structureOf(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text) || text.length > 500_000) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Text, long ones clipped; `plain` where it need not be markdown. */
export function LongText({ text, raw, plain: isPlain = false }: { text: string; raw: boolean; plain?: boolean }) {
  const [whole, setWhole] = useState(text.length <= CLIP * 1.25)
  const shown = whole ? text : text.slice(0, CLIP)
  const plain = <div className="break-words whitespace-pre-wrap">{shown}</div>
  return (
    <>
      {raw ? (
        <pre className="font-mono text-sm break-words whitespace-pre-wrap">{shown}</pre>
      ) : isPlain ? (
        plain
      ) : (
        <Suspense fallback={plain}>
          <Markdown text={shown} />
        </Suspense>
      )}
      {!whole && (
        <button type="button" onClick={() => setWhole(true)} className="mt-1 text-accent hover:underline">
          … show all {plural(text.length, 'character')}
        </button>
      )}
    </>
  )
}

const oneLine = (text: string) => text.slice(0, 300).replace(/\s+/g, ' ')
const compact = (value: Json) => (typeof value === 'string' ? oneLine(value) : JSON.stringify(value).slice(0, 300))
const textOf = (message: Message) => message.parts.map((part) => ('text' in part ? part.text : JSON.stringify(part, null, 2))).join('\n\n')
