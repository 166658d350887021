/** Arithmetic of check digits. All take what is left when spaces and signs are gone. */
export const digitsOf = (text: string): number[] => [...text].map(Number)

export const weighted = (text: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * Number(text[at]), 0)

/** Whether all digits are the same: passes many checks, and is nobody's. */
export const isOneDigit = (text: string): boolean => /^(\d)\1*$/.test(text)

export function luhn(text: string): boolean {
  let sum = 0
  for (let at = text.length - 1, twice = false; at >= 0; at--, twice = !twice) {
    const digit = text.charCodeAt(at) - 48
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

/** ISO 7064 mod 97-10, in pieces that a number holds. Letters count from A = 10. */
export function mod97(text: string): number {
  let rest = 0
  for (const one of text) {
    const value = Number.parseInt(one, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

const TURN = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
const SWAP = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
  [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
  [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
  [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
  [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
  [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
  [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
]

/** Verhoeff's check over the dihedral group of the pentagon. */
export function verhoeff(text: string): boolean {
  let state = 0
  for (let at = 0; at < text.length; at++) {
    const digit = Number(text[text.length - 1 - at])
    state = TURN[state]?.[SWAP[at % 8]?.[digit] ?? 0] ?? 0
  }
  return state === 0
}

/** ISO 7064 mod 11,10. */
export function mod11x10(text: string): boolean {
  let product = 10
  for (const one of text.slice(0, -1)) {
    const sum = (Number(one) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(text.at(-1))
}

/** Whether day, month and year can be a date. Of two-digit years any century does. */
export function isDate(day: number, month: number, year: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0 || year < 100)
  return day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0)
}

/** `yymmdd` at the start of a text. */
export const startsWithDate = (text: string): boolean =>
  isDate(Number(text.slice(4, 6)), Number(text.slice(2, 4)), Number(text.slice(0, 2)))
/** `ddmmyy` at the start of a text. */
export const startsWithDay = (text: string): boolean => isDate(Number(text.slice(0, 2)), Number(text.slice(2, 4)), Number(text.slice(4, 6)))
