import { AppError } from '@signalbox/schema/errors'
import { RE2JS, RE2JSException } from 're2js'

/** A pattern of a user: matched in time that grows with the text only, so that none can hang the program. */
export type LinearRegex = { test(text: string): boolean; matchesWhole(text: string): boolean }

const FLAGS: Record<string, number> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
  u: 0,
  g: 0,
}

export function linearRegex(pattern: string, flags = ''): LinearRegex {
  const compiled = compile(pattern, flags)
  return { test: (text) => compiled.matcher(text).find(), matchesWhole: (text) => compiled.matches(text) }
}

/** Where a pattern matches, at most so often: places without those that match nothing. */
export function linearMatches(pattern: string, flags = ''): (text: string, most: number) => [start: number, end: number][] {
  const compiled = compile(pattern, flags)
  return (text, most) => {
    const matcher = compiled.matcher(text)
    const places: [number, number][] = []
    while (places.length < most && matcher.find()) if (matcher.end() > matcher.start()) places.push([matcher.start(), matcher.end()])
    return places
  }
}

function compile(pattern: string, flags: string): RE2JS {
  let bits = 0
  for (const flag of flags) {
    if (!Object.hasOwn(FLAGS, flag))
      throw new AppError('invalid-request', `There is no flag "${flag}".`, { hint: 'i, m and s are known (u and g change nothing here).' })
    bits |= FLAGS[flag] as number
  }
  try {
    return RE2JS.compile(pattern, bits)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new AppError('invalid-request', `The pattern ${JSON.stringify(pattern)} cannot be used: ${error.message}`, {
      hint: "Patterns are RE2's: without look-ahead, look-behind and back-references, so that every text is matched in linear time.",
      cause: error,
    })
  }
}
