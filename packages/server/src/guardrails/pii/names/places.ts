import type { Found } from '../../check.ts'

const COUNTRIES = `Afghanistan|Albania|Algeria|Andorra|Angola|Argentina|Armenia|Australia|Austria|Azerbaijan|Bahamas|Bahrain|Bangladesh|Barbados|Belarus|Belgium|Belize|Benin|Bhutan|Bolivia|Botswana|Brazil|Brunei|Bulgaria|Burundi|Cambodia|Cameroon|Canada|Chile|China|Colombia|Comoros|Congo|Costa Rica|Croatia|Cuba|Cyprus|Czechia|Czech Republic|Denmark|Djibouti|Dominica|Dominican Republic|Ecuador|Egypt|El Salvador|Eritrea|Estonia|Eswatini|Ethiopia|Fiji|Finland|France|Gabon|Gambia|Germany|Ghana|Greece|Grenada|Guatemala|Guyana|Haiti|Honduras|Hungary|Iceland|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|Jamaica|Japan|Kazakhstan|Kenya|Kosovo|Kuwait|Kyrgyzstan|Laos|Latvia|Lebanon|Lesotho|Liberia|Libya|Liechtenstein|Lithuania|Luxembourg|Madagascar|Malawi|Malaysia|Maldives|Malta|Mauritania|Mauritius|Mexico|Moldova|Monaco|Mongolia|Montenegro|Morocco|Mozambique|Myanmar|Namibia|Nepal|Netherlands|New Zealand|Nicaragua|Nigeria|North Korea|Norway|Oman|Pakistan|Palestine|Panama|Paraguay|Peru|Philippines|Poland|Portugal|Qatar|Romania|Russia|Rwanda|Saudi Arabia|Senegal|Serbia|Seychelles|Sierra Leone|Singapore|Slovakia|Slovenia|Somalia|South Africa|South Korea|Spain|Sri Lanka|Sudan|Suriname|Sweden|Switzerland|Syria|Taiwan|Tajikistan|Tanzania|Thailand|Togo|Tunisia|Turkmenistan|Uganda|Ukraine|United Arab Emirates|United Kingdom|United States|Uruguay|Uzbekistan|Vanuatu|Venezuela|Vietnam|Yemen|Zambia|Zimbabwe|Hong Kong|Scotland|England|Wales`
const CITIES = `London|Paris|Berlin|Madrid|Rome|Vienna|Amsterdam|Brussels|Lisbon|Dublin|Athens|Warsaw|Prague|Budapest|Stockholm|Oslo|Copenhagen|Helsinki|Zurich|Geneva|Munich|Hamburg|Frankfurt|Cologne|Stuttgart|Milan|Naples|Turin|Venice|Barcelona|Valencia|Seville|Marseille|Lyon|Toulouse|Manchester|Birmingham|Liverpool|Leeds|Glasgow|Edinburgh|Bristol|Cardiff|Belfast|Moscow|Saint Petersburg|Kyiv|Kiev|Istanbul|Ankara|Tel Aviv|Jerusalem|Cairo|Lagos|Nairobi|Johannesburg|Cape Town|Casablanca|Accra|Addis Ababa|Dubai|Abu Dhabi|Riyadh|Doha|Tehran|Baghdad|Karachi|Lahore|Islamabad|Mumbai|Bombay|Delhi|New Delhi|Bangalore|Bengaluru|Chennai|Kolkata|Hyderabad|Pune|Ahmedabad|Jaipur|Kochi|Dhaka|Colombo|Kathmandu|Bangkok|Hanoi|Ho Chi Minh City|Jakarta|Manila|Kuala Lumpur|Beijing|Shanghai|Shenzhen|Guangzhou|Tokyo|Osaka|Kyoto|Seoul|Busan|Taipei|Sydney|Melbourne|Brisbane|Perth|Auckland|Wellington|New York City|New York|Los Angeles|Chicago|Houston|Phoenix|Philadelphia|San Antonio|San Diego|San Jose|San Francisco|Seattle|Denver|Boston|Detroit|Nashville|Portland|Las Vegas|Atlanta|Miami|Minneapolis|Cleveland|Pittsburgh|Baltimore|Toronto|Montreal|Vancouver|Ottawa|Calgary|Mexico City|Guadalajara|Monterrey|Bogota|Lima|Santiago|Buenos Aires|Sao Paulo|São Paulo|Rio de Janeiro|Caracas|Havana`
const STATES = `Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|West Virginia|Wisconsin|Wyoming|Washington`

