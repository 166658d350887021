import type { Random } from '../random.ts'
import type { Customer } from './customers.ts'
import { type Language, REGIONS } from './languages.ts'

/** `preparing`: ordered today, no label yet. */
export type OrderState = 'preparing' | 'in_transit' | 'delivered'
export type Order = {
  id: string
  sku: string
  item: string
  itemEnglish: string
  price: number
  currency: string
  /** As the customer would write it. */
  amount: string
  carrier: string
  tracking: string
  state: OrderState
  orderedOn: string
  deliveredOn: string | null
  invoice: string
  card: string
}

const DAY = 86_400_000

/** An order of this customer; its dates are those that `state` asks for at `now` (milliseconds since 1970). */
export function order(random: Random, customer: Customer, { state, now }: { state: OrderState; now: number }): Order {
  const region = REGIONS[customer.region]
  const product = random.pick(PRODUCTS)
  const price = priceIn(region.currency, product.usd)
  const days = random.int(8, 24)
  const ordered = { preparing: 0, in_transit: 5, delivered: days }[state]
  const isoDay = (daysAgo: number) => new Date(now - daysAgo * DAY).toISOString().slice(0, 10)
  const number = random.int(41_000, 99_900)
  return {
    id: `KO-${number}`,
    sku: product.sku,
    item: product.names[region.language],
    itemEnglish: product.names.en,
    price,
    currency: region.currency,
    amount: new Intl.NumberFormat(region.locale, { style: 'currency', currency: region.currency }).format(price),
    carrier: random.pick(region.carriers),
    tracking: `${random.pick(['1Z', 'JD', 'RB', 'CX'])}${random.int(100_000_000, 999_999_999)}${random.int(10, 99)}`,
    state,
    orderedOn: isoDay(ordered),
    deliveredOn: state === 'delivered' ? isoDay(ordered - random.int(2, 6)) : null,
    invoice: `INV-${isoDay(ordered).slice(0, 4)}-${number + 112_000}`,
    card: String(random.int(1000, 9999)),
  }
}

const RATES: Record<string, { rate: number; round: number }> = {
  USD: { rate: 1, round: 0.01 },
  GBP: { rate: 0.8, round: 0.01 },
  EUR: { rate: 0.95, round: 0.01 },
  INR: { rate: 83, round: 10 },
  JPY: { rate: 148, round: 100 },
}

function priceIn(currency: string, usd: number): number {
  const { rate, round } = RATES[currency] ?? { rate: 1, round: 0.01 }
  return Number((Math.round((usd * rate) / round) * round).toFixed(2))
}

const PRODUCTS: { sku: string; usd: number; names: Record<Language, string> }[] = [
  product('TNT-FJELL-2', 289.95, ['Fjell 2 tent', 'Zelt Fjell 2', 'Fjell 2 टेंट', 'Fjell 2 テント', 'tienda Fjell 2', 'tente Fjell 2']),
  product('BPK-RIDGE-45', 174.5, [
    'Ridge 45 backpack',
    'Rucksack Ridge 45',
    'Ridge 45 बैकपैक',
    'Ridge 45 バックパック',
    'mochila Ridge 45',
    'sac à dos Ridge 45',
  ]),
  product('BTS-TARN-GTX', 198, [
    'Tarn GTX boots',
    'Wanderschuhe Tarn GTX',
    'Tarn GTX जूते',
    'Tarn GTX 登山靴',
    'botas Tarn GTX',
    'chaussures Tarn GTX',
  ]),
  product('LMP-WISP-400', 54.95, [
    'Wisp 400 headlamp',
    'Stirnlampe Wisp 400',
    'Wisp 400 हेडलैंप',
    'Wisp 400 ヘッドランプ',
    'linterna frontal Wisp 400',
    'lampe frontale Wisp 400',
  ]),
  product('SLB-DOWN-5', 239, [
    'Down −5 sleeping bag',
    'Schlafsack Down −5',
    'Down −5 स्लीपिंग बैग',
    'Down −5 寝袋',
    'saco de dormir Down −5',
    'sac de couchage Down −5',
  ]),
  product('STV-EMBER', 89.9, ['Ember stove', 'Kocher Ember', 'Ember स्टोव', 'Ember ストーブ', 'hornillo Ember', 'réchaud Ember']),
  product('JKT-SQUALL-W', 159, [
    'Squall rain jacket',
    'Regenjacke Squall',
    'Squall रेन जैकेट',
    'Squall レインジャケット',
    'chaqueta Squall',
    'veste de pluie Squall',
  ]),
  product('MAT-DRIFT-R', 129.95, [
    'Drift sleeping mat',
    'Isomatte Drift',
    'Drift स्लीपिंग मैट',
    'Drift スリーピングマット',
    'esterilla Drift',
    'matelas Drift',
  ]),
  product('BTL-TITAN-1L', 39.5, [
    'Titan 1 L bottle',
    'Trinkflasche Titan 1 l',
    'Titan 1 लीटर बोतल',
    'Titan 1L ボトル',
    'botella Titan de 1 l',
    'gourde Titan 1 l',
  ]),
  product('POL-CARBON-3', 109, [
    'Carbon 3 trekking poles',
    'Trekkingstöcke Carbon 3',
    'Carbon 3 ट्रेकिंग पोल',
    'Carbon 3 トレッキングポール',
    'bastones Carbon 3',
    'bâtons Carbon 3',
  ]),
]

function product(sku: string, usd: number, [en, de, hi, ja, es, fr]: [string, string, string, string, string, string]) {
  return { sku, usd, names: { en, de, hi, ja, es, fr } }
}
