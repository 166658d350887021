import { createHash } from 'node:crypto'
import type { ScoreRow, SpanRow } from '@signalbox/schema'
import { addMetadata, type Collected, type Feedback } from './collect-fields.ts'
import type { AttributeValue, DecodedEvent, DecodedSpan } from './decoded.ts'
import { EVALUATION_EVENT } from './mapping.ts'
import { unflatten } from './unflatten.ts'
import { parsedObject, short } from './values.ts'

/** One judgement, in any spelling. `key` tells it from others of the same name on the same span. */
type Judgement = {
  about: Feedback['about']
  key: string
  name: AttributeValue | undefined
  score: AttributeValue | undefined
  label: AttributeValue | undefined
  explanation: AttributeValue | undefined
  kind: AttributeValue | undefined
  metadata: AttributeValue | undefined
  at: number
}

/** More of them on one span are a mistake; they stay among the raw attributes. */
const MOST_SCORES = 100

/** The judgements that a span carries: events of the GenAI conventions, annotations and evaluations of OpenInference. */
export function addScores(scores: ScoreRow[], span: DecodedSpan, found: Collected, row: SpanRow): void {
  if (!found.feedback && !span.events.some(isEvaluation)) return
  let added = 0
  for (const judgement of [...ofEvents(span), ...ofAttributes(span, found)]) {
    const score = scoreOf(judgement, span, row)
    if (score && added++ < MOST_SCORES) scores.push(score)
  }
}

const isEvaluation = ({ name }: DecodedEvent): boolean => name === EVALUATION_EVENT

function ofEvents({ events }: DecodedSpan): Judgement[] {
  return events.filter(isEvaluation).map(({ attributes, time }, index) => {
    const of = (name: string) => attributes.find(({ key }) => key === `gen_ai.evaluation.${name}`)?.value
    return {
      about: 'span',
      key: `event ${index}`,
      name: of('name'),
      score: of('score.value'),
      label: of('score.label'),
      explanation: of('explanation'),
      kind: undefined,
      metadata: undefined,
      at: time.us,
    }
  })
}

function ofAttributes(span: DecodedSpan, { feedback }: Collected): Judgement[] {
  const judgements: Judgement[] = []
  for (const prefix of new Set(feedback?.map((leaf) => leaf.prefix))) {
    const leaves = feedback?.filter((leaf) => leaf.prefix === prefix) ?? []
    const list = unflatten(leaves)
    if (!Array.isArray(list)) continue
    for (const [index, entry] of list.entries()) {
      const fields = parsedObject(entry)
      if (!fields) continue
      judgements.push({
        about: leaves[0]?.about ?? 'span',
        // Without an identifier its place has to do.
        key: `${prefix}${short(fields.identifier) || index}`,
        name: fields.name,
        score: fields.score,
        label: fields.label,
        explanation: fields.explanation,
        kind: fields.annotator_kind,
        metadata: fields.metadata,
        at: span.end.us,
      })
    }
  }
  return judgements
}

function scoreOf(judgement: Judgement, span: DecodedSpan, row: SpanRow): ScoreRow | undefined {
  const name = short(judgement.name).slice(0, 200).toWellFormed()
  const value = finite(judgement.score)
  const label = short(judgement.label)
  const comment = text(judgement.explanation)
  if (name === '' || (value === null && label === '' && comment === '')) return undefined
  const target = targetOf(judgement.about, span, row)
  const hash = createHash('sha256')
    .update(JSON.stringify([row.projectId, target, name, row.spanId, judgement.key]))
    .digest('hex')
  return {
    projectId: row.projectId,
    id: `otlp_${hash.slice(0, 32)}`,
    ...target,
    runId: '',
    name,
    type: value !== null ? 'numeric' : label !== '' ? 'categorical' : 'text',
    value,
    text: label || (value === null ? comment : ''),
    comment,
    source: judgement.kind === 'HUMAN' ? 'annotation' : 'eval',
    authorId: row.keyId,
    environment: row.environment,
    metadata: metadataOf(judgement.metadata),
    at: Math.abs(judgement.at - row.receivedAt) < LONG_AGO ? judgement.at : row.receivedAt,
    receivedAt: row.receivedAt,
  }
}

function metadataOf(value: AttributeValue | undefined): Record<string, string> {
  const metadata: Record<string, string> = {}
  for (const [key, some] of Object.entries(parsedObject(value) ?? {})) addMetadata(metadata, key, some)
  return metadata
}

/** A clock that is wrong by years says nothing about when. */
const LONG_AGO = 366 * 24 * 3600 * 1e6

/** What is judged. Of an evaluator that is what it links to; who its parent is says nothing about that. */
function targetOf(about: Judgement['about'], span: DecodedSpan, row: SpanRow): Pick<ScoreRow, 'traceId' | 'spanId' | 'sessionId'> {
  const { traceId, spanId } = row
  if (about === 'trace') return { traceId, spanId: '', sessionId: '' }
  if (about === 'session' && row.sessionId !== '') return { traceId: '', spanId: '', sessionId: row.sessionId.slice(0, 800).toWellFormed() }
  const link =
    about === 'linked' ? span.links.find((one) => /^[0-9a-f]{32}$/.test(one.traceId) && /^[0-9a-f]{16}$/.test(one.spanId)) : undefined
  return link ? { traceId: link.traceId, spanId: link.spanId, sessionId: '' } : { traceId, spanId, sessionId: '' }
}

function finite(value: AttributeValue | undefined): number | null {
  const number = typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

const LONGEST_COMMENT = 100_000
const text = (value: AttributeValue | undefined): string =>
  value === undefined || value === null
    ? ''
    : (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, LONGEST_COMMENT).toWellFormed()
