/** One event of a stream: `message` where it has no name of its own. */
export type StreamEvent = { name: string; data: string }

/** The events of a body of `text/event-stream`, as they come. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
      // A CR at the end may be half of a line end.
      const whole = done ? rest : rest.slice(0, rest.endsWith('\r') ? -1 : undefined)
      const blocks = whole.replaceAll('\r\n', '\n').split('\n\n')
      rest = (done ? '' : (blocks.pop() ?? '')) + (done ? '' : rest.slice(whole.length))
      for (const block of blocks) {
        const event = read(block)
        if (event) yield event
      }
      if (done) return
    }
  } finally {
    // Who stops reading hangs up.
    await reader.cancel().catch(() => {})
  }
}

function read(block: string): StreamEvent | undefined {
  let name = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) name = line.slice(6).trim()
    else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
  }
  return data.length === 0 ? undefined : { name, data: data.join('\n') }
}
