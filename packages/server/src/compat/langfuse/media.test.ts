import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { mediaIdOf } from './media.ts'
import { langfuseWorld, NOW, TRACES } from './world.case.ts'

const { ask, request, sql } = langfuseWorld()

describe('media', () => {
  const bytes = Buffer.from('not really a picture')
  const sha256Hash = createHash('sha256').update(bytes).digest('base64')
  const mediaId = mediaIdOf(sha256Hash)
  const announce = (more: object = {}, key?: string) =>
    ask('/media', {
      method: 'POST',
      body: {
        traceId: TRACES[0],
        observationId: 'o',
        contentType: 'image/png',
        contentLength: bytes.length,
        sha256Hash,
        field: 'input',
        ...more,
      },
      ...(key && { key }),
    })
  const pathOf = (url: unknown) => String(url).replace('http://localhost', '')

  test('is announced, uploaded without a key, told of, and downloaded', async () => {
    const announced = await announce()
    expect(announced).toMatchObject({
      status: 201,
      answer: { mediaId, uploadUrl: expect.stringContaining(`/media/${mediaId}/content?pass=`) },
    })
    expect((await ask(`/media/${mediaId}`)).status).toBe(404)
    const put = (body: Buffer) => request(pathOf(announced.answer.uploadUrl), { method: 'PUT', body: new Uint8Array(body) })
    expect((await put(Buffer.from('something else here!'))).status).toBe(400)
    expect((await put(Buffer.concat([bytes, bytes]))).status).toBe(413)
    expect((await put(bytes)).status).toBe(200)
    const told = { uploadedAt: new Date(NOW / 1000).toISOString(), uploadHttpStatus: 200, uploadHttpError: null, uploadTimeMs: 5 }
    expect((await ask(`/media/${mediaId}`, { method: 'PATCH', body: told })).status).toBe(200)
    const { answer } = await ask(`/media/${mediaId}`)
    expect(answer).toMatchObject({ mediaId, contentType: 'image/png', contentLength: bytes.length, uploadedAt: expect.any(String) })
    const download = await request(pathOf(answer.url))
    expect(Buffer.from(await download.arrayBuffer())).toEqual(bytes)
    expect(download.headers.get('content-type')).toBe('image/png')
    expect(download.headers.get('content-security-policy')).toContain('sandbox')
    expect((await announce({ field: 'output' })).answer).toEqual({ mediaId, uploadUrl: null })
    expect(await sql().query('select field from media_uses where project_id = $1 order by field', ['shop'])).toEqual([
      { field: 'input' },
      { field: 'output' },
    ])
  })

  test('of another project is another one', async () => {
    expect((await ask(`/media/${mediaId}`, { key: 'sk-sb-other' })).status).toBe(404)
    expect((await announce({}, 'sk-sb-other')).answer.uploadUrl).not.toBeNull()
  })

  test('of a project that keeps no content is not taken', async () => {
    expect((await announce({}, 'sk-sb-quiet')).answer).toEqual({ mediaId, uploadUrl: null })
    expect(await sql().query('select id from media where project_id = $1', ['quiet'])).toEqual([])
  })

  test('a link is for one file and one purpose, and cannot be made up', async () => {
    const { answer } = await ask(`/media/${mediaId}`)
    const link = pathOf(answer.url)
    for (const wrong of [
      link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      link.replace(mediaId, 'a'.repeat(22)),
      link.replace(/pass=.*/, 'pass=x.y'),
      link.replace(/\?.*/, ''),
    ])
      expect((await request(wrong)).status).toBe(403)
    expect((await request(link, { method: 'PUT', body: new Uint8Array(bytes) })).status).toBe(403)
  })

  test('that a browser could run is saved, not shown', async () => {
    const page = Buffer.from('<script>alert(1)</script>')
    const hash = createHash('sha256').update(page).digest('base64')
    const { answer } = await announce({ contentType: 'text/html', contentLength: page.length, sha256Hash: hash })
    await request(pathOf(answer.uploadUrl), { method: 'PUT', body: new Uint8Array(page) })
    const shown = await request(pathOf((await ask(`/media/${mediaIdOf(hash)}`)).answer.url))
    expect(shown.headers.get('content-type')).toBe('application/octet-stream')
    expect(shown.headers.get('content-disposition')).toContain('attachment')
  })

  test.each([
    [{ contentLength: 1001 }, 413],
    [{ contentLength: 0 }, 400],
    [{ sha256Hash: 'abc' }, 400],
    [{ contentType: 'image/png\r\nx: y' }, 400],
    [{ field: 'everything' }, 400],
    [{ traceId: undefined }, 400],
  ])('that is announced wrongly (%j) is refused', async (more, status) => {
    expect((await announce(more)).status).toBe(status)
  })
})
