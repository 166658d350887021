import type { IngestHeader } from '@signalbox/schema'

/** What `langsmith` 0.12 sends of a chain with an answer of a model inside, shortened. */
export const ROOT = '01a1fe69-1d93-7000-8000-01f56d161f58'
export const CHILD = '01a1fe69-1da8-7000-8000-03488d34f3b3'
export const FAILED = '01a1fe69-1db4-7000-8000-02caea47dc45'
const ORDER = `20261121T140104147001Z${ROOT}`
const runtime = { library: 'langsmith', runtime: 'node', sdk: 'langsmith-js', sdk_version: '0.12.0' }
const thread = { session_id: 's1', user_id: 'u1' }
const usage_metadata = {
  input_tokens: 10,
  output_tokens: 5,
  total_tokens: 15,
  input_token_details: { cache_read: 4 },
  output_token_details: { reasoning: 2 },
}

export type RecordedRun = { method: 'post' | 'patch'; main: Record<string, unknown>; fields: Record<string, unknown> }
const child = { name: 'llm call', run_type: 'llm', parent_run_id: ROOT, trace_id: ROOT, tags: ['a'], session_name: 'proj', id: CHILD }
const childOrder = `${ORDER}.20261121T140104168002Z${CHILD}`
const model = { ...thread, ls_provider: 'openai', ls_model_name: 'gpt-4o', ls_temperature: 0.2 }

export const RUNS: RecordedRun[] = [
  {
    method: 'post',
    main: {
      session_name: 'proj',
      id: ROOT,
      name: 'outer',
      start_time: '2026-11-21T14:01:04.147001Z',
      run_type: 'chain',
      child_runs: [],
      trace_id: ROOT,
      dotted_order: ORDER,
      tags: [],
    },
    fields: { inputs: { input: 'hi' }, extra: { metadata: thread, runtime }, serialized: {} },
  },
  {
    method: 'post',
    main: { ...child, start_time: '2026-11-21T14:01:04.168002Z', child_runs: [], dotted_order: childOrder },
    fields: { inputs: { messages: [{ role: 'user', content: 'hi' }] }, extra: { metadata: model, runtime }, serialized: {} },
  },
  {
    method: 'patch',
    main: { ...child, start_time: '2026-11-21T14:01:04.168002Z', end_time: 1_795_269_664_268, dotted_order: childOrder },
    fields: {
      outputs: { content: 'answer', model: 'gpt-4o-2024-08-06', choices: [{ finish_reason: 'stop' }], usage_metadata },
      events: [
        { name: 'start', time: '2026-11-21T14:01:04.168Z' },
        { name: 'new_token', time: '2026-11-21T14:01:04.182Z' },
        { name: 'new_token', time: '2026-11-21T14:01:04.200Z' },
      ],
      extra: { metadata: { ...model, usage_metadata }, runtime },
    },
  },
  {
    method: 'patch',
    main: {
      name: 'outer',
      run_type: 'chain',
      end_time: 1_795_269_664_280,
      dotted_order: ORDER,
      trace_id: ROOT,
      tags: ['late'],
      session_name: 'proj',
      id: ROOT,
    },
    fields: { outputs: { outputs: 'answer' }, extra: { metadata: thread, runtime } },
  },
  {
    method: 'post',
    main: {
      session_name: 'default',
      id: FAILED,
      name: 'bad',
      start_time: '2026-11-21T14:01:04.180001Z',
      end_time: 1_795_269_664_181,
      run_type: 'tool',
      trace_id: FAILED,
      dotted_order: `20261121T140104180001Z${FAILED}`,
    },
    fields: { inputs: { input: 'x' }, error: 'TypeError: boom\n    at somewhere' },
  },
]

export const hex = (id: string): string => id.replaceAll('-', '')
export const TYPE = 'multipart/form-data; boundary=----LangSmithFormBoundaryw1u9m8cvxzl'
export const HEADER: IngestHeader = {
  v: 1,
  projectId: 'p1',
  keyId: 'k1',
  format: 'langsmith-multipart',
  receivedAt: 1_795_269_665_000_000,
  contentType: TYPE,
}

export type Part = { name: string; type?: string; content: string | Buffer }
export const partsOf = (runs: readonly RecordedRun[]): Part[] =>
  runs.flatMap(({ method, main, fields }) => [
    { name: `${method}.${main.id}`, content: JSON.stringify(main) },
    ...Object.entries(fields).map(([field, value]) => ({ name: `${method}.${main.id}.${field}`, content: JSON.stringify(value) })),
  ])

/** As the client writes it: `length` counts characters, not bytes. */
export const formOf = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name, type = 'application/json', content }) => [
      Buffer.from(
        `------LangSmithFormBoundaryw1u9m8cvxzl\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}; length=${content.length}\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('------LangSmithFormBoundaryw1u9m8cvxzl--\r\n'),
  ])
