import type { Random } from './random.ts'

const A = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const sum = (text: string, weights: number[]) => weights.reduce((all, weight, at) => all + weight * Number(text[at]), 0)

/** Tries last digits until a rule that is written down here anew, and not taken from the program, is kept. */
function until(make: () => string, holds: (text: string) => boolean): string {
  for (;;) {
    const text = make()
    if (holds(text)) return text
  }
}

function luhnSum(text: string): number {
  return [...text].reverse().reduce((all, one, at) => {
    const value = Number(one) * (at % 2 === 1 ? 2 : 1)
    return all + (value > 9 ? value - 9 : value)
  }, 0)
}
const luhn = (text: string) => luhnSum(text) % 10 === 0
const grouped = (text: string, sizes: number[], sign: string) => {
  let at = 0
  const parts = sizes.map((size) => {
    at += size
    return text.slice(at - size, at)
  })
  return parts.join(sign)
}
const day = (r: Random) => String(1 + r.below(28)).padStart(2, '0')
const month = (r: Random) => String(1 + r.below(12)).padStart(2, '0')
const year = (r: Random) => String(40 + r.below(59))

function iban(r: Random): string {
  const [country, bban] = r.pick([
    ['DE', r.digits(18)],
    ['GB', r.some(4, A) + r.digits(14)],
    ['FR', r.digits(10) + r.some(11, `${A}0123456789`) + r.digits(2)],
    ['ES', r.digits(20)],
    ['IT', r.some(1, A) + r.digits(22)],
    ['NL', r.some(4, A) + r.digits(10)],
    ['PL', r.digits(24)],
    ['CH', r.digits(17)],
  ] as const)
  const number = [...`${bban}${country}00`].map((one) => String(Number.parseInt(one, 36))).join('')
  const whole = `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${bban}`
  return r.below(2) ? whole : whole.replace(/(.{4})(?=.)/g, '$1 ')
}

