import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, PromptContent, PromptName } from '@signalbox/schema'
import { pathOf } from '../prompts/files/read-folder.ts'
import { writePromptFile } from '../prompts/files/write-prompt-file.ts'
import type { Imported } from '../prompts/import/imported.ts'
import { importPrompts } from '../prompts/import/index.ts'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson } from './print.ts'
import { inOrder, readText } from './prompts-files.ts'

type ImportOptions = ConnectionOptions & { dir?: string; dryRun?: boolean; labels?: boolean; folder?: string }
type Checked = Omit<Imported, 'content'> & { file: string; content: PromptContent }

/** `signalbox prompts import FILE…`: prompts of other tools, as versions on the server or (with --dir) as files. Nothing of them is executed. */
export async function importFiles(
  paths: readonly string[],
  { dir, dryRun = false, labels = false, folder, ...options }: ImportOptions,
): Promise<number> {
  const found: Checked[] = []
  for (const path of paths) for (const one of importPrompts(await readText(path), path)) found.push(checked(one, path, folder))
  const lines: { name: string; file: string; result: string; lost: string[] }[] = []
  const client = dryRun || dir !== undefined ? undefined : connect(options).client
  for (const one of inOrder(found)) {
    const { name, content, description, tags, file } = one
    let result = 'would be imported'
    if (client) {
      const { version, created } = await client.prompts.create({
        name,
        content,
        message: description.slice(0, 500) || `Imported from ${file}`.slice(0, 500),
        labels: labels ? one.labels : [],
        ...(tags.length > 0 && { tags }),
      })
      result = `${created ? 'is now' : 'is already'} version ${version}`
    } else if (dir !== undefined && !dryRun) {
      const target = pathOf(dir, name)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, writePromptFile({ name, description, tags, content }), { flag: 'wx' }).catch(
        (cause: NodeJS.ErrnoException) => {
          if (cause.code !== 'EEXIST') throw cause
          throw new AppError('conflict', `${target} is there already.`, { hint: 'Move it away, or import into another folder.', cause })
        },
      )
      result = `is now ${target}`
    }
    const left = labels || one.labels.length === 0 ? [] : [`Its labels (${one.labels.join(', ')}) are not set; --labels does that.`]
    lines.push({ name, file, result, lost: [...one.lost, ...left] })
  }
  if (options.json) printJson({ prompts: lines })
  else
    for (const { name, file, result, lost } of lines) {
      console.log(`${name} ${result} (from ${file})`)
      for (const line of lost) console.log(`    ${line}`)
    }
  return 0
}

function checked({ content, name: given, ...rest }: Imported, file: string, folder: string | undefined): Checked {
  const name = folder ? `${folder.replace(/\/+$/, '')}/${given}` : given
  const [isName, parsed] = [PromptName.safeParse(name), PromptContent.safeParse(content)]
  const issue = isName.error?.issues[0] ?? parsed.error?.issues[0]
  if (!isName.success || !parsed.success)
    throw new AppError(
      'invalid-request',
      `${file} is not imported: ${isName.success ? `${issue?.path.join('.')} ` : `the name ${JSON.stringify(name)} has `}${issue?.message}.`,
    )
  return { ...rest, name, content: parsed.data, file }
}
