/*
 * Words in which two questions must agree, of the languages that are asked in most. A word that is missing here costs a wrong
 * answer where nothing else tells the two apart, so what is close in meaning and opposite in answer belongs here.
 */

const words = (text: string): string[] => text.trim().split(/\s+/)
/** `one: a b` and so on: each word → what it means. */
const meanings = (table: Record<string, string>): ReadonlyMap<string, string[]> => {
  const found = new Map<string, string[]>()
  for (const [meaning, list] of Object.entries(table))
    for (const word of words(list)) found.set(word, [...(found.get(word) ?? []), meaning])
  return found
}

/** Number words → digits. Words for one are articles in most languages, so they are left out. */
export const NUMBERS = meanings({
  0: 'zero null cero',
  2: 'two zwei deux dos due twice double zweimal',
  3: 'three drei trois tres tre thrice triple',
  4: 'four vier quatre cuatro quattro',
  5: 'five fünf cinq cinco cinque',
  6: 'six sechs seis sei',
  7: 'seven sieben sept siete sette',
  8: 'eight acht huit ocho otto',
  9: 'nine neun neuf nueve nove',
  10: 'ten zehn dix diez dieci',
  11: 'eleven elf onze once undici',
  12: 'twelve zwölf douze doce dodici dozen dutzend',
  13: 'thirteen dreizehn treize trece',
  14: 'fourteen vierzehn quatorze catorce',
  15: 'fifteen fünfzehn quinze quince',
  20: 'twenty zwanzig vingt veinte venti',
  30: 'thirty dreißig trente treinta trenta',
  40: 'forty vierzig quarante cuarenta quaranta',
  50: 'fifty fünfzig cinquante cincuenta cinquanta',
  60: 'sixty sechzig soixante sesenta',
  70: 'seventy siebzig setenta',
  80: 'eighty achtzig ochenta',
  90: 'ninety neunzig noventa',
  100: 'hundred hundert cent cien cento',
  1000: 'thousand tausend mille mil',
  1000000: 'million millionen millón milione',
  1000000000: 'billion milliarde milliard',
  '1/2': 'half halb halbe moitié mitad metà',
  '1/4': 'quarter viertel',
})

/** Ordinal words, months, days of the week, and days and periods as they are seen from today. */
export const DATES = meanings({
  January: 'january jan januar janvier enero gennaio',
  February: 'february feb februar février febrero febbraio',
  March: 'märz mars marzo',
  April: 'april apr avril abril aprile',
  May: 'mai mayo maggio',
  June: 'june jun juni juin junio giugno',
  July: 'july jul juli juillet julio luglio',
  August: 'august aug août agosto',
  September: 'september sep sept septembre septiembre settembre',
  October: 'october oct oktober octobre octubre ottobre',
  November: 'november nov novembre noviembre',
  December: 'december dec dezember décembre diciembre dicembre',
  Monday: 'monday montag lundi lunes lunedì',
  Tuesday: 'tuesday dienstag mardi martes martedì',
  Wednesday: 'wednesday mittwoch mercredi miércoles mercoledì',
  Thursday: 'thursday donnerstag jeudi jueves giovedì',
  Friday: 'friday freitag vendredi viernes venerdì',
  Saturday: 'saturday samstag samedi sábado sabato',
  Sunday: 'sunday sonntag dimanche domingo domenica',
  today: 'today heute hoy oggi tonight',
  tomorrow: 'tomorrow demain mañana domani',
  yesterday: 'yesterday gestern hier ayer ieri',
  now: 'now currently jetzt maintenant ahora',
  hour: 'hour hours hourly stunde stunden heure heures hora horas',
  day: 'day days daily tag tage jour jours día días',
  week: 'week weeks weekly woche wochen semaine semaines semana semanas',
  month: 'month months monthly monat monate mois mes meses',
  quarter: 'quarterly quartal trimestre',
  year: 'year years yearly annual annually jahr jahre an ans année año años',
  minute: 'minute minutes minuten minuto minutos',
  second: 'seconds sekunden secondes segundos',
  morning: 'morning mornings',
  evening: 'evening evenings',
  summer: 'summer sommer été verano estate',
  winter: 'winter hiver invierno inverno',
  spring: 'spring frühling printemps primavera',
  autumn: 'autumn fall herbst automne otoño autunno',
  first: 'first 1st erste ersten première premier primero primera',
  next: 'next nächste nächsten prochain prochaine próximo próxima',
  last: 'last previous letzte letzten dernier dernière último última',
})

