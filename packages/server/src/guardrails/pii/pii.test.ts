import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Found } from '../check.ts'
import { prepareCheck } from '../registry.ts'

let find: (text: string) => Found[]
beforeAll(async () => {
  const ready = await prepareCheck('pii')
  find = (text) => ready.run({ id: '1', origin: 'user', text }, {}) as Found[]
})
const told = (text: string) => find(text).map(({ type, start, end }) => [type, text.slice(start, end)])

describe('private data', () => {
  it.each([
    ['CREDIT_CARD', 'card 4012-8888-8888-1881.', '4012-8888-8888-1881', '4012-8888-8888-1882'],
    ['IBAN_CODE', 'to GB29 NWBK 6016 1331 9268 19 please', 'GB29 NWBK 6016 1331 9268 19', 'GB29 NWBK 6016 1331 9268 18'],
    ['IN_AADHAAR', 'aadhaar 3123 4567 8909', '3123 4567 8909', '3123 4567 8908'],
    ['UK_NHS', 'nhs 401-023-2137', '401-023-2137', '401-023-2138'],
    ['ES_NIF', 'dni 55555555K', '55555555K', '55555555J'],
    ['ES_NIE', 'nie X9613851N', 'X9613851N', 'X9613851M'],
    ['NL_BSN', 'bsn 123456782', '123456782', '123456783'],
    ['PL_PESEL', 'pesel 44051401359', '44051401359', '44051401358'],
    ['BR_CPF', 'cpf 529.982.247-25', '529.982.247-25', '529.982.247-24'],
    ['BR_CNPJ', 'cnpj 11.222.333/0001-81', '11.222.333/0001-81', '11.222.333/0001-82'],
    ['AU_TFN', 'tfn 876 543 210', '876 543 210', '876 543 211'],
    ['AU_ABN', 'abn 51 824 753 556', '51 824 753 556', '51 824 753 557'],
    ['AU_MEDICARE', 'medicare 2123 45670 1', '2123 45670 1', '2123 45680 1'],
    ['IT_FISCAL_CODE', 'cf RSSMRA85T10A562S', 'RSSMRA85T10A562S', 'RSSMRA85T10A562T'],
    ['MX_CURP', 'curp HEGG560427MVZRRL04', 'HEGG560427MVZRRL04', 'HEGG560427MVZRRL05'],
    ['CN_RESIDENT_ID', 'id 11010519491231002X', '11010519491231002X', '110105194912310021'],
    ['FI_PERSONAL_IDENTITY_CODE', 'hetu 131052-308T', '131052-308T', '131052-308U'],
    ['NO_FODSELSNUMMER', 'fnr 15076500565', '15076500565', '15076500566'],
    ['SE_PERSONNUMMER', 'personnummer 811228-9874', '811228-9874', '811228-9875'],
    ['FR_NIR', 'nir 2 55 08 14 168 025 38', '2 55 08 14 168 025 38', '2 55 08 14 168 025 39'],
    ['DE_TAX_ID', 'Steuer-ID 86095742719', '86095742719', '86095742718'],
    ['TR_TCKN', 'kimlik 10000000146', '10000000146', '10000000147'],
    ['MEDICAL_LICENSE', 'DEA BB1388568', 'BB1388568', 'BB1388567'],
    ['ABA_ROUTING_NUMBER', 'routing 121042882', '121042882', '121042883'],
    ['IN_GSTIN', 'gst 27AAPFU0939F1ZV', '27AAPFU0939F1ZV', '27AAPFU0939F1ZW'],
    ['CRYPTO', 'to 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ', '16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ', '16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY'],
    [
      'CRYPTO',
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    ],
    [
      'CRYPTO',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp',
    ],
  ])('%s by its check digits', (type, text, value, wrong) => {
    expect(told(text)).toContainEqual([type, value])
    expect(told(text.replace(value, wrong)).map(([kind]) => kind)).not.toContain(type)
  })

  it.each([
    ['Hi, I am Asha Rao, call (212) 555-1234 or +91 98765 43210', ['PERSON', 'PHONE_NUMBER', 'PHONE_NUMBER']],
    ['Patient: Maria Gonzalez, DOB 12/03/1984', ['PERSON', 'DATE_TIME']],
    ['10.0.0.12, 2001:db8::ff00:42:8329, 00:1A:2B:3C:4D:5E', ['IP_ADDRESS', 'IP_ADDRESS', 'MAC_ADDRESS']],
    ['postgres://u:s3cret@db.example:5432/x', ['URL']],
    ['She lives at 742 Evergreen Terrace, Springfield, IL 62704', ['LOCATION']],
  ])('%s', (text, types) => {
    expect(told(text).map(([type]) => type)).toEqual(types)
  })

  it.each([
    'Order 4512345678 shipped 2024-05-12, version 1.2.3.4, price 1,234,567.89; call me in 5 minutes.',
    'ISBN 978-3-16-148410-0, pages 2019-2023, 3.14159265358979, 550e8400-e29b-41d4-a716-446655440000',
    "Explain how Newton's law works and compare Python and Java in 3 steps.",
    'Sort 12, 45, 7, 1024 and 65536; the score was 3-2 and 100 000 000 people live there.',
  ])('finds nothing in: %s', (text) => {
    expect(told(text)).toEqual([])
  })

  it('takes kinds and values of your own, and leaves out what it is told to', async () => {
    const ready = await prepareCheck('pii', {
      types: ['MEDICAL_RECORD_NUMBER', 'EMAIL_ADDRESS'],
      own: [{ type: 'MEDICAL_RECORD_NUMBER', pattern: 'MRN-[0-9]{6}' }],
      allow: ['HELP@example.com'],
    })
    const text = 'MRN-123456 help@example.com me@example.com 4012888888881881'
    const found = ready.run({ id: '1', origin: 'user', text }, {}) as Found[]
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['MRN-123456', 'me@example.com'])
    await expect(prepareCheck('pii', { types: ['EMAIL'] })).rejects.toThrow('There is no type "EMAIL"')
    await expect(prepareCheck('pii', { regions: ['XX'] })).rejects.toThrow('There is no region "XX"')
    await expect(prepareCheck('pii', { own: [{ type: 'X', pattern: '(?<=a)b' }] })).rejects.toThrow('cannot be used')
  })

  it('finds a value wherever it stands, whatever letters are around it', () => {
    const values = ['4012-8888-8888-1881', 'GB29 NWBK 6016 1331 9268 19', 'me@example.com', '10.0.0.12']
    const around = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\p{L}\p{N}\p{P}\p{S}]/gu, '·'))
    fc.assert(
      fc.property(around, fc.constantFrom(...values), around, (before, value, after) => {
        expect(told(`${before} ${value} ${after}`).map(([, found]) => found)).toContain(value)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['digits', '1'],
    ['letters', 'a'],
    ['capitals', 'Ab '],
    ['signs of mail', 'a@'],
    ['dots and digits', '1.'],
    ['groups', '12 34-'],
    ['colons', 'ab:'],
    ['brackets', '(1'],
    ['names', 'Anna de la '],
    ['numbers of telephones', '0123 456 789, '],
  ])('needs time that grows with the text only: %s', (_, unit) => {
    const text = unit.repeat(Math.ceil(100_000 / unit.length))
    const started = performance.now()
    find(text)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
