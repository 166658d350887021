import { AppError, api, type Caller, type NewScore, type Parsed } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { createReviews } from './handlers.ts'
import { judgeStanding } from './judges.ts'
import type { CallScore, Place } from './surroundings.ts'

const as = (userId: string, projectId = 'shop'): Context =>
  ({ caller: { projectId, permissions: ['*'], userId } satisfies Caller }) as unknown as Context
const [ann, bob, cy] = [as('acc_ann'), as('acc_bob'), as('acc_cy')]

let sql: Sql
let clock = Date.parse('2026-03-01T10:00:00Z')
const gone = new Set<string>()
let calls: Place[] = []
let scores: CallScore[] = []
let apart = { n: 0, passed: 0, mean: 0, variance: 0 }
const written = new Map<string, NewScore>()
const toDataset: unknown[] = []
let reviews: ReturnType<typeof createReviews>
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  for (const name of ['ann', 'bob', 'cy'])
    await sql.query(`insert into accounts (id, email, role, source, created_at) values ($1, $2, 'member', 'api', now())`, [
      `acc_${name}`,
      `${name}@example.test`,
    ])
  reviews = createReviews({
    sql,
    now: () => new Date(clock),
    said: async (projectId, { spanId }) =>
      projectId === 'shop' && !gone.has(spanId)
        ? { input: `question of ${spanId}`, output: `answer of ${spanId}`, name: 'chat' }
        : undefined,
    find: async (_, { limit }) => calls.slice(0, limit),
    scoresOf: async (_, traceIds, name) => scores.filter((score) => traceIds.includes(score.traceId) && (!name || score.name === name)),
    judgedApart: async () => apart,
    datasetRows: async () => ({
      version: 3,
      rows: [{ id: 'row', sealed: false, content: { input: 'asked', expected: 'gold', metadata: {}, tags: [] } }],
    }),
    writeDataset: () => async (wanted) => {
      toDataset.push(wanted)
      return { version: 1, added: wanted.items.length, changed: 0, unchanged: 0 }
    },
    writeScores: async (_, __, given) => {
      for (const score of given) written.set(score.id ?? '', score)
    },
    warn: (details) => {
      throw new Error(JSON.stringify(details))
    },
  })
})
afterAll(async () => {
  await reviews.writeScores()
  await sql[Symbol.asyncDispose]()
})

type RowId = keyof typeof reviews.handlers
/** A request as it comes through the door: parsed before, and its answer held against the table. */
async function call<R extends RowId>(row: R, given: object, by: Context = ann): Promise<ReturnType<(typeof api)[R]['output']['parse']>> {
  const input = api[row].input.parse(given) as Parsed<R>
  const handler = reviews.handlers[row] as (input: Parsed<R>, context: Context) => Promise<unknown>
  return api[row].output.parse(await handler(input, by)) as never
}
const refused = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => (error instanceof AppError ? error : Promise.reject(error)),
  )

const ACCURACY = {
  kind: 'ordinal',
  id: 'accuracy',
  title: 'How accurate is it?',
  options: [{ value: 'Inaccurate' }, { value: 'Somewhat accurate' }, { value: 'Accurate', pass: true }],
}
const FLAGS = {
  kind: 'labels',
  id: 'flags',
  title: 'Flags',
  many: true,
  options: [{ value: 'hallucination' }, { value: 'bias' }],
}
const RUBRIC = {
  guideline: 'Read twice.',
  questions: [ACCURACY, FLAGS, { kind: 'correction', id: 'better', title: 'Better', required: false }],
}
const GOOD = { accuracy: 'Accurate', flags: [] }
const BAD = { accuracy: 'Inaccurate', flags: ['hallucination'] }

