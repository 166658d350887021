import { Labelled } from './labelled.tsx'
import { type Choice, Select } from './select.tsx'

type ChosenProps<V extends string> = {
  title: string
  value: V
  choices: readonly Choice<V>[]
  onChange: (value: V) => void
  help?: string
}

/** A choice with its label. */
export function Chosen<V extends string>({ title, help, ...select }: ChosenProps<V>) {
  return (
    <Labelled title={title} help={help}>
      {() => <Select label={title} {...select} />}
    </Labelled>
  )
}