/** One value of each kind, as people write it, and the words that people say before it. */
export const VALUES: Record<string, { make: (r: Random) => string; say: Record<string, string[]> }> = {
  CREDIT_CARD: {
    make: (r) => {
      const [start, length] = r.pick([
        ['4', 16],
        ['51', 16],
        ['55', 16],
        ['37', 15],
        ['6011', 16],
        ['36', 14],
      ] as const)
      const digits = until(() => start + r.digits(length - start.length), luhn)
      return length === 16 && r.below(2) ? grouped(digits, [4, 4, 4, 4], r.pick(['-', ' '])) : digits
    },
    say: {
      en: ['my card is', 'please charge', 'the number on the card reads'],
      de: ['meine Kreditkarte ist'],
      es: ['mi tarjeta es'],
      fr: ['ma carte est le'],
    },
  },
  IBAN_CODE: {
    make: iban,
    say: {
      en: ['transfer it to', 'my IBAN is'],
      de: ['bitte überweisen Sie auf'],
      es: ['mi cuenta es'],
      fr: ['virez sur'],
      it: ['il conto è'],
    },
  },
  EMAIL_ADDRESS: {
    make: (r) =>
      `${r.pick(['jo', 'k.meyer', 'ana_maria', 'li-wei', 'b.okafor+news', 'x9'])}${r.below(99)}@${r.pick(['mail', 'post-haus', 'corp.example', 'uni'])}.${r.pick(['com', 'de', 'co.uk', 'org', 'io'])}`,
    say: { en: ['write to', 'my address is'], de: ['schreiben Sie an'], es: ['escribe a'], hi: ['मुझे लिखें'] },
  },
  IP_ADDRESS: {
    make: (r) =>
      r.below(3)
        ? `${1 + r.below(223)}.${r.below(256)}.${r.below(256)}.${1 + r.below(254)}`
        : `2001:db8:${r.some(4, '0123456789abcdef')}::${1 + r.below(99)}`,
    say: { en: ['the server at', 'requests from'], de: ['der Rechner'], fr: ['la machine'] },
  },
  US_SSN: {
    make: (r) =>
      `${until(
        () => r.digits(3),
        (text) => text !== '000' && text !== '666' && !text.startsWith('9'),
      )}-${1 + r.below(9)}${1 + r.below(9)}-${1 + r.below(9)}${r.digits(3)}`,
    say: { en: ['my social is', 'SSN:', 'her number is'] },
  },
  IN_AADHAAR: {
    make: (r) => until(() => `${2 + r.below(8)}${r.digits(11)}`, dihedral).replace(/(\d{4})(\d{4})(\d{4})/, r.pick(['$1 $2 $3', '$1$2$3'])),
    say: { en: ['my aadhaar is', 'Aadhaar number:'], hi: ['मेरा आधार'] },
  },
  IN_PAN: { make: (r) => `${r.some(3, A)}P${r.some(1, A)}${r.digits(4)}${r.some(1, A)}`, say: { en: ['PAN card', 'my PAN is'] } },
  UK_NHS: {
    make: (r) =>
      grouped(
        until(
          () => r.digits(10),
          (text) => sum(text, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
        ),
        [3, 3, 4],
        r.pick([' ', '-', '']),
      ),
    say: { en: ['NHS number', 'the patient has nhs no'] },
  },
  ES_NIF: {
    make: (r) =>
      until(
        () => r.digits(8) + r.some(1, A),
        (text) => 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(text.slice(0, 8)) % 23] === text[8],
      ),
    say: { es: ['mi DNI es', 'NIF'], en: ['her Spanish id is'] },
  },
  BR_CPF: {
    make: (r) => {
      const digits = until(
        () => r.digits(11),
        (text) =>
          [9, 10].every(
            (n) =>
              ((sum(
                text.slice(0, n),
                Array.from({ length: n }, (_, at) => n + 1 - at),
              ) *
                10) %
                11) %
                10 ===
              Number(text[n]),
          ),
      )
      return r.below(2) ? `${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6, 9)}-${digits.slice(9)}` : digits
    },
    say: { pt: ['meu CPF é', 'o CPF'], en: ['his CPF is'] },
  },
  NL_BSN: {
    make: (r) =>
      until(
        () => r.digits(9),
        (text) => sum(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
      ),
    say: { nl: ['mijn BSN is', 'burgerservicenummer'] },
  },
  PL_PESEL: {
    make: (r) =>
      until(
        () => year(r) + month(r) + day(r) + r.digits(5),
        (text) => sum(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
      ),
    say: { pl: ['mój PESEL to'], en: ['the PESEL is'] },
  },
  AU_TFN: {
    make: (r) =>
      grouped(
        until(
          () => r.digits(9),
          (text) => sum(text, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
        ),
        [3, 3, 3],
        r.pick([' ', '']),
      ),
    say: { en: ['my tax file number is', 'TFN'] },
  },
  CA_SIN: {
    make: (r) =>
      grouped(
        until(() => `${1 + r.below(7)}${r.digits(8)}`, luhn),
        [3, 3, 3],
        r.pick([' ', '-']),
      ),
    say: { en: ['my SIN is', 'social insurance number'], fr: ['mon NAS est'] },
  },
  DE_TAX_ID: {
    make: (r) =>
      until(
        () => `${1 + r.below(9)}${r.digits(10)}`,
        (text) => {
          const counts = Object.values(Object.groupBy([...text.slice(0, 10)], (one) => one)).map((all) => all?.length ?? 0)
          let product = 10
          for (const one of text.slice(0, 10)) product = (((Number(one) + product) % 10 || 10) * 2) % 11
          return (
            counts.filter((count) => count > 1).length === 1 &&
            Math.max(...counts) < 4 &&
            !/(\d)\1\1/.test(text) &&
            (11 - product) % 10 === Number(text[10])
          )
        },
      ),
    say: { de: ['meine Steuer-ID lautet', 'IdNr'] },
  },
  MAC_ADDRESS: {
    make: (r) => Array.from({ length: 6 }, () => r.some(2, '0123456789ABCDEF')).join(':'),
    say: { en: ['the adapter', 'wifi card'] },
  },
  PHONE_NUMBER: {
    make: (r) =>
      r.pick([
        () => `(${r.pick(['212', '415', '305', '617'])}) ${2 + r.below(8)}${r.digits(2)}-${r.digits(4)}`,
        () => `${r.pick(['212', '415', '305', '617'])}-${2 + r.below(8)}${r.digits(2)}-${r.digits(4)}`,
        () => `+1 ${r.pick(['646', '213'])} ${2 + r.below(8)}${r.digits(2)} ${r.digits(4)}`,
        () => `+44 20 7${r.digits(3)} ${r.digits(4)}`,
        () => `07${r.pick(['700', '911', '812'])} ${r.digits(6)}`,
        () => `+91 9${r.digits(4)} ${r.digits(5)}`,
        () => `9${r.digits(9)}`,
        () => `+49 151 ${r.digits(8)}`,
        () => `030 ${r.digits(7)}`,
        () => `+33 6 ${r.digits(2)} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)}`,
        () => `06 ${r.digits(2)} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)}`,
        () => `+34 6${r.digits(2)} ${r.digits(3)} ${r.digits(3)}`,
        () => `${r.pick(['415', '212'])}.${2 + r.below(8)}${r.digits(2)}.${r.digits(4)} x${r.digits(3)}`,
        () => `001-${r.pick(['512', '312'])}-${2 + r.below(8)}${r.digits(2)}-${r.digits(4)}`,
        () => `(0${2 + r.below(7)}) ${r.digits(4)} ${r.digits(4)}`,
      ])(),
    say: {
      en: ['call me at', 'my phone is', 'text', 'reached on', 'the office is'],
      de: ['meine Nummer ist', 'Telefon'],
      es: ['llámame al', 'mi móvil es'],
      fr: ['appelez le', 'mon portable'],
    },
  },
}

/** Verhoeff's check as a product of permutations, written down from its definition. */
function dihedral(text: string): boolean {
  const times = (a: number, b: number) =>
    a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)) : b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 5) % 5
  const swap = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
  let state = 0
  for (const [at, one] of [...text].reverse().entries()) {
    let value = Number(one)
    for (let turn = 0; turn < at % 8; turn++) value = swap[value] as number
    state = times(state, value)
  }
  return state === 0
}