async function queueOf(items: number, given: object = {}) {
  const { id: queueId } = await call('reviews.create', { name: 'Support', reviewersPerItem: 2, rubric: RUBRIC, ...given })
  if (items > 0)
    await call('reviews.addItems', {
      queueId,
      given: Array.from({ length: items }, (_, at) => ({ id: `g${at}`, content: { input: `q${at}`, output: `a${at}` } })),
    })
  const next = (by: Context, more: object = {}) => call('reviews.next', { queueId, count: 1, ...more }, by)
  const take = async (by: Context) => (await next(by)).tasks[0]?.itemId ?? ''
  const answer = (by: Context, itemId: string, answers: object = GOOD, more: object = {}) =>
    call('reviews.answer', { queueId, itemId, rubricVersion: 1, answers, seconds: 5, ...more }, by)
  const item = (itemId: string, by = ann) => call('reviews.item', { queueId, itemId }, by)
  return { queueId, next, take, answer, item }
}

describe('two reviewers', () => {
  test('get the same item, answer it without seeing each other, and agree', async () => {
    const queue = await queueOf(1)
    const [first, second] = await Promise.all([queue.take(ann), queue.take(bob)])
    expect(first).toBe(second)
    expect((await queue.next(cy)).tasks).toEqual([])
    expect(await queue.answer(ann, first)).toEqual({ state: 'open', repeated: false })
    const { item: seen } = await queue.item(first, bob)
    expect(seen).toMatchObject({ state: 'open', answered: 1, entries: [], source: null, gold: null })
    expect((await queue.item(first, ann)).item.entries).toHaveLength(1)
    expect(await queue.answer(bob, first)).toEqual({ state: 'done', repeated: false })
    expect((await queue.item(first, cy)).item).toMatchObject({
      state: 'done',
      gold: { by: 'consensus', answers: GOOD },
      entries: [{ reviewer: { name: 'ann@example.test' } }, { reviewer: { name: 'bob@example.test' } }],
    })
  })

  test('who answer at the same moment are both kept, and the item is decided once', async () => {
    const queue = await queueOf(1)
    const itemId = await queue.take(ann)
    await queue.take(bob)
    const states = await Promise.all([queue.answer(ann, itemId), queue.answer(bob, itemId, BAD)])
    expect(states.map(({ state }) => state).sort()).toEqual(['disputed', 'open'])
    expect((await queue.item(itemId)).item).toMatchObject({ answered: 2, gold: null })
  })

  test('the same answer twice changes nothing; another takes its place until all are in', async () => {
    const queue = await queueOf(1)
    const itemId = await queue.take(ann)
    await queue.take(bob)
    await queue.answer(ann, itemId)
    expect(await queue.answer(ann, itemId)).toEqual({ state: 'open', repeated: true })
    expect(await queue.answer(ann, itemId, BAD)).toEqual({ state: 'open', repeated: false })
    expect((await queue.item(itemId)).item.entries).toMatchObject([{ answers: BAD }])
    await queue.answer(bob, itemId, BAD)
    expect(await queue.answer(ann, itemId, BAD)).toEqual({ state: 'done', repeated: true })
    expect(await refused(queue.answer(ann, itemId))).toMatchObject({ status: 409, data: { reason: 'decided' } })
  })

  test('who do not agree leave it to an adjudicator, whose word is the gold and the score', async () => {
    const queue = await queueOf(0)
    await call('reviews.addItems', { queueId: queue.queueId, spans: [{ traceId: 't1', spanId: 'aaaaaaaaaaaaaaaa' }] })
    const itemId = await queue.take(ann)
    await queue.take(bob)
    await queue.answer(ann, itemId, { ...GOOD, better: 'In two days.' })
    const decide = (answers: object) => call('reviews.adjudicate', { queueId: queue.queueId, itemId, answers, reason: 'page 4' }, cy)
    expect((await refused(decide(BAD))).message).toContain('missing')
    await queue.answer(bob, itemId, BAD)
    expect((await refused(decide({ accuracy: 'Wrong' }))).message).toContain('one of Inaccurate')
    expect(await decide({ ...BAD, better: 'In two days.' })).toMatchObject({
      state: 'done',
      source: { kind: 'span', traceId: 't1' },
      gold: { by: 'adjudicator', decidedBy: 'cy@example.test', reason: 'page 4' },
    })
    await reviews.writeScores()
    const ours = [...written.values()].filter(({ metadata }) => metadata?.itemId === itemId)
    expect(ours.map(({ name, type, value }) => [name, type, value])).toEqual([
      ['accuracy', 'numeric', 0],
      ['flags:hallucination', 'boolean', true],
      ['flags:bias', 'boolean', false],
      ['better', 'text', 'In two days.'],
    ])
    expect(ours[0]).toMatchObject({ traceId: 't1', source: 'annotation', comment: 'Inaccurate' })
  })

  test('of three the majority decides, where the queue says so', async () => {
    const queue = await queueOf(1, { reviewersPerItem: 3, dispute: 'majority' })
    const itemId = await queue.take(ann)
    for (const by of [bob, cy]) await queue.take(by)
    await queue.answer(ann, itemId)
    await queue.answer(bob, itemId, BAD)
    expect(await queue.answer(cy, itemId, { accuracy: 'Accurate', flags: ['bias'] })).toMatchObject({ state: 'disputed' })
    const other = await queueOf(1, { reviewersPerItem: 3, dispute: 'majority' })
    const again = await other.take(ann)
    for (const by of [bob, cy]) await other.take(by)
    await other.answer(ann, again, BAD)
    await other.answer(bob, again)
    expect(await other.answer(cy, again)).toMatchObject({ state: 'done' })
    expect((await other.item(again)).item.gold).toMatchObject({ by: 'majority', answers: GOOD })
  })
})

