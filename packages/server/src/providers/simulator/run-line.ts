import { answerTo } from './answer.ts'
import { Refusal } from './ask.ts'
import type { RunLine } from './batches.ts'
import type { Counter } from './count.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { dialectAt } from './routes.ts'

/** Answers lines of batches at once and counts each as a call of its dialect. A fault is an error line: with its status, or 500. */
export const runLineOf =
  (counter: Counter): RunLine =>
  async (url, body) => {
    try {
      const found = dialectAt(url)
      if (!found) throw new Refusal(400, `'url' must be a path such as /v1/chat/completions, not ${JSON.stringify(url)}.`, { param: 'url' })
      const { dialect, groups } = found
      const request = {
        groups,
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.from(JSON.stringify(body ?? null)),
        json: () => body,
      }
      const ask = await dialect.decode(request)
      const answer = answerTo(ask, dialect.wholeCalls)
      const count = { dialect: dialect.name, model: ask.model }
      const fault = answer.fault?.kind
      if (fault !== undefined && fault !== 'slow') {
        counter.add({ ...count, input: 0, output: 0, outcome: String(fault) })
        throw new Refusal(typeof fault === 'number' ? fault : 500, `The simulator was asked for the fault ${fault}.`)
      }
      const whole = dialect.whole(ask, answer)
      if (typeof whole !== 'string') throw new Refusal(400, `${url} does not answer in JSON.`, { param: 'url' })
      counter.add({ ...count, input: answer.usage.input, output: answer.usage.output, outcome: 'ok' })
      return { status: 200, body: JSON.parse(whole) }
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: JSON.parse(openaiErrorBody(error)) }
      throw error
    }
  }
