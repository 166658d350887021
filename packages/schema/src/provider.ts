import { z } from 'zod'

export const ProviderKind = z.enum([
  'openai',
  'openai-compatible',
  'azure',
  'mistral',
  'anthropic',
  'google',
  'vertex',
  'bedrock',
  'cohere',
  'simulator',
])
export type ProviderKind = z.infer<typeof ProviderKind>

export const ProviderName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/i, { error: 'letters, digits, - and _, at most 40' })

/** Where a provider was configured. `project` ones were added through the API or the UI, and can be changed there. */
export const ProviderOrigin = z.enum(['file', 'environment', 'built-in', 'project'])
export type ProviderOrigin = z.infer<typeof ProviderOrigin>

/** A provider as the API shows it: where it points and whether it can be used, never its key. */
export const Provider = z.object({
  name: ProviderName,
  kind: z.string(),
  baseUrl: z.string(),
  from: ProviderOrigin.meta({ description: 'Where it was configured. Only those from `project` can be changed through the API.' }),
  configured: z.boolean(),
  problem: z.string().nullable().meta({ description: 'What is missing when it is not configured.' }),
  hasKey: z.boolean(),
  keyCount: z.int().meta({
    description:
      'How many keys it has: where one is refused or at its rate limit, the next one is used. Where they cannot be opened, only the first is counted.',
  }),
  keyHint: z.string().nullable().meta({ description: 'The last four characters of a key that was added here and has at least 20.' }),
  headerNames: z.array(z.string()).meta({ description: 'Names of the extra headers; their values are not shown.' }),
  options: z.record(z.string(), z.string()).meta({ description: 'What the kind takes beside key and address, without secrets.' }),
  hides: z.boolean().meta({ description: 'A provider of this name was added to the project too. This one is used instead of it.' }),
})
export type Provider = z.infer<typeof Provider>

/** Part of a host name or a path, so nothing that could lead elsewhere. */
const plain = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][a-z0-9._:-]*$/i, { error: 'letters, digits, dots, colons and -' })
const secret = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,20000}$/, { error: 'must be one word of plain ASCII, at most 20,000 characters' })
const address = z
  .url({ protocol: /^https?$/, error: 'must be an address that starts with https:// or http://' })
  .max(2000)
  .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
    error: 'must not hold a user name or a password',
  })
  .refine((url) => !/[?#]/.test(url), { error: 'must not have a query or a fragment' })
/** What belongs to the connection and not to the provider. */
const CONNECTION =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-length|content-encoding|accept-encoding|expect|proxy-.*)$/i
const headerName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/i, { error: 'is not the name of a header' })
  .refine((name) => !CONNECTION.test(name), { error: 'is a header of the connection and cannot be set' })
const headers = z
  .record(
    headerName,
    z
      .string()
      .max(4000)
      .regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'is not the value of a header' }),
  )
  .refine((all) => Object.keys(all).length <= 20, { error: 'at most 20 headers' })

/** `kinds`: which kinds take it. The meta stands on the outermost schema, where forms look for it. */
const optional = <T extends z.ZodType>(inner: T, meta: { title: string; description?: string; widget?: string; kinds?: string[] }) => ({
  given: inner.optional().meta(meta),
  changed: inner.nullish().meta(meta),
})
const OPTIONS = {
  project: optional(plain, { title: 'Google Cloud project', kinds: ['vertex'] }),
  location: optional(plain, { title: 'Location', description: 'Such as us-central1 or global.', kinds: ['vertex'] }),
  apiVersion: optional(plain, {
    title: 'API version',
    description: 'Only for deployments of the older API; without it the v1 API is used.',
    kinds: ['azure'],
  }),
  region: optional(plain, { title: 'Region', description: 'Such as us-east-1.', kinds: ['bedrock'] }),
  accessKeyId: optional(plain, { title: 'Access key id', description: 'With its secret, instead of an API key.', kinds: ['bedrock'] }),
  secretAccessKey: optional(secret, { title: 'Secret access key', widget: 'password', kinds: ['bedrock'] }),
  sessionToken: optional(secret, { title: 'Session token', widget: 'password', kinds: ['bedrock'] }),
}
const addressMeta = {
  title: 'Base URL',
  description: 'Without the operation, such as https://api.example.com/v1. Empty: the usual one of the kind.',
}
const keyMeta = { title: 'API key', description: 'Stored encrypted, and never shown again.', widget: 'password' }
const moreKeys = z
  .array(secret)
  .max(20, { error: 'at most 20 further keys' })
  .refine((keys) => new Set(keys).size === keys.length, { error: 'holds the same key twice' })
const moreKeysMeta = {
  title: 'Further keys',
  description:
    'For when a key is refused, used up or at its rate limit: then the next one is used. Stored like the first, shown as a count.',
  widget: 'secrets',
}
const headersMeta = {
  title: 'Headers',
  description: 'Sent with every request; one “Name: value” per line. Stored like the key.',
  widget: 'headers',
}

/** A provider to add to a project. Every kind takes the options that have it in `kinds`. */
export const NewProvider = z.strictObject({
  kind: ProviderKind.exclude(['simulator']).meta({
    title: 'Kind',
    description: 'What it speaks. Most hosts and local servers are openai-compatible.',
  }),
  name: ProviderName.meta({ title: 'Name', description: 'Apps ask for name/model. It cannot be changed.' }),
  baseUrl: address.optional().meta(addressMeta),
  apiKey: secret.optional().meta(keyMeta),
  moreKeys: moreKeys.optional().meta(moreKeysMeta),
  project: OPTIONS.project.given,
  location: OPTIONS.location.given,
  apiVersion: OPTIONS.apiVersion.given,
  region: OPTIONS.region.given,
  accessKeyId: OPTIONS.accessKeyId.given,
  secretAccessKey: OPTIONS.secretAccessKey.given,
  sessionToken: OPTIONS.sessionToken.given,
  headers: headers.optional().meta(headersMeta),
})
export type NewProvider = z.output<typeof NewProvider>

/** What changes of a provider of a project: what is left out stays, `null` takes it away. A new address needs its secrets anew. */
export const ProviderChange = z.strictObject({
  baseUrl: address.nullish().meta(addressMeta),
  apiKey: secret.nullish().meta(keyMeta),
  moreKeys: moreKeys
    .nullish()
    .meta({ ...moreKeysMeta, description: `${moreKeysMeta.description} The list replaces the one that is stored; null takes it away.` }),
  project: OPTIONS.project.changed,
  location: OPTIONS.location.changed,
  apiVersion: OPTIONS.apiVersion.changed,
  region: OPTIONS.region.changed,
  accessKeyId: OPTIONS.accessKeyId.changed,
  secretAccessKey: OPTIONS.secretAccessKey.changed,
  sessionToken: OPTIONS.sessionToken.changed,
  headers: headers.nullish().meta(headersMeta),
})
export type ProviderChange = z.output<typeof ProviderChange>

/** What came of asking a provider for its models. */
export const ProviderTest = z.object({
  ok: z.boolean(),
  milliseconds: z.int(),
  models: z.array(z.string()).nullable().meta({ description: 'Null where the provider has no list of models.' }),
  problem: z.string().nullable().meta({ description: 'What went wrong, in the words of the provider where it had some.' }),
})
export type ProviderTest = z.infer<typeof ProviderTest>