export const UNITS = meanings({
  dollar: 'dollar dollars usd',
  euro: 'euro euros eur',
  pound: 'gbp sterling',
  rupee: 'rupee rupees inr',
  yen: 'yen jpy',
  percent: 'percent prozent percentage pourcent',
  kg: 'kg kilo kilos kilogram kilograms kilogramm',
  g: 'gram grams gramm grammes',
  lb: 'lb lbs pounds',
  oz: 'oz ounce ounces',
  km: 'km kilometer kilometers kilometre kilometres',
  mile: 'mile miles mi',
  m: 'meter meters metre metres',
  cm: 'cm centimeter centimeters centimetre centimetres',
  mm: 'mm millimeter millimeters',
  foot: 'foot feet ft',
  inch: 'inch inches',
  l: 'liter liters litre litres',
  ml: 'ml milliliter milliliters',
  gallon: 'gallon gallons',
  celsius: 'celsius',
  fahrenheit: 'fahrenheit',
  kb: 'kb kilobyte kilobytes kib',
  mb: 'mb megabyte megabytes mib',
  gb: 'gb gigabyte gigabytes gib',
  tb: 'tb terabyte terabytes tib',
  ms: 'ms millisecond milliseconds',
  kwh: 'kwh',
  watt: 'watt watts kw',
})

export const NEGATIONS: ReadonlySet<string> = new Set(
  words(`
    not no never none nobody nothing neither nor cannot without except excluding unless isn't aren't wasn't weren't don't doesn't
    didn't won't wouldn't can't couldn't shouldn't mustn't haven't hasn't hadn't non dont cant wont isnt doesnt
    nicht kein keine keinen keiner keinem nie niemals ohne außer
    pas jamais sans aucun aucune sauf rien
    nunca sin ningún ninguna nada jamás excepto
    senza mai nessun nessuna niente
    não sem nenhum
    niet geen zonder nooit
  `),
)

/** Each is asked about in place of the other, and has another answer. */
export const OPPOSITES: readonly (readonly [string, string])[] = words(`
  increase/decrease increases/decreases increasing/decreasing raise/lower rise/fall grow/shrink more/less most/least more/fewer
  max/min maximum/minimum highest/lowest high/low higher/lower larger/smaller largest/smallest big/small bigger/smaller
  long/short longer/shorter longest/shortest fast/slow faster/slower fastest/slowest best/worst better/worse good/bad
  enable/disable enabled/disabled enabling/disabling on/off open/close opening/closing opened/closed start/stop start/end begin/end
  starting/stopping before/after earlier/later early/late above/below over/under up/down left/right top/bottom front/back
  inside/outside in/out into/from to/from with/without add/remove adding/removing add/delete insert/delete create/delete
  create/destroy install/uninstall subscribe/unsubscribe lock/unlock allow/deny allow/block allowed/forbidden allowed/prohibited
  accept/reject accepted/rejected approve/reject include/exclude including/excluding import/export upload/download send/receive
  push/pull read/write input/output encrypt/decrypt encode/decode compress/decompress connect/disconnect login/logout
  upgrade/downgrade buy/sell buying/selling borrow/lend lender/borrower debit/credit income/expense profit/loss gain/lose win/lose
  deposit/withdraw deposits/withdrawals pay/receive hire/fire employer/employee landlord/tenant teacher/student buyer/seller
  advantages/disadvantages pros/cons benefits/risks benefits/drawbacks strengths/weaknesses positive/negative legal/illegal
  safe/unsafe safe/dangerous hot/cold warm/cold wet/dry cheap/expensive cheapest/expensive free/paid public/private local/remote
  internal/external old/new older/newer oldest/newest oldest/latest first/last same/different true/false yes/no male/female
  men/women man/woman boy/girl mother/father husband/wife brother/sister son/daughter parent/child adult/child adults/children
  north/south east/west northern/southern eastern/western single/married import/export inbound/outbound incoming/outgoing
  ascending/descending horizontal/vertical synchronous/asynchronous sync/async static/dynamic mutable/immutable
  frontend/backend client/server dev/prod development/production staging/production master/slave primary/secondary
  arrive/depart arrival/departure arrivals/departures birth/death born/died cause/effect cause/cure symptoms/treatment
  symptoms/causes breakfast/dinner lunch/dinner vegetarian/vegan can/must may/must always/sometimes all/some all/any
  cat/dog cats/dogs gross/net deploy/undeploy mount/unmount show/hide visible/hidden active/inactive valid/invalid
  mehr/weniger mit/ohne vor/nach auf/zu ein/aus kaufen/verkaufen erhöhen/senken hinzufügen/entfernen höchste/niedrigste
  plus/moins avec/sans avant/après acheter/vendre ajouter/supprimer más/menos con/sin antes/después comprar/vender
`).map((pair) => pair.split('/') as unknown as readonly [string, string])

