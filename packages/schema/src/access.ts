import { z } from 'zod'

/** What a key or an account may do. `*` is everything in its project. */
export const Permission = z.enum([
  '*',
  'gateway:call',
  'traces:read',
  'traces:write',
  'traces:delete',
  'sql:read',
  'scores:write',
  'keys:read',
  'keys:own',
  'keys:write',
  'providers:read',
  'providers:write',
  'models:read',
  'models:write',
  'cache:read',
  'cache:write',
  'budgets:read',
  'budgets:write',
  'dashboards:read',
  'dashboards:write',
  'prompts:read',
  'prompts:write',
  'prompts:promote',
  'prompts:protect',
  'datasets:read',
  'datasets:write',
  'datasets:unseal',
  'experiments:read',
  'experiments:write',
  'evaluators:read',
  'evaluators:write',
  'reviews:read',
  'reviews:answer',
  'reviews:write',
  'reviews:adjudicate',
  'config:read',
  'config:write',
  'members:read',
  'members:write',
  'teams:read',
  'teams:write',
  'projects:read',
  'projects:write',
  'system:read',
  'system:write',
  'metrics:read',
])
export type Permission = z.infer<typeof Permission>
/** Of a key alone: it may move this label of every prompt, also where the label is protected by role. What a pipeline is given. */
const PromoteScope = z.templateLiteral(['prompt:promote:', z.string().regex(/^[a-z0-9_\-.]{1,36}$/)])
export type PromoteScope = z.infer<typeof PromoteScope>
/** What a key may be given. */
export const Scope = z.union([Permission, PromoteScope])
export type Scope = z.infer<typeof Scope>

/** What else includes a permission: who may write all keys may write their own. */
const INCLUDED_IN: Partial<Record<Permission, readonly Permission[]>> = { 'keys:own': ['keys:write'], 'models:read': ['providers:read'] }

export const allows = (granted: readonly string[], needed: Scope): boolean =>
  granted.includes('*') || granted.includes(needed) || (widerThan(needed)?.some((wider) => granted.includes(wider)) ?? false)

const widerThan = (needed: Scope): readonly Permission[] | undefined =>
  needed.startsWith('prompt:promote:') ? ['prompts:protect'] : INCLUDED_IN[needed as Permission]

/** What a person, a team or a key is in a project; the highest first. */
export const Role = z.enum(['owner', 'admin', 'editor', 'annotator', 'viewer'])
export type Role = z.infer<typeof Role>

const VIEWER = [
  'traces:read',
  'providers:read',
  'models:read',
  'cache:read',
  'budgets:read',
  'dashboards:read',
  'prompts:read',
  'datasets:read',
  'experiments:read',
  'evaluators:read',
  'reviews:read',
  'config:read',
  'keys:read',
  'projects:read',
] as const satisfies Permission[]
const ANNOTATOR = [...VIEWER, 'scores:write', 'reviews:answer'] as const satisfies Permission[]
const EDITOR = [
  ...ANNOTATOR,
  'gateway:call',
  'traces:write',
  'sql:read',
  'keys:own',
  'providers:write',
  'models:write',
  'cache:write',
  'dashboards:write',
  'prompts:write',
  'prompts:promote',
  'datasets:write',
  'experiments:write',
  'evaluators:write',
  'reviews:write',
  'reviews:adjudicate',
  'members:read',
  'teams:read',
  'system:read',
] as const satisfies Permission[]

/** What each role may do in its project. The only place that says so. */
export const PERMISSIONS_OF: Record<Role, readonly Permission[]> = {
  owner: ['*'],
  admin: Permission.options.filter((permission) => permission !== '*'),
  editor: EDITOR,
  annotator: ANNOTATOR,
  viewer: VIEWER,
}

/** Of several roles the one that counts; undefined when there is none. */
export const highestRole = (roles: readonly Role[]): Role | undefined => Role.options.find((role) => roles.includes(role))

/** Nobody gives a role that may do more than they may. */
export const mayGive = (granted: readonly string[], role: Role): boolean =>
  PERMISSIONS_OF[role].every((permission) => allows(granted, permission))

/** What an account is in the organisation, which is this installation: an owner may do everything in every project. */
export const OrganisationRole = z.enum(['owner', 'member'])
export type OrganisationRole = z.infer<typeof OrganisationRole>

