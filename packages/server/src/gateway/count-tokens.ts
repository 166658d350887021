import { AppError } from '@signalbox/schema'
import { permit } from '../governance/permit.ts'
import { estimateChat } from '../pricing/estimate-tokens.ts'
import { specOf } from '../providers/spec.ts'
import { annotationsOf } from './annotations.ts'
import { headerText } from './answer-headers.ts'
import type { Exchange, GatewayRooms } from './call.ts'
import { type Door, doors, geminiName } from './doors.ts'
import { renderPrompt } from './prompts/render-prompt.ts'
import { requestHeaders } from './request-headers.ts'
import type { UpstreamCall } from './upstream.ts'
import { decodeRequest, encodeRequest } from './wire/request.ts'

const TIMEOUT_MS = 30_000

/** Where tokens are counted: the path of the provider that can, and the answer of ours for all others. */
export type TokenCounter = { door: Door; path(model: string): string; answer(tokens: number): unknown }

export const anthropicCounter: TokenCounter = {
  door: doors.messages,
  path: () => '/v1/messages/count_tokens',
  answer: (tokens) => ({ input_tokens: tokens }),
}

export const geminiCounter: TokenCounter = {
  door: doors.gemini,
  path: (model) => `/v1beta/${geminiName(model)}:countTokens`,
  answer: (tokens) => ({ totalTokens: tokens }),
}

/**
 * Counts the tokens of a request without calling a model. A provider of the client's dialect is asked; for all others the
 * tokenizer estimates, and the header `x-signalbox-estimated: true` says so. Costs nothing, so it is not recorded.
 */
export function createCountTokens(rooms: Pick<GatewayRooms, 'directory' | 'upstream' | 'router' | 'promptVersion'>) {
  return async function countTokens(
    { door, path, answer }: TokenCounter,
    { request, response, secret, address, readBody }: Exchange,
  ): Promise<void> {
    const directory = rooms.directory()
    const caller = directory.authenticate(secret)
    const sent = decodeRequest(await readBody(directory.maxBodyBytes), door.shape, address)
    permit(caller, 'gateway:call')
    const { project } = caller
    const { headers } = request
    const annotations = annotationsOf(headers)
    const rendered = sent.asked
      ? await renderPrompt(sent.asked, sent, {
          door,
          project,
          headers,
          annotations,
          promptVersion: rooms.promptVersion,
          ...(address && { address }),
        })
      : sent
    const choice = rooms.router.choose({ caller, project, request: rendered, headers, annotations })
    const [{ provider, model }] = choice.candidates
    const decoded = rendered.prompt?.forTarget({ provider, model }) ?? rendered
    const spec = specOf(provider)
    if (!door.passthrough.accepts(spec, model)) {
      const { input, inputImage } = await estimateChat(JSON.parse(decoded.body.toString('utf8')), '', model)
      const body = JSON.stringify(answer(input + inputImage))
      const named = ['x-signalbox-provider', provider.name, 'x-signalbox-model', headerText(model), 'x-signalbox-estimated', 'true']
      response.writeHead(200, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), ...named])
      response.end(body)
      return
    }
    await new Promise<void>((resolve, reject) => {
      const chunks: Buffer[] = []
      let head = { status: 502, type: 'application/json' }
      const call: UpstreamCall = rooms.upstream.send(
        {
          url: spec.address(path(model), { model, stream: false }),
          headers: requestHeaders(request.headers, spec, { isForeign: false }),
          body: encodeRequest(decoded, { model, askForUsage: false }),
          firstByteMs: TIMEOUT_MS,
          connectMs: TIMEOUT_MS,
        },
        {
          head: (status, headers) => (head = { status, type: String(headers['content-type'] ?? 'application/json') }),
          data: (chunk) => void chunks.push(chunk),
          end: () => {
            if (head.status === 401 || head.status === 403)
              return reject(new AppError('provider-auth', `The provider refused the configured credentials (${head.status}).`))
            const body = Buffer.concat(chunks)
            response.writeHead(head.status, ['content-type', head.type, 'content-length', String(body.length)])
            response.end(body)
            resolve()
          },
          fail: reject,
        },
      )
      response.on('close', () => response.writableFinished || call.abort())
    })
  }
}
