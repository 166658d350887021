import { Random } from './random.ts'
import type { Labelled } from './sets.ts'

const ALL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const HEX = '0123456789abcdef'

/** Made when the bench runs, so that nothing that looks like a key stands in a file. */
const KINDS: ((r: Random) => string)[] = [
  (r) => `AKIA${r.some(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  (r) => `AIza${r.some(35, ALL)}`,
  (r) => `ghp_${r.some(36, ALL)}`,
  (r) => `github_pat_${r.some(22, ALL)}_${r.some(59, ALL)}`,
  (r) => `glpat-${r.some(20, ALL)}`,
  (r) => `xoxb-${r.digits(12)}-${r.digits(13)}-${r.some(24, ALL)}`,
  (r) => `https://hooks.slack.com/services/T${r.some(8, ALL.slice(0, 26))}/B${r.some(10, ALL.slice(0, 26))}/${r.some(24, ALL)}`,
  (r) => `sk_live_${r.some(24, ALL)}`,
  (r) => `sk-proj-${r.some(60, ALL)}`,
  (r) => `sk-ant-api03-${r.some(95, ALL)}`,
  (r) => `gsk_${r.some(52, ALL)}`,
  (r) => `hf_${r.some(34, ALL.slice(0, 52))}`,
  (r) => `npm_${r.some(36, ALL)}`,
  (r) => `SG.${r.some(22, ALL)}.${r.some(43, ALL)}`,
  (r) => `shpat_${r.some(32, HEX)}`,
  (r) => `dop_v1_${r.some(64, HEX)}`,
  (r) => `eyJ${r.some(33, ALL)}.eyJ${r.some(80, ALL)}.${r.some(43, ALL)}`,
  (r) => `postgres://app:${r.some(16, ALL)}@db.internal:5432/main`,
  (r) => `mongodb+srv://root:${r.some(12, ALL)}@cluster0.example.net/x`,
  (r) => `AccountKey=${r.some(86, ALL)}==`,
  (r) => `DATADOG_API_KEY=${r.some(32, HEX)}`,
  (r) => `TWILIO_AUTH_TOKEN: ${r.some(32, HEX)}`,
  (r) => `"client_secret": "${r.some(32, ALL)}"`,
  (r) => `api_key = '${r.some(40, ALL)}'`,
  (r) => `DB_PASSWORD=${r.some(10, ALL)}${r.digits(2)}aZ!`,
  (r) => `password: "${r.some(8, ALL)}#${r.digits(3)}q"`,
  (r) => `aws_secret_access_key=${r.some(40, `${ALL}/+`)}`,
  (r) => `Authorization: Bearer ${r.some(40, ALL)}`,
  (r) => `-----BEGIN EC PRIVATE KEY-----\n${r.some(64, ALL)}\n${r.some(64, ALL)}\n-----END EC PRIVATE KEY-----`,
  (r) => `curl -u admin:${r.some(12, ALL)} https://ci.example.net/api`,
  (r) => `my password is ${r.some(6, ALL)}7$k9`,
  (r) => `COHERE_API_KEY=${r.some(40, ALL)}`,
  (r) => `heroku key: ${[8, 4, 4, 4, 12].map((n) => r.some(n, HEX)).join('-')}`,
  (r) => `discord token M${r.some(23, ALL)}.${r.some(6, ALL)}.${r.some(27, ALL)}`,
]
const AROUND: [string, string][] = [
  ['', ''],
  ['Here is what I have:\n', '\nwhy does it fail?'],
  ['use ', ' for the deploy'],
]

export function secretSet(seed: number, each: number): Labelled[] {
  const r = new Random(seed)
  return KINDS.flatMap((make) =>
    Array.from({ length: each }, () => {
      const [before, after] = r.pick(AROUND)
      const value = make(r)
      return {
        text: before + value + after,
        language: 'all',
        places: [{ type: 'SECRET', start: before.length, end: before.length + value.length }],
      }
    }),
  )
}
