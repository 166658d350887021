/** How rude a word is: 1 mild, 2 strong, 3 a slur or worse. */
export type Severity = 1 | 2 | 3

type Entry = { severity: Severity; kind: 'PROFANITY' | 'SLUR'; words: string }

/**
 * Words that many readers take offence at, as stems: `fuck` is met in `fucking`, never inside of another word such as `Scunthorpe`.
 * Plain letters without accents. A word with `=` in front is met as it is only.
 */
const ENTRIES: readonly Entry[] = [
  {
    severity: 1,
    kind: 'PROFANITY',
    words:
      'damn goddamn =hell crap bloody =arse bollock bugger frigging frickin freakin =piss pissed pissing turd poop =tit =tits titties boob =butthole =ass douche jerk =sucks screwed bullcrap =wtf =stfu =omfg =lmfao =af',
  },
  {
    severity: 2,
    kind: 'PROFANITY',
    words:
      'fuck motherfuck motherfuk fuk fck fucc phuck fvck fuq mofo shit bullshit shyt sh1t shitt bitch biatch bitchy bastard asshole arsehole asshat asswipe dumbass jackass smartass badass dickhead =dick =dicks dickish =cock =cocks cocksuck cuck pussy pussies =cum cumming cumshot jizz blowjob handjob rimjob deepthroat gangbang wank wanker tosser twat prick bellend knobhead minger slut slutty whore skank hooker thot hoe =hoes tramp boner dildo masturbat =porn porno pornhub milf cunnilingus fellatio bukkake creampie anal butthurt buttplug clit clitoris nutsack ballsack scrotum schlong dong knob pecker wiener ejaculat orgasm horny nympho =bj =nsfw shag shagging shitty crappy bollocks git =sob arsed feck effing',
  },
  { severity: 3, kind: 'PROFANITY', words: 'cunt motherfucker cocksucker cumdump cumslut fuckface fucktard shithead dipshit' },
  {
    severity: 3,
    kind: 'SLUR',
    words:
      'nigger nigga niggas n1gger faggot =fag =fags fagot dyke tranny trannies shemale kike =chink =chinks gook spic =spics wetback beaner paki =pakis raghead towelhead sandnigger coon =coons jigaboo pickaninny golliwog redskin squaw gypsy gyppo =abo retard retarded spastic mongoloid cripple wop dago kraut polack =jap =japs honky cracker =cracka camel-jockey zipperhead',
  },
  // German, Dutch
  {
    severity: 2,
    kind: 'PROFANITY',
    words:
      'scheiss scheisse arschloch arsch fotze wichser wichsen hurensohn hure schlampe miststuck verfickt ficken fick fickt gefickt kacke verpiss drecksau dreckskerl missgeburt nutte spasti bumsen kut klootzak godverdomme lul eikel hoer kankerlijer tyfus neuken',
  },
  { severity: 3, kind: 'SLUR', words: 'neger kanake schwuchtel zigeuner mongo polacke flikker nikker' },
  // French
  {
    severity: 2,
    kind: 'PROFANITY',
    words:
      'merde putain connard connasse salope enculer encule bordel bite couille chier branleur batard niquer nique salaud foutre petasse ordure',
  },
  { severity: 3, kind: 'SLUR', words: 'negre bougnoule pede tapette youpin bicot tarlouze gouine' },
  // Spanish, Portuguese, Italian
  {
    severity: 2,
    kind: 'PROFANITY',
    words:
      'mierda puta puto cabron joder jodido pendejo chingar chinga verga coño cono culero gilipollas hostia polla hijodeputa hijueputa malparido concha boludo pelotudo zorra mamon culo caralho porra merda foda fodase fodido buceta cacete viadagem arrombado cuzao filhodaputa desgracado cazzo stronzo stronza vaffanculo merda puttana troia coglione minchia bastardo figa incazzat',
  },
  { severity: 3, kind: 'SLUR', words: 'maricon marica sudaca negrata bicha viado frocio ricchione negro terrone' },
  // Polish, Czech, Russian and Ukrainian in both scripts, Turkish, Hindi in Latin letters, Scandinavian
  {
    severity: 2,
    kind: 'PROFANITY',
    words:
      'kurwa chuj chuja pierdol jebac jebany skurwysyn dupa spierdalaj kurva picus zmrd kokot hovno jebat mrdat blyat blyad suka pizdec pizda khuy huy ebat yebat mudak zalupa бля блять блядь сука хуй хуи пизда пиздец ебать ебан ебал ебаный мудак залупа гандон шлюха говно жопа amk aminakoyim orospu sikeyim siktir gotveren yarrak pic bhenchod behenchod madarchod chutiya bhosdike gandu randi harami lund jhant fan faen jävlar javla fitta kuk helvete skit hora satan perkele vittu paska saatana kyrpa',
  },
  { severity: 3, kind: 'SLUR', words: 'pedal ciapaty pidor pidoras пидор пидорас жид хохол чурка ibne chamar bhangi' },
]
// Short or common words that mean something else in another language are met as they are, and only said where they are rude.
const HOMONYMS = new Set([
  'fan',
  'pic',
  'satan',
  'negro',
  'concha',
  'polla',
  'cono',
  'bite',
  'hora',
  'skit',
  'marica',
  'suka',
  'lund',
  'lul',
  'eikel',
  'gypsy',
  'cracker',
  'hoe',
  'git',
  'prick',
  'tramp',
  'dong',
  'knob',
  'wiener',
  'pecker',
  'cripple',
  'anal',
  'jerk',
  'bloody',
  'figa',
  'ordure',
  'pedal',
  'mongo',
  'kut',
  'culo',
  'dyke',
  'coon',
  'paki',
  'kraut',
  'verga',
  'zorra',
  'mamon',
  'hoer',
  'huy',
  'hure',
  'dupa',
  'randi',
  'gandu',
  'hostia',
  'troia',
  'bicha',
  'porra',
  'hooker',
  'orgasm',
  'clitoris',
  'scrotum',
  'redskin',
  'shag',
  'feck',
  'bordel',
  'pede',
  'picus',
  'chamar',
  'harami',
  'kuk',
  'neger',
  'spastic',
  'terrone',
])

export type RudeWord = { severity: Severity; kind: 'PROFANITY' | 'SLUR'; whole: boolean; sure: boolean }

export const LEXICON: ReadonlyMap<string, RudeWord> = new Map(
  ENTRIES.flatMap(({ severity, kind, words }) =>
    words.split(' ').map((entry): [string, RudeWord] => {
      const word = entry
        .replace(/^=/, '')
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
      return [word, { severity, kind, whole: entry !== word || HOMONYMS.has(word) || word.length < 4, sure: !HOMONYMS.has(word) }]
    }),
  ),
)
