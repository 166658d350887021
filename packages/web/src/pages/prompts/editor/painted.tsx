import { type Language, type TokenType, tokenize } from './tokens.ts'

const COLOURS: Record<TokenType, string | undefined> = {
  text: undefined,
  sign: 'text-faint',
  word: 'text-code-word',
  name: 'text-code-name',
  string: 'text-code-value',
  number: 'text-code-value',
  comment: 'text-faint italic',
  fragment: 'text-code-word underline decoration-dotted underline-offset-2',
  wrong: 'text-error underline decoration-wavy underline-offset-2',
}

type Props = {
  language: Language
  text: string
  /** Variables that nobody has described: marked, for they may be typing errors. */
  unknown?: ReadonlySet<string>
}

/** A template with its variables, words and fragments painted. Never changes a letter or a width of it. */
export function Painted({ language, text, unknown }: Props) {
  return tokenize(language, text).map(({ type, text: said }, at) => {
    const isUnknown = type === 'name' && unknown?.has(rootOf(said)) === true
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text have no other name.
      <span key={at} className={isUnknown ? 'text-warning underline decoration-wavy underline-offset-2' : COLOURS[type]}>
        {said}
      </span>
    )
  })
}

/** `user.name[0]` is about `user`. */
const rootOf = (name: string) => name.split(/[.[]/)[0] as string
