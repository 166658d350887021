import { plainWord } from './words.ts'

/**
 * The commonest small words of languages in Latin script, without accents. What a text is made of mostly tells its language; the share of
 * its words that are such words tells how sure that is.
 */
const SMALL_WORDS: Record<string, string> = {
  en: 'the of and to in is that it for was on are with as be this have from or by not but what all were when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more go see no way could my than been who its now did get may me you we he they i',
  de: 'der die das und ist nicht ein eine einen einem einer zu den dem des mit sich auf fur von im auch als an es ich du er sie wir ihr aus bei nach noch wie uber so hat haben wird werden war sind oder aber kann nur wenn was mir mich dir bitte diese dieser dieses sein kein keine zum zur durch vor mein meine wo warum',
  fr: 'le la les de des du et est un une dans que qui pour pas sur avec ce cette il elle je tu nous vous ils au aux en ne se son sa ses par plus ou mais sont comme tout faire etre ont mon ma mes votre vos leur quand quel quelle comment pourquoi aussi bien deja tres suis peux',
  es: 'el la los las de del y es un una en que por para con no se su sus lo al como mas pero este esta estos muy ya todo tambien fue ser hay cuando donde quien porque si me mi tu te nos le les ha han son puede desde sobre entre sin hasta cual yo esto eso que',
  pt: 'o a os as de do da dos das e um uma em no na nos nas que para por com nao se mais como mas foi ao aos ele ela eu voce seu sua meu minha isso este esta muito ja tambem quando onde quem porque tem sao ser estar pode ate sobre entre sem qual nos pelo pela',
  it: 'il lo la i gli le di del della dei delle e un una in che per con non si su come piu ma questo questa sono era anche ha ho hai nel nella al alla da dal dalla cosa quando dove chi perche mi ti ci vi suo sua mio mia essere fare puo tutto molto gia se io',
  nl: 'de het een en van in is dat op te zijn met voor niet die er aan om ook als bij maar of uit wat naar dan nog wel ik je jij hij zij we wij ze u mijn jouw dit deze door over kan heeft hebben was werd worden zal kunnen waar hoe waarom geen veel',
  sv: 'och att det som en ett pa ar av for med den till inte om har han hon de vi jag du var fran kan nar men sig sa eller efter upp under ska skulle hur vad vilken alla mycket bara min mitt din ditt detta denna finns har',
  da: 'og at det som en et pa er af for med den til ikke om har han hun de vi jeg du var fra kan nar men sig sa eller efter op under skal skulle hvordan hvad hvilken alle meget kun min mit din dit dette denne der ogsa blev',
  no: 'og at det som en et pa er av for med den til ikke om har han hun de vi jeg du var fra kan nar men seg sa eller etter opp under skal skulle hvordan hva hvilken alle mye bare min mitt din ditt dette denne der ogsa ble',
  fi: 'ja on ei se etta oli han mutta joka kun niin kuin myos tai jos voi ovat olen olet mina sina me te he tama tassa mita missa miksi miten vain sen ole hyva kiitos nyt viela jo koko',
  pl: 'i w na z do nie sie jest to ze o jak ale co po od za dla czy przez tak przy tylko moze jego jej ich byc juz bardzo ten ta te tego tej sa mam masz ma jestem gdzie kiedy dlaczego prosze oraz lub ktory ktora moj moja',
  cs: 'a v na se je to ze z do s i o jak ale co po od za pro by nebo jsem jsi jsou byl byla bylo tak pri jen muze jeho jeji jejich byt uz velmi ten ta te tento tato kde kdy proc prosim ktery ktera muj moje mam mas ma neni',
  ro: 'si de la in a cu pe nu este un o ca sa din care pentru mai dar ce au am ai are fost prin sau daca cum unde cand el ea noi voi ei acest aceasta foarte toate sunt esti imi iti lui fi poate fara',
  hu: 'a az es hogy nem is egy van de ha meg csak mint ez azt mar kell volt vagy lesz mit mi ki hol mikor miert en te o mi ti ok nagyon lehet minden kerem szeretnek ezt ami aki nincs vagyok',
  tr: 've bir bu da de icin ile ne mi cok gibi daha kadar ama var yok ben sen o biz siz onlar olarak olan her sey nasil neden nerede kim hangi degil en ya veya bana sana lutfen olur mu musun',
  id: 'yang dan di ke dari untuk dengan ini itu tidak ada adalah pada saya kamu anda dia kami kita mereka akan bisa dapat sudah juga atau karena jika apa bagaimana kapan mengapa siapa dalam oleh sebagai lebih sangat tolong',
  vi: 'va la cua co khong nhung cac mot duoc cho trong voi nay do toi ban anh chi em chung ta ho se da dang cung hay neu vi gi nao khi o tu den ra vao lam rat nguoi',
}

