import type { DecodedTraces } from './decoded.ts'

/** The same spans in parts of at most `most`, so that none becomes a text longer than the engine can hold. */
export function splitSpans({ resources }: DecodedTraces, most: number): DecodedTraces[] {
  const parts: DecodedTraces[] = []
  let part: DecodedTraces = { resources: [] }
  let room = most
  for (const resource of resources) {
    for (const scope of resource.scopes) {
      for (let at = 0; at < scope.spans.length; ) {
        if (room === 0) {
          parts.push(part)
          part = { resources: [] }
          room = most
        }
        const spans = scope.spans.slice(at, at + room)
        part.resources.push({ ...resource, scopes: [{ ...scope, spans }] })
        at += spans.length
        room -= spans.length
      }
    }
  }
  return part.resources.length > 0 ? [...parts, part] : parts
}