describe('leaving', () => {
  test('what is given back, or runs out, goes to somebody else', async () => {
    const queue = await queueOf(1, { reviewersPerItem: 1, leaseMinutes: 10 })
    const itemId = await queue.take(ann)
    expect(await queue.take(bob)).toBe('')
    expect(await call('reviews.release', { queueId: queue.queueId }, ann)).toEqual({ released: 1 })
    expect(await queue.take(bob)).toBe(itemId)
    clock += 9 * 60_000
    expect(await queue.take(cy)).toBe('')
    clock += 2 * 60_000
    expect(await queue.take(cy)).toBe(itemId)
    // Bob comes back: he still has what he wrote, and it counts.
    expect(await queue.answer(bob, itemId)).toEqual({ state: 'done', repeated: false })
    // Cy was at it too. An independent answer is kept for agreement, and decides nothing any more.
    expect(await queue.answer(cy, itemId, BAD)).toEqual({ state: 'done', repeated: false })
    const { item } = await queue.item(itemId)
    expect(item.entries).toHaveLength(2)
    expect(item.gold).toMatchObject({ by: 'reviewer', answers: GOOD })
    // Ann gave hers back, and can read theirs: she cannot answer on her own.
    expect(await refused(queue.answer(ann, itemId))).toMatchObject({ status: 409, data: { reason: 'not-taken' } })
  })

  test('who comes back goes on with what they had', async () => {
    const queue = await queueOf(3, { reviewersPerItem: 1 })
    const { tasks } = await queue.next(ann, { count: 2 })
    expect((await queue.next(bob)).tasks[0]?.content.input).toBe('q2')
    expect((await queue.next(ann, { count: 2 })).tasks.map(({ itemId }) => itemId)).toEqual(tasks.map(({ itemId }) => itemId))
  })

  test('a skip leaves it to others, an escalation to an adjudicator, both with their reason', async () => {
    const queue = await queueOf(1)
    const itemId = await queue.take(ann)
    const pass = (by: Context, kind: string) =>
      call('reviews.pass', { queueId: queue.queueId, itemId, kind, reason: 'not my language' }, by)
    expect(await pass(ann, 'skip')).toEqual({ state: 'open' })
    expect((await queue.next(ann)).left).toBe(0)
    for (const by of [bob, cy]) await queue.take(by)
    await queue.answer(bob, itemId)
    expect(await pass(cy, 'escalate')).toEqual({ state: 'disputed' })
    expect((await queue.item(itemId)).item.entries.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['skipped', 'not my language'],
      ['answered', ''],
      ['escalated', 'not my language'],
    ])
    expect(await refused(pass(bob, 'skip'))).toMatchObject({ status: 409 })
  })
})

