import { z } from 'zod'
import { plural } from '../../../lib/format-number.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { SchemaForm } from '../../../ui/schema-form.tsx'

const Reason = z.strictObject({
  why: z
    .string()
    .trim()
    .min(1, { error: 'a reason is needed' })
    .max(500)
    .meta({ title: 'Why', description: 'Everybody can read it in the history, with your name.' }),
})

type Props = { count: number; onClose: () => void; onOpen: (why: string) => void }

/** The holdout is opened with a reason, which is kept. */
export default function UnsealDialog({ count, onClose, onOpen }: Props) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Open ${plural(count, 'sealed item')}?`}
      description="What somebody has read while making things better no longer says how good they are."
    >
      <SchemaForm schema={Reason} submitLabel="Open the holdout" onCancel={onClose} onSubmit={async ({ why }) => onOpen(why)} />
    </Dialog>
  )
}
