import { z } from 'zod'
import { Bucket, Filter, searching } from './query.ts'
import { jsonParam, limit, nextCursor, type Route, route, window } from './route.ts'
import { GroupFigures } from './sessions-api.ts'

const Usd = z.string().nullable().meta({ description: 'Decimal US dollars; null where no price is known.' })

export const EndUser = z.object({
  userId: z.string().meta({ description: 'As the app calls them.' }),
  firstSeen: z.iso.datetime().meta({ description: 'In the time asked for.' }),
  lastSeen: z.iso.datetime().meta({ description: 'The start of the newest span that names the user.' }),
  sessions: z.int(),
  ...GroupFigures.shape,
})
export type EndUser = z.output<typeof EndUser>

export const USER_SORTS = ['lastSeen', 'costUsd', 'traces', 'sessions', 'calls', 'errors', 'totalTokens'] as const
/** What a list of users can be sorted by; `-` is most, largest or newest first. */
export const UserSort = z.enum(
  USER_SORTS.flatMap((name) => [`-${name}`, name]) as ((typeof USER_SORTS)[number] | `-${(typeof USER_SORTS)[number]}`)[],
)
export type UserSort = z.output<typeof UserSort>

const part = {
  traces: z.int(),
  calls: z.int(),
  errors: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: Usd,
}
export const UserTime = z.object({ at: z.iso.datetime().meta({ description: 'Where the bucket begins.' }), ...part })
export type UserTime = z.output<typeof UserTime>
export const UserModel = z.object({
  model: z.string().meta({ description: 'Empty for steps that name none.' }),
  provider: z.string(),
  ...part,
})
export type UserModel = z.output<typeof UserModel>

/** The rows of the API table about the users of the app: whom a trace was made for. */
export const usersApi = {
  'users.list': route({
    method: 'GET',
    path: '/api/v1/users',
    summary: 'List the users of the app with what they used, seen last first or as asked for',
    access: 'traces:read',
    input: z.object({
      ...window,
      filter: jsonParam(z.array(Filter).max(50)).optional(),
      ...searching,
      sort: UserSort.optional().meta({
        description:
          '`-lastSeen` by default. With anything but `lastSeen` give `from`: the spans of that time are read. What is unknown comes last.',
      }),
      limit,
      cursor: z.string().max(200).optional(),
    }),
    output: z.object({
      users: z.array(EndUser).meta({ description: 'Figures are of the spans in the time asked for, in traces that match the filter.' }),
      nextCursor,
    }),
  }),
  'users.get': route({
    method: 'GET',
    path: '/api/v1/users/{userId}',
    summary: 'One user of the app: what they used over time and by model',
    access: 'traces:read',
    input: z.object({
      userId: z.string().min(1).max(4000),
      ...window,
      filter: jsonParam(z.array(Filter).max(50)).optional(),
      bucket: Bucket.default('day'),
    }),
    output: z.object({
      user: EndUser,
      times: z
        .array(UserTime)
        .meta({ description: 'By `bucket`, of UTC, the first one first; those without a trace are left out. Up to 1000.' }),
      models: z.array(UserModel).meta({ description: 'By cost, the dearest first; up to 100.' }),
    }),
  }),
} as const satisfies Record<string, Route>