/** Names of languages, however they are written, as what is to be written in or about. */
export const LANGUAGES = meanings({
  English: 'english englisch anglais inglés inglese',
  German: 'german deutsch allemand alemán tedesco',
  French: 'french französisch français francés francese',
  Spanish: 'spanish spanisch espagnol español spagnolo',
  Italian: 'italian italienisch italien italiano',
  Portuguese: 'portuguese portugiesisch portugais portugués português',
  Dutch: 'dutch niederländisch néerlandais nederlands',
  Polish: 'polish polnisch polonais',
  Russian: 'russian russisch russe ruso',
  Ukrainian: 'ukrainian ukrainisch',
  Turkish: 'turkish türkisch turc',
  Arabic: 'arabic arabisch arabe',
  Hebrew: 'hebrew hebräisch',
  Hindi: 'hindi',
  Tamil: 'tamil',
  Bengali: 'bengali',
  Chinese: 'chinese mandarin cantonese chinesisch chinois chino',
  Japanese: 'japanese japanisch japonais japonés',
  Korean: 'korean koreanisch coréen coreano',
  Swedish: 'swedish schwedisch',
  Norwegian: 'norwegian norwegisch',
  Danish: 'danish dänisch',
  Finnish: 'finnish finnisch',
  Greek: 'greek griechisch',
  Latin: 'latin latein',
  Python: 'python',
  JavaScript: 'javascript js node.js',
  TypeScript: 'typescript ts',
  Java: 'java',
  Kotlin: 'kotlin',
  Swift: 'swift',
  Rust: 'rust',
  Go: 'golang',
  Ruby: 'ruby',
  PHP: 'php',
  'C#': 'c#',
  'C++': 'c++',
  SQL: 'sql',
  Bash: 'bash',
  Scala: 'scala',
})

/** Words that open a sentence and are no names. */
export const OPENERS: ReadonlySet<string> = new Set(
  words(`
    a an the this that these those my your our their his her its i we you they he she it there here
    what what's whats who who's whom whose which when where where's why how how's is are am was were be do does did has have had can could
    may might must shall should will would let let's if in on at by for from of to with without as and or but so because while after before
    please kindly hi hello hey dear thanks thank okay ok yes no not
    tell give show explain describe define list name write draft create make generate build compose summarise summarize translate compare
    find get help calculate compute convert solve suggest recommend provide answer say think imagine act consider use using explain
    outline discuss analyse analyze evaluate review check identify classify extract rewrite rephrase fix debug implement design plan
    teach read look see need want question any some all every each about regarding concerning during under over
    der die das ein eine was wer wie wo wann warum welche welcher welches ist sind kann können soll bitte gib nenne erkläre schreibe zeige hallo mein meine ich wir
    le la les un une des qui que quoi quel quelle quels quelles comment où quand pourquoi est sont peut peux pouvez puis donne donnez explique écris bonjour mon ma je nous
    el los las una unos qué quién cómo dónde cuándo cuál cuáles cuánto cuántos por es son puede puedes puedo dame explica escribe hola mi yo
    il lo gli uno che chi come dove quando perché quale è sono può posso dammi spiega scrivi ciao
  `),
)

/** Scripts in which one language, or few, are written. */
export const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Japanese', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['Korean', /\p{Script=Hangul}/u],
  ['Chinese', /\p{Script=Han}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Devanagari', /\p{Script=Devanagari}/u],
  ['Tamil', /\p{Script=Tamil}/u],
  ['Bengali', /\p{Script=Bengali}/u],
  ['Thai', /\p{Script=Thai}/u],
]

/** The small words that most sentences have. */
export const WORDS_OF_LANGUAGE: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['English', 'the of and to is are what how you do does can with for my your it that this i which when why who where'],
  ['German', 'der die das und ist sind was wie ich du kann mit für mein dein es dass welche wann warum wer wo nicht ein eine im'],
  ['French', 'le la les et est sont que quoi comment je tu vous peut avec pour mon votre ce quel quelle quand pourquoi qui où des du une'],
  ['Spanish', 'el los las y es son qué cómo yo usted puede con para mi su este cuál cuándo quién dónde del una por'],
  ['Italian', 'il lo gli e è sono che come io può con per mio suo questo quale quando perché chi dove del una'],
  ['Portuguese', 'o os e é são que como eu você pode com para meu seu este qual quando quem onde do uma não'],
  ['Dutch', 'de het en is zijn wat hoe ik je kan met voor mijn dat dit welke wanneer waarom wie waar niet een'],
].map(([language = '', list = '']) => [language, new Set(words(list))] as const)
