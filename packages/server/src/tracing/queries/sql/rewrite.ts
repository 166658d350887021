import { AppError } from '@signalbox/schema'
import { parameters } from '../parameters.ts'
import { lex, type Token } from './lex.ts'
import { SQL_TABLES, tableSql } from './tables.ts'
import { CLAUSES, KEYWORDS, mayCall, TYPES } from './words.ts'

/** What a pair of brackets holds, and where in it we are. */
type Level = {
  /** `query`: a SELECT. `values`: what stands behind IN. `other`: anything else. */
  kind: 'query' | 'values' | 'other'
  /** Behind FROM, where a comma or JOIN brings the next table. */
  inTables: boolean
  /** Behind WITH, where `name AS (SELECT …)` names a query. */
  inWith: boolean
}

/**
 * One SELECT as a user wrote it, as a query that can see nothing but their project. Not a filter over their text: it is taken apart,
 * and put together again from what is known to be harmless. Words of SQL and functions from closed lists; every other name in
 * backticks, so that it is a name and nothing else; and where a table stands, a query of ours over the rows of the project, or one
 * that was named by WITH, under another name than any table has. What is wrong SQL beyond that the engine says itself.
 */
export function rewrite(sql: string, projectId: string): { text: string; values: Record<string, unknown> } {
  const tokens = lex(sql)
  const bound = parameters()
  const named = namesOf(tokens)
  const out: string[] = []
  const levels: Level[] = [{ kind: 'query', inTables: false, inWith: false }]
  const word = (at: number): string => {
    const token = tokens[at]
    return token?.kind === 'name' && !token.quoted ? token.text.toLowerCase() : ''
  }
  const sign = (at: number): string => (tokens[at]?.kind === 'sign' ? (tokens[at]?.text ?? '') : '')
  if (!beginsQuery(0)) throw bad('Only a SELECT can be sent.')

  /** Puts a table where one is expected, and returns how many tokens that took; 0 where a query in brackets stands instead. */
  function table(at: number): number {
    const token = tokens[at]
    if (token?.kind === 'sign' && token.text === '(') {
      if (!beginsQuery(at + 1)) throw bad('Behind FROM and JOIN stands a table, or a SELECT in brackets.')
      return 0
    }
    if (token?.kind !== 'name' || (!token.quoted && KEYWORDS.has(token.text.toLowerCase())))
      throw bad(`Behind FROM and JOIN stands a table: ${KNOWN}.`)
    if (sign(at + 1) === '(') throw bad(`${token.text}(…) cannot be read from.`)
    if (sign(at + 1) === '.') throw bad(`Tables have no database before them: "${token.text}." cannot stand here.`)
    if (Object.hasOwn(SQL_TABLES, token.text)) out.push(tableSql(token.text, projectId, bound))
    else if (named.has(token.text)) out.push(quote(`${NAMED}${token.text}`))
    else throw bad(`There is no table "${token.text}": there are ${KNOWN}.`)
    const next = tokens[at + 1]
    const aliased = word(at + 1) === 'as' || (next?.kind === 'name' && (next.quoted || !KEYWORDS.has(next.text.toLowerCase())))
    if (!aliased) out.push('AS', quote(token.text))
    return 1
  }
  /** A SELECT begins here, in as many brackets as there are. */
  function beginsQuery(at: number): boolean {
    let place = at
    while (sign(place) === '(') place++
    return word(place) === 'select' || word(place) === 'with'
  }

  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    const level = levels.at(-1) as Level
    if (token.kind === 'number' || token.kind === 'string') {
      out.push(token.text)
      continue
    }
    if (token.kind === 'sign') {
      out.push(token.text)
      if (token.text === '(' || token.text === '[') levels.push(levelAt(at, level))
      else if (token.text === ')' || token.text === ']') {
        levels.pop()
        if (levels.length === 0) throw bad('A bracket is closed that was not opened.')
      } else if (token.text === ',' && level.inTables) at += table(at + 1)
      if (levels.length > MOST_LEVELS) throw bad('It is nested too deeply.')
      continue
    }
    const lower = word(at)
    const called = sign(at + 1) === '('
    const member = sign(at - 1) === '.'
    // Behind AS even a word of SQL is a name, and must not be taken for the end of the tables.
    if (word(at - 1) === 'as' && !called) {
      out.push(!token.quoted && TYPES.has(token.text) ? token.text : quote(token.text))
      continue
    }
    if (lower !== '' && KEYWORDS.has(lower) && !member && !(called && mayCall(lower) && !NEVER_CALLED.has(lower))) {
      keyword(at, lower, level)
      out.push(token.text)
      if (lower === 'from' || lower === 'join') {
        // An array is joined by its elements: no table stands there, and none can follow by a comma.
        if (lower === 'join' && word(at - 1) === 'array') level.inTables = false
        else {
          level.inTables = true
          at += table(at + 1)
        }
      }
      if (lower === 'in' && sign(at + 1) !== '(' && sign(at + 1) !== '[')
        throw bad('Behind IN stands a list of values, or a SELECT, in brackets.')
      if (lower === 'exists' && !(sign(at + 1) === '(' && beginsQuery(at + 2))) throw bad('Behind EXISTS stands a SELECT in brackets.')
      continue
    }
    if (called && !member) {
      if (token.quoted || !(TYPES.has(token.text) || mayCall(token.text))) {
        // `WITH name (…)` is no call, but nobody needs it either.
        throw bad(`The function ${token.text} cannot be used here.`)
      }
      out.push(token.text)
      continue
    }
    if (called) throw bad(`${token.text}(…) cannot be used here.`)
    if (level.kind === 'values') throw bad(`Behind IN stand values, or a SELECT: "${token.text}" is a name.`)
    if (!token.quoted && TYPES.has(token.text) && ['::', '(', ','].includes(sign(at - 1))) {
      out.push(token.text)
      continue
    }
    const names = level.inWith && word(at + 1) === 'as' && sign(at + 2) === '(' && beginsQuery(at + 3)
    out.push(quote(names ? `${NAMED}${token.text}` : token.text))
  }
  if (levels.length !== 1) throw bad('A bracket is not closed.')
  return { text: out.join(' '), values: bound.values }

  function keyword(at: number, lower: string, level: Level): void {
    if (lower === 'with' && !['totals', 'rollup', 'cube', 'ties'].includes(word(at + 1))) level.inWith = true
    // The engine lets FROM come first, and some of these words be names of tables: neither may hide a table from us.
    if (lower === 'select' && level.inTables) throw bad('SELECT cannot follow FROM.')
    if (CLAUSES.has(lower) && [',', ')', '.'].includes(sign(at + 1))) throw bad(`"${lower}" cannot stand there.`)
    if ((lower === 'group' || lower === 'order') && word(at + 1) !== 'by') throw bad(`Behind ${lower.toUpperCase()} stands BY.`)
    if (lower === 'select') level.inWith = false
    if (CLAUSES.has(lower)) level.inTables = false
    if (lower === 'using' && sign(at + 1) !== '(') throw bad('Behind USING stand columns in brackets.')
  }

  function levelAt(at: number, level: Level): Level {
    if (beginsQuery(at + 1) && tokens[at]?.text === '(') return { kind: 'query', inTables: false, inWith: false }
    const behindIn = word(at - 1) === 'in'
    return { kind: behindIn || level.kind === 'values' ? 'values' : 'other', inTables: false, inWith: false }
  }
}