const names = new Set(`${COUNTRIES}|${CITIES}|${STATES}`.split('|'))
const CAPITALS = /\p{Lu}[\p{L}]{2,20}(?: (?:de )?\p{Lu}[\p{L}]{2,20}){0,3}/gu

/** Countries, states and large cities by their names. */
export function findPlaces(text: string, found: Found[]): void {
  for (const match of text.matchAll(CAPITALS)) {
    const words = match[0].split(' ')
    for (let from = 0; from < words.length; from++)
      for (let to = words.length; to > from; to--) {
        const name = words.slice(from, to).join(' ')
        if (!names.has(name)) continue
        const start = match.index + words.slice(0, from).join(' ').length + (from > 0 ? 1 : 0)
        found.push({ type: 'LOCATION', start, end: start + name.length, score: 0.5, reason: 'the name of a country, a state or a city' })
        from = to - 1
        break
      }
  }
}

const WAYS =
  'Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Crescent|Close|Trail|Trl|Loop|Plaza|Alley|Row|Mews|Gardens|Grove|Nagar|Marg|Colony|Layout'
const ENGLISH = new RegExp(
  `(?<![\\p{L}\\d./-])\\d{1,6}[A-Za-z]?(?:[-/]\\d{1,4})?,? (?:[NSEW]\\.? |North |South |East |West )?(?:(?:\\p{Lu}[\\p{L}'’.-]{0,20}|\\d{1,3}(?:st|nd|rd|th)) ){1,4}(?:${WAYS})\\b\\.?(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|#)\\.? ?[\\w-]{1,6})?(?:,? ?\\n?(?:\\p{Lu}[\\p{L}.'’-]{1,20} ?){1,3}(?:,? ?(?:[A-Z]{2}|\\p{Lu}[\\p{L}]{3,15}))?,? ?(?:\\d{5}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|\\d{4,6})?)?`,
  'gu',
)
/** "Hauptstraße 12", "Rua das Flores, 10", "12 rue de la Paix": the way first, or its kind first. */
const GERMAN =
  /(?<![\p{L}])\p{Lu}[\p{L}-]{2,30}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|gatan|vägen|katu|gade|vej) \d{1,4} ?[a-z]?(?:,? ?\d{4,5}(?: [A-Z]{2})? \p{Lu}[\p{L}-]{2,30})?(?![\p{L}\d])/gu
