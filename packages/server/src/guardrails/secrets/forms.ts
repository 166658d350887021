import { assigned, type SecretRule } from './rule.ts'

const HEX32 = '[0-9a-f]{32}'
const HEX40 = '[0-9a-f]{40}'
const HEX64 = '[0-9a-f]{64}'
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const LETTERS = (least: number, most = least) => `[A-Za-z0-9_-]{${least},${most}}`

/** Keys that look like any other, known by the name that stands before them. */
export const NAMED: SecretRule[] = [
  assigned('AWS_SECRET_KEY', 'aws|secret[_-]?access[_-]?key', '[A-Za-z0-9/+]{40}', 4),
  assigned('AZURE_STORAGE_KEY', 'AccountKey|azure', '[A-Za-z0-9/+]{86}==', 4),
  assigned('AZURE_OPENAI_KEY', 'azure|ocp-apim', `(?:${HEX32}|[A-Za-z0-9]{84})`, 3),
  assigned('CLOUDFLARE_KEY', 'cloudflare|cf[_-]api', `(?:[0-9a-f]{37}|${LETTERS(40)})`, 3),
  assigned('HEROKU_KEY', 'heroku', UUID, 3),
  assigned('DATADOG_KEY', 'datadog|dd[_-]ap[ip]', `(?:${HEX40}|${HEX32})`, 3),
  assigned('FASTLY_KEY', 'fastly', LETTERS(32), 3),
  assigned('TWILIO_AUTH_TOKEN', 'twilio', HEX32, 3),
  assigned('TWITTER_SECRET', 'twitter', '[A-Za-z0-9-]{35,50}', 3.5),
  assigned('FACEBOOK_SECRET', 'facebook|fb', HEX32, 3),
  assigned('LINKEDIN_SECRET', 'linked[_-]?in', '[A-Za-z0-9]{14,16}', 3),
  assigned('DISCORD_SECRET', 'discord', `(?:${HEX64}|[A-Za-z0-9=_-]{32})`, 3),
  assigned('ALGOLIA_KEY', 'algolia', HEX32, 3),
  assigned('ASANA_SECRET', 'asana', HEX32, 3),
  assigned('ATLASSIAN_KEY', 'atlassian|jira|confluence', '[A-Za-z0-9]{24}', 3.3),
  assigned('BITBUCKET_SECRET', 'bitbucket', LETTERS(32, 64), 3),
  assigned('BITTREX_KEY', 'bittrex', HEX32, 3),
  assigned('COINBASE_KEY', 'coinbase', LETTERS(64), 3),
  assigned('KRAKEN_KEY', 'kraken', '[A-Za-z0-9/=_+-]{80,90}', 3),
  assigned('KUCOIN_KEY', 'kucoin', `(?:[0-9a-f]{24}|${UUID})`, 3),
  assigned('BINANCE_KEY', 'binance', '[A-Za-z0-9]{64}', 3.5),
  assigned('CODECOV_TOKEN', 'codecov', '[A-Za-z0-9-]{32,36}', 3),
  assigned('CONTENTFUL_KEY', 'contentful', LETTERS(43), 3),
  assigned('COHERE_KEY', 'cohere|co[_-]api[_-]key', '[A-Za-z0-9]{40}', 3.5),
  assigned('MISTRAL_KEY', 'mistral', '[A-Za-z0-9]{32}', 3.3),
  assigned('DEEPSEEK_KEY', 'deepseek', 'sk-[0-9a-f]{32}', 3),
  assigned('TOGETHER_KEY', 'together', HEX64, 3),
  assigned('DEEPGRAM_KEY', 'deepgram', HEX40, 3),
  assigned('ASSEMBLYAI_KEY', 'assembly[_-]?ai', HEX32, 3),
  assigned('STABILITY_KEY', 'stability', 'sk-[A-Za-z0-9]{48}', 3),
  assigned('WEIGHTS_BIASES_KEY', 'wandb', HEX40, 3),
  assigned('WEAVIATE_KEY', 'weaviate|qdrant|milvus', '[A-Za-z0-9_.|-]{32,120}', 3.3),
  assigned('DRONECI_TOKEN', 'drone', '[A-Za-z0-9]{32}', 3.3),
  assigned('TRAVIS_TOKEN', 'travis', '[A-Za-z0-9]{22}', 3.3),
  assigned('JENKINS_TOKEN', 'jenkins', '[0-9a-f]{32,34}', 3),
  assigned('DROPBOX_KEY', 'dropbox', '[a-z0-9]{15}', 3.2),
  assigned('ETSY_TOKEN', 'etsy', '[A-Za-z0-9]{24}', 3.3),
  assigned('FINNHUB_KEY', 'finnhub', '[A-Za-z0-9]{20}', 3),
  assigned('FLICKR_KEY', 'flickr', HEX32, 3),
  assigned('FRESHBOOKS_KEY', 'freshbooks|freshdesk', '[A-Za-z0-9]{20,64}', 3.2),
  assigned('GITTER_TOKEN', 'gitter', LETTERS(40), 3),
  assigned('HUBSPOT_KEY', 'hubspot', UUID, 3),
  assigned('INTERCOM_KEY', 'intercom', '[A-Za-z0-9=_]{60}', 3),
  assigned('JFROG_KEY', 'jfrog|artifactory', '[A-Za-z0-9]{64,73}', 3),
  assigned('KIBANA_KEY', 'elastic(?:search)?|kibana', '[A-Za-z0-9_=-]{20,80}', 3.5),
  assigned('LAUNCHDARKLY_KEY', 'launchdarkly', LETTERS(40), 3),
  assigned('LINE_SECRET', 'line[_-]channel', `(?:${HEX32}|[A-Za-z0-9+/]{150,180}=?)`, 3),
  assigned('LOOKER_SECRET', 'looker', '[a-z0-9]{20,24}', 3),
  assigned('MAILGUN_KEY', 'mailgun', `(?:[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}|${HEX32})`, 3),
  assigned('MAILJET_KEY', 'mailjet|mj[_-]api', HEX32, 3),
  assigned('MATTERMOST_TOKEN', 'mattermost', '[a-z0-9]{26}', 3),
  assigned('MESSAGEBIRD_KEY', 'message[_-]?bird', `(?:[A-Za-z0-9]{25}|${UUID})`, 3),
  assigned('NETLIFY_KEY', 'netlify', '[A-Za-z0-9=_-]{40,46}', 3),
  assigned('NYTIMES_KEY', 'nytimes|newyorktimes', '[A-Za-z0-9=_-]{32}', 3),
  assigned('OKTA_TOKEN', 'okta', '[\\w=-]{40,44}', 3.3),
  assigned('OPENWEATHER_KEY', 'open[_-]?weather(?:map)?', HEX32, 3),
  assigned('PAGERDUTY_KEY', 'pager[_-]?duty|pd[_-]api', '[A-Za-z0-9_+-]{20}', 3),
  assigned('PLAID_SECRET', 'plaid', '[a-z0-9]{24,30}', 3),
  assigned('PRIVATEAI_KEY', 'private[_-]?ai', '[a-z0-9]{32}', 3),
  assigned('RAPIDAPI_KEY', 'rapid[_-]?api', '[A-Za-z0-9_-]{50}', 3),
  assigned('ROLLBAR_TOKEN', 'rollbar', HEX32, 3),
  assigned('SENTRY_TOKEN', 'sentry', HEX64, 3),
  assigned('SENDBIRD_TOKEN', 'sendbird', HEX40, 3),
  assigned('SHODAN_KEY', 'shodan', '[A-Za-z0-9]{32}', 3.3),
  assigned('SNYK_TOKEN', 'snyk', UUID, 3),
  assigned('SONAR_TOKEN', 'sonar', HEX40, 3),
  assigned('SPOTIFY_SECRET', 'spotify', HEX32, 3),
  assigned('SQUARESPACE_TOKEN', 'squarespace', UUID, 3),
  assigned('SUMOLOGIC_KEY', 'sumo', '[A-Za-z0-9]{64}', 3),
  assigned('TRAVISCI_TOKEN', 'trello', '[A-Za-z0-9]{32,76}', 3.3),
  assigned('VONAGE_SECRET', 'vonage|nexmo', '[A-Za-z0-9]{16}', 3),
  assigned('ZENDESK_KEY', 'zendesk', '[A-Za-z0-9]{40}', 3.3),
  assigned('ZOOM_SECRET', 'zoom', '[A-Za-z0-9]{32}', 3.5),
]

