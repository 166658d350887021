import { describe, expect, it } from 'vitest'
import { prepareScorer } from '../registry.ts'

const fetchOf = (answer: (init: RequestInit) => Response | Promise<Response>) => {
  const asked: { url: string; body: unknown; redirect: string | undefined }[] = []
  const fetch = (async (url: string, init: RequestInit) => {
    asked.push({ url, body: JSON.parse(String(init.body)), redirect: init.redirect })
    return answer(init)
  }) as unknown as typeof globalThis.fetch
  return { fetch, asked }
}
const url = 'https://scores.example/grade'

describe('http', () => {
  it('sends the row and reads the score', async () => {
    const { fetch, asked } = fetchOf(() => Response.json({ score: 0.5, pass: true, reason: 'half' }))
    const scorer = await prepareScorer('http', { url, config: { strict: true } })
    expect(await scorer.evaluate({ id: 1, output: 'x' }, { fetch })).toEqual({ status: 'scored', score: 0.5, pass: true, reason: 'half' })
    expect(asked).toEqual([{ url, body: { row: { id: 1, output: 'x' }, config: { strict: true } }, redirect: 'error' }])
  })

  it.each<[string, () => Response | Promise<Response>, string, number]>([
    ['an error', () => new Response('no', { status: 500 }), 'answered 500: no', 1],
    ['one that is busy', () => new Response('later', { status: 503 }), 'answered 503: later', 2],
    ['no JSON', () => new Response('<html>'), 'no JSON: <html>', 1],
    ['no score', () => Response.json({ grade: 1 }), 'must answer', 1],
    ['too much', () => new Response('1'.repeat(300_000)), 'more than 256000', 1],
    ['nobody', () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })), 'ECONNREFUSED', 2],
  ])('%s is an error of the row', async (_, answer, words, calls) => {
    const { fetch, asked } = fetchOf(answer)
    const scorer = await prepareScorer('http', { url })
    expect(await scorer.evaluate({ output: 'x' }, { fetch })).toMatchObject({ status: 'error', reason: expect.stringContaining(words) })
    expect(asked).toHaveLength(calls)
  })

  it('takes only addresses of the web', async () => {
    await expect(prepareScorer('http', { url: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'invalid-request' })
  })
})

describe('sql', () => {
  const query = async (text: string, params: Record<string, unknown>) =>
    text.includes('none') ? [] : [{ score: '2', pass: 1, reason: `of ${params.traceId}`, spans: 7 }]
  it('asks over the trace of the row', async () => {
    const scorer = await prepareScorer('sql', { query: 'SELECT count() AS score FROM spans WHERE traceId = {traceId:String}' })
    expect(await scorer.evaluate({ output: '', traceId: 'ab' }, { query })).toEqual({
      status: 'scored',
      score: 2,
      pass: true,
      reason: 'of ab',
      sub: { spans: 7 },
    })
    expect(await scorer.evaluate({ output: '' }, { query })).toMatchObject({ status: 'na' })
    expect(await scorer.evaluate({ output: '', traceId: 'ab' })).toMatchObject({ status: 'error' })
    const empty = await prepareScorer('sql', { query: 'SELECT none' })
    expect(await empty.evaluate({ output: '', traceId: 'ab' }, { query })).toMatchObject({ status: 'na' })
  })
})
