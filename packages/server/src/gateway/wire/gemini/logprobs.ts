import type { Logprob } from '../language.ts'
import { type Fields, isFields } from './fields.ts'

/** Reads `logprobsResult`. https://ai.google.dev/api/generate-content#LogprobsResult */
export function readLogprobs(value: unknown): Logprob[] | undefined {
  if (!isFields(value) || !Array.isArray(value.chosenCandidates) || value.chosenCandidates.length === 0) return undefined
  const tops = Array.isArray(value.topCandidates) ? value.topCandidates : []
  return value.chosenCandidates.filter(isFields).map((chosen, index) => {
    const alternatives = tops[index]?.candidates
    return { ...readOne(chosen), ...(Array.isArray(alternatives) && { top: alternatives.filter(isFields).map(readOne) }) }
  })
}

const readOne = ({ token, logProbability }: Fields) => ({
  token: typeof token === 'string' ? token : '',
  logprob: typeof logProbability === 'number' ? logProbability : 0,
})

export function writeLogprobs(logprobs: readonly Logprob[]): Fields {
  return {
    chosenCandidates: logprobs.map(writeOne),
    ...(logprobs.some(({ top }) => top) && { topCandidates: logprobs.map(({ top }) => ({ candidates: (top ?? []).map(writeOne) })) }),
  }
}

const writeOne = ({ token, logprob }: { token: string; logprob: number }): Fields => ({ token, logProbability: logprob })
