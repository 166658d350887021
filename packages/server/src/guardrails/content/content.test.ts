import { describe, expect, it } from 'vitest'
import type { Found, NotChecked, Segment } from '../check.ts'
import { prepareCheck } from '../registry.ts'
import { detectLanguage } from './detect-language.ts'
import { judgeExamples } from './topics.ts'

const look = async (id: string, params: object, text: string, more: { sources?: string[]; fetch?: typeof fetch } = {}) => {
  const ready = await prepareCheck(id, params)
  const segment: Segment = { id: '1', origin: 'assistant', text }
  return (await ready.run(segment, more)) as Found[] & NotChecked
}
const said = async (id: string, params: object, text: string) =>
  (await look(id, params, text)).map(({ start, end }) => text.slice(start, end))

describe('profanity', () => {
  it.each([
    ['What the fuck is this?', ['fuck']],
    ['FUCKING great', ['FUCKING']],
    ['you sh1tty b!tch', ['sh1tty', 'b!tch']],
    ['f**k this, fuuuuck', ['f**k', 'fuuuuck']],
    ['s.h.i.t happens', ['s.h.i.t']],
    ['Du Arschloch, scheiße!', ['Arschloch', 'scheiße']],
    ['Quelle merde, putain', ['merde', 'putain']],
    ['Это пиздец', ['пиздец']],
  ])('%s', async (text, words) => {
    expect(await said('profanity', {}, text)).toEqual(words)
  })

  it.each([
    'Scunthorpe and Penistone are towns; so is Essex.',
    'The cockpit crew assessed the class and passed the grass.',
    'Dick Van Dyke holds a cracker in Sussex.',
    'Analysis of assets: cumulative document titles, therapists included.',
    'Shiitake mushrooms, basement, bassoon, button.',
    'Wash the hoe and buy 2 * 3 apples, a*b = c.',
    'Die Hure von Babylon ist ein Bild; im Satz der Regeln steht nichts davon.',
  ])('leaves alone: %s', async (text) => {
    expect(await said('profanity', {}, text)).toEqual([])
  })

  it('goes by severity, and by words of your own', async () => {
    expect(await said('profanity', { minSeverity: 1 }, 'damn it')).toEqual(['damn'])
    expect(await said('profanity', { minSeverity: 3 }, 'what the fuck')).toEqual([])
    expect(await said('profanity', { words: ['moist'] }, 'a moist cake')).toEqual(['moist'])
    expect(await said('profanity', { allow: ['fuck'] }, 'fuck')).toEqual([])
  })
})

describe('competitors', () => {
  it('finds names and aliases as whole words', async () => {
    const names = ['Globex', { name: 'Initech Systems', aliases: ['Initech'] }]
    expect(await said('competitors', { names }, 'GLOBEX is no globexample; Initech  Systems is, initech too, Initéch.')).toEqual([
      'GLOBEX',
      ...['Initech  Systems', 'Initech', 'initech', 'Initéch'],
    ])
  })
})

describe('topics', () => {
  const money = {
    name: 'investment advice',
    identifiers: ['stocks', 'shares', 'crypto'],
    verbs: ['buy', 'invest'],
    exceptions: ['stocks of food'],
  }

  it('wants both words in one sentence, and no exception', async () => {
    expect(await said('topics', { topics: [money] }, 'Hello. Which stocks should I buy now? Thanks.')).toEqual(['stocks should I buy'])
    expect(await said('topics', { topics: [money] }, 'I like stocks. Where can I buy milk?')).toEqual([])
    expect(await said('topics', { topics: [money] }, 'Should I buy stocks of food?')).toEqual([])
  })

  it('says what the words make of examples', () => {
    const about = ['Should I invest in crypto?', 'Put it all into bonds?']
    expect(judgeExamples([money], { topic: money.name, about, notAbout: ['He shares what he can buy'] })).toEqual({
      missed: ['Put it all into bonds?'],
      wrong: ['He shares what he can buy'],
      recall: 0.5,
      precision: 0.5,
    })
  })
})

