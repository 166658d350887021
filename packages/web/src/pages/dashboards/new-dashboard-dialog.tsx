import { Dashboard, type ShownDashboard } from '@signalbox/schema'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { classNames } from '../../lib/class-names.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Input, inputStyle } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { problemsOf, type Read, SaveForm } from '../../ui/save-form.tsx'
import { TEMPLATES } from './templates.ts'

type Props = { project: string; start: Start; onMade: (made: ShownDashboard) => void; onClose: () => void }
/** What a new dashboard begins with: a template, nothing, or what somebody exported. */
export type Start = { from: 'template'; id: string } | { from: 'nothing' } | { from: 'file' }

/** Makes a dashboard. Loaded when it is asked for. */
export default function NewDashboardDialog({ project, start, onMade, onClose }: Props) {
  const template = start.from === 'template' ? TEMPLATES.find(({ id }) => id === start.id) : undefined
  const [name, setName] = useState(template?.dashboard.name ?? '')
  const [shared, setShared] = useState(true)
  const [text, setText] = useState('')
  const read = (): Read => {
    const given = start.from === 'file' ? readFile(text) : { dashboard: { ...template?.dashboard } }
    if (given.problem !== undefined) return { problems: { text: given.problem } }
    const wanted = { ...given.dashboard, ...(name.trim() !== '' || start.from !== 'file' ? { name } : {}) }
    const { data, error } = Dashboard.safeParse(wanted)
    if (error) {
      const problems = problemsOf(error)
      const inFile = Object.entries(problems).map(([path, problem]) => `${path || 'the whole'}: ${problem}`)
      return { problems: start.from === 'file' ? { text: inFile.join('\n') } : problems }
    }
    return { send: async () => onMade(await clientFor(project).dashboards.create({ dashboard: data, shared })) }
  }
  return (
    <Dialog
      open
      sticky
      onClose={onClose}
      title={template ? `New dashboard: ${template.dashboard.name}` : start.from === 'file' ? 'Import a dashboard' : 'New dashboard'}
      description={template?.says}
    >
      <SaveForm submitLabel="Make dashboard" onCancel={onClose} read={read}>
        {(problems) => (
          <>
            <Labelled title="Name" aside={start.from === 'file' && 'as in the text where it is empty'} problem={problems.name}>
              {(props) => <Input {...props} value={name} onChange={({ target }) => setName(target.value)} />}
            </Labelled>
            {start.from === 'file' && (
              <Labelled title="JSON" help="As a dashboard is exported, or as it stands in signalbox.yaml." problem={problems.text}>
                {(props) => (
                  <textarea
                    {...props}
                    value={text}
                    onChange={({ target }) => setText(target.value)}
                    rows={10}
                    spellCheck={false}
                    className={classNames(inputStyle, 'h-auto w-full py-1.5 font-mono text-sm')}
                  />
                )}
              </Labelled>
            )}
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the checkbox inside. */}
            <label className="flex items-center gap-2">
              <Checkbox label="Shared with everybody in the project" checked={shared} onChange={setShared} />
              Shared with everybody in the project
            </label>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}

/** Reads what was pasted: one dashboard, or a list of one as under `dashboards:`. */
function readFile(text: string): { dashboard: object; problem?: never } | { problem: string; dashboard?: never } {
  try {
    const value: unknown = JSON.parse(text)
    const one = Array.isArray(value) && value.length === 1 ? value[0] : value
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) return { dashboard: one }
    return { problem: 'must be one dashboard: { "name": …, "panels": […] }' }
  } catch (error) {
    return { problem: `is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}
