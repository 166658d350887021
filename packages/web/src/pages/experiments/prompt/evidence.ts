import type { ExperimentSummary } from '@signalbox/schema'

type Asked = {
  /** Of the version, newest first. */
  tests: readonly { version: number; against: number | null; experiment: ExperimentSummary }[]
  /** Experiments with the prompt that are over, newest first. */
  last: readonly ExperimentSummary[]
  name: string
  from: number | undefined
  to: number
}

/** The experiment that says most of a move: the last tests of the version, else the last experiment that asked both versions. */
export function evidenceOf({ tests, last, name, from, to }: Asked): ExperimentSummary | undefined {
  const tested = tests.find(({ version, experiment }) => version === to && experiment.state === 'done')?.experiment
  const has = (one: ExperimentSummary, version: number) => one.prompts.some((prompt) => prompt.name === name && prompt.version === version)
  return tested ?? last.find((one) => has(one, to) && (from === undefined || from === to || has(one, from)))
}
