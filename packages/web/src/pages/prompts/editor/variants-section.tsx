import { Plus, X } from 'lucide-react'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Input } from '../../../ui/input.tsx'
import type { Problems } from '../../../ui/save-form.tsx'
import { BodyEditor } from './body-editor.tsx'
import { type Draft, type DraftVariant, keyed, nextKey } from './draft.ts'
import { JsonBox, Problem } from './json-box.tsx'
import { Section } from './section.tsx'

type Props = { draft: Draft; unknown: ReadonlySet<string>; problems: Problems; onChange?: ((next: Partial<Draft>) => void) | undefined }

/** What is said instead where a call goes to another vendor or family of models. */
export default function VariantsSection({ draft, unknown, problems, onChange }: Props) {
  const { variants, type, engine } = draft
  const set = (next: DraftVariant[]) => onChange?.({ variants: next })
  const wrong = Object.keys(problems).some((path) => path.startsWith('variants'))
  const add = () =>
    set([
      ...variants,
      {
        key: nextKey(),
        name: `variant ${variants.length + 1}`,
        provider: '',
        model: '',
        parameters: '',
        text: draft.text,
        messages: draft.messages.map(({ message }) => keyed(message)),
      },
    ])
  return (
    <Section
      title="Variants"
      summary={variants.map(({ name }) => name).join(', ') || 'the same text for every model'}
      open={false}
      wrong={wrong}
    >
      <p className="text-soft">
        What works for one vendor may not for another. Where a call goes to such a target, also by a fallback, this text is used.
      </p>
      {variants.map((variant, at) => {
        const change = (next: Partial<DraftVariant>) => set(variants.with(at, { ...variant, ...next }))
        return (
          <fieldset key={variant.key} className="flex flex-col gap-2 rounded-md border border-line p-2">
            <legend className="px-1 text-sm text-faint">{variant.name || 'Variant'}</legend>
            <div className="flex gap-1.5">
              {FIELDS.map(({ field, label, placeholder }) => (
                <Input
                  key={field}
                  aria-label={`${label} of variant ${at + 1}`}
                  placeholder={placeholder}
                  value={variant[field]}
                  readOnly={!onChange}
                  onChange={({ target }) => change({ [field]: target.value })}
                  aria-invalid={problems[`variants.${at}.${field}`] ? true : undefined}
                  spellCheck={false}
                />
              ))}
              {onChange && (
                <IconButton label={`Remove variant ${at + 1}`} size="icon" onClick={() => set(variants.toSpliced(at, 1))}>
                  <X size={14} />
                </IconButton>
              )}
            </div>
            {FIELDS.map(({ field }) => (
              <Problem key={field} text={problems[`variants.${at}.${field}`]} />
            ))}
            <BodyEditor
              type={type}
              body={variant}
              language={engine}
              unknown={unknown}
              problems={problems}
              path={`variants.${at}.`}
              {...(onChange && { onChange: change })}
            />
            <JsonBox
              label={`Parameters of variant ${at + 1}`}
              value={variant.parameters}
              placeholder="Parameters that differ, as JSON"
              rows={1}
              problem={problems[`variants.${at}.parameters`]}
              {...(onChange && { onChange: (parameters: string) => change({ parameters }) })}
            />
          </fieldset>
        )
      })}
      {onChange && (
        <div>
          <Button size="small" onClick={add}>
            <Plus size={13} aria-hidden /> Add a variant
          </Button>
        </div>
      )}
    </Section>
  )
}

const FIELDS = [
  { field: 'name', label: 'Name', placeholder: 'Name' },
  { field: 'provider', label: 'Kind of provider', placeholder: 'Provider: anthropic, google, …' },
  { field: 'model', label: 'Model', placeholder: 'Model: claude-*' },
] as const
