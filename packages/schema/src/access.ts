import { z } from 'zod'

/** What a key or an account may do. `*` is everything in its project. */
export const Permission = z.enum([
  '*',
  'gateway:call',
  'traces:read',
  'traces:write',
  'scores:write',
  'keys:read',
  'keys:write',
  'providers:read',
  'providers:write',
  'projects:read',
  'projects:write',
  'system:read',
  'system:write',
  'metrics:read',
])
export type Permission = z.infer<typeof Permission>

export const allows = (granted: readonly string[], needed: Permission): boolean => granted.includes('*') || granted.includes(needed)

/** Who is asking, found once at the door. */
export type Caller = { projectId: string; permissions: readonly string[]; keyId?: string; userId?: string }

export const ProjectId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'lower-case letters, digits and -, at most 40' })
export const Project = z.object({ id: ProjectId, name: z.string(), createdAt: z.iso.datetime() })
export type Project = z.infer<typeof Project>
const ProjectName = z.string().trim().min(1, { error: 'at least one character' }).max(100).meta({ title: 'Name' })
export const NewProject = z.strictObject({
  id: ProjectId.meta({ title: 'Id', description: 'Used in URLs and in signalbox.yaml; it cannot be changed.' }),
  name: ProjectName,
})
/** What of a project can be changed: not its id. */
export const ProjectChange = z.strictObject({ name: ProjectName })

export const Key = z.object({
  id: z.string(),
  name: z.string(),
  publicKey: z.string().meta({ description: 'pk-sb-…' }),
  secretHint: z.string().meta({ description: 'The last four characters of the secret.' }),
  scopes: z.array(Permission),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
})
export type Key = z.infer<typeof Key>
export const NewKey = z.strictObject({
  name: z.string().min(1).max(100).meta({ title: 'Name', description: 'What uses it, for example "checkout service".' }),
  scopes: z
    .array(Permission)
    .min(1)
    .default(['gateway:call', 'traces:write', 'traces:read', 'scores:write'])
    .meta({ title: 'May', widget: 'permissions' }),
  expiresAt: z.iso.datetime().optional().meta({ title: 'Expires' }),
})
/** The secret is in the answer to the creation and nowhere else. */
export const CreatedKey = Key.extend({ secretKey: z.string().meta({ description: 'sk-sb-…, shown once.' }) })
export type CreatedKey = z.infer<typeof CreatedKey>

export const Account = z.object({ id: z.string(), email: z.string().nullable(), role: z.enum(['owner']), hasPassword: z.boolean() })
export type Account = z.infer<typeof Account>
export const Credentials = z.strictObject({
  email: z.email().meta({ title: 'E-mail' }),
  password: z.string().min(10, { error: 'at least 10 characters' }).max(200).meta({ title: 'Password', widget: 'password' }),
})
export const Session = z.object({ account: Account, csrfToken: z.string(), projects: z.array(Project), version: z.string() })
export type Session = z.infer<typeof Session>
