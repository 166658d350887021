import { Budget, type SnapshotProject, type Split } from '@signalbox/schema'
import type { Admission, AdmissionEngine, Admitting, Reservation } from '../governance/admission.ts'
import { PeriodMeter } from '../governance/admission-meters.ts'
import type { Admitted } from '../governance/directory.ts'

export type ShadowSplit = Extract<Split, { kind: 'shadow' }>

/**
 * Limits and budgets as they see mirrored calls: these are nobody's, so that only those of the project and of the organisation count them,
 * and beside those the split's own. `own` counts nothing else, so that its counts stay when the configuration changes.
 */
export function shadowAdmission(
  admission: Admission,
  { own, project, split }: { own: Admission; project: SnapshotProject; split: ShadowSplit },
): Admission {
  const ownProject = split.budgetUsdPerDay === undefined ? undefined : withOwnBudget(project, split.name, split.budgetUsdPerDay)
  return {
    admit(call) {
      const caller = nobodyOf(call.caller)
      const anonymous: Admitting = { ...call, caller, endUser: '' }
      if (!ownProject) return admission.admit(anonymous)
      const mine = own.admit({ ...anonymous, caller: { ...caller, project: ownProject } })
      try {
        return both(mine, admission.admit(anonymous))
      } catch (error) {
        mine.cancel()
        throw error
      }
    },
    left: (caller, endUser) => admission.left(caller, endUser),
  }
}

/** Counts what was spent before this process began to count. */
export function addSpent(
  own: AdmissionEngine,
  { project, split, amount }: { project: SnapshotProject; split: ShadowSplit; amount: number },
): void {
  if (split.budgetUsdPerDay === undefined || amount <= 0) return
  const limited = withOwnBudget(project, split.name, split.budgetUsdPerDay)
  const caller = { projectId: project.id, permissions: [], keyId: '', project: limited }
  const at = own.now()
  for (const { rule, subject } of own.rulesOf(limited).of(caller)) {
    const meter = rule.meters.of(subject ?? '', at)
    if (meter instanceof PeriodMeter) meter.addAt(at, amount)
  }
}

/** The same project without what belongs to a key, an account or a team. */
const nobodyOf = ({ projectId, permissions, project }: Admitted): Admitted => ({ projectId, permissions, project, keyId: '' })

function withOwnBudget({ sharedBudgets: _, ...project }: SnapshotProject, name: string, amount: number): SnapshotProject {
  const budget = Budget.parse({ name, scope: 'project', measure: 'money', amount, per: 'day' })
  return { ...project, currency: { code: 'USD', perUsd: 1 }, budgets: [budget] }
}

const both = (a: Reservation, b: Reservation): Reservation => ({
  headers: [],
  setAside: b.setAside,
  again(failed) {
    // Both must know of it.
    const [fitsA, fitsB] = [a.again(failed), b.again(failed)]
    return fitsA && fitsB
  },
  settle(end) {
    a.settle(end)
    b.settle(end)
  },
  cancel() {
    a.cancel()
    b.cancel()
  },
})
