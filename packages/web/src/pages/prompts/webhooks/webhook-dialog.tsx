import { NewPromptWebhook } from '@signalbox/schema'
import { useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { problemsOf, SaveForm } from '../../../ui/save-form.tsx'
import { ShownOnce } from '../../../ui/shown-once.tsx'

type Props = { project: string; onClose: () => void; onCreated: (id: string) => Promise<unknown> }

/** Adds a webhook and shows the secret that signs, once. Loaded when it is asked for. */
export default function WebhookDialog({ project, onClose, onCreated }: Props) {
  const [url, setUrl] = useState('')
  const [labels, setLabels] = useState('')
  const [secret, setSecret] = useState<string>()
  if (secret !== undefined)
    return (
      <ShownOnce
        title="Webhook added"
        description="With this secret the receiver sees that a delivery is from here: x-signalbox-signature is t=SECONDS,v1=HMAC-SHA256 of “SECONDS.BODY”."
        label="signing secret"
        secret={secret}
        onClose={onClose}
      />
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a webhook"
      description="It is told of each move of a label, signed, until it answers with 2xx."
    >
      <SaveForm
        submitLabel="Add"
        onCancel={onClose}
        read={() => {
          const { data, error } = NewPromptWebhook.safeParse({ url: url.trim(), labels: labels.split(/[\s,]+/).filter(Boolean) })
          if (error) return { problems: problemsOf(error, { top: true }) }
          return {
            send: async () => {
              const created = await clientFor(project).promptWebhooks.create(data)
              setSecret(created.secret)
              await onCreated(created.id)
            },
          }
        }}
      >
        {(problems) => (
          <>
            <Labelled title="Address" problem={problems.url}>
              {(given) => (
                <Input
                  {...given}
                  value={url}
                  onChange={({ target }) => setUrl(target.value)}
                  placeholder="https://ci.example.com/prompts"
                  spellCheck={false}
                  className="font-mono text-sm"
                />
              )}
            </Labelled>
            <Labelled
              title="Labels"
              aside="optional"
              help="Only moves of these: production, staging. All where it is empty."
              problem={problems.labels}
            >
              {(given) => (
                <Input
                  {...given}
                  value={labels}
                  onChange={({ target }) => setLabels(target.value)}
                  spellCheck={false}
                  className="font-mono text-sm"
                />
              )}
            </Labelled>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}
