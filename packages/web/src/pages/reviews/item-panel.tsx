import type { ReviewAnswer, ReviewAnswers, ReviewEntry, ReviewQuestion } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { reviewItemQuery, reviewsChanged } from '../../data/reviews.ts'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'
import { Marked, Part, Question, textOf } from './content-view.tsx'
import { StateBadge } from './items-tab.tsx'
import { QuestionFields, toSend } from './question-fields.tsx'

type Props = { project: string; queueId: string; itemId: string; wide: boolean; onWide: (wide: boolean) => void; onClose: () => void }

/** One item: what is to be read, what everybody said, and the decision. */
export default function ItemPanel({ project, queueId, itemId, wide, onWide, onClose }: Props) {
  const query = useQuery(reviewItemQuery(project, queueId, itemId))
  const may = useMay()
  const item = query.data?.item
  return (
    <SidePanel
      label="Item"
      wide={wide}
      onWide={onWide}
      onClose={onClose}
      head={
        <div className="flex items-center gap-2">
          <h2 className="font-medium">Item</h2>
          {item && <StateBadge state={item.state} />}
        </div>
      }
    >
      <Loaded query={query} skeleton={<SkeletonRows />}>
        {({ item: shown, content, rubric }) => (
          <div className="flex flex-col gap-4 p-4">
            {content === null ? (
              <p className="text-soft">What was said in this call is not there any more.</p>
            ) : (
              <>
                <Question content={content} />
                {content.output !== undefined && (
                  <Part title={content.other === undefined ? 'Answered' : 'Answer a'}>
                    <Marked text={textOf(content.output)} spans={[]} />
                  </Part>
                )}
                {content.other !== undefined && <Part title="Answer b">{textOf(content.other)}</Part>}
              </>
            )}
            {shown.source?.kind === 'span' && (
              <p>
                <Link
                  to="/p/$project/traces/$traceId"
                  params={{ project, traceId: shown.source.traceId }}
                  search={{ span: shown.source.spanId }}
                  className="text-accent hover:underline"
                >
                  Open its trace
                </Link>
              </p>
            )}
            <Said entries={shown.entries} questions={rubric.questions} version={shown.rubricVersion} open={shown.state === 'open'} />
            {shown.gold && (
              <section className="rounded-md border border-line bg-ok-soft p-3">
                <h3 className="font-medium">Decided {BY[shown.gold.by]}</h3>
                <Answers answers={shown.gold.answers} questions={rubric.questions} />
                <p className="text-sm text-soft">
                  {shown.gold.decidedBy} <Ago time={shown.gold.at} /> {shown.gold.reason && `– ${shown.gold.reason}`}
                </p>
              </section>
            )}
            {shown.state !== 'open' && may('reviews:adjudicate') && (
              <Decide
                key={`${shown.itemId} ${shown.gold?.at ?? ''}`}
                project={project}
                queueId={queueId}
                itemId={itemId}
                questions={rubric.questions}
                given={shown.gold?.answers ?? {}}
                again={shown.gold !== null}
              />
            )}
          </div>
        )}
      </Loaded>
    </SidePanel>
  )
}

const BY = {
  reviewer: 'by one reviewer',
  consensus: 'by all of them alike',
  majority: 'by the majority',
  adjudicator: 'by an adjudicator',
}

type SaidProps = { entries: readonly ReviewEntry[]; questions: readonly ReviewQuestion[]; version: number; open: boolean }
function Said({ entries, questions, version, open }: SaidProps) {
  return (
    <section>
      <h3 className="mb-1 font-medium">Answers</h3>
      {open && <p className="mb-2 text-sm text-faint">While answers are missing everybody sees their own alone.</p>}
      {entries.length === 0 && !open && <p className="text-soft">Nobody has answered.</p>}
      <ul className="flex flex-col gap-2">
        {entries.map((entry) => (
          <li key={`${entry.reviewer.id} ${entry.rubricVersion}`} className="rounded-md border border-line px-3 py-2">
            <p className="text-sm text-soft">
              {entry.reviewer.name ?? entry.reviewer.id} <Ago time={entry.at} />
              {entry.rubricVersion !== version && ` under version ${entry.rubricVersion} of the rubric`}
            </p>
            {entry.kind === 'answered' ? (
              <Answers answers={entry.answers} questions={questions} />
            ) : (
              <p className="font-medium">{entry.kind === 'skipped' ? 'Skipped' : 'Asked for a decision'}</p>
            )}
            {entry.reason && <p className="text-soft">{entry.reason}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Answers({ answers, questions }: { answers: ReviewAnswers; questions: readonly ReviewQuestion[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
      {Object.entries(answers).map(([id, answer]) => (
        <div key={id} className="contents">
          <dt className="text-soft">{questions.find((question) => question.id === id)?.title ?? id}</dt>
          <dd className="break-words">{wordsOf(answer)}</dd>
        </div>
      ))}
    </dl>
  )
}

function wordsOf(answer: ReviewAnswer): string {
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no'
  if (!Array.isArray(answer)) return answer || '–'
  return answer.length === 0
    ? 'none'
    : answer.map((one) => (typeof one === 'string' ? one : `${one.label} ${one.start}–${one.end}`)).join(', ')
}

type DecideProps = {
  project: string
  queueId: string
  itemId: string
  questions: readonly ReviewQuestion[]
  given: ReviewAnswers
  again: boolean
}
function Decide({ project, queueId, itemId, questions, given, again }: DecideProps) {
  const cache = useQueryClient()
  const [answers, setAnswers] = useState(given)
  const [reason, setReason] = useState('')
  const [active, setActive] = useState('')
  return (
    <section className="border-t border-line pt-4">
      <h3 className="mb-2 font-medium">{again ? 'Decide otherwise' : 'Decide'}</h3>
      <SaveForm
        submitLabel="Decide"
        read={() => {
          const sent = toSend(questions, answers)
          if (sent.missing) return { problems: { answers: `Not answered yet: ${sent.missing.title}` } }
          return {
            send: async () => {
              await clientFor(project).reviews.adjudicate({ queueId, itemId, answers: sent.answers, reason })
              await reviewsChanged(cache, project)
            },
          }
        }}
      >
        {(problems) => (
          <>
            <QuestionFields
              questions={questions}
              answers={answers}
              swapped={false}
              active={active}
              onActive={setActive}
              onAnswer={(id, answer) => setAnswers(({ [id]: _, ...rest }) => (answer === undefined ? rest : { ...rest, [id]: answer }))}
            />
            {problems.answers && (
              <p role="alert" className="text-sm text-error">
                {problems.answers}
              </p>
            )}
            <Labelled title="Reason" aside="if you like">
              {(props) => <Input {...props} value={reason} onChange={({ target }) => setReason(target.value)} />}
            </Labelled>
          </>
        )}
      </SaveForm>
    </section>
  )
}