describe('a rubric changed in mid-queue', () => {
  const changed = { guideline: 'New.', questions: [{ ...ACCURACY, options: [{ value: 'Wrong' }, { value: 'Right', pass: true }] }] }
  const setRubric = (queueId: string, answered: string, more: object = {}) =>
    call('reviews.setRubric', { queueId, rubric: changed, answered, ...more })

  test('keep: what was begun ends under its version; the rest is asked under the new one', async () => {
    const queue = await queueOf(2)
    const begun = await queue.take(ann)
    await queue.answer(ann, begun)
    const open = await queue.take(ann)
    expect(await setRubric(queue.queueId, 'keep')).toEqual({ rubricVersion: 2, moved: 1, kept: 1 })
    const late = await refused(queue.answer(ann, open))
    expect(late).toMatchObject({ status: 409, data: { reason: 'rubric-changed', rubricVersion: 2 } })
    expect(await queue.answer(ann, open, { accuracy: 'Right' }, { rubricVersion: 2 })).toMatchObject({ state: 'open' })
    expect((await queue.next(bob, { count: 5 })).tasks.map(({ rubricVersion }) => rubricVersion)).toEqual([1, 2])
    expect(await queue.answer(bob, begun)).toMatchObject({ state: 'done' })
    const agreement = (rubricVersion: number) => call('reviews.agreement', { queueId: queue.queueId, rubricVersion })
    expect((await agreement(1)).measures[0]).toMatchObject({
      items: 1,
      measure: { categories: ['Inaccurate', 'Somewhat accurate', 'Accurate'] },
    })
    expect((await agreement(2)).measures[0]).toMatchObject({ items: 0, measure: { categories: ['Wrong', 'Right'] } })
  })

  test('ask-again: everybody is asked anew, and what was said stays readable', async () => {
    const queue = await queueOf(1)
    const itemId = await queue.take(ann)
    await queue.take(bob)
    await queue.answer(ann, itemId)
    await queue.answer(bob, itemId)
    expect(await refused(setRubric(queue.queueId, 'ask-again', { expectedVersion: 7 }))).toMatchObject({ status: 409 })
    expect(await setRubric(queue.queueId, 'ask-again', { expectedVersion: 1 })).toEqual({ rubricVersion: 2, moved: 1, kept: 0 })
    expect(await queue.take(ann)).toBe(itemId)
    await queue.take(bob)
    for (const by of [ann, bob]) await queue.answer(by, itemId, { accuracy: 'Right' }, { rubricVersion: 2 })
    const { item, rubric } = await queue.item(itemId)
    expect(item.entries.map(({ rubricVersion }) => rubricVersion)).toEqual([1, 1, 2, 2])
    expect(item).toMatchObject({ state: 'done', answered: 2, rubricVersion: 2 })
    expect(rubric.guideline).toBe('New.')
    expect((await call('reviews.rubrics', { queueId: queue.queueId })).rubrics.map(({ items }) => items)).toEqual([1, 0])
  })
})

