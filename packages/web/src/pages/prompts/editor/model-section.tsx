import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { modelsQuery } from '../../../data/queries.ts'
import { useProject } from '../../../data/view.ts'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import type { Problems } from '../../../ui/save-form.tsx'
import type { Draft } from './draft.ts'
import { JsonBox, Problem } from './json-box.tsx'
import { Section } from './section.tsx'

type Props = { draft: Draft; problems: Problems; onChange?: ((next: Partial<Draft>) => void) | undefined }
/** What most prompts set; everything else goes into the box of JSON. */
const USUAL = [
  { name: 'temperature', title: 'Temperature' },
  { name: 'maxTokens', title: 'Most tokens' },
  { name: 'topP', title: 'Top p' },
] as const

/** Which model answers, and how it is asked. */
export function ModelSection({ draft: { route, parameters }, problems, onChange }: Props) {
  const models = useQuery(modelsQuery(useProject()))
  const aliases = useId()
  const known = readObject(parameters)
  const summary = [
    route || 'the model that the call names',
    ...Object.entries(known ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ]
  return (
    <Section
      title="Model and parameters"
      summary={summary.join(' · ')}
      open={route !== '' || parameters !== ''}
      wrong={problems.parameters !== undefined || problems['model.route'] !== undefined}
    >
      <div className="grid gap-3 md:grid-cols-[minmax(0,2fr)_repeat(3,minmax(0,1fr))]">
        <Labelled title="Model" aside="empty: as the call says" problem={problems['model.route']}>
          {(given) => (
            <>
              <Input
                {...given}
                list={aliases}
                value={route}
                readOnly={!onChange}
                placeholder="An alias or provider/model"
                onChange={({ target }) => onChange?.({ route: target.value })}
                spellCheck={false}
                className="font-mono text-sm"
              />
              <datalist id={aliases}>
                {models.data?.map(({ name }) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Labelled>
        {USUAL.map(({ name, title }) => (
          <Labelled key={name} title={title}>
            {(given) => (
              <Input
                {...given}
                type="number"
                step="any"
                value={typeof known?.[name] === 'number' ? String(known[name]) : ''}
                readOnly={!onChange || known === null}
                placeholder="default"
                onChange={({ target }) => onChange?.({ parameters: withParameter(known ?? {}, name, target.value) })}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
        ))}
      </div>
      <JsonBox
        label="Parameters as JSON"
        value={parameters}
        placeholder='{ "temperature": 0.2 }'
        rows={1}
        {...(onChange && { onChange: (next: string) => onChange({ parameters: next }) })}
      />
      <Problem text={problems.parameters} />
    </Section>
  )
}

/** `null` where what stands there is no object, so that nothing of it is written over. */
function readObject(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function withParameter(known: Record<string, unknown>, name: string, typed: string): string {
  const { [name]: _, ...others } = known
  const next = typed.trim() === '' || Number.isNaN(Number(typed)) ? others : { ...known, [name]: Number(typed) }
  return Object.keys(next).length === 0 ? '' : JSON.stringify(next, null, 2)
}