const MOST_LEVELS = 60
/** Before the names that WITH gives, so that none is the name of a table of the store. */
const NAMED = 'with_'
const KNOWN = Object.keys(SQL_TABLES).join(', ')
/** Words before a bracket that open no call, though there are functions of the same name. */
const NEVER_CALLED: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'like', 'ilike', 'any', 'array', 'interval', 'with'])

const quote = (name: string): string => `\`${name}\``
const bad = (why: string) =>
  new AppError('invalid-request', why, { hint: 'See the documentation for what SQL can be sent, or use POST /api/v1/query.' })

/** What `WITH name AS (SELECT …)` names, wherever it stands. A name of a table cannot be given again: whose rows would it be? */
function namesOf(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [at, token] of tokens.entries()) {
    const [as, bracket, select] = tokens.slice(at + 1, at + 4)
    const follows = as?.kind === 'name' && !as.quoted && as.text.toLowerCase() === 'as' && bracket?.text === '(' && bracket.kind === 'sign'
    if (token.kind !== 'name' || !follows) continue
    let place = at + 3
    while (tokens[place]?.kind === 'sign' && tokens[place]?.text === '(') place++
    const begin = tokens[place] ?? select
    if (begin?.kind !== 'name' || begin.quoted || !['select', 'with'].includes(begin.text.toLowerCase())) continue
    if (Object.hasOwn(SQL_TABLES, token.text)) throw bad(`"${token.text}" is a table, so WITH cannot give its name to something else.`)
    names.add(token.text)
  }
  return names
}
