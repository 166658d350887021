import type { Json } from '../json-values.ts'

/** What a request of a LangSmith client holds, whatever it came as. */
export type LangsmithBody = {
  runs: RunMessage[]
  /** As their client wrote them. */
  feedback: Json[]
  attachments: Attachment[]
  bad: BadRun[]
}
/** A run that begins (`post`), or what is new of one (`patch`), checked. `run` is as its client wrote it. */
export type RunMessage = {
  method: 'post' | 'patch'
  ids: RunIds
  run: Json
  /** An update that says nothing of where its run stands: it is taken for a root, which it is most often. */
  guessed?: true
}
/** 32 hex digits each; '' where there is no parent. */
export type RunIds = { spanId: string; traceId: string; parentId: string }
/** A file that belongs to a run; its content is only kept where it is small. */
export type Attachment = { runId: string; name: string; type: string; size: number; content?: string; encoding?: 'base64' }
/** What cannot be taken, and what its client has to do about it: no ids in `reason`. `sample`: what it sent, or its beginning. */
export type BadRun = { runId: string; reason: string; sample?: string }

export const emptyBody = (): LangsmithBody => ({ runs: [], feedback: [], attachments: [], bad: [] })
