import { basename } from 'node:path'
import { readYaml } from '../../lib/yaml/yaml.ts'
import { importDotprompt } from './dotprompt.ts'
import { cannotImport, type Imported } from './imported.ts'
import { importLangfuse, isLangfuse } from './langfuse.ts'
import { importLangsmith, isLangsmith } from './langsmith.ts'
import { importPromptfooChat, importPromptfooText, isChat } from './promptfoo.ts'
import { importPrompty } from './prompty.ts'

const EXTENSION = /\.(prompty|prompt|json|ya?ml|txt|md|j2|jinja2?)$/i
const FORMATS = '.prompt (dotprompt), .prompty, .json (Langfuse, LangSmith, messages), .yaml (messages), and .txt, .md and .j2 (promptfoo)'

/**
 * The prompts in a file of another tool, by its name and by what it holds. Nothing of it is executed. Throws `invalid-request` where it
 * would come out as something else.
 */
export function importPrompts(text: string, file: string): Imported[] {
  const extension = EXTENSION.exec(file)?.[1]?.toLowerCase()
  const name = basename(file).replace(EXTENSION, '')
  switch (extension) {
    case 'prompt':
      return importDotprompt(text, file, name)
    case 'prompty':
      return importPrompty(text, file, name)
    case 'json':
      return fromValue(json(text, file), file, name)
    case 'yaml':
    case 'yml':
      return fromValue(yaml(text, file), file, name)
    case undefined:
      throw cannotImport(file, 'its name says no format that is known here.', `Known are ${FORMATS}.`)
    default:
      return importPromptfooText(text, file, name)
  }
}

function fromValue(value: unknown, file: string, name: string): Imported[] {
  if (isLangsmith(value)) return importLangsmith(value, file, name)
  if (isLangfuse(value)) return importLangfuse(value, file)
  if (isChat(value)) return importPromptfooChat(value, file, name)
  throw cannotImport(file, 'it is no prompt of Langfuse, no manifest of LangSmith and no list of messages.', `Known are ${FORMATS}.`)
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw cannotImport(
      file,
      `it is no JSON: ${error instanceof Error ? error.message : error}.`,
      'Templates around the JSON cannot be carried: put them inside of its texts.',
    )
  }
}

function yaml(text: string, file: string): unknown {
  const { value, problems } = readYaml(text, null)
  const [problem] = problems
  if (problem) throw cannotImport(file, `line ${problem.line}: ${problem.message}`)
  return value
}
