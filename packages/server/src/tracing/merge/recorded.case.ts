import type { PatchFields, SpanPatch } from '@signalbox/schema'
import { noUsage } from '@signalbox/schema'

/** 2026-11-20 12:00:00 UTC. */
export const NOW = Date.UTC(2026, 10, 20, 12) * 1000
const SECOND = 1_000_000

const TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const OTHER_TRACE = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
export const [ROOT, AGENT, CALL, FAILED, EMBED, ORPHAN, OPEN, INNER] = ['1', '2', '3', '4', '5', '6', '7', '8'].map((digit) =>
  digit.repeat(16),
) as [string, string, string, string, string, string, string, string]
export { TRACE }

type Said = { spanId: string; at: number; fields: PatchFields; ofTrace?: boolean; traceId?: string }
/** `at` in seconds after noon. */
const say = (projectId: string, index: number, { spanId, at, fields, ofTrace = false, traceId = TRACE }: Said): SpanPatch => ({
  projectId,
  traceId,
  spanId,
  at: NOW + at * SECOND,
  id: `event-${index}`,
  source: 'langfuse',
  keyId: 'key_1',
  receivedAt: NOW + 60 * SECOND,
  ofTrace,
  fields,
})

/**
 * What a client said of two traces, in the order in which it said it: nested spans, an update before its create, an error that a
 * later end does not undo, usage that comes late, and what it knew of the trace only at the end.
 */
export const recorded = (projectId: string): SpanPatch[] =>
  (
    [
      {
        spanId: ROOT,
        at: 0,
        ofTrace: true,
        fields: { name: 'support', startedAt: NOW, endedAt: NOW, externalId: 'Trace 1', input: '"Where is my parcel?"' },
      },
      { spanId: AGENT, at: 1, fields: { parentId: ROOT, kind: 'agent', name: 'agent', startedAt: NOW + 1 * SECOND, tags: ['a'] } },
      // The update of a call whose create comes after it.
      { spanId: CALL, at: 5, fields: { endedAt: NOW + 5 * SECOND, output: '"On its way"', metadata: { tries: '1', lang: 'en' } } },
      {
        spanId: CALL,
        at: 2,
        fields: {
          parentId: AGENT,
          kind: 'llm',
          name: 'generation',
          startedAt: NOW + 2 * SECOND,
          model: 'm',
          provider: 'openai',
          input: '[{"role":"user","content":"Where is my parcel?"}]',
          metadata: { tries: '0', shop: 'north' },
          attributes: { temperature: 0.5, ...JSON.parse('{"__proto__":"x"}') },
          userId: 'own-user',
        },
      },
      {
        spanId: CALL,
        at: 6,
        fields: { usage: { ...noUsage(), input: 100, output: 20 }, firstTokenAt: NOW + 3 * SECOND, name: '', tags: ['b'] },
      },
      // The same call as seen by the library below: what it used counts once.
      {
        spanId: INNER,
        at: 6.5,
        fields: {
          parentId: CALL,
          kind: 'llm',
          name: 'inner',
          model: 'm',
          startedAt: NOW + 2.5 * SECOND,
          endedAt: NOW + 4 * SECOND,
          usage: { ...noUsage(), input: 100, output: 20 },
        },
      },
      { spanId: FAILED, at: 7, fields: { parentId: AGENT, kind: 'tool', name: 'lookup', startedAt: NOW + 6 * SECOND } },
      { spanId: FAILED, at: 8, fields: { status: 'error', statusMessage: 'no such parcel' } },
      { spanId: FAILED, at: 9, fields: { status: 'ok', endedAt: NOW + 9 * SECOND } },
      // Priced by the client, and corrected by it.
      {
        spanId: EMBED,
        at: 3,
        fields: {
          parentId: AGENT,
          kind: 'embedding',
          model: 'e',
          startedAt: NOW + 3 * SECOND,
          endedAt: NOW + 4 * SECOND,
          usage: { ...noUsage(), input: 9 },
          cost: 500,
          costParts: { input: 500 },
        },
      },
      { spanId: EMBED, at: 10, fields: { usage: { ...noUsage(), input: 7 }, cost: 400, costParts: { input: 400 } } },
      { spanId: AGENT, at: 11, fields: { endedAt: NOW + 11 * SECOND, output: '"It comes tomorrow"', tags: ['c', 'a'] } },
      {
        spanId: ROOT,
        at: 12,
        ofTrace: true,
        fields: {
          endedAt: NOW + 12 * SECOND,
          userId: 'ada',
          sessionId: 's-1',
          tags: ['vip'],
          environment: 'production',
          metadata: { plan: 'gold' },
        },
      },
      // A trace without a word about itself; its first span ends, a second, earlier one is only begun.
      { spanId: ORPHAN, traceId: OTHER_TRACE, at: 20, fields: { parentId: 'f'.repeat(16), kind: 'llm', model: 'm', name: 'late' } },
      { spanId: ORPHAN, traceId: OTHER_TRACE, at: 21, fields: { startedAt: NOW + 19 * SECOND, endedAt: NOW + 21 * SECOND } },
      {
        spanId: OPEN,
        traceId: OTHER_TRACE,
        at: 22,
        fields: { parentId: 'f'.repeat(16), kind: 'llm', model: 'm', name: 'open', startedAt: NOW + 18 * SECOND },
      },
    ] satisfies Said[]
  ).map((said, index) => say(projectId, index, said))