describe('language', () => {
  it.each([
    ['en', 'Where can I find the invoice of my last order?'],
    ['de', 'Wo finde ich die Rechnung für meine letzte Bestellung?'],
    ['fr', 'Où est la facture de ma dernière commande ?'],
    ['es', '¿Dónde está la factura de mi último pedido?'],
    ['pt', 'Onde está a fatura do meu último pedido?'],
    ['it', 'Dove si trova la fattura del mio ultimo ordine?'],
    ['nl', 'Waar is de factuur van mijn laatste bestelling?'],
    ['pl', 'Gdzie jest faktura do mojego ostatniego zamówienia?'],
    ['tr', 'Bu sipariş için fatura nerede, bana gönderir misiniz ve ne kadar sürer?'],
    ['id', 'Di mana saya dapat menemukan faktur untuk pesanan saya?'],
    ['ru', 'Где счёт за мой последний заказ?'],
    ['uk', 'Де рахунок за моє останнє замовлення?'],
    ['zh', '我的订单发票在哪里？'],
    ['ja', '最後の注文の請求書はどこですか。'],
    ['ko', '마지막 주문의 송장은 어디에 있나요?'],
    ['ar', 'أين فاتورة طلبي الأخير؟'],
    ['fa', 'صورت‌حساب آخرین سفارش من کجاست؟ چرا نمی‌بینم؟'],
    ['hi', 'मेरे पिछले ऑर्डर का बिल कहाँ है?'],
  ])('%s', (language, text) => {
    expect(detectLanguage(text)?.language).toBe(language)
  })

  it('says nothing of a text that is too short', async () => {
    expect(await look('language', { allowed: ['en'] }, 'Merci!')).toEqual([])
    expect(await look('language', { allowed: ['en'] }, 'Wo ist die Rechnung für meine Bestellung, bitte?')).toMatchObject([
      { type: 'LANGUAGE' },
    ])
  })
})

describe('groundedness', () => {
  const sources = ['The refund takes 14 days. Contact Maria Lopez for gift cards.']

  it('finds the sentence whose number is not in the sources, and does not repeat it', async () => {
    const text = 'A refund takes 14 days. It costs 25 euros. For that you ask Maria Lopez.'
    const found = await look('groundedness', {}, text, { sources })
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['It costs 25 euros.'])
    expect(found[0]?.reason).toBe('1 number not in the sources')
  })

  it('has not looked where there are no sources', async () => {
    expect((await look('groundedness', {}, 'It costs 25 euros.')).notChecked).toMatch(/no sources/)
  })
})

describe('json-schema', () => {
  const schema = { type: 'object', required: ['age'], properties: { age: { type: 'integer' } } }

  it('says each fault with its place', async () => {
    expect(await look('json-schema', { schema }, '{"age":"x"}')).toMatchObject([
      { type: 'SCHEMA_MISMATCH', reason: '/age must be integer' },
    ])
    expect(await look('json-schema', { schema }, 'no')).toMatchObject([{ type: 'INVALID_JSON' }])
    expect(await look('json-schema', { schema }, '{"age":3}')).toEqual([])
  })

  it('proposes what was meant', async () => {
    expect(await look('json-schema', { schema }, 'Sure:\n```json\n{"age": 3,}\n```')).toMatchObject([
      { type: 'REPAIRABLE_JSON', replacement: '{"age":3}' },
    ])
  })
})

describe('toxicity', () => {
  const answer = (body: unknown, status = 200) => (async () => new Response(JSON.stringify(body), { status })) as typeof fetch

  it('never passes what nobody looked at', async () => {
    expect((await look('toxicity', {}, 'text')).notChecked).toMatch(/No model is set/)
    expect((await look('toxicity', { url: 'http://127.0.0.1/m' }, 'text')).notChecked).toMatch(/network/)
    expect((await look('toxicity', { url: 'http://127.0.0.1/m' }, 'text', { fetch: answer({}, 500) })).notChecked).toMatch(/500/)
    expect((await look('toxicity', { url: 'http://127.0.0.1/m' }, 'text', { fetch: answer({}) })).notChecked).toMatch(/moderation/)
  })

  it('finds the categories above their thresholds', async () => {
    const fetch = answer({ results: [{ category_scores: { hate: 0.7, 'self-harm': 0.35, violence: 0.2 } }] })
    const found = await look('toxicity', { url: 'http://127.0.0.1/m', thresholds: { 'self-harm': 0.3 } }, 'text', { fetch })
    expect(found.map(({ type }) => type)).toEqual(['HATE', 'SELF_HARM'])
  })
})
