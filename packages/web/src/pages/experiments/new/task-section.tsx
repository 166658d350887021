import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { promptVersionsQuery } from '../../../data/prompts.ts'
import { modelsQuery } from '../../../data/queries.ts'
import { useProject } from '../../../data/view.ts'
import { plural } from '../../../lib/format-number.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Tick } from '../../../ui/checkbox.tsx'
import { Input, inputStyle } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { Segmented } from '../../../ui/segmented.tsx'
import { Ago } from '../../../ui/values.tsx'
import { type Draft, nextKey, variantsOf } from './draft.ts'
import { promptNamesQuery } from './questions.ts'
import { Problem, Section, type SectionProps } from './section.tsx'

const TASKS: { value: Draft['task']; label: string; says: string }[] = [
  { value: 'prompt', label: 'A prompt', says: 'Versions of a prompt of this project; the input of an item gives the variables.' },
  { value: 'model', label: 'Models', says: 'The input of an item is sent as it is.' },
  { value: 'http', label: 'An endpoint', says: 'Your application is asked over HTTP: what people really get.' },
  { value: 'json', label: 'As JSON', says: 'Variants in the words of the API, each with a prompt, a model and parameters of its own.' },
]

/** What is asked of: the variants that are compared. */
export function TaskSection({ draft, problems, onChange }: SectionProps) {
  const { task } = draft
  const variants = variantsOf(draft)
  return (
    <Section title="Variants" says="Every combination of versions, models and parameters is a variant of its own.">
      <div>
        <Segmented label="What is asked" value={task} choices={TASKS} onChange={(next) => onChange({ task: next })} />
        <p className="mt-1 text-sm text-faint">{TASKS.find(({ value }) => value === task)?.says}</p>
      </div>
      {task === 'prompt' && <PromptChoice {...{ draft, problems, onChange }} />}
      {(task === 'prompt' || task === 'model') && <Models {...{ draft, problems, onChange }} />}
      {(task === 'prompt' || task === 'model') && <Parameters {...{ draft, problems, onChange }} />}
      {task === 'http' && (
        <div className="grid gap-3 md:grid-cols-2">
          <Labelled title="Address" help="It is sent the item as JSON by POST." problem={problems.url}>
            {(given) => (
              <Input
                {...given}
                value={draft.url}
                onChange={({ target }) => onChange({ url: target.value })}
                placeholder="https://app.example/answer"
                spellCheck={false}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
          <Labelled
            title="Where the answer stands"
            aside="optional"
            help="In the JSON that comes back, such as data.text; all of it by default."
            problem={problems.output}
          >
            {(given) => (
              <Input
                {...given}
                value={draft.output}
                onChange={({ target }) => onChange({ output: target.value })}
                spellCheck={false}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
        </div>
      )}
      {task === 'json' && (
        <Labelled title="Variants as JSON" problem={problems.json}>
          {(given) => (
            <textarea
              {...given}
              rows={8}
              value={draft.json}
              onChange={({ target }) => onChange({ json: target.value })}
              placeholder={'[{ "id": "short", "prompt": "Answer in one sentence: {{question}}", "model": "support" }]'}
              spellCheck={false}
              className={`${inputStyle} field-sizing-content h-auto max-h-96 w-full resize-none py-2 font-mono text-sm leading-[19px]`}
            />
          )}
        </Labelled>
      )}
      {variants.length > 0 && (
        <div className="flex flex-wrap items-center gap-1.5">
          <span className="text-sm text-faint">{plural(variants.length, 'variant')}</span>
          {variants.slice(0, 24).map(({ id }) => (
            <Badge key={id}>{id}</Badge>
          ))}
          {variants.length > 24 && <span className="text-sm text-faint">and {variants.length - 24} more</span>}
        </div>
      )}
    </Section>
  )
}

function PromptChoice({ draft, problems, onChange }: SectionProps) {
  const project = useProject()
  const names = useQuery(promptNamesQuery(project))
  const isKnown = names.data?.includes(draft.prompt) === true
  const versions = useQuery({ ...promptVersionsQuery(project, draft.prompt), enabled: isKnown, refetchInterval: false })
  const list = useId()
  const toggle = (version: number, on: boolean) =>
    onChange({ versions: (on ? [...draft.versions, version] : draft.versions.filter((one) => one !== version)).toSorted((a, b) => a - b) })
  return (
    <>
      <Labelled
        title="Prompt"
        problem={problems.prompt}
        help={names.data && draft.prompt !== '' && !isKnown && 'There is no prompt of this name.'}
      >
        {(given) => (
          <Input
            {...given}
            list={list}
            value={draft.prompt}
            onChange={({ target }) => onChange({ prompt: target.value, versions: [] })}
            placeholder="support/refund"
            spellCheck={false}
            className="font-mono text-sm"
          />
        )}
      </Labelled>
      <datalist id={list}>
        {names.data?.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {isKnown && (
        <fieldset>
          <legend className="mb-1 font-medium">Versions</legend>
          <ul className="max-h-56 overflow-y-auto rounded-md border border-line">
            {versions.data?.slice(0, 100).map(({ version, message, labels, createdAt }) => (
              <li key={version} className="flex h-8 items-center gap-2 border-b border-line px-2.5 last:border-b-0">
                <Tick checked={draft.versions.includes(version)} onChange={(on) => toggle(version, on)}>
                  v{version}
                </Tick>
                {labels.map((label) => (
                  <Badge key={label} tone={label === 'production' ? 'accent' : 'unknown'}>
                    {label}
                  </Badge>
                ))}
                <span className="min-w-0 flex-1 truncate text-soft">{message}</span>
                <span className="text-sm text-faint">
                  <Ago time={createdAt} />
                </span>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      <Problem>{problems.versions}</Problem>
    </>
  )
}

function Models({ draft: { models, task }, problems, onChange }: SectionProps) {
  const project = useProject()
  const known = useQuery(modelsQuery(project))
  const list = useId()
  // One empty box is where the first one is typed.
  const rows = models.length === 0 ? [''] : models
  return (
    <div>
      <p className="mb-1 font-medium">
        Models {task === 'prompt' && <span className="font-normal text-faint">(optional: the one that the prompt names)</span>}
      </p>
      <ul className="flex flex-col gap-1.5">
        {rows.map((model, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a box keeps its place while it is typed in.
          <li key={at} className="flex items-center gap-1.5">
            <Input
              aria-label={`Model ${at + 1}`}
              list={list}
              value={model}
              onChange={({ target }) => onChange({ models: rows.with(at, target.value) })}
              placeholder="an alias, or provider/model"
              spellCheck={false}
              className="font-mono text-sm"
            />
            <IconButton
              label={`Take out model ${at + 1}`}
              size="small-icon"
              disabled={models.length === 0}
              onClick={() => onChange({ models: rows.toSpliced(at, 1) })}
            >
              <X size={14} />
            </IconButton>
          </li>
        ))}
      </ul>
      <datalist id={list}>
        {(known.data ?? [])
          .filter(({ hidden }) => !hidden)
          .map(({ name }) => (
            <option key={name} value={name} />
          ))}
      </datalist>
      <Button size="small" className="mt-1.5" onClick={() => onChange({ models: [...rows, ''] })}>
        <Plus size={13} aria-hidden /> Add a model
      </Button>
      <Problem>{problems.models}</Problem>
    </div>
  )
}

function Parameters({ draft: { parameters }, problems, onChange }: SectionProps) {
  const set = (key: number, next: Partial<Draft['parameters'][number]>) =>
    onChange({ parameters: parameters.map((one) => (one.key === key ? { ...one, ...next } : one)) })
  return (
    <div>
      <p className="mb-1 font-medium">
        Parameters <span className="font-normal text-faint">(optional)</span>
      </p>
      <ul className="flex flex-col gap-1.5">
        {parameters.map(({ key, name, values }, at) => (
          <li key={key}>
            <div className="flex items-center gap-1.5">
              <Input
                aria-label={`Name of set ${at + 1}`}
                value={name}
                onChange={({ target }) => set(key, { name: target.value })}
                placeholder="cool"
                className="max-w-36"
              />
              <Input
                aria-label={`Parameters of set ${at + 1}`}
                value={values}
                onChange={({ target }) => set(key, { values: target.value })}
                placeholder={'{ "temperature": 0 }'}
                spellCheck={false}
                className="font-mono text-sm"
                {...(problems[`parameters.${key}`] && { 'aria-invalid': true })}
              />
              <IconButton
                label={`Take out set ${at + 1}`}
                size="small-icon"
                onClick={() => onChange({ parameters: parameters.filter((one) => one.key !== key) })}
              >
                <X size={14} />
              </IconButton>
            </div>
            <Problem>{problems[`parameters.${key}`]}</Problem>
          </li>
        ))}
      </ul>
      <Button
        size="small"
        className={parameters.length > 0 ? 'mt-1.5' : ''}
        onClick={() => onChange({ parameters: [...parameters, { key: nextKey(parameters), name: '', values: '' }] })}
      >
        <Plus size={13} aria-hidden /> Add a set of parameters
      </Button>
    </div>
  )
}
