import type { ReviewAnswer, ReviewAnswers, ReviewRubric, ReviewTask } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { reviewQueueQuery, reviewRubricsQuery } from '../../data/reviews.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Marked, Part, Question, textOf } from './content-view.tsx'
import { PassDialog } from './pass-dialog.tsx'
import { choicesOf, chosen, QuestionFields, toSend } from './question-fields.tsx'
import { useTasks } from './use-tasks.ts'

const Markdown = lazy(() => import('../trace/markdown.tsx'))

/** One item after the other, with one hand on the keyboard. */
export function WorkPage() {
  const project = useProject()
  const { queueId } = useParams({ from: '/p/$project/reviews/$queueId/work' })
  const queue = useQuery(reviewQueueQuery(project, queueId))
  const work = useTasks(project, queueId)
  const [task] = work.tasks ?? []
  // Items that were begun under another version of the rubric are asked under that one.
  const rubrics = useQuery({ ...reviewRubricsQuery(project, queueId), enabled: task !== undefined })
  const rubric = rubrics.data?.find(({ rubricVersion }) => rubricVersion === task?.rubricVersion)?.rubric
  const name = queue.data?.queue.name ?? ''
  const missing = task !== undefined && rubric === undefined
  const { refetch } = rubrics
  useEffect(() => {
    if (missing && rubrics.data) void refetch()
  }, [missing, rubrics.data, refetch])

  return (
    <div className="flex h-full flex-col">
      <header className="flex h-11 shrink-0 items-center gap-3 border-b border-line px-4">
        <h1 className="min-w-0 truncate font-semibold">{name}</h1>
        <p role="status" className="text-sm text-soft">
          {formatCount(work.done)} answered, {formatCount(work.left)} left for you
        </p>
        <Link to="/p/$project/reviews/$queueId" params={{ project, queueId }} className={`${buttonStyle({ size: 'small' })} ml-auto`}>
          Stop
        </Link>
      </header>
      {work.error !== null && <ErrorNote error={work.error} retry={work.retry} className="m-4" />}
      {work.tasks !== undefined && task === undefined && work.error === null && (
        <EmptyState
          icon={CircleCheck}
          title="Nothing is left for you"
          action={
            <Link to="/p/$project/reviews/$queueId" params={{ project, queueId }} className={buttonStyle()}>
              Back to the queue
            </Link>
          }
        >
          What is still open is with others, or you have answered it. Items that somebody gives back come to you again.
        </EmptyState>
      )}
      {(work.tasks === undefined || missing) && work.error === null && (
        <div role="status" aria-label="Loading" className="flex flex-col gap-3 p-4">
          <Skeleton className="h-20 w-full" />
          <Skeleton className="h-40 w-full" />
        </div>
      )}
      {task && rubric && (
        <Item
          key={task.itemId}
          task={task}
          rubric={rubric}
          given={work.failed?.task.itemId === task.itemId ? work.failed.answers : {}}
          error={work.failed?.task.itemId === task.itemId ? work.failed.error : null}
          onAnswer={work.answer}
          onPass={work.pass}
        />
      )}
    </div>
  )
}

type ItemProps = {
  task: ReviewTask
  rubric: ReviewRubric
  /** What was answered before it was refused. */
  given: ReviewAnswers
  error: unknown
  onAnswer: (task: ReviewTask, answers: ReviewAnswers, seconds: number) => unknown
  onPass: (task: ReviewTask, kind: 'skip' | 'escalate', reason: string) => unknown
}

