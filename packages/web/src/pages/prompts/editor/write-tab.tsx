import { lazy, Suspense, useEffect, useState } from 'react'
import { useProject } from '../../../data/view.ts'
import type { Problems } from '../../../ui/save-form.tsx'
import { useKeptVariables } from '../preview/kept-variables.ts'
import { usePreview } from '../preview/use-preview.ts'
import { fieldsOf, valuesOf } from '../preview/variable-fields.ts'
import { type Draft, readDraft } from './draft.ts'
import { describedBy, lintVariables, type Used } from './lint.ts'
import { PromptForm, placeholdersOf } from './prompt-form.tsx'
import { useTemplates } from './use-templates.ts'

const Preview = lazy(() => import('../preview/preview.tsx'))

type Props = {
  /** Of the prompt; empty for one that has none yet. */
  name: string
  draft: Draft
  isNew?: boolean
  /** What was found wrong when somebody tried to save. */
  problems: Problems
  onChange?: ((next: Partial<Draft>) => void) | undefined
}

/** A version to write, with what would be sent beside it. */
export function WriteTab({ name, draft, isNew = false, problems, onChange }: Props) {
  const project = useProject()
  const { used, problems: broken } = useTemplates(draft)
  const placeholders = placeholdersOf(draft)
  const described = describedBy(draft.schema)
  const { typed, type } = useKeptVariables(project, name)
  const { content } = readDraft(draft)
  // What fragments read is known to the server alone.
  const [rendered, setRendered] = useState<readonly string[]>([])
  const own = new Set(used.map(({ name: one }) => one))
  const named: Used[] = [
    ...used,
    ...rendered
      .filter((one) => !own.has(one) && !placeholders.includes(one))
      .map((one) => ({ name: one, isOptional: false, isMaybe: false })),
  ]
  const fields = fieldsOf(named, described, placeholders)
  const { values, problems: untyped } = valuesOf(fields, typed)
  const preview = usePreview(project, content, values)
  const told = preview.isPlaceholderData ? undefined : preview.data?.variables.join('\n')
  useEffect(() => {
    if (told !== undefined) setRendered(told === '' ? [] : told.split('\n'))
  }, [told])
  const findings = lintVariables(used, described, placeholders).filter(({ name: of, kind }) => kind !== 'unused' || !rendered.includes(of))
  return (
    <div className="mx-auto grid max-w-[1480px] items-start gap-4 px-6 py-4 lg:grid-cols-[minmax(0,1fr)_minmax(320px,38%)]">
      <PromptForm
        draft={draft}
        mayChooseType={isNew}
        problems={{ ...broken, ...problems }}
        used={named}
        findings={findings}
        onChange={onChange}
      />
      <div className="lg:sticky lg:top-4">
        <Suspense>
          <Preview fields={fields} typed={typed} onType={type} problems={untyped} preview={preview} stale={content === undefined} />
        </Suspense>
      </div>
    </div>
  )
}
