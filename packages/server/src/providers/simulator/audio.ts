import type { Answer } from './answer.ts'
import { type Ask, askOf, type Body, IMAGE_TOKENS, Refusal } from './ask.ts'
import type { Dialect, Frames, Incoming } from './dialect.ts'
import { hear } from './hear.ts'
import { multipart } from './multipart.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { bodyWithModel } from './values.ts'

/** OpenAI speech: 10 ms of silence as WAV whatever the format (`pcm`: without its header). It costs IMAGE_TOKENS of output. */
export const speech: Dialect = {
  name: 'speech',
  path: '/v1/audio/speech',
  decode: (request) => {
    const body = bodyWithModel(request.json())
    if (typeof body.input !== 'string' || body.input === '') throw new Refusal(400, "'input' must be a text.", { param: 'input' })
    const heard = hear([{ by: 'user', text: body.input }])
    return askOf({ body, model: body.model, ...heard, outputTokens: IMAGE_TOKENS, stream: body.stream_format === 'sse' })
  },
  whole: (ask) => (ask.body.response_format === 'pcm' ? { type: 'audio/pcm', body: SILENCE } : { type: 'audio/wav', body: WAV }),
  stream: (ask, answer) => {
    const audio = (ask.body.response_format === 'pcm' ? SILENCE : WAV).toString('base64')
    const delta = data({ type: 'speech.audio.delta', audio })
    const { pieces } = answer
    return {
      head: '',
      chunks: pieces.map((_, index) => (index === pieces.length - 1 ? delta : '')),
      tail: (pieces.length === 0 ? delta : '') + data({ type: 'speech.audio.done', ...usageOf(answer) }),
      error: (refusal) => `data: ${openaiErrorBody(refusal)}\n\n`,
    }
  },
  error: openaiErrorBody,
}

/** OpenAI transcriptions: `echo` hears the `prompt`, or the name and size of the file where there is none. */
export const transcriptions: Dialect = {
  name: 'transcriptions',
  path: /^\/v1\/audio\/(?:transcriptions|translations)$/,
  decode: decodeTranscription,
  whole: (ask, answer) => {
    const make = FORMATS[String(ask.body.response_format ?? 'json')]
    return make ? make(answer) : transcript(answer)
  },
  stream: transcriptStream,
  error: openaiErrorBody,
}

const data = (value: Body): string => `data: ${JSON.stringify(value)}\n\n`

const RATE = 24_000
const SILENCE = Buffer.alloc((RATE / 100) * 2)
const WAV = wav(SILENCE)

/** 16 bits, one channel. */
function wav(samples: Buffer): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

async function decodeTranscription(request: Incoming): Promise<Ask> {
  const { fields, files } = await multipart(request)
  if (!fields.model) throw new Refusal(400, 'you must provide a model parameter', { param: 'model' })
  if (!files.file) throw new Refusal(400, "'file' is missing.", { param: 'file' })
  const format = fields.response_format ?? 'json'
  if (!(format in FORMATS)) {
    throw new Refusal(400, `'response_format' must be one of ${Object.keys(FORMATS).join(', ')}.`, { param: 'response_format' })
  }
  const heard = hear([{ by: 'user', text: fields.prompt ?? '', media: 1 }])
  const text = heard.text || `${files.file.name}, ${files.file.content.length} bytes, heard by a simulator`
  return askOf({ body: fields, model: fields.model, ...heard, text, stream: fields.stream === 'true' })
}

function usageOf({ usage: { input, output, own } }: Answer): Body {
  return own === null ? {} : { usage: { type: 'tokens', input_tokens: input, output_tokens: output, total_tokens: input + output, ...own } }
}

const transcript = (answer: Answer): string => JSON.stringify({ text: answer.text, ...usageOf(answer) })
const plain = (body: string) => ({ type: 'text/plain; charset=utf-8', body })

const FORMATS: Record<string, (answer: Answer) => string | { type: string; body: string }> = {
  json: transcript,
  text: ({ text }) => plain(`${text}\n`),
  srt: ({ text }) => plain(`1\n00:00:00,000 --> 00:00:01,000\n${text}\n\n`),
  vtt: ({ text }) => plain(`WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n${text}\n\n`),
  verbose_json: ({ text }) => {
    const segment = {
      id: 0,
      seek: 0,
      start: 0,
      end: 1,
      text,
      tokens: [],
      temperature: 0,
      avg_logprob: 0,
      compression_ratio: 1,
      no_speech_prob: 0,
    }
    const usage = { type: 'duration', seconds: 1 }
    return JSON.stringify({ task: 'transcribe', language: 'english', duration: 1, text, segments: [segment], usage })
  },
}

function transcriptStream(_: Ask, answer: Answer): Frames {
  const delta = (text: string): string => data({ type: 'transcript.text.delta', delta: text })
  return {
    head: '',
    chunks: answer.pieces.map((piece) => ('text' in piece ? delta(piece.text) : '')),
    tail: data({ type: 'transcript.text.done', text: answer.text, ...usageOf(answer) }),
    error: (refusal) => `data: ${openaiErrorBody(refusal)}\n\n`,
  }
}
