import { type ChildProcess, fork } from 'node:child_process'

export type Child<Command, Answer> = {
  pid: number
  /** What the child said when it was ready. */
  ready: Answer
  /** One command, one answer. */
  ask(command: Command): Promise<Answer>
  stop(): void
}

/** Starts a script of ours as its own process, so that its work is counted apart; resolves with its first message. */
export async function startChild<Command extends object, Answer>(
  script: URL,
  args: readonly string[] = [],
): Promise<Child<Command, Answer>> {
  const child = fork(script, [...args], { execArgv: ['--conditions=source'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ready = await nextMessage<Answer>(child, script)
  return {
    pid: child.pid ?? 0,
    ready,
    ask(command) {
      const answer = nextMessage<Answer>(child, script)
      child.send(command)
      return answer
    },
    stop: () => void child.kill('SIGKILL'),
  }
}

function nextMessage<Answer>(child: ChildProcess, script: URL): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`${script.pathname} ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as Answer)
    })
  })
}

/** In the child: says that it is ready, then answers each command. */
export function serve<Command, Answer>(ready: Answer, answer: (command: Command) => Promise<Answer>): void {
  process.on('message', async (command: Command) => process.send?.(await answer(command)))
  process.on('disconnect', () => process.exit(0))
  process.send?.(ready)
}
