import { split } from './python-text.ts'
import { separateWestern, unescapeMarkup } from './tokenizers.ts'

export type TerOptions = { normalized: boolean; no_punct: boolean; asian_support: boolean; case_sensitive: boolean }

/** The words of a text as Tercom's tokenizer, which sacrebleu follows, cuts them. */
export function terWords(text: string, { normalized, no_punct, asian_support, case_sensitive }: TerOptions): string[] {
  let line = case_sensitive ? text : text.toLowerCase()
  if (normalized) {
    line = western(line)
    if (asian_support) line = asian(line)
  }
  if (no_punct) {
    line = line.replace(/[.,?:;!"()]/g, '')
    if (asian_support) line = line.replace(ASIAN_MARKS, '').replace(WIDE_MARKS, '')
  }
  return split(line)
}

/** Hyphens at the start of a line join it to the one before (the reference looks for them there, and not at the end). */
function western(text: string): string {
  const line = ` ${unescapeMarkup(text.replaceAll('\n-', '').replaceAll('\n', ' '))} `
  return separateWestern(line, (marked) => marked.replaceAll("'s ", " 's "))
}

const ASIAN_MARKS = /([\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb])/g
const WIDE_MARKS = /([\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09])/g
/** In this order; the upper end of the last is a slip of the reference (3f22 for 32ff) that scores depend on. */
const CHARACTERS = [
  /([\u4e00-\u9fff\u3400-\u4dbf])/g,
  /([\u31c0-\u31ef\u2e80-\u2eff])/g,
  /([\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f])/g,
  /([\u3200-\u3f22])/g,
]

/** Chinese characters stand alone. Kana are left together: at that place the reference's patterns ask for a start of line that is not there. */
const asian = (text: string): string => [...CHARACTERS, ASIAN_MARKS, WIDE_MARKS].reduce((line, marks) => line.replace(marks, ' $1 '), text)
