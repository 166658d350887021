import { MessagesSquare, SearchX } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { type Way, WaysToName } from './ways-to-name.tsx'

/** No session in the chosen time, and how a trace comes to name one. */
export function NoSessions({ narrowed, onClear }: { narrowed: boolean; onClear: () => void }) {
  if (narrowed)
    return (
      <EmptyState icon={SearchX} title="No session matches" action={<Button onClick={onClear}>Clear filters, show 30 days</Button>}>
        No session has a trace in this time with all of these properties. Remove a filter, or choose a longer time.
      </EmptyState>
    )
  return (
    <>
      <EmptyState icon={MessagesSquare} title="No session in this time" action={<Button onClick={onClear}>Show 30 days</Button>}>
        Calls that name the same session are shown as one conversation. Send an id of the conversation along, in any of these ways.
      </EmptyState>
      <WaysToName ways={WAYS} />
    </>
  )
}

const WAYS: Way[] = [
  {
    title: 'A header on calls through the gateway',
    code: `await openai.chat.completions.create(body, {
  headers: { 'x-signalbox-session': 'chat-42', 'x-signalbox-user': 'ann' },
})`,
  },
  {
    title: 'An attribute of an OpenTelemetry span',
    code: `span.setAttribute('session.id', 'chat-42')\nspan.setAttribute('user.id', 'ann')`,
  },
  { title: 'The SDK of Langfuse', code: `langfuse.trace({ name: 'chat', sessionId: 'chat-42', userId: 'ann' })` },
]
