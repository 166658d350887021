import { AppError, allows, type Caller, type Permission } from '@signalbox/schema'

/** Refuses a caller that lacks a permission. */
export function permit(caller: Caller, permission: Permission): void {
  if (!allows(caller.permissions, permission))
    throw new AppError('permission-denied', `This key may not do this: it lacks \`${permission}\`.`)
}
