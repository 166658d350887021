import type { EvaluatorEnv, JudgeAnswer, JudgeRequest } from '../evaluator.ts'

type Said = object | string | ((request: JudgeRequest, material: string) => object | string)

/** A judge that says what a test wants of each kind of question, in turn; the last thing again and again. */
export function scripted(script: Record<string, Said | Said[]>, more: Partial<JudgeAnswer> = {}) {
  const asked: JudgeRequest[] = []
  const turns = new Map<string, number>()
  const complete = async (request: JudgeRequest): Promise<JudgeAnswer> => {
    asked.push(request)
    const name = request.schema?.name ?? ''
    const all = [script[name] ?? 'nothing'].flat() as Said[]
    const turn = turns.get(name) ?? 0
    turns.set(name, turn + 1)
    const said = all[Math.min(turn, all.length - 1)] as Said
    const value = typeof said === 'function' ? said(request, request.messages[1]?.content ?? '') : said
    const usage = { inputTokens: 10, outputTokens: 5, costUsd: 0.001 }
    return { text: typeof value === 'string' ? value : JSON.stringify(value), usage, ...more }
  }
  return { asked, env: { complete } satisfies EvaluatorEnv }
}
