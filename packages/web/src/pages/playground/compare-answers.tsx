import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { modelsQuery } from '../../data/queries.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Select } from '../../ui/select.tsx'
import { embeddingModels, similarityOf } from './similarity.ts'

const TextDiff = lazy(() => import('../compare/text-diff.tsx').then(({ TextDiff }) => ({ default: TextDiff })))
type Answered = { key: string; letter: string; text: string }
type Props = { project: string; answers: readonly Answered[]; whyNot: string | undefined }

/** Two answers side by side: which words differ, and how far apart they are in what they say. */
export default function CompareAnswers({ project, answers, whyNot }: Props) {
  const [chosen, setChosen] = useState<{ a?: string; b?: string }>({})
  const a = answers.find(({ key }) => key === chosen.a) ?? answers[0]
  const b = answers.find(({ key }) => key === chosen.b && key !== a?.key) ?? answers.find(({ key }) => key !== a?.key)
  if (!a || !b) return null
  const choices = answers.map(({ key, letter }) => ({ value: key, label: letter }))
  return (
    <Panel
      title="What differs"
      actions={
        <span className="flex items-center gap-2">
          <Select
            label="First answer"
            value={a.key}
            choices={choices}
            onChange={(key) => setChosen({ a: key, b: b.key })}
            className="h-6 w-16 text-sm"
          />
          <span className="text-faint">to</span>
          <Select
            label="Second answer"
            value={b.key}
            choices={choices}
            onChange={(key) => setChosen({ a: a.key, b: key })}
            className="h-6 w-16 text-sm"
          />
        </span>
      }
    >
      <div className="flex flex-col gap-3 p-3">
        <Meaning key={`${a.text}\n${b.text}`} project={project} a={a} b={b} whyNot={whyNot} />
        <Suspense fallback={null}>
          <TextDiff a={a.text} b={b.text} />
        </Suspense>
      </div>
    </Panel>
  )
}

/** How alike two answers are by the vectors of their texts. It costs a call, so it is asked for. */
function Meaning({ project, a, b, whyNot }: { project: string; a: Answered; b: Answered; whyNot: string | undefined }) {
  const models = useQuery(modelsQuery(project))
  const known = embeddingModels(models.data ?? [])
  const [wanted, setWanted] = useState<string | null>(null)
  const model = wanted ?? known[0]
  const [asked, setAsked] = useState(false)
  const found = useQuery({
    queryKey: ['project', project, 'playground', 'similarity', model, a.text, b.text],
    queryFn: ({ signal }) => similarityOf({ project, model: model ?? '', texts: [a.text, b.text], signal }),
    enabled: asked && model !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (!models.data) return null
  if (model === undefined)
    return (
      <p className="text-sm text-faint">
        No embedding model is configured, so only words can be compared. Add an alias whose target is an embedding model (its name says
        “embed”).
      </p>
    )
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      {found.data === undefined ? (
        <Button
          size="small"
          onClick={() => setAsked(true)}
          disabled={found.isFetching || whyNot !== undefined}
          {...(whyNot && { 'data-tip': whyNot })}
        >
          {found.isFetching ? 'Comparing…' : 'Compare what they say'}
        </Button>
      ) : (
        <p role="status">
          <span className="tabular font-medium">{(found.data * 100).toFixed(1)}%</span> alike in what they say
          <span className="text-faint"> (cosine of their embeddings)</span>
        </p>
      )}
      <span className="text-faint">by</span>
      {known.length > 1 ? (
        <Select
          label="Embedding model"
          value={model}
          choices={known.map((name) => ({ value: name, label: name }))}
          onChange={setWanted}
          className="h-6 w-52 font-mono text-sm"
        />
      ) : (
        <span className="font-mono">{model}</span>
      )}
      {found.error && <ErrorNote error={found.error} className="w-full" />}
    </div>
  )
}
