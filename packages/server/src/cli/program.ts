import { readFileSync } from 'node:fs'
import { Command, CommanderError, type CommandOptions, Option } from 'commander'
import type { callDialects } from './call-dialects.ts'
import { printFailure, toFailure } from './failure.ts'
import { addPrompts } from './prompts-program.ts'
import { START_OPTIONS } from './start-options.ts'

type Result = Promise<number>

/** Every verb but the running roles: parses the command line, loads what the verb needs, and returns the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let exitCode = 0
  const json = args.includes('--json')
  /** Turns a verb into a commander action. What a verb needs is imported when it runs, so that `--help` stays quick. */
  const run =
    <A extends unknown[]>(verb: (...input: A) => Result) =>
    async (...input: A) => {
      exitCode = await verb(...input)
    }
  const program = new Command('signalbox')
    .description('A gateway and a register for the calls of an LLM application.')
    .version(version(), '-v, --version')
    .exitOverride()
    .configureOutput({ writeErr: (text) => (json ? undefined : process.stderr.write(text)) })
  const command = (name: string, description: string, parent: Command = program, options: CommandOptions = {}) =>
    parent.command(name, options).description(description).option('--json', 'answer as JSON')
  const remote = (name: string, description: string, parent?: Command, options?: CommandOptions) =>
    command(name, description, parent, options)
      .option('--url <url>', 'the server; SIGNALBOX_URL, else this machine')
      .option('--key <secret>', 'a secret key; SIGNALBOX_KEY, else SIGNALBOX_BOOTSTRAP_SECRET_KEY')

  for (const [verb, description] of RUNNING) {
    const role = program.command(verb).description(description)
    for (const [name, { argument, help, variable }] of Object.entries(START_OPTIONS)) {
      role.option(`--${name} <${argument.toLowerCase()}>`, `${help} (${variable})`)
    }
  }
  command('simulator', 'run the built-in simulator of model providers alone')
    .option('--port <n>', 'the port to listen on', '7501')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .action(run(async (options) => (await import('./simulator.ts')).simulator(options)))

  command('doctor', 'check disk, port, engines, clock, journal, data folder and master key')
    .option('--data <folder>', 'the data folder (SIGNALBOX_DATA)')
    .action(run(async (options) => (await import('./doctor.ts')).doctor(options)))
  command('backup', 'write everything into one file, while the program runs or not')
    .argument('<file>', 'the file to write; - is standard output')
    .option('--data <folder>', 'the data folder (SIGNALBOX_DATA)')
    .option('--with-master-key', 'put the key that opens stored secrets into the file, which is then a secret itself')
    .action(run(async (file, options) => (await import('./backup.ts')).backup(file, options)))
  command('restore', 'fill an empty data folder from a backup')
    .argument('<file>', 'the backup')
    .option('--data <folder>', 'the data folder (SIGNALBOX_DATA)')
    .action(run(async (file, options) => (await import('./restore.ts')).restore(file, options)))

  const config = program.command('config').description('check, compare and apply signalbox.yaml, print its schema')
  command('check', 'say whether the file would be accepted', config)
    .argument('[file]', 'by default SIGNALBOX_CONFIG or ./signalbox.yaml')
    .action(run(async (file, options) => (await import('./config.ts')).checkConfig(file, options)))
  remote('diff', 'say what is different from what the server has in effect; exit code 1 where something is', config)
    .argument('[file]', 'by default SIGNALBOX_CONFIG or ./signalbox.yaml')
    .action(run(async (file, options) => (await import('./config.ts')).diffConfig(file, options)))
  remote('apply', 'replace the file of the server; nothing changes where something is wrong with it', config)
    .argument('<file>', 'the file; - is standard input')
    .option('--if-version <version>', 'only in place of this version of the file, which "diff --json" and an earlier apply tell')
    .option('--force', 'also where the file was changed on the server meanwhile')
    .action(run(async (file, options) => (await import('./config.ts')).applyConfig(file, options)))
  command('schema', 'print the JSON Schema of the file', config).action(run(async () => (await import('./config.ts')).printConfigSchema()))

  const keys = program.command('keys').description('list, create and revoke keys')
  remote('list', 'list keys, newest first', keys).action(run(async (options) => (await import('./keys.ts')).listKeys(options)))
  remote('create', 'create a key pair; the secret is shown once', keys)
    .argument('<name>', 'what uses it')
    .option('--scope <permission...>', 'what it may do')
    .option('--role <role>', 'a role, in place of single permissions')
    .option('--expires <time>', 'until when, ISO 8601')
    .action(run(async (name, options) => (await import('./keys.ts')).createKey(name, options)))
  remote('revoke', 'revoke a key at every edge', keys)
    .argument('<id>', 'the id or the public key')
    .action(run(async (id, options) => (await import('./keys.ts')).revokeKey(id, options)))
  const models = program.command('models').description('list what can be called, add and remove aliases')
  remote('list', 'list what can be called', models, { isDefault: true }).action(
    run(async (options) => (await import('./models.ts')).models(options)),
  )
  remote('add', 'add an alias to the project', models)
    .argument('<name>', 'what an app asks for')
    .argument('[target...]', 'PROVIDER/MODEL, in their order')
    .option('--strategy <name>', 'how a target is chosen; fallback by default')
    .option('--entry <json>', 'everything else that an alias of signalbox.yaml can have')
    .action(run(async (name, targets, options) => (await import('./models.ts')).addModel(name, targets, options)))
  remote('remove', 'remove an alias that was added to the project', models)
    .argument('<name>', 'its name')
    .action(run(async (name, options) => (await import('./models.ts')).removeModel(name, options)))
  remote('simulate', 'say where a request would go, and why; nobody is called', models)
    .argument('<alias>', 'what an app asks for, or PROVIDER/MODEL')
    .option('--text <text>', 'what a user says')
    .option('--file <file>', 'a whole request in any dialect, as JSON; - is standard input')
    .option('--header <header...>', 'such as "x-signalbox-user: asha"')
    .option('--budget-left <part>', 'from 0 to 1: what the caller has left of its budget')
    .action(run(async (alias, options) => (await import('./simulate-model.ts')).simulateModel(alias, options)))
  remote('reprice', 'work the cost of stored spans out again, by the prices of today', models)
    .requiredOption('--from <time>', 'ISO 8601, included')
    .option('--to <time>', 'ISO 8601, not included; now where it is absent')
    .option('--model <name...>', 'only these: gpt-4o, openai/gpt-4o or gpt-4o*')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--no-wait', 'do not wait until it is done')
    .action(run(async (options) => (await import('./reprice.ts')).reprice(options)))
  addPrompts(program.command('prompts').description('prompts as versions on the server, as files and as a lock file'), {
    command,
    remote,
    run,
  })
  const splits = program.command('splits').description('list how the calls of aliases are divided')
  remote('list', 'list splits', splits, { isDefault: true }).action(
    run(async (options) => (await import('./splits.ts')).listSplits(options)),
  )
  const datasets = program.command('dataset').description('list, fill and export datasets')
  remote('list', 'list datasets by name', datasets, { isDefault: true })
    .option('--search <text>', 'in names and descriptions')
    .action(run(async (options) => (await import('./dataset.ts')).listDatasets(options)))
  remote('show', 'say what is in a dataset, and its last versions', datasets)
    .argument('<name>')
    .action(run(async (name, options) => (await import('./dataset.ts')).showDataset(name, options)))
  remote('create', 'make an empty dataset', datasets)
    .argument('<name>', 'folders by /')
    .option('--description <text>')
    .action(run(async (name, options) => (await import('./dataset.ts')).createDataset(name, options)))
  remote('import', 'read items from a file into a dataset, which is made where it is not there', datasets)
    .argument('<name>')
    .argument('<file>', '.jsonl, .json, .csv, .parquet or .yaml; - is standard input')
    .addOption(
      new Option('--format <name>', 'by default what the file ends in').choices([
        'jsonl',
        'json',
        'csv',
        'parquet',
        'openai-evals',
        'promptfoo',
      ]),
    )
    .option('--field <ours=theirs...>', 'which column holds what: input=question')
    .addOption(new Option('--split <name>', 'of rows that name none').choices(['train', 'validation', 'test', 'holdout']))
    .option('--tag <tag...>', 'added to those of each row')
    .option('--replace', 'remove what is there and not in the file')
    .option('--skip-duplicates', 'leave out what says nearly the same as an item that is there')
    .option('--message <text>', 'what is different')
    .option('--dry-run', 'say what would change, and change nothing')
    .action(run(async (name, file, options) => (await import('./dataset.ts')).importDataset(name, file, options)))
  remote('export', 'write the items of a version: one JSON object per line, CSV or Parquet', datasets)
    .argument('<name>')
    .option('--version <n>', 'the newest by default')
    .addOption(new Option('--format <name>').choices(['jsonl', 'csv', 'parquet']).default('jsonl'))
    .option('--unseal <why>', 'with the holdout; who did it and why is kept')
    .option('--output <file>', 'standard output by default')
    .action(run(async (name, options) => (await import('./dataset.ts')).exportDataset(name, options)))
  remote('synthesise', 'let a model write items after the pattern of some that are there', datasets)
    .argument('<name>')
    .requiredOption('--model <name>', 'an alias or provider/model, asked through the gateway')
    .option('--count <n>', 'how many', '10')
    .option('--instruction <text>', 'what is wanted')
    .option('--from <id...>', 'items to go by; up to eight by default')
    .option('--tag <tag...>', 'beside synthetic')
    .option('--dry-run', 'show what the model wrote, and keep nothing')
    .action(run(async (name, options) => (await import('./dataset-filling.ts')).synthesise(name, options)))
  remote('rules', 'say by which rules calls become items of a dataset', datasets)
    .argument('<name>')
    .action(run(async (name, options) => (await import('./dataset-filling.ts')).listRules(name, options)))
  remote('diff', 'say which items are different between two versions; exit code 1 where some are', datasets)
    .argument('<name>')
    .argument('<from>')
    .argument('[to]', 'the newest by default')
    .action(run(async (name, from, to, options) => (await import('./dataset.ts')).diffDataset(name, from, to, options)))
  remote('restore', 'make the items of an earlier version those of a new one', datasets)
    .argument('<name>')
    .argument('<version>')
    .action(run(async (name, version, options) => (await import('./dataset.ts')).restoreDataset(name, version, options)))

  const experiments = program.command('experiment').description('run and compare experiments of a server')
  remote('list', 'list experiments, newest first', experiments, { isDefault: true })
    .option('--search <text>', 'in names and descriptions')
    .option('--dataset <name>', 'only of this one')
    .option('--limit <n>', 'how many', '50')
    .action(run(async (options) => (await import('./experiment.ts')).listExperiments(options)))
  remote('show', 'say what an experiment is and what it shows', experiments)
    .argument('<id>')
    .action(run(async (id, options) => (await import('./experiment.ts')).showExperiment(id, options)))
  remote('run', 'make an experiment and wait for it; the exit code is the outcome of its gate', experiments)
    .requiredOption('-c, --config <file>', 'what it is, in YAML or JSON')
    .option('--no-wait', 'print its id and leave it to the server')
    .action(run(async (options) => (await import('./experiment.ts')).runExperiment(options)))
  remote('stop', 'begin nothing more; what is there is kept', experiments)
    .argument('<id>')
    .option('--why <text>')
    .action(run(async (id, options) => (await import('./experiment.ts')).stopExperiment(id, options)))
  remote('compare', 'hold a variant against another one, of this experiment or another; exit code 1 where something is worse', experiments)
    .argument('<id>')
    .argument('[baseline]', 'another experiment')
    .option('--variant <id>', 'the candidate')
    .option('--against <id>', 'the variant it is held against')
    .option('--metric <name>', 'only this one')
    .action(run(async (id, other, options) => (await import('./experiment.ts')).compareExperiments(id, other, options)))
  remote('export', 'write the report of an experiment', experiments)
    .argument('<id>')
    .addOption(new Option('--format <name>').choices(['json', 'jsonl', 'csv', 'junit', 'markdown', 'html']).default('json'))
    .option('-o, --output <file>', 'standard output by default')
    .action(run(async (id, options) => (await import('./experiment.ts')).exportExperiment(id, options)))
  remote('pin', 'make a variant the baseline that later experiments are held against', experiments)
    .argument('<id>')
    .option('--variant <id>', 'which, where there are several')
    .option('--name <name>', 'of the experiments that are held against it; its own by default')
    .option('--why <text>')
    .action(run(async (id, options) => (await import('./experiment.ts')).pinExperiment(id, options)))

  const budgets = program.command('budgets').description('list budgets and limits, and what of them is used')
  remote('list', 'list budgets with those that used most of each', budgets, { isDefault: true })
    .option('--subjects <n>', 'how many of each', '5')
    .action(run(async (options) => (await import('./budgets.ts')).listBudgets(options)))
  remote('export', 'write all spans that match into a file, oldest first')
    .addOption(new Option('--format <name>', 'how').choices(['jsonl', 'csv', 'parquet']).default('jsonl'))
    .option('--from <time>', 'ISO 8601, included')
    .option('--to <time>', 'ISO 8601, not included')
    .option('--filter <json>', `as in the API: '[{"field":"model","op":"eq","value":"gpt-4o"}]'`)
    .option('--no-content', 'without inputs, outputs and attributes')
    .option('-o, --output <file>', 'standard output where it is absent')
    .action(run(async (options) => (await import('./export.ts')).exportSpans(options)))
  const evaluation = command('eval', 'run an evaluation from a file, and let its gate decide; needs no server')
    .option('-c, --config <file>', 'signalbox.eval.yaml, or a promptfooconfig.yaml')
    .option(
      '-o, --output <file...>',
      'reports by their ending (.json, .jsonl, .xml for JUnit, .md, .html, .csv), or a folder for all of them',
    )
    .option('--cache <mode>', 'answers of earlier runs: on, read, write, only or off')
    .option('--no-cache', 'the same as --cache off')
    .option('--fresh', 'run again what is done already')
    .option('--retry-errors', 'ask again where a call failed before')
    .option('-j, --max-concurrency <n>', 'calls at once to one provider, at most')
    .option('--repeat <n>', 'how often each row is asked')
    .option('--filter-first-n <n>', 'only so many rows')
    .option('--promptfoo-exit-codes', '100 in place of 10, 11 and 12')
    .option('--no-progress', 'say nothing on standard error meanwhile')
    .option('--no-import', 'hand the run to no server, where SIGNALBOX_URL and SIGNALBOX_KEY name one')
    .action(run(async (options) => (await import('./eval.ts')).evaluateCommand(options)))
  const baseline = evaluation.command('baseline').description('what later runs are held against')
  command('pin', 'keep the scores of a finished run in a file beside the configuration', baseline)
    .option('-c, --config <file>', 'the evaluation')
    .option('--variant <id>', 'which variant, where there are several')
    .option('-o, --output <file>', 'where to; FILE.baseline.json by default')
    .option('--from <folder>', 'where the run is, if -o named a folder')
    .action(run(async (_, own) => (await import('./eval.ts')).pinCommand(own.optsWithGlobals())))
  command('stats', 'work out a test or an interval from JSON on standard input; needs no server')
    .argument('[test]', 'such as mcnemar, wilcoxon, wilson, bootstrap')
    .option('--list', 'all of them, with what each takes')
    .action(run(async (test, options) => (await import('./statistics.ts')).stats(test, options)))
  command('agreement', 'work out how far raters agree, from JSON on standard input; needs no server')
    .argument('[statistic]', 'cohen, weighted, fleiss, scott or krippendorff')
    .option('--list', 'all of them, with what each takes')
    .action(run(async (statistic, options) => (await import('./statistics.ts')).agreement(statistic, options)))
  command('score', 'score rows of JSON lines on standard input with one evaluator; needs no server')
    .option('--evaluator <id>', 'such as bleu, rouge, equals, json-schema, groundedness')
    .option('--params <json>', 'its parameters; --list says which')
    .option('--corpus', 'one score of all rows, in place of one for each')
    .option('--list', 'all evaluators, with the JSON Schema of their parameters')
    .option('--base-url <url>', "for judges: an address that speaks OpenAI's dialect, with its /v1 (SIGNALBOX_JUDGE_URL)")
    .option('--model <name>', 'for judges: the model (SIGNALBOX_JUDGE_MODEL); the key is SIGNALBOX_JUDGE_KEY')
    .option('--embedding-model <name>', 'for similarity (SIGNALBOX_JUDGE_EMBEDDING_MODEL)')
    .option('--concurrency <n>', 'how many rows judges may have under way at once', '8')
    .action(run(async (options) => (await import('./score.ts')).score(options)))
  command('guard', 'look at texts of JSON lines on standard input with a policy or one check; needs no server')
    .option('--policy <name>', 'such as pii, secrets or default; or a file, .yaml or .json')
    .option('--check <id>', 'such as pii, secrets, urls, json-schema')
    .option('--params <json>', 'the parameters of the check; --list says which')
    .option('--list', 'all checks, with the JSON Schema of their parameters, and all policies')
    .option(
      '--calibrate <share>',
      'with --check injection: the rows are harmless; from which score on no more than this share of them is flagged',
      Number,
    )
    .action(run(async (options) => (await import('./guard.ts')).guard(options)))
  remote('call', 'send one call through the gateway')
    .argument('<model>', 'an alias or provider/model')
    .argument('[text...]', 'what to say; read from standard input when absent')
    .addOption(new Option('--dialect <name>', 'what to speak to the gateway').choices(DIALECTS).default('openai'))
    .option('--stream', 'show the answer as it comes')
    .option('-s, --system <text>', 'a system message')
    .action(run(async (model, text, options) => (await import('./call.ts')).call(model, text, options)))

  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      if (json)
        printFailure({ message: error.message.replace(/^error: /, ''), hint: 'See signalbox --help.', exitCode: 2, final: true }, { json })
      return 2
    }
    const failure = toFailure(error)
    printFailure(failure, { json })
    return failure.exitCode
  }
}

const RUNNING = [
  ['up', 'run everything: one edge and one core under a supervisor'],
  ['edge', 'run an edge alone: gateway and ingest'],
  ['core', 'run a core alone: databases, API and web UI'],
] as const

/** As in `call-dialects.ts`, which is loaded only when it is needed. */
const DIALECTS: readonly (keyof typeof callDialects)[] = ['openai', 'responses', 'anthropic', 'gemini', 'cohere']

const version = (): string => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
