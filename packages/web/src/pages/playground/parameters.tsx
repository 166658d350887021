import type { PromptContent } from '@signalbox/schema'
import { SlidersHorizontal } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Popover } from '../../ui/popover.tsx'

type Parameters = NonNullable<NonNullable<PromptContent['model']>['parameters']>
type Row = { name: string; title: string; word: string; min?: number; max?: number; step: number | 'any' }
const NUMBERS: readonly Row[] = [
  { name: 'temperature', title: 'Temperature', word: 'temp', min: 0, max: 2, step: 'any' },
  { name: 'topP', title: 'Top p', word: 'top p', min: 0, max: 1, step: 'any' },
  { name: 'maxTokens', title: 'Most tokens', word: 'max', min: 1, step: 1 },
  { name: 'seed', title: 'Seed', word: 'seed', step: 1 },
  { name: 'frequencyPenalty', title: 'Frequency penalty', word: 'frequency', min: -2, max: 2, step: 'any' },
  { name: 'presencePenalty', title: 'Presence penalty', word: 'presence', min: -2, max: 2, step: 'any' },
]
const TEXTS = [
  { name: 'reasoningEffort', title: 'Reasoning effort', word: 'effort', help: 'low, medium or high, for models that reason' },
] as const

type Props = { letter: string; parameters: Parameters; onChange: (parameters: Parameters) => void }

/** How the model is asked: what is set, in short, and a box to set it in. */
export function ParametersButton({ letter, parameters, onChange }: Props) {
  const set = (name: string, value: Parameters[string] | undefined) => {
    const { [name]: _, ...rest } = parameters
    onChange(value === undefined ? rest : { ...rest, [name]: value })
  }
  const stop = parameters.stop
  return (
    <Popover
      title={`Parameters of ${letter}`}
      align="start"
      className="w-72 p-3"
      trigger={
        <Button
          size="small"
          kind="ghost"
          className="min-w-0 shrink! justify-start px-1.5 font-normal"
          aria-label={`Parameters of ${letter}: ${inShort(parameters)}`}
        >
          <SlidersHorizontal size={13} className="shrink-0" aria-hidden />
          <span className="truncate">{inShort(parameters)}</span>
        </Button>
      }
    >
      <div className="grid grid-cols-2 gap-x-3 gap-y-2">
        {NUMBERS.map(({ name, title, word: _, ...limits }) => (
          <Labelled key={name} title={title}>
            {(given) => (
              <Input
                {...given}
                {...limits}
                type="number"
                value={typeof parameters[name] === 'number' ? parameters[name] : ''}
                placeholder="default"
                onChange={({ target }) => set(name, Number.isNaN(target.valueAsNumber) ? undefined : target.valueAsNumber)}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
        ))}
        {TEXTS.map(({ name, title, help }) => (
          <Labelled key={name} title={title} help={help}>
            {(given) => (
              <Input
                {...given}
                value={String(parameters[name] ?? '')}
                placeholder="default"
                onChange={({ target }) => set(name, target.value.trim() || undefined)}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
        ))}
        <Labelled title="Stop at" help="Texts, with | between">
          {(given) => (
            <Input
              {...given}
              value={Array.isArray(stop) ? stop.join('|') : String(stop ?? '')}
              onChange={({ target }) => set('stop', target.value === '' ? undefined : target.value.split('|'))}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
      </div>
      {othersIn(parameters).length > 0 && (
        <p className="mt-2 text-sm break-words text-faint">
          And as they came: <span className="font-mono">{JSON.stringify(Object.fromEntries(othersIn(parameters)))}</span>
        </p>
      )}
    </Popover>
  )
}

const NAMED = new Set<string>([...NUMBERS, ...TEXTS].map(({ name }) => name).concat('stop'))
const othersIn = (parameters: Parameters) => Object.entries(parameters).filter(([name]) => !NAMED.has(name))

function inShort(parameters: Parameters): string {
  const words = [...NUMBERS, ...TEXTS].flatMap(({ name, word }) => (parameters[name] === undefined ? [] : [`${word} ${parameters[name]}`]))
  const more = othersIn(parameters).length + (parameters.stop === undefined ? 0 : 1)
  if (more > 0) words.push(`${more} more`)
  return words.join(' · ') || 'default parameters'
}