describe('what is refused', () => {
  test.each([
    [{ accuracy: 'Accurate' }, '"flags" is not answered'],
    [{ ...GOOD, accuracy: 'Nice' }, 'one of Inaccurate, Somewhat accurate, Accurate'],
    [{ ...GOOD, flags: ['lies'] }, 'a list of hallucination, bias'],
    [{ ...GOOD, tone: true }, 'no question "tone"'],
  ])('answers that the rubric does not know: %j', async (answers, words) => {
    const queue = await queueOf(1)
    const error = await refused(queue.answer(ann, await queue.take(ann), answers))
    expect(error.status).toBe(400)
    expect(error.message).toContain(words)
  })

  test('everything of another project', async () => {
    const queue = await queueOf(1)
    const itemId = await queue.take(ann)
    const elsewhere = as('acc_ann', 'other')
    expect(await refused(queue.next(elsewhere))).toMatchObject({ status: 404 })
    expect(await refused(queue.item(itemId, elsewhere))).toMatchObject({ status: 404 })
    expect((await call('reviews.list', {}, elsewhere)).queues).toEqual([])
  })

  test('one answer where two are compared, and cursors that nobody gave out', async () => {
    const queue = await queueOf(0, { rubric: { questions: [{ kind: 'pairwise', id: 'best', title: 'Which?' }] } })
    const add = (content: object) => call('reviews.addItems', { queueId: queue.queueId, given: [{ id: 'p', content }] })
    expect((await refused(add({ input: 'q', output: 'one' }))).message).toContain('compares two answers')
    expect(await add({ input: 'q', output: 'one', other: 'two' })).toMatchObject({ added: 1 })
    expect(await add({ input: 'q', output: 'one', other: 'two' })).toMatchObject({ added: 0, already: 1 })
    const both = await Promise.all([ann, bob, cy].map((by) => queue.next(by)))
    expect(both.flatMap(({ tasks }) => tasks)).toHaveLength(2)
    expect(await refused(call('reviews.items', { queueId: queue.queueId, cursor: 'bm8' }))).toMatchObject({ status: 400 })
  })
})

describe('what comes into a queue', () => {
  const place = (at: number): Place => ({ traceId: `trace-${at}`, spanId: `span-${at}` })
  const score = (at: number, given: Partial<CallScore>): CallScore => ({
    ...place(at),
    name: 'judge',
    value: 1,
    source: 'eval',
    atMs: at,
    ...given,
  })

  test('a part by lot, the rest what is uncertain; what is there already is not drawn again', async () => {
    calls = Array.from({ length: 100 }, (_, at) => place(at))
    scores = [
      ...Array.from({ length: 100 }, (_, at) => score(at, { value: 0.95 })),
      ...[3, 13, 23].map((at) => score(at, { name: 'thumbs', source: 'feedback', value: 0 })),
      ...[4, 14].map((at) => score(at, { name: 'second', value: 0.1 })),
      ...[5, 15].map((at) => score(at, { name: 'near', value: 0.52 })),
    ]
    const queue = await queueOf(0)
    const sample = (seed: number) => call('reviews.sample', { queueId: queue.queueId, count: 10, randomShare: 0.4, seed })
    const first = await sample(1)
    expect(first).toMatchObject({ added: 10, already: 0, candidates: 100 })
    expect(first.reasons.random).toBeGreaterThanOrEqual(4)
    expect(
      (first.reasons.feedback ?? 0) + (first.reasons['judges-disagree'] ?? 0) + (first.reasons['near-threshold'] ?? 0),
    ).toBeGreaterThan(2)
    expect((await sample(1)).already).toBe(10)
    const { items } = await call('reviews.items', { queueId: queue.queueId })
    expect(items[0]?.preview).toMatch(/^question of span-/)
  })

  test('rows of a dataset, and spans that are gone are named', async () => {
    gone.add('span-7')
    const queue = await queueOf(0)
    expect(
      await call('reviews.addItems', {
        queueId: queue.queueId,
        spans: [{ traceId: 't', spanId: 'bbbbbbbbbbbbbbbb' }],
        dataset: { name: 'golden' },
      }),
    ).toMatchObject({ added: 2, missing: [] })
    gone.add('bbbbbbbbbbbbbbbb')
    // What is gone by the time it would be read is nobody's to answer.
    expect((await queue.next(ann, { count: 5 })).tasks.map(({ content }) => content)).toEqual([{ input: 'asked', output: 'gold' }])
    expect((await call('reviews.items', { queueId: queue.queueId, state: 'disputed' })).items).toHaveLength(1)
  })
})

