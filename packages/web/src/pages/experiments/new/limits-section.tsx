import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { usualName } from './draft.ts'
import { Section, type SectionProps } from './section.tsx'

/** Its name, how often each item is asked, and how much may be spent. */
export function LimitsSection({ draft, problems, onChange }: SectionProps) {
  return (
    <Section title="Run" says="It goes on by itself, and after a restart; nothing is paid twice.">
      <div className="grid gap-3 md:grid-cols-3">
        <Labelled title="Name" aside="optional" help="Runs of one name are one line of a trend." problem={problems.name}>
          {(given) => (
            <Input
              {...given}
              value={draft.name}
              onChange={({ target }) => onChange({ name: target.value })}
              placeholder={usualName(draft)}
            />
          )}
        </Labelled>
        <Labelled title="Repeats" help="More than one tells rows that flicker from rows that got worse." problem={problems.repeats}>
          {(given) => (
            <Input
              {...given}
              inputMode="numeric"
              value={draft.repeats}
              onChange={({ target }) => onChange({ repeats: target.value })}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
        <Labelled title="Budget (USD)" aside="optional" help="Stops before more is spent; what is there is kept." problem={problems.budget}>
          {(given) => (
            <Input
              {...given}
              inputMode="decimal"
              value={draft.budget}
              onChange={({ target }) => onChange({ budget: target.value })}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
      </div>
    </Section>
  )
}