/** Who is asking, found once at the door. */
export type Caller = {
  /** Empty where a route belongs to no project. */
  projectId: string
  permissions: readonly string[]
  keyId?: string
  /** The account that made the key. */
  ownerId?: string
  /** The account that is logged in. */
  userId?: string
  /** Of the account that is logged in. */
  organisationRole?: OrganisationRole
}

export const ProjectId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'lower-case letters, digits and -, at most 40' })
export const Project = z.object({
  id: ProjectId,
  name: z.string(),
  createdAt: z.iso.datetime(),
  allowPrivateProviders: z.boolean().meta({
    description: 'Providers that were added to it may point at private addresses. Those of signalbox.yaml and the environment always may.',
  }),
  demo: z.boolean().meta({ description: 'It holds demo data.' }),
})
export type Project = z.infer<typeof Project>
const ProjectName = z.string().trim().min(1, { error: 'at least one character' }).max(100).meta({ title: 'Name' })
export const NewProject = z.strictObject({
  id: ProjectId.meta({ title: 'Id', description: 'Used in URLs and in signalbox.yaml; it cannot be changed.' }),
  name: ProjectName,
})
/** What of a project can be changed: not its id. What is left out stays. */
export const ProjectChange = z.strictObject({
  name: ProjectName.optional(),
  allowPrivateProviders: z.boolean().optional().meta({
    description:
      'Providers that are added to it may point at this machine and at private networks. Only an account decides that, never a key.',
  }),
})
export type ProjectChange = z.output<typeof ProjectChange>

export const Key = z.object({
  id: z.string(),
  name: z.string(),
  publicKey: z.string().meta({ description: 'pk-sb-…' }),
  secretHint: z.string().meta({ description: 'The last four characters of the secret.' }),
  role: Role.nullable().meta({ description: 'Where the key has a role, `scopes` is what the role may do.' }),
  scopes: z.array(Scope),
  owner: z.object({ id: z.string(), email: z.string().nullable(), member: z.boolean() }).nullable().meta({
    description:
      'The account that made it, and whether it is still a member of the project. Null for keys of the file and of the environment.',
  }),
  team: z.object({ id: z.string(), name: z.string() }).nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
})
export type Key = z.infer<typeof Key>
/** What a new key may do where nothing is said. */
export const DEFAULT_SCOPES: readonly Permission[] = ['gateway:call', 'traces:write', 'traces:read', 'scores:write', 'prompts:read']
export const NewKey = z
  .strictObject({
    name: z.string().min(1).max(100).meta({ title: 'Name', description: 'What uses it, for example "checkout service".' }),
    role: Role.optional().meta({ title: 'Role', description: 'Instead of single permissions.' }),
    scopes: z
      .array(Scope)
      .min(1, { error: 'at least one permission' })
      .optional()
      .meta({ title: 'May', widget: 'permissions', description: 'Without a role and without these, the usual ones of an app.' }),
    teamId: z.string().max(100).optional().meta({ title: 'Team', description: 'The team that it belongs to.' }),
    expiresAt: z.iso.datetime().optional().meta({ title: 'Expires' }),
  })
  .refine(({ role, scopes }) => role === undefined || scopes === undefined, {
    error: 'is given beside `role`: send one of them',
    path: ['scopes'],
  })
export type NewKey = z.infer<typeof NewKey>
/** The secret is in the answer to the creation and nowhere else. */
export const CreatedKey = Key.extend({ secretKey: z.string().meta({ description: 'sk-sb-…, shown once.' }) })
export type CreatedKey = z.infer<typeof CreatedKey>

export const Account = z.object({ id: z.string(), email: z.string().nullable(), role: OrganisationRole, hasPassword: z.boolean() })
export type Account = z.infer<typeof Account>
export const Credentials = z.strictObject({
  email: z.email().meta({ title: 'E-mail' }),
  password: z.string().min(10, { error: 'at least 10 characters' }).max(200).meta({ title: 'Password', widget: 'password' }),
})
/** What is set by a reset link. */
export const NewPassword = Credentials.pick({ password: true })
export const Session = z.object({
  account: Account,
  csrfToken: z.string(),
  projects: z.array(Project.extend({ role: Role })),
  version: z.string(),
})
export type Session = z.infer<typeof Session>

/** One log-in of an account: a browser that holds its cookie. */
export const Login = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().meta({ description: 'To within a minute.' }),
  address: z.string().nullable().meta({ description: 'From where the log-in came.' }),
  userAgent: z.string().nullable(),
  current: z.boolean().meta({ description: 'The one that asks.' }),
})
export type Login = z.infer<typeof Login>