test('a judge is held against people, drifts, and below its bar blocks nothing; corrections go to a dataset', async () => {
  calls = Array.from({ length: 300 }, (_, at) => ({ traceId: `c${at}`, spanId: `s${at}` }))
  scores = []
  const queue = await queueOf(0, { reviewersPerItem: 1 })
  await call('reviews.sample', { queueId: queue.queueId, count: 200, randomShare: 1, seed: 2 })
  const { queueId } = queue
  const verdict = new Map<string, boolean>()
  for (let at = 0; at < 20; at++)
    for (const { itemId } of (await queue.next(ann, { count: 10 })).tasks) {
      const good = verdict.size % 3 !== 0
      verdict.set(itemId, good)
      await queue.answer(ann, itemId, good ? { ...GOOD, ...(verdict.size === 2 && { better: 'Shorter.' }) } : BAD)
    }
  expect(verdict.size).toBe(200)
  const say = (judge: string, wrong: (at: number) => boolean, at: string) =>
    call('reviews.verdicts', {
      queueId,
      judge,
      verdicts: [...verdict].map(([itemId, good], place) => ({ itemId, score: Number(good !== wrong(place)), at })),
    })
  expect(await say('careful', (at) => at % 10 === 0, '2026-02-01T00:00:00Z')).toEqual({ stored: 200, unknown: [] })
  await say('careless', (at) => at % 2 === 0, '2026-02-01T00:00:00Z')
  apart = { n: 1000, passed: 640, mean: 0.64, variance: 0.23 }
  const calibrate = (judge: string, more: object = {}) => call('reviews.calibrate', { queueId, judge, measure: 'accuracy', ...more })
  const careful = await calibrate('careful')
  expect(careful).toMatchObject({ basis: 'random', mayBlock: true, judged: 1000, drift: { alarm: false, verdicts: 0 } })
  expect(careful.tune.items + careful.holdout.items).toBe(200)
  expect(careful.holdout.kappa.value).toBeGreaterThan(0.6)
  expect(careful.rawPassRate.value).toBe(0.64)
  expect(careful.correctedPassRate.value).not.toBe(0.64)
  expect(await judgeStanding(sql, 'shop', 'careful')).toMatchObject({ mayBlock: true })
  clock += 60_000
  const careless = await calibrate('careless')
  expect(careless.mayBlock).toBe(false)
  expect(careless.why).toContain('κ')
  expect(await judgeStanding(sql, 'shop', 'careless')).toMatchObject({ mayBlock: false, why: careless.why })
  expect(await judgeStanding(sql, 'other', 'careless')).toMatchObject({ mayBlock: true, calibratedAt: null })
  // A month later the same judge errs as often as not.
  clock += 60_000
  await say('careful', (at) => at % 2 === 0, '2026-03-01T00:00:00Z')
  expect((await calibrate('careful')).drift).toMatchObject({ alarm: true, at: '2026-03-01T00:00:00.000Z', verdicts: 200 })
  expect((await call('reviews.calibrations', { queueId, limit: 2 })).calibrations.map(({ judge }) => judge)).toEqual([
    'careful',
    'careless',
  ])
  expect((await call('reviews.judges', { queueId })).judges).toEqual(expect.arrayContaining([{ judge: 'careful', items: 200 }]))
  expect(await refused(calibrate('nobody'))).toMatchObject({ status: 400 })
  expect(await refused(calibrate('careful', { measure: 'tone' }))).toMatchObject({ status: 404 })

  expect(await call('reviews.toDataset', { queueId, dataset: 'fixed', onlyCorrected: true })).toMatchObject({ added: 1, missing: 0 })
  expect(toDataset.at(-1)).toMatchObject({ name: 'fixed', items: [{ content: { expected: 'Shorter.' }, source: { kind: 'trace' } }] })
})
