import { z } from 'zod'
import { OrganisationRole, ProjectId, Role } from './access.ts'

export const AccountId = z.string().min(1).max(100)
export const TeamId = z.string().min(1).max(100)
export const TeamName = z.string().trim().min(1, { error: 'at least one character' }).max(100).meta({ title: 'Name' })
export const InvitationToken = z.string().min(1).max(200)
export const ResetToken = z.string().min(1).max(200)
const TeamRef = z.object({ id: z.string(), name: z.string() })

/** Somebody who may do something in the project. */
export const Member = z.object({
  id: z.string().meta({ description: 'Of the account.' }),
  email: z.string().nullable(),
  role: Role.meta({ description: 'The highest of what they have here.' }),
  ownRole: Role.nullable().meta({
    description: 'Given to them alone; null where they are here through a team or as an owner of the organisation.',
  }),
  organisationRole: OrganisationRole,
  teams: z.array(TeamRef.extend({ role: Role })).meta({ description: 'Their teams that have a role in the project.' }),
  joinedAt: z.iso.datetime().nullable(),
  lastSeenAt: z.iso.datetime().nullable().meta({ description: 'Null when they are logged in nowhere.' }),
  logins: z.int(),
  keys: z.int().meta({ description: 'Their keys in this project that still work.' }),
})
export type Member = z.infer<typeof Member>

/** People who get a role together. It belongs to the organisation and may have a role in each project. */
export const Team = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  role: Role.nullable().meta({ description: 'In this project.' }),
  memberCount: z.int(),
  members: z
    .array(z.object({ id: z.string(), email: z.string().nullable() }))
    .nullable()
    .meta({ description: 'Null where the team has no role in the project and the one who asks is not in it.' }),
  keys: z.int().meta({ description: 'Its keys in this project that still work.' }),
  changeable: z
    .boolean()
    .meta({ description: 'Whether the one who asks may change name and people: they must be able to give every role that the team has.' }),
})
export type Team = z.infer<typeof Team>

export const Invitation = z.object({
  id: z.string(),
  role: Role,
  email: z.string().nullable().meta({ description: 'Only an account with this e-mail can use it.' }),
  team: TeamRef.nullable(),
  invitedBy: z.string().nullable().meta({ description: 'E-mail of the account that invited.' }),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  state: z.enum(['open', 'used', 'revoked', 'expired']),
  usedBy: z.string().nullable().meta({ description: 'E-mail of the account that used it.' }),
})
export type Invitation = z.infer<typeof Invitation>
export const NewInvitation = z.strictObject({
  role: Role.meta({ title: 'Role' }),
  email: z.email().optional().meta({ title: 'E-mail', description: 'With it, only this e-mail can use the link. Nothing is sent.' }),
  teamId: TeamId.optional().meta({ title: 'Team', description: 'A team that they join, too.' }),
})
export type NewInvitation = z.infer<typeof NewInvitation>
/** The address is in the answer to the creation and nowhere else. */
export const CreatedInvitation = Invitation.extend({ url: z.string().meta({ description: 'Works once, for 7 days.' }) })

/** What somebody with the link may know before they use it. */
export const Invited = z.object({
  project: z.object({ id: ProjectId, name: z.string() }),
  role: Role,
  email: z.string().nullable(),
  team: z.string().nullable(),
  invitedBy: z.string().nullable(),
  expiresAt: z.iso.datetime(),
})

/** Somebody with an account in the organisation. */
export const OrganisationAccount = z.object({
  id: z.string(),
  email: z.string().nullable(),
  role: OrganisationRole,
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime().nullable().meta({ description: 'Null when they are logged in nowhere.' }),
  projects: z
    .array(z.object({ id: z.string(), role: Role }))
    .meta({ description: 'By themselves or through a team. Owners are in all projects.' }),
  keys: z.int().meta({ description: 'Their keys that still work, in all projects.' }),
})
export type OrganisationAccount = z.infer<typeof OrganisationAccount>
