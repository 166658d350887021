import { AppError, type PromptLabel, type PromptRow, readPromptRef } from '@signalbox/schema'
import { writePromptFile } from '../prompts/files/write-prompt-file.ts'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'
import { listAll } from './prompts-remote.ts'

/** `signalbox prompts list`. */
export async function listPrompts(options: ConnectionOptions): Promise<number> {
  const prompts = await listAll(connect(options).client)
  if (options.json) printJson({ prompts })
  else printTable(prompts.map(toRow), ['name', 'type', 'latest', 'labels', 'updated', 'description'])
  return 0
}

const toRow = ({ name, type, latestVersion, labels, updatedAt, description }: PromptRow) => ({
  name,
  type,
  latest: String(latestVersion),
  labels: labels.map((label) => `${label.label}: ${pointsTo(label)}`).join(', '),
  updated: updatedAt.slice(0, 16).replace('T', ' '),
  description,
})

const pointsTo = ({ version, split }: Pick<PromptLabel, 'version' | 'split'>): string =>
  split ? split.map((share) => `${share.version} (${share.weight})`).join(' + ') : String(version)

export const numberOf = (text: string, option: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new AppError('invalid-request', `${option} takes the number of a version, not "${text}".`, { hint: 'Such as 7.' })
}

/** `signalbox prompts get NAME@LABEL`: as a file, so that it can be kept as one. */
export async function getPrompt(ref: string, options: ConnectionOptions): Promise<number> {
  const { name, ...which } = readPromptRef(ref)
  const found = await connect(options).client.prompts.get({ name, ...which })
  if (options.json) printJson(found)
  else {
    const { prompt, labels, version: number, hash, message, createdAt, createdBy, content } = found
    console.log(`# ${name} version ${number}${labels.length > 0 ? ` (${labels.join(', ')})` : ''}, ${hash.slice(0, 12)}`)
    console.log(`# ${createdAt.slice(0, 16).replace('T', ' ')}${createdBy ? ` by ${createdBy}` : ''}${message ? `: ${message}` : ''}`)
    process.stdout.write(writePromptFile({ name, description: prompt.description, tags: prompt.tags, content }))
  }
  return 0
}

type MoveOptions = ConnectionOptions & { label: string; why?: string; request?: boolean }

/** `signalbox prompts promote NAME@7`: points a label to a version, to where another label points, or to the newest where nothing is said. */
export async function promotePrompt(ref: string, { label, why = '', request = false, ...options }: MoveOptions): Promise<number> {
  const { client } = connect(options)
  const { name, ...which } = readPromptRef(ref.includes('@') ? ref : `${ref}@latest`)
  const { labels } = await client.prompts.labels({ name })
  const to = (await client.prompts.get({ name, ...which })).version
  const before = labels.find((one) => one.label === label)
  if (request) {
    const approval = await client.prompts.requestApproval({ name, label, version: to, why })
    if (options.json) printJson(approval)
    else
      console.log(
        `Asked for: ${name}@${label} ${before ? pointsTo(before) : 'nothing'} → ${to}. Somebody else has to approve ${approval.id}.`,
      )
    return 0
  }
  // Where somebody moved it meanwhile, theirs is not overwritten unread.
  const moved = await client.prompts
    .setLabel({ name, label, version: to, why, expectedRevision: before?.revision ?? 0 })
    .catch(needsApproval)
  if (options.json) printJson(moved)
  else console.log(`${name}@${label}: ${before ? pointsTo(before) : 'nothing'} → ${pointsTo(moved)}`)
  return 0
}

/** `signalbox prompts rollback NAME`: points a label to where it pointed before. */
export async function rollBackPrompt(name: string, { label, why = '', ...options }: MoveOptions): Promise<number> {
  const { client } = connect(options)
  const before = (await client.prompts.labels({ name })).labels.find((one) => one.label === label)
  const moved = await client.prompts.rollback({ name, label, why, ...(before && { expectedRevision: before.revision }) })
  if (options.json) printJson(moved)
  else console.log(`${name}@${label}: ${before ? pointsTo(before) : 'nothing'} → ${pointsTo(moved)}`)
  return 0
}

function needsApproval(error: unknown): never {
  if (error instanceof AppError && /approv/i.test(error.message))
    throw new AppError(error.code, error.message, { hint: 'Ask for it with --request --why "…".', cause: error, data: error.data })
  throw error
}
