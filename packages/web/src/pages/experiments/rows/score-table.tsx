import type { Evidence, ExperimentAnswer, ExperimentScore } from '@signalbox/schema'
import type { ReactNode } from 'react'
import { classNames } from '../../../lib/class-names.ts'
import { formatUsd } from '../../../lib/format-money.ts'
import { scoreText } from '../words/score-words.ts'
import { PassMark } from './pass-mark.tsx'

type Props = { baseline: ExperimentAnswer | undefined; candidate: ExperimentAnswer | undefined }

/** Every score with its reason, and sentence by sentence what it rests on. */
export function ScoreTable({ baseline, candidate }: Props) {
  const keys = [...new Set([...(baseline?.scores ?? []), ...(candidate?.scores ?? [])].map(({ key }) => key))]
  if (keys.length === 0) return null
  return (
    <section aria-label="Scores">
      <h3 className="mb-1 font-medium">Scores</h3>
      <ul className="flex flex-col gap-2">
        {keys.map((key) => (
          <li key={key} className="rounded-md border border-line">
            <p className="border-b border-line px-2.5 py-1 text-sm font-medium">{key}</p>
            <div className={baseline ? 'grid grid-cols-2 divide-x divide-line' : ''}>
              {baseline && <One score={baseline.scores.find((score) => score.key === key)} />}
              {candidate && <One score={candidate.scores.find((score) => score.key === key)} />}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function One({ score }: { score: ExperimentScore | undefined }): ReactNode {
  if (!score) return <p className="px-2.5 py-1.5 text-faint">not scored</p>
  const { status, score: value, pass, reason, evidence = [], costUsd, weight } = score
  return (
    <div className="min-w-0 px-2.5 py-1.5">
      <p className="flex items-center gap-1.5">
        <PassMark of={{ status, pass: pass ?? null, score: value ?? null }} />
        <span className="tabular">
          {status === 'scored' ? scoreText(value ?? 0, 'number') : status === 'na' ? 'not applicable' : 'error'}
        </span>
        {weight === 0 && <span className="text-sm text-faint">shown only</span>}
        {costUsd !== undefined && costUsd !== null && costUsd > 0 && (
          <span className="ml-auto text-sm text-faint">{formatUsd(costUsd)}</span>
        )}
      </p>
      {reason && <p className={classNames('break-words', status === 'error' ? 'text-warning' : 'text-soft')}>{reason}</p>}
      {evidence.length > 0 && (
        <ul aria-label="Evidence" className="mt-1.5 flex flex-col gap-1">
          {evidence.map((piece, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces have their places.
            <Piece key={at} piece={piece} />
          ))}
        </ul>
      )}
    </div>
  )
}

const GOOD = new Set(['supported', 'mentioned', 'not mentioned', 'matched', 'found', 'right', 'useful'])
const BAD = new Set([
  'unsupported',
  'missing',
  'forbidden',
  'different',
  'unexpected',
  'useless',
  'other arguments',
  'wrong by a source',
  'wrong by itself',
])

function Piece({ piece: { text, verdict, reason, source } }: { piece: Evidence }) {
  const tone = GOOD.has(verdict) ? 'border-ok' : BAD.has(verdict) ? 'border-error' : 'border-line-strong'
  return (
    <li className={classNames('border-l-2 pl-2 text-sm', tone)}>
      <p className="break-words">{text}</p>
      <p className="break-words text-faint">
        <span className={BAD.has(verdict) ? 'text-error' : GOOD.has(verdict) ? 'text-ok' : ''}>{verdict}</span>
        {reason && `: ${reason}`}
        {source && (
          <>
            , by “<q className="before:content-none after:content-none">{source.length > 240 ? `${source.slice(0, 240)}…` : source}</q>”
          </>
        )}
      </p>
    </li>
  )
}
