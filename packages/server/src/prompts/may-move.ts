import { AppError, allows, type Caller, type LabelProtection } from '@signalbox/schema'

type Asked = { label: string; needs: LabelProtection['needs'] | null }

/** May this caller move a label without anybody else? Keys are asked the same as people. */
export function mayMove({ permissions }: Caller, { label, needs }: Asked): boolean {
  if (needs === 'approval') return false
  return permissions.includes(`prompt:promote:${label}`) || allows(permissions, needs === 'role' ? 'prompts:protect' : 'prompts:promote')
}

export function assertMayMove(caller: Caller, asked: Asked): void {
  if (mayMove(caller, asked)) return
  const { label, needs } = asked
  if (needs === 'approval')
    throw new AppError('permission-denied', `The label ${label} is protected: a second person must approve where it points.`, {
      hint: 'Ask for it with POST /api/v1/prompt-approvals.',
      data: { label, needs },
    })
  const lacks = needs === 'role' ? 'prompts:protect' : 'prompts:promote'
  throw new AppError(
    'permission-denied',
    `You may not move the label ${label}${needs ? ', which is protected' : ''}: it takes \`${lacks}\`.`,
    {
      hint: `Ask an admin of the project, or use a key with \`prompt:promote:${label}\`.`,
      data: { label, needs },
    },
  )
}

/** Back to where a label was is for who may move it by role: in an emergency there may be nobody else to ask. */
export function assertMayRollBack(caller: Caller, { label, needs }: Asked): void {
  assertMayMove(caller, { label, needs: needs === 'approval' ? 'role' : needs })
}
