import { NewProvider, type Provider, ProviderChange } from '@signalbox/schema'
import type { Input } from '@signalbox/sdk'
import { clientFor } from '../../data/client.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'

type Props = {
  project: string
  /** The one to change; `null` adds one. */
  provider: Provider | null
  onSaved: (provider: Provider) => unknown
  onClose: () => void
}

/** Adds a provider, or changes one that was added. Loaded when it is asked for. */
export default function ProviderDialog({ project, provider, onSaved, onClose }: Props) {
  if (!provider) {
    return (
      <Dialog open onClose={onClose} title="New provider" description="Calls can go there as soon as it is saved, at every edge.">
        <SchemaForm
          schema={NewProvider}
          initial={{ kind: 'openai' }}
          submitLabel="Add provider"
          shows={(field, values) => takes(String(values.kind), field)}
          onCancel={onClose}
          onSubmit={async (input) => onSaved(await clientFor(project).providers.create(input))}
        />
      </Dialog>
    )
  }
  const before: Record<string, string> = { ...provider.options, baseUrl: provider.baseUrl }
  return (
    <Dialog open onClose={onClose} title={`Change “${provider.name}”`} description={`${provider.kind}. A new address needs the key again.`}>
      <SchemaForm
        schema={ProviderChange}
        initial={before}
        submitLabel="Save changes"
        shows={(field) => takes(provider.kind, field)}
        stored={[
          ...(provider.hasKey ? ['apiKey'] : []),
          ...(provider.keyCount > 1 ? ['moreKeys'] : []),
          ...(provider.headerNames.length > 0 ? ['headers'] : []),
        ]}
        help={{
          baseUrl: 'Empty: the usual address of the kind.',
          apiKey: provider.hasKey
            ? `Set${provider.keyHint ? `, ends in ${provider.keyHint}` : ''}. Leave it empty to keep it.`
            : 'None yet. Stored encrypted.',
          moreKeys:
            provider.keyCount > 1
              ? `${provider.keyCount - 1} stored. Those that you write here replace all of them; none keeps them.`
              : 'None yet. Used when a key is refused, used up or at its rate limit.',
          secretAccessKey: 'Leave it empty to keep what is stored.',
          sessionToken: 'Leave it empty to keep what is stored.',
          headers:
            provider.headerNames.length > 0
              ? `Set: ${provider.headerNames.join(', ')}. What you write here replaces them; leave it empty to keep them.`
              : 'One “Name: value” per line. Stored like the key.',
        }}
        onCancel={onClose}
        onSubmit={async (input) => onSaved(await clientFor(project).providers.change({ name: provider.name, ...changes(before, input) }))}
      />
    </Dialog>
  )
}

const takes = (kind: string, field: string): boolean => {
  const { kinds } = (NewProvider.shape[field as keyof typeof NewProvider.shape]?.meta() ?? {}) as { kinds?: string[] }
  return kinds === undefined || kinds.includes(kind)
}

/** Only what differs is sent; what was emptied is taken away. Secrets are not known here, so an empty one stays. */
function changes(before: Record<string, string>, after: ProviderChange): Omit<Input<'providers.change'>, 'name'> {
  const emptied = Object.keys(before).filter((field) => before[field] !== '' && !(field in after))
  return {
    ...Object.fromEntries(Object.entries(after).filter(([field, value]) => before[field] !== value)),
    ...Object.fromEntries(emptied.map((field) => [field, null])),
  }
}