const assignment = (names: string, value: string, entropy: number, score: number): SecretRule => ({
  type: 'GENERIC_SECRET',
  words: ['pass', 'pwd', 'secret', 'token', 'key', 'credential', 'auth', 'contraseña', 'passwort', 'kennwort', 'senha'],
  pattern: new RegExp(
    `(?<![A-Za-z0-9])[\\w.-]{0,40}?(?:${names})(?:[_-]?(?:prod|dev|test|staging|live|value|string|base64))?["'\`]?[ \\t]{0,3}(?:=>|:=|={1,3}|:(?!:|\\/\\/))[ \\t]{0,3}${value}`,
    'gi',
  ),
  entropy,
  score,
})

const PASSWORDS = 'passwords?|passwd|passphrase|pwd|pass|contraseña|passwort|kennwort|senha'
const KEYS =
  'api[_.-]?key|apikey|secret(?:[_-]?key)?|(?:access|auth|bearer|refresh|session|service|bot|id|private|deploy)[_-]?token|token|access[_-]?key(?:[_-]?id)?|client[_-]?secret|private[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|credentials?|auth[_-]?key|x-api-key|shared[_-]?secret|consumer[_-]?secret|secret[_-]?access[_-]?key'

/** What is known by its form alone, or by being called a password. */
export const FORMS: SecretRule[] = [
  {
    type: 'PRIVATE_KEY',
    words: ['private key'],
    pattern:
      /-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,8192}?(?:-----END (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    score: 1,
  },
  {
    type: 'PUTTY_PRIVATE_KEY',
    words: ['putty-user-key-file'],
    pattern: /PuTTY-User-Key-File-[23]: [\s\S]{40,8192}?Private-MAC: [0-9a-f]{40,64}/g,
    score: 1,
  },
  {
    type: 'JWT',
    words: ['eyj'],
    pattern: /(?<![A-Za-z0-9_-])ey[A-Za-z0-9]{15,2000}\.ey[A-Za-z0-9_/\\-]{10,4000}\.(?:[A-Za-z0-9_/\\-]{10,2000}={0,2})?/g,
    entropy: 3,
    score: 0.95,
  },
  {
    type: 'CONNECTION_STRING',
    words: ['://'],
    pattern: /(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>$]{0,100}:(?<v>[^\s/@"'<>{}]{3,200})@[\w.[\]:-]{2,200}/gi,
    score: 0.9,
  },
  {
    type: 'CONNECTION_STRING',
    words: ['accountkey=', 'sharedaccesskey=', 'pwd=', 'password='],
    pattern: /(?:AccountKey|SharedAccessKey|;\s?(?:Password|Pwd))=(?<v>[^;\s"'&]{6,200});?/gi,
    entropy: 2.5,
    score: 0.85,
  },
  {
    type: 'AUTHORIZATION_HEADER',
    words: ['bearer', 'basic', 'authorization'],
    pattern: /authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token|apikey)\s{1,3}(?<v>[A-Za-z0-9+/=_.~-]{12,4000})/gi,
    entropy: 3,
    score: 0.9,
  },
  {
    type: 'BEARER_TOKEN',
    words: ['bearer '],
    pattern: /(?<![A-Za-z])bearer\s(?<v>[A-Za-z0-9+/=_.~-]{20,4000})/gi,
    entropy: 3.5,
    score: 0.8,
  },
  {
    type: 'CURL_PASSWORD',
    words: ['curl'],
    pattern: /curl\b[^\n]{0,300}?\s(?:-u|--user)[ =]["']?[^\s:"']{1,100}:(?<v>[^\s"']{3,200})/g,
    score: 0.8,
  },
  { type: 'NPMRC_AUTH', words: ['_auth'], pattern: /_auth(?:Token)?\s?=\s?(?<v>[A-Za-z0-9+/=_.-]{16,400})/g, entropy: 3, score: 0.9 },
  {
    type: 'NETRC_PASSWORD',
    words: ['machine '],
    pattern: /machine\s\S{1,200}\s{1,4}login\s\S{1,200}\s{1,4}password\s(?<v>\S{3,200})/g,
    score: 0.9,
  },
  {
    type: 'PASSWORD_HASH',
    words: ['$2', '$6$', '$5$', '$argon2'],
    pattern:
      /\$(?:2[aby]\$\d{2}\$[./A-Za-z0-9]{53}|[56]\$[./A-Za-z0-9]{4,16}\$[./A-Za-z0-9]{43,86}|argon2id?\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{10,90}\$[A-Za-z0-9+/]{20,90})/g,
    score: 0.9,
  },
  assignment(KEYS, `["'\`](?<v>[^\\s"'\`<>{}$()]{8,300})["'\`]`, 3, 0.8),
  assignment(KEYS, `(?<v>(?=[A-Za-z_.+/=~-]{0,299}\\d)[A-Za-z0-9_.+/=~-]{16,300})(?![A-Za-z0-9(])`, 3.3, 0.7),
  assignment(PASSWORDS, `["'\`](?<v>[^\\s"'\`]{6,200})["'\`]`, 2.4, 0.8),
  assignment(PASSWORDS, `(?<v>(?=[^\\s\\d]{0,199}\\d)(?=[^\\sA-Za-z]{0,199}[A-Za-z])[^\\s"'\`<>{}()[\\],;]{8,200})`, 2.6, 0.6),
  {
    type: 'GENERIC_SECRET',
    words: ['password', 'passwort', 'contraseña', 'passcode', 'senha', 'mot de passe', 'secret'],
    pattern:
      /(?:password|passcode|passwort|contraseña|senha|mot de passe|secret(?: key)?)\s(?:is|was|ist|es|est|é|to)\s?:?\s["'`“]?(?<v>(?=[^\s\d]{0,99}\d)(?=[^\sA-Za-z]{0,99}[A-Za-z])[^\s"'`”<>{}]{8,100}[^\s"'`”<>{}.,;:!?])/gi,
    entropy: 2.6,
    score: 0.6,
  },
]
