import type { ExperimentDetail, ExperimentSummary } from '@signalbox/schema'

/** Which variant is looked at, and what it is held against. */
export type Sides = { candidate: string; baseline: { experimentId: string; variant: string } | undefined }
type Asked = { variant?: string | undefined; baseline?: string | undefined; against?: string | undefined }

/**
 * What the address says; else the baseline that the experiment itself names, the variant its gate names, or the first one. `other` is the
 * experiment of the address, as soon as it is there.
 */
export function sidesOf(detail: ExperimentDetail, asked: Asked, other?: Pick<ExperimentSummary, 'id' | 'variants'>): Sides {
  const { id, variants } = detail
  const first = variants[0] ?? ''
  const given = (name: string | undefined, of: readonly string[]) => (name !== undefined && of.includes(name) ? name : undefined)
  if (asked.baseline !== undefined && asked.baseline !== id) {
    const candidate = given(asked.variant, variants) ?? first
    const theirs = other?.id === asked.baseline ? other.variants : []
    // Of an experiment that is not read yet, what the address says is believed.
    const variant = theirs.length > 0 ? (given(asked.against, theirs) ?? given(candidate, theirs) ?? theirs[0]) : asked.against
    return { candidate, baseline: { experimentId: asked.baseline, variant: variant ?? '' } }
  }
  if (asked.against === undefined && asked.baseline === undefined && detail.baseline && detail.baseline.experimentId !== id) {
    return {
      candidate: given(asked.variant, variants) ?? first,
      baseline: { experimentId: detail.baseline.experimentId, variant: detail.baseline.variant ?? '' },
    }
  }
  const named = given(asked.against, variants) ?? given(detail.baseline?.variant, variants) ?? given(detail.definition?.gate?.vs, variants)
  const against = named ?? variants.find((one) => one !== asked.variant)
  const candidate = [given(asked.variant, variants), ...variants].find((one) => one !== undefined && one !== against) ?? first
  return { candidate, baseline: variants.length < 2 || against === undefined ? undefined : { experimentId: id, variant: against } }
}

/** The same as the API asks for it. */
export function comparedBy(id: string, { candidate, baseline }: Sides) {
  return {
    variant: candidate,
    ...(baseline && baseline.experimentId !== id && { baseline: baseline.experimentId }),
    ...(baseline?.variant && { baselineVariant: baseline.variant }),
  }
}
