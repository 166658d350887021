import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalRequest, type SignRequest, signV4 } from './sigv4.ts'

type Vector = {
  name: string
  method: string
  target: string
  headers: Record<string, string[]>
  body: string
  signBody: boolean
  sessionToken?: string
  canonicalRequest: string
  authorization: string
}

/**
 * The vectors that AWS publishes (github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4), all of them but those
 * for paths that are not normalised and for a session token that is not signed.
 */
const VECTORS: Vector[] = JSON.parse(readFileSync(new URL('__fixtures__/sigv4-vectors.json', import.meta.url), 'utf8'))
const BODY_HASH = '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e'

const CREDENTIALS = {
  region: 'us-east-1',
  service: 'service',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  date: new Date('2015-08-30T12:36:00Z'),
}

const requestOf = (vector: Vector): SignRequest => ({
  ...CREDENTIALS,
  method: vector.method,
  url: `https://${vector.headers.Host?.[0]}${vector.target}`,
  headers: { ...vector.headers, ...(vector.signBody && { 'X-Amz-Content-Sha256': BODY_HASH }) },
  body: Buffer.from(vector.body),
  ...(vector.sessionToken !== undefined && { sessionToken: vector.sessionToken }),
})

test('the published vectors are there', () => {
  expect(VECTORS).toHaveLength(30)
})

test.each(VECTORS)('signs as AWS does: $name', (vector) => {
  const request = requestOf(vector)
  const headers = signV4(request)
  const { authorization, ...added } = headers
  expect(canonicalRequest(request, added).text).toBe(vector.canonicalRequest)
  expect(authorization).toBe(vector.authorization)
  expect(headers['x-amz-date']).toBe('20150830T123600Z')
  expect(headers['x-amz-security-token']).toBe(vector.sessionToken)
})

const converse: SignRequest = {
  ...CREDENTIALS,
  service: 'bedrock',
  method: 'POST',
  url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream',
  headers: { 'content-type': 'application/json', 'user-agent': 'changes/on the way' },
  body: Buffer.from('{"messages":[]}'),
}

test('encodes an encoded path again, and signs no header that a proxy changes', () => {
  const { text, signedHeaders } = canonicalRequest(converse, {})
  expect(text.split('\n')[1]).toBe('/model/anthropic.claude-sonnet-4-5-20250929-v1%253A0/converse-stream')
  expect(signedHeaders).toBe('content-type;host')
})

test('signs as botocore 1.43 does what Bedrock is sent', () => {
  expect(signV4(converse).authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=f4f266411933423dafd025664ef00cee56ca566f73dd852e644f2ddfd7254206',
  )
})

test('the signature does not depend on how the body is cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }), (bytes, cuts) => {
      const body = Buffer.from(bytes)
      const at = [0, ...cuts.map((cut) => Math.min(cut, body.length)).sort((a, b) => a - b), body.length]
      const pieces = at.slice(1).map((end, index) => body.subarray(at[index], end))
      expect(signV4({ ...converse, body: pieces })).toEqual(signV4({ ...converse, body }))
    }),
  )
})

test('every part of the request and of the credentials counts', () => {
  const changes: Partial<SignRequest>[] = [
    { method: 'PUT' },
    { url: `${converse.url}?a=b` },
    { headers: {} },
    { body: Buffer.from('{"messages":[ ]}') },
    { region: 'eu-west-1' },
    { service: 'bedrock-runtime' },
    { accessKeyId: 'AKIDOTHER' },
    { secretAccessKey: 'other' },
    { sessionToken: 'token' },
    { date: new Date('2015-08-31T12:36:00Z') },
  ]
  const signed = [converse, ...changes.map((change) => ({ ...converse, ...change }))].map((request) => signV4(request).authorization)
  expect(new Set(signed).size).toBe(changes.length + 1)
})
