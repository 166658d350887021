import { Plus, X } from 'lucide-react'
import { plural } from '../../../lib/format-number.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import type { Problems } from '../../../ui/save-form.tsx'
import { type Draft, type ExampleRow, nextKey } from './draft.ts'
import { Problem } from './json-box.tsx'
import { Section } from './section.tsx'
import { TemplateEditor } from './template-editor.tsx'

type Props = { draft: Draft; problems: Problems; onChange?: ((next: Partial<Draft>) => void) | undefined }

/** Pairs of what is asked and what a good answer is, shown to the model before the question. */
export default function ExamplesSection({ draft: { examples, dataset, engine }, problems, onChange }: Props) {
  const set = (next: ExampleRow[]) => onChange?.({ examples: next })
  const wrong = Object.keys(problems).some((path) => path.startsWith('examples'))
  const summary = dataset
    ? `${plural(dataset.k, 'row')} of the dataset ${dataset.dataset}, ${dataset.select}`
    : examples.length > 0
      ? plural(examples.length, 'example')
      : 'none'
  return (
    <Section title="Examples" summary={summary} open={examples.length > 0} wrong={wrong}>
      {dataset ? (
        <p className="text-soft">
          Picked from the dataset <span className="font-mono text-sm text-text">{dataset.dataset}</span> for each call:{' '}
          {plural(dataset.k, 'row')}, {dataset.select}.
        </p>
      ) : (
        <p className="text-soft">Each becomes a message of the user and one of the assistant, in front of the last message of the user.</p>
      )}
      {examples.map(({ key, input, output }, at) => (
        <div key={key} className="flex items-start gap-1.5">
          <div className="grid min-w-0 flex-1 gap-1.5 md:grid-cols-2">
            {(['input', 'output'] as const).map((side) => (
              <TemplateEditor
                key={side}
                label={`${side === 'input' ? 'Question' : 'Answer'} of example ${at + 1}`}
                language={engine}
                value={side === 'input' ? input : output}
                {...(onChange && { onChange: (text: string) => set(examples.with(at, { key, input, output, [side]: text })) })}
                placeholder={side === 'input' ? 'What is asked' : 'What a good answer is'}
              />
            ))}
          </div>
          {onChange && (
            <IconButton label={`Remove example ${at + 1}`} size="small-icon" onClick={() => set(examples.toSpliced(at, 1))}>
              <X size={14} />
            </IconButton>
          )}
        </div>
      ))}
      {Object.entries(problems).map(([path, text]) => path.startsWith('examples') && <Problem key={path} text={text} />)}
      {onChange && !dataset && (
        <div>
          <Button size="small" onClick={() => set([...examples, { key: nextKey(), input: '', output: '' }])}>
            <Plus size={13} aria-hidden /> Add an example
          </Button>
        </div>
      )}
      {onChange && dataset && (
        <div>
          <Button size="small" onClick={() => onChange({ dataset: null })}>
            Write them here instead
          </Button>
        </div>
      )}
    </Section>
  )
}
