import { afterAll, describe, expect, test } from 'vitest'
import { startS3 } from '../../../../../tests/servers/s3.ts'
import { openS3, parseS3Url } from './s3.ts'

describe('addresses', () => {
  test.each([
    ['s3://bucket?region=eu-central-1', 'bucket', '', { region: 'eu-central-1', forcePathStyle: false }],
    ['s3://bucket/a/b/?region=eu-west-1', 'bucket', 'a/b/', { region: 'eu-west-1', forcePathStyle: false }],
    ['s3://k:s%2Fs@bucket?endpoint=http://minio:9000', 'bucket', '', { endpoint: 'http://minio:9000', forcePathStyle: true }],
    ['s3://bucket?endpoint=https://cos.example&pathStyle=false', 'bucket', '', { endpoint: 'https://cos.example', forcePathStyle: false }],
    ['https://k:s@store.example:9000/bucket/pre?region=auto', 'bucket', 'pre/', { endpoint: 'https://store.example:9000', region: 'auto' }],
  ])('%s', (url, bucket, prefix, config) => {
    expect(parseS3Url(url)).toMatchObject({ bucket, prefix, config })
  })
  test('reads escaped credentials', () => {
    expect(parseS3Url('https://AK%2B:a%2Fb%3D@host/bucket').config.credentials).toEqual({ accessKeyId: 'AK+', secretAccessKey: 'a/b=' })
  })
  test.each(['', 'bucket', 'https://host', 'ftp://host/bucket', 's3://'])('refuses %j', (url) => {
    expect(() => parseS3Url(url)).toThrow('not the address of a bucket')
  })
})

describe('a bucket that refuses', async () => {
  const server = await startS3()
  afterAll(server.stop)
  test.each([
    ['a wrong secret', server.wrongSecretUrl, 'SignatureDoesNotMatch'],
    ['a bucket that is not there', server.url.replace(/tests$/, 'other'), 'NoSuchBucket'],
  ])('%s is an error in every method', async (_, url, why) => {
    await using store = await openS3(url)
    for (const work of [() => store.put('a', new Uint8Array(1)), () => store.get('a'), () => store.delete('a')])
      await expect(work()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(why) })
  })
})
