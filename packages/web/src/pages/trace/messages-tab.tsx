import type { SpanDetail } from '@signalbox/schema'
import { type Conversation, isMessageList, type Json, type Message, readConversation } from '@signalbox/sdk/conversation'
import { Wrench } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { readDocuments, readVectors } from '../../lib/documents.ts'
import { formatBytes, plural } from '../../lib/format-number.ts'
import { toolName } from '../../lib/text-of-payload.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { JsonTree } from '../../ui/json-tree.tsx'
import { DocumentsView, VectorsView } from './documents-view.tsx'
import { Fold } from './fold.tsx'
import { LongText, MessageView } from './message-view.tsx'

/** Longer conversations show their beginning and their end first. */
const WHOLE = 30
const EDGE = 10

/** What a step read and wrote: a conversation where it was one, else the JSON. */
export function MessagesTab({ detail, raw }: { detail: SpanDetail; raw: boolean }) {
  // A call of a model is always read as one; elsewhere a field named "input" or a text may be anything.
  const conversationOf = (value: Json, role: 'user' | 'assistant') =>
    detail.kind === 'llm' || isMessageList(value) ? readConversation(value, role) : null
  return (
    <div className="px-4 pb-6">
      <Side
        title="Input"
        kind={detail.kind}
        value={detail.input as Json}
        bytes={detail.inputBytes}
        missing={missing(detail, detail.inputBytes)}
        conversation={conversationOf(detail.input as Json, 'user')}
        raw={raw}
      />
      <Side
        title="Output"
        kind={detail.kind}
        value={detail.output as Json}
        bytes={detail.outputBytes}
        missing={missing(detail, detail.outputBytes)}
        conversation={conversationOf(detail.output as Json, 'assistant')}
        raw={raw}
      />
    </div>
  )
}

/** What stands in the place of what is not there. */
function missing({ status, source }: SpanDetail, bytes: number): string {
  if (status === 'running' && source === 'gateway') return 'Here when the call has ended.'
  return bytes > 0 ? 'Not kept: capture of content is off for this project.' : 'Nothing was recorded.'
}

type SideProps = {
  title: string
  kind: string
  value: Json
  bytes: number
  /** Why there is nothing. */
  missing: string
  conversation: Conversation | null
  raw: boolean
}
function Side({ title, kind, value, bytes, missing, conversation, raw }: SideProps) {
  // A tool may answer anything: only of what searches is a list of texts a list of documents.
  const found = kind === 'retriever' || kind === 'reranker' ? readDocuments(value) : null
  const vectors = kind === 'embedding' ? readVectors(value) : null
  const empty = value === null || value === ''
  return (
    <section aria-label={title} className="pt-3">
      <header className="flex h-7 items-center gap-2">
        <h3 className="text-sm font-medium text-faint">{title}</h3>
        {!empty && bytes > 0 && <span className="text-sm text-faint">{formatBytes(bytes)}</span>}
        {!empty && (
          <span className="ml-auto">
            <CopyButton
              text={() => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))}
              label={`Copy ${title.toLowerCase()}`}
            />
          </span>
        )}
      </header>
      {empty ? (
        <p className="text-faint">{missing}</p>
      ) : found && !raw ? (
        <DocumentsView found={found} />
      ) : vectors && !raw ? (
        <VectorsView vectors={vectors} />
      ) : conversation && conversation.messages.length > 0 ? (
        <Messages conversation={conversation} raw={raw} />
      ) : (
        <div className="rounded-md border border-line p-2.5">
          {typeof value === 'string' ? <LongText text={value} raw={raw} plain /> : <JsonTree value={value} openDepth={3} />}
        </div>
      )}
    </section>
  )
}

function Messages({ conversation: { messages, tools }, raw }: { conversation: Conversation; raw: boolean }): ReactNode {
  const [whole, setWhole] = useState(messages.length <= WHOLE)
  const row = (message: Message, at: number) => <MessageView key={at} message={message} raw={raw} />
  return (
    <div className="divide-y divide-line rounded-md border border-line">
      {tools.length > 0 && (
        <Fold icon={<Wrench size={13} />} summary={plural(tools.length, 'tool')} detail={tools.map(toolName).join(', ')}>
          <JsonTree value={tools} openDepth={1} />
        </Fold>
      )}
      {whole ? (
        messages.map(row)
      ) : (
        <>
          {messages.slice(0, EDGE).map(row)}
          <button type="button" onClick={() => setWhole(true)} className="block h-8 w-full bg-surface-0 text-accent hover:underline">
            {plural(messages.length - 2 * EDGE, 'message')} between, show
          </button>
          {messages.slice(-EDGE).map((message, at) => row(message, messages.length - EDGE + at))}
        </>
      )}
    </div>
  )
}
