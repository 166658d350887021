import { beforeAll, describe, expect, it } from 'vitest'
import type { Found } from '../check.ts'
import { prepareCheck } from '../registry.ts'

let find: (text: string) => Found[]
beforeAll(async () => {
  const ready = await prepareCheck('secrets')
  find = (text) => ready.run({ id: '1', origin: 'user', text }, {}) as Found[]
})
const told = (text: string) => find(text).map(({ type, start, end }) => [type, text.slice(start, end)])

/** The same letters at every run, and nobody's: values are made here so that none stands in a file. */
let state = 7
const some = (count: number, letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'): string =>
  Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647
    return letters[state % letters.length]
  }).join('')
const hex = (count: number) => some(count, '0123456789abcdef')
const base32 = (count: number) => some(count, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')

describe('secrets', () => {
  it.each([
    ['AWS_ACCESS_KEY', `AKIA${base32(16)}`],
    ['GCP_API_KEY', `AIza${some(35)}`],
    ['DIGITALOCEAN_TOKEN', `dop_v1_${hex(64)}`],
    ['GITHUB_TOKEN', `ghp_${some(36)}`],
    ['GITLAB_TOKEN', `glpat-${some(20)}`],
    ['SLACK_TOKEN', `xoxb-${some(12, '0123456789')}-${some(24)}`],
    ['TELEGRAM_BOT_TOKEN', `123456789:AA${some(33)}`],
    ['STRIPE_KEY', `sk_live_${some(24)}`],
    ['OPENAI_KEY', `sk-proj-${some(48)}`],
    ['OPENAI_KEY', `sk-${some(20)}T3BlbkFJ${some(20)}`],
    ['ANTHROPIC_KEY', `sk-ant-api03-${some(93)}AA`],
    ['HUGGINGFACE_TOKEN', `hf_${some(34)}`],
    ['NPM_TOKEN', `npm_${some(36)}`],
    ['SENDGRID_KEY', `SG.${some(22)}.${some(43)}`],
    ['MAILCHIMP_KEY', `${hex(32)}-us12`],
    ['TERRAFORM_TOKEN', `${some(14)}.atlasv1.${some(67)}`],
    ['JWT', `eyJ${some(30)}.eyJ${some(60)}.${some(43)}`],
    ['AZURE_AD_SECRET', `abc8Q~${some(34)}`],
    ['SONAR_TOKEN', `squ_${hex(40)}`],
    ['LANGSMITH_KEY', `lsv2_pt_${hex(32)}_${hex(10)}`],
  ])('%s in a sentence, in code and in quotes', (type, value) => {
    for (const text of [`use ${value} for it`, `const key = "${value}";`, `KEY=${value}\n`, `{"key":"${value}"}`])
      expect(told(text), text).toContainEqual([type, value])
  })

  it.each([
    [`password = "Tr0ub4dor&3"`, 'Tr0ub4dor&3'],
    [`DB_PASSWORD=hG7$kL2pQz9`, 'hG7$kL2pQz9'],
    [`api_key: ${'k'}9fQ2mZx81LpVt4Rw`, 'k9fQ2mZx81LpVt4Rw'],
    ['postgres://app:Sup3rS3cretPw@db.internal:5432/app', 'Sup3rS3cretPw'],
    ['my password is Blue$Horse42!', 'Blue$Horse42'],
    ['curl -u deploy:Zx81mNbv77 https://ci.example.org', 'Zx81mNbv77'],
    [`Authorization: Bearer ${'q'}W3eRt6yUi9oPaSdFgHj`, 'qW3eRt6yUi9oPaSdFgHj'],
    [`aws_secret_access_key = ${'w'}JalrXUtnFEMIK7MDENGbPxRfiCY4TZKq0VLp8sD`, 'wJalrXUtnFEMIK7MDENGbPxRfiCY4TZKq0VLp8sD'],
  ])('%s', (text, value) => {
    expect(told(text).map(([, found]) => found)).toEqual([value])
  })

  it('finds a private key whole', () => {
    const text = `here:\n-----BEGIN RSA PRIVATE KEY-----\n${some(64)}\n${some(64)}\n-----END RSA PRIVATE KEY-----\nthanks`
    expect(told(text)).toEqual([['PRIVATE_KEY', text.slice(6, -7)]])
  })

  it.each([
    'OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'AKIAIOSFODNN7EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'password: <your-password>, token: ${TOKEN}, api_key = "your-api-key-here"',
    'const password = process.env.PASSWORD; api_key=os.environ["KEY"]',
    'How do I reset my password? The password must have eight letters.',
    'The secret to good bread is time. Token: a unit of text. Key: C major.',
    'def get_token(self, user): return self.tokens[user]',
    'sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'commit 4a5b6c7d8e9f00112233445566778899aabbccdd, id 550e8400-e29b-41d4-a716-446655440000',
    'postgres://user:password@localhost/db',
  ])('finds nothing in: %s', (text) => {
    expect(told(text)).toEqual([])
  })

  it.each(['a', 'eyJ', 'password=', 'sk-', '-----BEGIN PRIVATE KEY-----', 'x://a:', 'M', 'key key_', '"'])(
    'needs time that grows with the text only: %s',
    (unit) => {
      const text = unit.repeat(Math.ceil(100_000 / unit.length))
      const started = performance.now()
      find(text)
      expect(performance.now() - started).toBeLessThan(10_000)
    },
  )
})
