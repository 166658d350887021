/** What an explanation must mention, and how two versions of a prompt explain it. */
type Term = { id: string; question: string; words: readonly string[]; full: string; simple: string }

/** "What is Kubernetes?" must mention container, orchestration and cluster, however friendly the words become. */
export const TERMS: readonly Term[] = [
  {
    id: 'kubernetes',
    question: 'What is Kubernetes?',
    words: ['container', 'orchestration', 'cluster'],
    full: 'Kubernetes does container orchestration: it keeps a cluster of machines in the state that was asked for, and starts each container again that ends.',
    simple: 'Kubernetes is like a captain who makes sure that all the boats of your app are where they should be.',
  },
  {
    id: 'load-balancer',
    question: 'What is a load balancer?',
    words: ['traffic', 'servers', 'health'],
    full: 'A load balancer spreads traffic over several servers, and leaves out those that fail their health check.',
    simple: 'A load balancer is a friendly usher who shows every visitor to a free seat.',
  },
  {
    id: 'dns',
    question: 'What is DNS?',
    words: ['name', 'address', 'resolver'],
    full: 'DNS turns a name into an IP address: a resolver asks from the root down and keeps what it learns.',
    simple: 'DNS is the phone book of the internet: you give it a name and get an address.',
  },
  {
    id: 'tls',
    question: 'What is TLS?',
    words: ['encryption', 'certificate', 'handshake'],
    full: 'TLS adds encryption to a connection: in the handshake the server proves with its certificate who it is.',
    simple: 'TLS puts your message in an envelope that only the right person can open.',
  },
  {
    id: 'queue',
    question: 'What is a message queue?',
    words: ['producer', 'consumer', 'order'],
    full: 'A message queue keeps what a producer sends until a consumer takes it, mostly in order.',
    simple: 'A message queue is a letter box between programs.',
  },
  {
    id: 'index',
    question: 'What is a database index?',
    words: ['rows', 'lookup', 'write'],
    full: 'An index makes the lookup of rows fast, and every write a little slower.',
    simple: 'An index is like the one at the end of a book.',
  },
  {
    id: 'cache',
    question: 'What is a cache?',
    words: ['copy', 'hit', 'expiry'],
    full: 'A cache keeps a copy near who needs it: a hit is fast, and the expiry says how old it may get.',
    simple: 'A cache remembers things so that you need not ask twice.',
  },
  {
    id: 'vpn',
    question: 'What is a VPN?',
    words: ['tunnel', 'network', 'encrypted'],
    full: 'A VPN is an encrypted tunnel into another network.',
    simple: 'A VPN is a secret passage to the office.',
  },
  {
    id: 'rollback',
    question: 'What is a rollback?',
    words: ['version', 'deploy', 'previous'],
    full: 'A rollback makes the previous version live again after a bad deploy.',
    simple: 'A rollback is pressing undo.',
  },
  {
    id: 'api',
    question: 'What is an API?',
    words: ['request', 'response', 'contract'],
    full: 'An API is a contract between programs: which request may be sent, and which response comes back.',
    simple: 'An API is a contract about which request gets which response.',
  },
]
