import { type SnapshotProject, toUsd } from '@signalbox/schema'
import type { StoredDashboards } from '../dashboards/stored.ts'
import { estimateChat } from '../pricing/estimate-tokens.ts'
import { type Pricing, pricedAs } from '../pricing/price.ts'
import type { Surroundings } from '../prompts/impact.ts'
import type { CountInput } from '../prompts/preview.ts'
import type { Events } from '../store/ports.ts'
import { createPromptUse } from '../tracing/prompt-use.ts'

export type PromptSurroundings = {
  events: Events
  projectOf(projectId: string): Promise<SnapshotProject>
  pricingOf(projectId: string): Pricing
  dashboards: Pick<StoredDashboards, 'shared'>
  declaredDashboards(projectId: string): readonly { name: string }[]
}

/** What prompts need to know of spans, routes, dashboards and prices. */
export function promptSurroundings({ events, projectOf, pricingOf, dashboards, declaredDashboards }: PromptSurroundings): {
  around: Surroundings
  count: CountInput
} {
  return {
    around: {
      ...createPromptUse({ events }),
      async namesOf(projectId) {
        const { models, splits } = await projectOf(projectId)
        const declared = declaredDashboards(projectId).map((value) => ({ name: value.name, value }))
        return { models: Object.keys(models), splits, dashboards: [...declared, ...(await dashboards.shared(projectId))] }
      },
    },
    async count(projectId, { model, request }) {
      const target = model === null ? null : targetOf(await projectOf(projectId), model)
      const usage = await estimateChat(request, '', target?.model ?? model ?? '')
      const tokens = usage.input + usage.inputImage
      if (!target) return { tokens, costUsd: null }
      const { cost } = pricingOf(projectId).price({ provider: target.pricedAs, model: target.model, usage, at: Date.now() })
      return { tokens, costUsd: cost === null ? null : toUsd(cost) }
    },
  }
}

/** Where the calls of an alias go first, or `provider/model` as it says. */
function targetOf({ models, providers }: SnapshotProject, route: string): { pricedAs: string; model: string } | null {
  const first = Object.hasOwn(models, route) ? models[route]?.targets[0] : undefined
  const slash = route.indexOf('/')
  const [provider, model] = first ? [first.provider, first.model] : slash > 0 ? [route.slice(0, slash), route.slice(slash + 1)] : []
  if (provider === undefined || model === undefined) return null
  return { pricedAs: pricedAs({ name: provider, kind: Object.hasOwn(providers, provider) ? providers[provider]?.kind : undefined }), model }
}
