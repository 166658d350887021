import type { LangfuseEvent } from './events.ts'

/** The same event without what was asked and answered, for projects that do not keep it. */
export function withoutContent(event: LangfuseEvent): LangfuseEvent {
  if (event.type === 'score-create' || event.type === 'sdk-log') return event
  const { input: _input, output: _output, ...body } = event.body
  return { ...event, body } as LangfuseEvent
}
