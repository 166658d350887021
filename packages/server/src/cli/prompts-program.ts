import { type Command, type CommandOptions, Option } from 'commander'

type Make = (name: string, description: string, parent?: Command, options?: CommandOptions) => Command
/** How `program.ts` makes commands: `remote` ones have --url and --key. */
type Making = {
  command: Make
  remote: Make
  run<A extends unknown[]>(verb: (...input: A) => Promise<number>): (...input: A) => Promise<void>
}

const DIR = ['--dir <folder>', 'where the files are', 'prompts'] as const
const files = () => import('./prompts-files.ts')

/** `signalbox prompts …`. */
export function addPrompts(prompts: Command, { command, remote, run }: Making): void {
  remote('list', 'list prompts with their labels', prompts, { isDefault: true }).action(
    run(async (options) => (await import('./prompts.ts')).listPrompts(options)),
  )
  remote('get', 'print a version as a file', prompts)
    .argument('<name>', 'such as support/refund, support/refund@staging or support/refund@7; production where nothing is said')
    .action(run(async (ref, options) => (await import('./prompts.ts')).getPrompt(ref, options)))
  remote('promote', 'point a label to a version', prompts)
    .argument('<name>', 'support/refund@7, or support/refund@staging for where that points; the newest where nothing is said')
    .requiredOption('--label <label>', 'such as production')
    .option('--why <text>', 'kept with the move')
    .option('--request', 'ask a second person, where the label needs one')
    .action(run(async (ref, options) => (await import('./prompts.ts')).promotePrompt(ref, options)))
  remote('rollback', 'point a label to where it pointed before', prompts)
    .argument('<name>', 'the prompt')
    .requiredOption('--label <label>', 'such as production')
    .option('--why <text>', 'kept with the move')
    .action(run(async (name, options) => (await import('./prompts.ts')).rollBackPrompt(name, options)))
  remote('push', 'save files NAME.prompt.yaml as versions; the same content makes no new one', prompts)
    .argument('[name...]', 'prompts or files; all where none is named')
    .option(...DIR)
    .option('--label <label...>', 'point these to what was saved')
    .option('-m, --message <text>', 'what is different')
    .action(run(async (names, options) => (await files()).pushPrompts(names, options)))
  remote('pull', 'write prompts as files, or (--out) as the lock file of an app', prompts)
    .argument('[name...]', 'all where none is named')
    .option(...DIR)
    .option('--out <file>', 'write a lock file, such as prompts.lock.json')
    .option('--label <label...>', 'files: which version, latest where nothing is said; lock file: only these labels')
    .option('--force', 'also over files that were changed here')
    .action(run(async (names, options) => (await files()).pullPrompts(names, options)))
  remote('sync', 'bring files and server together; exit code 3 where both changed', prompts)
    .option(...DIR)
    .addOption(
      new Option('--strategy <who>', 'where both changed: ours are the files, theirs the server')
        .choices(['ours', 'theirs', 'fail'])
        .default('fail'),
    )
    .option('--prune', 'what was deleted on one side is deleted here, or archived on the server')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('-m, --message <text>', 'what is different')
    .action(run(async (options) => (await import('./prompts-sync.ts')).syncPrompts(options)))
  remote('diff', 'files against the server, or two versions; exit code 1 where something differs', prompts)
    .argument('[name...]', 'all files where none is named')
    .option(...DIR)
    .option('--label <label>', 'what the files are compared with', 'latest')
    .option('--from <number>', 'a version, with --to')
    .option('--to <number>', 'a version, with --from')
    .action(run(async (names, options) => (await import('./prompts-diff.ts')).diffPrompts(names, options)))
  command('check', 'look for mistakes in files: templates, variables, fragments; needs no server', prompts)
    .argument('[file...]', 'all below --dir where none is named')
    .option(...DIR)
    .option('--lock <file>', 'fragments may also be in this lock file')
    .action(run(async (paths, options) => (await files()).checkPrompts(paths, options)))
  remote('import', 'bring in prompts of other tools: .prompt, .prompty, Langfuse, LangSmith, promptfoo', prompts)
    .argument('<file...>', 'nothing of it is executed')
    .option('--dir <folder>', 'as files into this folder, in place of versions on the server')
    .option('--folder <name>', 'below this folder of prompts')
    .option('--labels', 'set the labels that the file says')
    .option('--dry-run', 'say what would be imported, and what cannot be carried')
    .action(run(async (paths, options) => (await import('./prompts-import.ts')).importFiles(paths, options)))
}