function Item({ task, rubric, given, error, onAnswer, onPass }: ItemProps) {
  const { questions, guideline } = rubric
  const [answers, setAnswers] = useState<ReviewAnswers>(given)
  const [active, setActive] = useState(questions[0]?.id ?? '')
  const [missing, setMissing] = useState<string | undefined>(undefined)
  const [passing, setPassing] = useState<'skip' | 'escalate' | undefined>(undefined)
  const since = useRef(Date.now())
  const at = Math.max(
    0,
    questions.findIndex(({ id }) => id === active),
  )
  const question = questions[at]
  const set = (id: string, answer: ReviewAnswer | undefined) => {
    setMissing(undefined)
    setAnswers(({ [id]: _, ...rest }) => (answer === undefined ? rest : { ...rest, [id]: answer }))
  }
  const move = (by: number) => setActive(questions[Math.min(questions.length - 1, Math.max(0, at + by))]?.id ?? active)
  const choose = (place: number) => {
    if (!question) return
    const choice = choicesOf(question, task.swapped)[place]
    if (!choice) return
    set(question.id, chosen(question, answers[question.id], choice))
    const many = question.kind === 'spans' || (question.kind === 'labels' && question.many)
    const next = questions[at + 1]
    if (!many && next && next.kind !== 'correction') setActive(next.id)
  }
  const submit = () => {
    const sent = toSend(questions, answers)
    if (sent.missing) {
      setActive(sent.missing.id)
      setMissing(sent.missing.title)
    } else onAnswer(task, sent.answers, Math.min(86_400, (Date.now() - since.current) / 1000))
  }
  useShortcuts({
    ...Object.fromEntries(Array.from({ length: 9 }, (_, place) => [`${place + 1}`, () => choose(place)])),
    j: () => move(1),
    k: () => move(-1),
    ' ': submit,
    enter: submit,
    s: () => setPassing('skip'),
    e: () => setPassing('escalate'),
  })
  const spans = question?.kind === 'spans' ? answers[question.id] : undefined
  const marked = Array.isArray(spans) ? spans.filter((one) => typeof one === 'object') : []
  const { content, swapped } = task
  const [first, second] = swapped ? [content.other, content.output] : [content.output, content.other]

  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_340px]">
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className="flex flex-col gap-4 overflow-y-auto p-4 outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
      >
        <Question content={content} />
        {content.other === undefined ? (
          content.output !== undefined && (
            <Part title="Answered">
              <Marked
                text={textOf(content.output)}
                spans={marked}
                onRemove={
                  question &&
                  ((span) =>
                    set(
                      question.id,
                      marked.filter((one) => one !== span),
                    ))
                }
              />
            </Part>
          )
        ) : (
          <div className="grid grid-cols-2 gap-3">
            <Part title="The first answer">{textOf(first)}</Part>
            <Part title="The second answer">{textOf(second)}</Part>
          </div>
        )}
        {content.expected !== undefined && (
          <Part title="Expected" quiet>
            {textOf(content.expected)}
          </Part>
        )}
      </div>
      <aside
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label="Questions"
        className="flex flex-col gap-3 overflow-y-auto border-l border-line bg-surface-0 p-4 outline-none"
      >
        {error !== null && <ErrorNote error={error} />}
        <QuestionFields questions={questions} answers={answers} swapped={swapped} active={active} onActive={setActive} onAnswer={set} />
        {missing && (
          <p role="alert" className="text-sm text-error">
            Not answered yet: {missing}
          </p>
        )}
        <Button kind="primary" onClick={submit}>
          Next (Enter or Space)
        </Button>
        <div className="flex gap-2">
          <Button size="small" onClick={() => setPassing('skip')}>
            Skip <Kbd>s</Kbd>
          </Button>
          <Button size="small" onClick={() => setPassing('escalate')}>
            Ask for a decision <Kbd>e</Kbd>
          </Button>
        </div>
        {guideline && (
          <section aria-label="Guideline" className="mt-2 border-t border-line pt-3 text-sm text-soft">
            <Suspense>
              <Markdown text={guideline} />
            </Suspense>
          </section>
        )}
      </aside>
      {passing && (
        <PassDialog
          kind={passing}
          onClose={() => setPassing(undefined)}
          onPass={(reason) => {
            setPassing(undefined)
            onPass(task, passing, reason)
          }}
        />
      )}
    </div>
  )
}
