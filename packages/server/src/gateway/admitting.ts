import type { CallStart, Usage } from '@signalbox/schema'
import type { Admitting } from '../governance/admission.ts'
import { inputTokensOf } from '../governance/admission-estimate.ts'
import type { Admitted } from '../governance/directory.ts'
import type { Pricing } from '../pricing/price.ts'
import type { Door } from './doors.ts'
import { priceAnswer } from './price-answer.ts'
import type { Candidate } from './routing/router.ts'
import type { WireRequest } from './wire/request.ts'

/** A call as limits and budgets see it. It is priced at the dearest target that it may go to. */
export function admittingOf({
  caller,
  door,
  request,
  endUser,
  candidates,
  pricing,
}: {
  caller: Admitted
  door: Door
  request: WireRequest
  endUser: string
  candidates: readonly Candidate[]
  pricing: Pricing
}): Admitting {
  const { model, maxOutputTokens, answers = 1 } = request
  const hasCodec = door.codec !== undefined
  return {
    caller,
    model,
    endUser,
    dialect: door.dialect,
    inputTokens: inputTokensOf({ isText: hasCodec || door.kind === 'embedding', bytes: request.described ? 0 : request.body.length }),
    maxOutputTokens: !hasCodec ? 0 : maxOutputTokens === undefined ? undefined : maxOutputTokens * answers,
    targets: candidates,
    price(usage: Usage) {
      let dearest: number | null = null
      for (const route of candidates) {
        const { cost } = priceAnswer({ usage, route, model: route.model, pricing, at: Date.now() })
        if (cost !== null && (dearest === null || cost > dearest)) dearest = cost
      }
      return dearest
    },
  }
}

/** Whose key it is, for the record. */
export const ownerOf = ({ accountId, teamId }: Admitted): Pick<CallStart, 'accountId' | 'teamId'> => ({
  ...(accountId !== undefined && { accountId }),
  ...(teamId !== undefined && { teamId }),
})
