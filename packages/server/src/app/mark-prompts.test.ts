import type { PromptEvent } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { createLog } from '../lib/log.ts'
import type { Noted } from '../monitoring/markers/markers.ts'
import { markPrompts } from './mark-prompts.ts'

const event = (given: Partial<PromptEvent>): PromptEvent => ({
  id: 'pev_1',
  prompt: 'refund',
  kind: 'label-set',
  at: '2026-11-21T10:00:00.000Z',
  by: 'ann@example.test',
  label: 'production',
  version: null,
  from: { version: 1 },
  to: { version: 2 },
  why: 'shorter',
  approvedBy: null,
  approvalId: null,
  ...given,
})

test('another version in production is marked, and nothing else', () => {
  const noted: [string, Noted][] = []
  const note = async (projectId: string, one: Noted) => void noted.push([projectId, one])
  const caller = { projectId: 'shop', permissions: [], userId: 'acc_ann' }
  const split = [
    { version: 1, weight: 9 },
    { version: 2, weight: 1 },
  ]
  markPrompts(
    [
      event({}),
      event({ label: 'staging' }),
      event({ kind: 'requested', approvalId: 'appr_1' }),
      event({ from: null }),
      event({ kind: 'label-removed', to: null }),
      event({ kind: 'version', label: null, from: null, to: null }),
      event({ kind: 'rolled-back', from: { split }, to: { version: 1 }, why: '' }),
    ],
    { caller, markers: { note }, log: createLog('core', 'silent') },
  )
  expect(noted).toEqual([
    [
      'shop',
      {
        kind: 'prompt',
        title: 'Prompt refund: version 1 → version 2',
        origin: 'change',
        details: ['shorter'],
        at: new Date('2026-11-21T10:00:00.000Z'),
        by: caller,
      },
    ],
    ['shop', expect.objectContaining({ title: 'Prompt refund: version 1 (9) and version 2 (1) → version 1', details: [] })],
  ])
})
