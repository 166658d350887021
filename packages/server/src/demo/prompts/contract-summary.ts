import type { PromptContentInput } from '@signalbox/schema'
import type { PromptHistory } from './support-answer.ts'

const summarise = (system: string): PromptContentInput => ({
  type: 'chat',
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: '{{contract}}' },
  ],
  model: { route: 'simulator/script', parameters: { temperature: 0 } },
})

/** Of a contract of a supplier: what a summary must not leave out. */
const KEY_CLAUSES = ['liability', 'indemnif', 'term of', 'notice', 'renew'] as const

/** Which part of the clauses that matter a summary names. */
export const clauseCoverage = (summary: string): number =>
  KEY_CLAUSES.filter((clause) => summary.toLowerCase().includes(clause)).length / KEY_CLAUSES.length

/** Text that nobody registered: somebody wrote it into the code, beside the registry. */
export const UNREGISTERED = 'Summarise the contract in one friendly sentence.'

/** "Only liabilities and terms" is edited to "in simple terms", and the clauses that matter vanish. */
export const CONTRACT_SUMMARY: PromptHistory = {
  name: 'contracts/summary',
  description: 'What legal reads of a contract before they read the contract.',
  tags: ['legal'],
  versions: [
    {
      message: 'As agreed with legal',
      content: summarise('Summarise the contract for our legal team. Only liabilities and terms: amounts, durations, notice periods.'),
    },
    { message: 'Easier to read', content: summarise('Summarise the contract in simple terms.') },
  ],
}

/** What the two versions make of the same contracts: the simulator says it in place of a model. */
export const CONTRACTS: readonly { supplier: string; only: string; simple: string }[] = [
  {
    supplier: 'Alpine Textiles',
    only: 'Liability is capped at EUR 250,000 a year; the supplier indemnifies us against claims of third parties. Term of 24 months; it renews for 12 unless notice is given 90 days before.',
    simple: 'Alpine Textiles makes fabrics for us and we pay them every month. Both sides promise to work well together for two years.',
  },
  {
    supplier: 'Nordlicht Logistics',
    only: 'Liability for lost goods up to EUR 8.33 per kilogram; no indemnification. Term of 12 months, renews by itself, notice of three months to the end of a quarter.',
    simple:
      'Nordlicht brings our parcels to customers. If something gets lost, they help. We can stop working with them if we tell them in time, with notice.',
  },
  {
    supplier: 'Peak Payments',
    only: 'Liability excluded but for gross negligence; we indemnify them for chargebacks. Term of 36 months without renewal; notice of 30 days for good cause.',
    simple: 'Peak Payments handles card payments for the shop. They take a small fee for each payment.',
  },
]
