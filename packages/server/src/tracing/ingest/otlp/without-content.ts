import { collectFields } from './collect-fields.ts'
import { isBesideMessage, isContent, isMessageEvent } from './content-attributes.ts'
import type { Attribute, DecodedEvent, DecodedSpan, DecodedTraces } from './decoded.ts'
import { kindOf } from './kind-of.ts'
import { messagesOf } from './messages.ts'

/**
 * The same spans without what was asked and answered, for projects that do not keep it: the attributes that carry it are
 * gone from spans, events, links, scopes and resources. How many bytes it was stays, as of calls through the gateway.
 */
export function withoutContent({ resources }: DecodedTraces): DecodedTraces {
  return {
    resources: resources.map((resource) => ({
      ...resource,
      attributes: kept(resource.attributes),
      scopes: resource.scopes.map((scope) => ({ ...scope, attributes: kept(scope.attributes), spans: scope.spans.map(bare) })),
    })),
  }
}

function bare(span: DecodedSpan): DecodedSpan {
  const found = collectFields(span.attributes)
  const { input, output } = messagesOf(found, span.events, kindOf(found))
  return {
    ...span,
    attributes: kept(span.attributes),
    events: span.events.map((event) => ({ ...event, attributes: keptOf(event) })),
    links: span.links.map((link) => ({ ...link, attributes: kept(link.attributes) })),
    contentBytes: { input: Buffer.byteLength(input), output: Buffer.byteLength(output) },
  }
}

const kept = (attributes: Attribute[]): Attribute[] => attributes.filter(({ key }) => !isContent(key))
const keptOf = ({ name, attributes }: DecodedEvent): Attribute[] =>
  isMessageEvent(name) ? attributes.filter(({ key }) => isBesideMessage(key)) : kept(attributes)