const SCRIPTS: readonly (readonly [language: string, letters: RegExp])[] = [
  ['ja', /[\u3040-\u30ff]/g],
  ['ko', /[\uac00-\ud7af]/g],
  ['zh', /[\u3400-\u9fff]/g],
  ['ar', /[\u0600-\u06ff]/g],
  ['he', /[\u0590-\u05ff]/g],
  ['hi', /[\u0900-\u097f]/g],
  ['bn', /[\u0980-\u09ff]/g],
  ['ta', /[\u0b80-\u0bff]/g],
  ['te', /[\u0c00-\u0c7f]/g],
  ['th', /[\u0e00-\u0e7f]/g],
  ['el', /[\u0370-\u03ff]/g],
  ['ka', /[\u10a0-\u10ff]/g],
  ['hy', /[\u0530-\u058f]/g],
  ['ru', /[\u0400-\u04ff]/g],
]
// Letters that the one has and Russian has not.
const UKRAINIAN = /[іїєґ]/i
const PERSIAN = /[پچژگ]/
const URDU = /[ٹڈڑںے]/

const LISTS = new Map(Object.entries(SMALL_WORDS).map(([language, words]) => [language, new Set(words.split(' '))]))
export const LANGUAGES: readonly string[] = [...LISTS.keys(), ...SCRIPTS.map(([language]) => language), 'uk', 'fa', 'ur']

const MOST_READ = 4_000
const FEWEST_WORDS = 4

export type Detected = { language: string; confidence: number }

/** The language of a text by its script and its small words; undefined where it is too short or too mixed to say. */
export function detectLanguage(text: string): Detected | undefined {
  const read = text.slice(0, MOST_READ)
  const letters = read.match(/\p{L}/gu)?.length ?? 0
  if (letters === 0) return undefined
  for (const [language, pattern] of SCRIPTS) {
    const share = (read.match(pattern)?.length ?? 0) / letters
    // A few kana among characters make a text Japanese.
    if (share > (language === 'ja' ? 0.1 : 0.5))
      return { language: withinScript(language, read), confidence: Math.min(1, share + (language === 'ja' ? 0.5 : 0)) }
  }
  const words = read.match(/[\p{L}\p{M}]+/gu)?.map(plainWord) ?? []
  if (words.length < FEWEST_WORDS) return undefined
  const counted = [...LISTS].map(([language, list]) => ({ language, hits: words.filter((word) => list.has(word)).length }))
  counted.sort((a, b) => b.hits - a.hits)
  const [first, second] = counted
  if (!first || first.hits < 2 || first.hits / words.length < 0.15) return undefined
  // By how much it is ahead of the next one: neighbours such as Danish and Norwegian share most of their small words.
  const ahead = second ? (first.hits - second.hits) / first.hits : 1
  return { language: first.language, confidence: Math.min(1, 0.5 + ahead) }
}

function withinScript(language: string, text: string): string {
  if (language === 'ru' && UKRAINIAN.test(text)) return 'uk'
  if (language === 'ar') return URDU.test(text) ? 'ur' : PERSIAN.test(text) ? 'fa' : 'ar'
  return language
}
