import type { Random } from './random.ts'

/** Sentences by drawing words as often as English uses them (Zipf), so that text compresses about as real text does. */
export function english(length: number, chance: Random): string {
  let text = ''
  while (text.length < length) {
    const words = Array.from({ length: 5 + chance.below(14) }, () => word(chance))
    const sentence = words.join(' ')
    text += `${sentence[0]?.toUpperCase()}${sentence.slice(1)}${ENDS[chance.below(ENDS.length)]}`
  }
  return text.slice(0, length)
}

const ENDS = ['. ', '. ', '. ', '? ', ', though. ', '; ', '.\n']
const COMMON =
  'the of and a to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who its now find long down day did get come made may part'.split(
    ' ',
  )
const STEMS =
  'account address agent amount analysis answer approach article balance battery budget cable cancel career channel charge city claim client cloud code color contract country course customer data deadline delivery design detail device document driver economy email engine error estimate event example exchange factory feature field figure flight form garden goal growth guide history hotel image income index invoice island issue journey kitchen lake language law lesson letter level library limit machine market material meeting member message method minute model month mountain museum network notice number object office option order package payment period person phone picture plan platform point policy position price problem process product profile program project purpose quality question range reason record refund region report request research result return review river road rule sample schedule school science season section service session shipping signal size software source station step storage store story street structure student subject summary supply support system table task team test theory ticket title topic tower traffic train travel treatment update value vehicle version village voice warranty weather window winter worker year'.split(
    ' ',
  )
const ENDINGS = ['', '', '', 's', 'ed', 'ing', 'er', 'al', 'ly']

function word(chance: Random): string {
  if (chance.below(100) < 55) return COMMON[Math.floor(COMMON.length * (chance.below(1000) / 1000) ** 2)] ?? 'the'
  const draw = chance.below(100)
  if (draw < 5) return String(chance.below(100_000))
  return `${STEMS[chance.below(STEMS.length)]}${ENDINGS[chance.below(ENDINGS.length)]}`
}
