/** Aliases of the demo's own `signalbox.yaml`; a server that runs already need not have them. */
type Alias = 'kestrel-support' | 'kestrel-faq'
export type Outcome = 'answered' | 'refused' | 'cut' | 'hung up'
/** A call, and how it has to end: anything else would be a demo of something broken. */
export type LiveCall = {
  model: 'simulator/script' | 'simulator/faults' | Alias
  script: Record<string, unknown>
  ends: Outcome
  stream: boolean
  about: { ticketType: string; says: string; customer: number }
  tools?: boolean
}

const WARRANTY =
  'Every product has a two-year warranty, poles and stoves have three years. Worn soles and burns are not covered. Zips and buckles are sent as a free repair kit.'
export const usage = (input: number, output: number, cached = 0) => ({ input, output, cached })

export const CALLS: readonly LiveCall[] = [
  {
    model: 'simulator/script',
    stream: true,
    ends: 'answered',
    script: { text: WARRANTY, firstTokenMs: 420, chunkMs: 14, usage: usage(1391, 36, 1152), seed: 7 },
    about: { ticketType: 'refund', says: 'How long is the warranty on the Carbon 3 trekking poles?', customer: 0 },
  },
  {
    model: 'simulator/script',
    stream: false,
    ends: 'answered',
    script: {
      text: '{"ticketType":"delivery","language":"en","urgency":"normal","needsHuman":false}',
      delayMs: 380,
      usage: usage(212, 24),
    },
    about: { ticketType: 'delivery', says: 'Where is my parcel? Order KO-58213.', customer: 16 },
  },
  {
    model: 'simulator/script',
    stream: true,
    ends: 'answered',
    tools: true,
    script: {
      tools: [{ name: 'lookup_order', arguments: { order_id: 'KO-58213' } }],
      firstTokenMs: 510,
      chunkMs: 10,
      usage: usage(1402, 19, 1152),
    },
    about: { ticketType: 'delivery', says: 'Where is my parcel? Order KO-58213.', customer: 16 },
  },
  {
    model: 'simulator/script',
    stream: true,
    ends: 'answered',
    script: {
      text: 'Die Kündigung ist eingetragen. Ihre Bestätigungsnummer lautet KP-4F19A2; Sie erhalten sie auch per E-Mail.',
      firstTokenMs: 450,
      chunkMs: 16,
      usage: usage(1467, 33, 1152),
      seed: 11,
    },
    about: { ticketType: 'cancellation', says: 'Ja, bitte kündigen.', customer: 30 },
  },
  {
    model: 'simulator/faults',
    stream: true,
    ends: 'refused',
    script: { fault: 429, retryAfter: 2 },
    about: { ticketType: 'invoice', says: 'You charged me twice!', customer: 8 },
  },
  {
    model: 'simulator/faults',
    stream: true,
    ends: 'cut',
    script: { text: WARRANTY, firstTokenMs: 300, chunkMs: 25, fault: 'cut', at: 9 },
    about: { ticketType: 'refund', says: 'Does the warranty cover a worn sole?', customer: 21 },
  },
  {
    model: 'simulator/script',
    stream: true,
    ends: 'hung up',
    script: { text: `${WARRANTY} ${WARRANTY}`, firstTokenMs: 250, chunkMs: 60 },
    about: { ticketType: 'login', says: 'Reset link never comes.', customer: 12 },
  },
]

const FAQ: readonly { ticketType: string; says: string; text: string }[] = [
  {
    ticketType: 'refund',
    says: 'How long may I return something?',
    text: 'Unused products can be returned within 30 days; the refund arrives within five working days.',
  },
  {
    ticketType: 'delivery',
    says: 'How long does delivery take?',
    text: 'Two to four working days within the country of the warehouse, four to eight elsewhere.',
  },
  { ticketType: 'invoice', says: 'Where do I find my invoice?', text: 'Under Account, Orders: every order has its invoice as a PDF.' },
  {
    ticketType: 'cancellation',
    says: 'How do I cancel Kestrel Plus?',
    text: 'Write here that you want to cancel; it ends with the period that is paid.',
  },
]
const faq = ({ ticketType, says, text }: (typeof FAQ)[number], customer: number): LiveCall => ({
  model: 'kestrel-faq',
  stream: true,
  ends: 'answered',
  script: { text, firstTokenMs: 1900, chunkMs: 18, usage: usage(904, 21) },
  about: { ticketType, says, customer },
})
const support = (strong: object, about: LiveCall['about'], answer: string): LiveCall => ({
  model: 'kestrel-support',
  stream: true,
  ends: 'answered',
  script: { text: answer, chunkMs: 14, usage: usage(1380, 28), per: { strong, quick: { firstTokenMs: 180 } } },
  about,
})

const LATE: readonly LiveCall[] = [
  support(
    { firstTokenMs: 10_000 },
    { ticketType: 'delivery', says: 'Can I still change the address?', customer: 3 },
    'Yes, until the parcel is packed. Which address should it go to?',
  ),
  support(
    { fault: 503 },
    { ticketType: 'invoice', says: 'I need an invoice with our VAT number.', customer: 16 },
    'Of course. Please tell me the VAT number and the order, and I send you a corrected invoice.',
  ),
  support(
    { firstTokenMs: 390 },
    { ticketType: 'login', says: 'How do I change my e-mail address?', customer: 12 },
    'Under Account, Personal data. You confirm the new address by a link that we send there.',
  ),
]

/**
 * A peak at which the strong model takes ten seconds to begin: after one, the alias asks the quick one. Of the frequent questions the
 * first of each is sent on, and in the next round the others are answered from the cache.
 */
export const PEAK: readonly (readonly LiveCall[])[] = [
  [
    ...LATE,
    ...Array.from({ length: 9 }, (_, index) => ({
      ...(LATE[0] as LiveCall),
      about: { ...(LATE[0] as LiveCall).about, customer: 7 + 3 * index },
    })),
    ...FAQ.map((question, index) => faq(question, index)),
  ],
  FAQ.flatMap((question, index) => [8, 19, 30, 41, 52].map((customer) => faq(question, customer + index))),
]