const ROMANCE =
  /(?<![\p{L}\d])(?:\d{1,4}(?: ?bis)?,? (?:rue|avenue|boulevard|place|chemin|impasse|quai)|(?:Calle|Avenida|Av\.|Plaza|Paseo|Carrer|Rua|Travessa|Praça|Via|Viale|Piazza|Corso|Ulica|ul\.))(?: (?:de|del|de la|des|du|da|das|dos|di|della|la|le|l['’]))? ?\p{Lu}[\p{L}'’-]{1,25}(?: (?:de |di |la |da )?\p{Lu}[\p{L}'’-]{1,25}){0,3}(?:,? (?:n[º°.]? ?)?\d{1,5}[a-z]?)?(?:,? \d{4,5}(?:-\d{3})? \p{Lu}[\p{L}-]{2,25})?/gu
const POSTBOX = /(?<![\p{L}])P\.? ?O\.? Box \d{1,6}(?![\d])/gu

/** Without one of these in a text a pattern is not tried: to look for them costs next to nothing. */
const ENGLISH_SIGNS = WAYS.split('|').map((way) => ` ${way}`)
const GERMAN_SIGNS = 'stra str. weg platz allee gasse ring damm ufer laan plein gracht gatan vägen katu gade vej'.split(' ')
const ROMANCE_SIGNS = [
  'rue ',
  'avenue ',
  'boulevard ',
  'place ',
  'chemin ',
  'impasse ',
  'quai ',
  'Calle',
  'Avenida',
  'Av.',
  'Plaza',
  'Paseo',
  'Carrer',
  'Rua',
  'Travessa',
  'Praça',
  'Via',
  'Piazza',
  'Corso',
  'Ulica',
  'ul.',
]
const POSTBOX_SIGNS = ['Box']

/** Where somebody lives: house, way and town as they are written on letters. */
export function findStreets(text: string, found: Found[]): void {
  const ways: [pattern: RegExp, signs: readonly string[]][] = [
    [ENGLISH, ENGLISH_SIGNS],
    [GERMAN, GERMAN_SIGNS],
    [ROMANCE, ROMANCE_SIGNS],
    [POSTBOX, POSTBOX_SIGNS],
  ]
  for (const pattern of ways.flatMap(([pattern, signs]) => (signs.some((sign) => text.includes(sign)) ? [pattern] : [])))
    for (const match of text.matchAll(pattern)) {
      const value = match[0].replace(/[\s,.]+$/, '')
      if (pattern === ROMANCE && !/\d/.test(value)) continue
      found.push({
        type: 'LOCATION',
        start: match.index,
        end: match.index + value.length,
        score: 0.75,
        reason: 'an address as on a letter',
      })
    }
}

const ENDINGS =
  'Inc|Incorporated|LLC|L.L.C|Ltd|Limited|LLP|PLC|plc|Corp|Corporation|Company|GmbH|AG|KG|S.A|SA|SAS|SARL|S.p.A|SpA|S.r.l|Srl|B.V|BV|N.V|NV|AB|ASA|Oy|Oyj|A/S|Pty|Pvt|Holdings|Group|Partners|Associates|Industries|Enterprises|Technologies|Solutions|Consulting|Logistics|Pharmaceuticals|Airlines|Motors|Foundation|University|College|Hospital|Institute|Bank'
const SUFFIX = new RegExp(
  `(?<![\\p{L}])\\p{Lu}[\\p{L}\\d&.'’-]{1,25}(?: (?:(?:and|&|of|de) )?\\p{Lu}[\\p{L}\\d&.'’-]{1,25}){0,4},? (?:${ENDINGS.replaceAll('.', '\\.')})\\b\\.?(?: (?:Ltd|LLC|Inc)\\b\\.?)?`,
  'gu',
)
const PREFIX =
  /(?<![\p{L}])(?:University|Bank|Ministry|Department|Institute|Church|Museum|Hospital) of (?:the )?\p{Lu}[\p{L}-]{2,25}(?: (?:and |of )?\p{Lu}[\p{L}-]{2,25}){0,3}/gu

const ENDING = new RegExp(` (?:${ENDINGS.replaceAll('.', '\\.')})(?![\\w])`, 'g')

const PREFIX_SIGNS = ['University', 'Bank', 'Ministry', 'Department', 'Institute', 'Church', 'Museum', 'Hospital'].map(
  (sign) => `${sign} of `,
)

/** A name stands within so many characters before what it ends with; behind that may be one more ending. */
const BEFORE_ENDING = 130
const BEHIND_ENDING = 24

/** The pieces of a text in which a company may be named: around each ending, those that touch as one. */
function aroundEndings(text: string): [from: number, to: number][] {
  const pieces: [number, number][] = []
  for (const { index: at } of text.matchAll(ENDING)) {
    const last = pieces.at(-1)
    if (last && at - BEFORE_ENDING <= last[1]) last[1] = at + BEHIND_ENDING
    else pieces.push([Math.max(0, at - BEFORE_ENDING), at + BEHIND_ENDING])
  }
  return pieces
}

/** Companies and bodies by what such names end with. */
export function findOrganizations(text: string, found: Found[]): void {
  for (const [from, to] of aroundEndings(text)) for (const match of text.slice(from, to).matchAll(SUFFIX)) tell(match, from, found)
  if (PREFIX_SIGNS.some((sign) => text.includes(sign))) for (const match of text.matchAll(PREFIX)) tell(match, 0, found)
}

function tell(match: RegExpExecArray, from: number, found: Found[]): void {
  const value = match[0].replace(/^(?:The|At|In|For|From|With|By|And|I|My|Our|Dear|Contact|Join|Visit) /, '').replace(/[.,\s]+$/, '')
  if (!value.includes(' ')) return
  const start = from + match.index + match[0].indexOf(value)
  found.push({ type: 'ORGANIZATION', start, end: start + value.length, score: 0.6, reason: 'what names of companies end or begin with' })
}
