import type { SnapshotProvider } from '@signalbox/schema'
import { signV4 } from './bedrock/sigv4.ts'
import { kindOf, type ProviderDialect } from './kinds.ts'
import { type ProviderSpec, specOf } from './spec.ts'

/** One request that costs nothing and needs the credentials. */
export type ProbeRequest = { method: 'GET' | 'POST'; url: string; headers: Record<string, string>; body?: string }
export type Probe = {
  /** Asks for the list of models. */
  list: ProbeRequest
  /** The names in its parsed answer; undefined when it is no such list. */
  models(body: unknown): string[] | undefined
  /** Where there may be no list: a call that cannot be carried out, so that only its refusal (400 or 422) shows that the key is right. */
  refused?: ProbeRequest
}

/** How to find out whether a provider answers and takes its credentials, for every kind. */
export function probeOf(provider: SnapshotProvider): Probe {
  const spec = specOf(provider)
  return PROBES[kindOf(provider.kind)?.dialect ?? 'openai-chat'](provider, spec)
}

type Row = (provider: SnapshotProvider, spec: ProviderSpec) => Probe

const openai: Row = (provider, spec) => {
  const version = kindOf(provider.kind)?.address === 'azure' ? provider.settings?.apiVersion : undefined
  const resource = spec.baseUrl.replace(/\/openai(\/v1)?$/, '')
  const url = version ? `${resource}/openai/models?api-version=${encodeURIComponent(version)}` : at(spec, '/models')
  const body = JSON.stringify({ model: 'signalbox-test', messages: [], max_tokens: 1 })
  return {
    list: get(url, spec),
    models: named('data', 'id'),
    refused: {
      method: 'POST',
      url: at(spec, '/chat/completions', 'signalbox-test'),
      headers: { ...headersOf(spec), 'content-type': 'application/json' },
      body,
    },
  }
}

const PROBES: Record<ProviderDialect, Row> = {
  'openai-chat': openai,
  'openai-responses': openai,
  anthropic: (_, spec) => ({ list: get(withQuery(at(spec, '/v1/models'), 'limit=1000'), spec), models: named('data', 'id') }),
  gemini: (provider, spec) => {
    if (kindOf(provider.kind)?.address !== 'vertex')
      return { list: get(withQuery(at(spec, '/v1beta/models'), 'pageSize=1000'), spec), models: named('models', 'name') }
    const { project } = provider.settings ?? {}
    const list = get(guarded('/v1beta1/publishers/google/models?pageSize=100', new URL(spec.baseUrl).origin, spec), spec)
    return {
      list: { ...list, headers: { ...list.headers, ...(project && { 'x-goog-user-project': project }) } },
      models: named('publisherModels', 'name'),
    }
  },
  /** Models are listed by the control plane, which is another host. */
  bedrock: (provider, spec) => {
    const list = get(guarded('/foundation-models', spec.baseUrl.replace('://bedrock-runtime.', '://bedrock.'), spec), spec)
    const { region = '', accessKeyId = '', secretAccessKey = '', sessionToken } = provider.settings ?? {}
    const signed = spec.sign
      ? signV4({
          ...list,
          headers: {},
          body: [],
          region,
          service: 'bedrock',
          accessKeyId,
          secretAccessKey,
          ...(sessionToken && { sessionToken }),
          date: new Date(),
        })
      : {}
    return { list: { ...list, headers: { ...list.headers, ...signed } }, models: named('modelSummaries', 'modelId') }
  },
  /** There is no list in version 2. */
  cohere: (_, spec) => ({
    list: get(guarded('/v1/models?page_size=1000', spec.baseUrl.replace(/\/v\d+$/, ''), spec), spec),
    models: named('models', 'name'),
  }),
}

const at = (spec: ProviderSpec, path: string, model = ''): string => spec.address(path, { model, stream: false })
const headersOf = (spec: ProviderSpec): Record<string, string> => ({ ...spec.defaults, accept: 'application/json', ...spec.headers })
const get = (url: string, spec: ProviderSpec): ProbeRequest => ({ method: 'GET', url, headers: headersOf(spec) })

/** An address beside the usual ones, with the guard that those have. */
const guarded = (path: string, base: string, spec: ProviderSpec): string => base + path + new URL(at(spec, '/')).hash

function withQuery(url: string, query: string): string {
  const [address = '', hash] = url.split('#')
  return `${address}?${query}${hash === undefined ? '' : `#${hash}`}`
}

/** Reads `{ [list]: [{ [field]: 'name' }] }`; of names like `models/x` or `publishers/google/models/x` the last part. */
const named =
  (list: string, field: string) =>
  (body: unknown): string[] | undefined => {
    // Some hosts answer with the bare list.
    const found = Array.isArray(body) ? body : (body as Record<string, unknown> | null | undefined)?.[list]
    if (!Array.isArray(found)) return undefined
    return found.flatMap((one: unknown) => {
      const name = (one as Record<string, unknown> | null)?.[field]
      return typeof name === 'string' && name !== '' ? [name.replace(/^(publishers\/[^/]+\/)?models\//, '').slice(0, 300)] : []
    })
  }
