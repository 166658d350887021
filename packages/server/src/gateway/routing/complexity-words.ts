/**
 * What words say of how much thought an answer takes. A word that ends in `*` stands for all that begin so. Lists are by language only to be
 * read; all of them hold at once. Scripts without spaces are searched as parts of the text.
 */
type Words = Record<string, string>

/** A chain of steps of which each has to be right. */
const PROOF: Words = {
  en: 'prove proof proofs disprove derive derivation deduce refute counterexample theorem lemma',
  de: 'beweise beweis beweisen herleite* herleitung widerleg*',
  fr: 'démontre* prouve* déduis* réfute*',
  es: 'demuestr* demostrar deduce deduzca refuta*',
  pt: 'demonstre prove deduza refute',
  it: 'dimostra* deduci confuta*',
  nl: 'bewijs bewijzen',
  ru: 'докаж* доказа* выведи* опроверг*',
  hi: 'सिद्ध',
}

/** What is asked for takes thinking: to compare, plan, find the cause. */
const REASONING: Words = {
  en: 'infer analyse analyze analysing analyzing analysis compare comparison contrast evaluate assess critique justify reason reasoning optimise optimize optimal design architect architecture plan strategy strategic trade-off tradeoff tradeoffs trade-offs implications consequences diagnose root-cause step-by-step estimate forecast simulate hypothesis hypotheses synthesize synthesise pros cons cause causes why constraint constraints prioritize prioritise argument arguments feasibility risks vulnerabilities sensitivity projections roadmap weigh weighing differences interpret suggest solutions recommendation recommendations alternatives methodology debug troubleshoot refactor',
  de: 'analysier* analyse vergleich* bewert* beurteil* begründ* optimier* entwirf entwerfe* plane strategie abwäg* auswirkungen ursache* schrittweise schritt schätze prognose* finanzprognose* risiken konzept* unterschiede abwägung auswirkung* warum vor- nachteile',
  fr: 'analyse* analyser compare* comparer évalue* évaluer justifie* optimise* conçois concevoir planifie* stratégie conséquences estime* risques pourquoi différences implications avantages inconvénients diagnostique*',
  es: 'analiza* analizar análisis compara* comparar evalúa* evaluar justifica* optimiza* diseña* diseñar planifica* estrategia consecuencias estima riesgos ventajas diferencias implicaciones desventajas diagnostica*',
  pt: 'analise analisar análise compare comparar avalie avaliar justifique otimize otimizar projete planeje estratégia consequências estime riscos vantagens diferenças implicações desvantagens',
  it: 'analizza* confronta* valuta* giustifica* ottimizza* progetta* pianifica* strategia conseguenze rischi vantaggi differenze implicazioni svantaggi',
  nl: 'analyseer vergelijk beoordeel onderbouw optimaliseer ontwerp strategie gevolgen',
  ru: 'проанализир* анализ сравни* оцени* обоснуй* оптимизир* спроектир* разработай* стратеги* последстви* архитектур* различи* риски',
  hi: 'विश्लेषण तुलना मूल्यांकन रणनीति योजना',
}

/** Something is to be made or worked out, which alone says little. */
const MAKING: Words = {
  en: 'write create generate implement build develop solve calculate compute explain review summarise summarize propose recommend describe elaborate how',
  de: 'schreibe schreib erstelle erzeuge implementiere baue entwickle löse löst berechne erkläre überprüfe fasse empfiehl beschreibe',
  fr: 'écris écrire écrivez crée créer créez génère implémente développe résous résoudre calcule explique expliquez résume propose décris',
  es: 'escribe escribir crea crear genera implementa desarrolla resuelve calcula explica resume propón recomienda describe',
  pt: 'escreva crie gere implemente desenvolva resolva calcule explique resuma proponha descreva',
  it: 'scrivi crea genera implementa sviluppa risolvi calcola spiega riassumi proponi descrivi',
  nl: 'schrijf maak implementeer ontwikkel bereken leg beschrijf',
  ru: 'напиши напишите создай создайте реализуй реши вычисли рассчитай объясни опиши предложи',
  hi: 'लिखें लिखो बनाएं बनाओ समझाएं गणना तैयार',
}

/** What is asked for is a text that somebody has to answer for. */
const WRITING: Words = {
  en: 'draft drafting redraft compose essay proposal whitepaper agreement manifesto dissertation thesis paper poem sonnet metre rhyme screenplay negotiate rewrite memo speech manuscript',
  de: 'entwurf businessplan* verfasse* formulier* aufsatz gutachten vertragsentwurf schriftsatz',
  fr: 'rédige* rédiger dissertation mémoire rapport proposition',
  es: 'redacta* redactar ensayo informe propuesta borrador',
  pt: 'redija redigir elabore ensaio relatório proposta minuta',
  it: 'redigi redigere stendi saggio relazione proposta bozza',
  nl: 'stel opstellen schrijf rapport voorstel',
  ru: 'составь* напиши эссе отчёт отчет проект',
  hi: 'मसौदा निबंध प्रस्ताव',
}

/** It is about a trade in which a mistake costs. */
const EXPERT: Words = {
  en: 'legal severance treatment tax clause clauses contract contracts liability indemnity indemnification indemnify mou nda jurisdiction statute litigation arbitration tort compliance gdpr hipaa patent diagnosis differential pathophysiology contraindication* dosage prognosis integral derivative equation equations differential* npv irr eigenvalue* eigenvector* polynomial asymptotic bayesian regression variance covariance stochastic amortization amortisation hedging valuation dcf derivatives actuarial integer thermodynamic* quantum relativity cryptograph* concurrency deadlock distributed consensus idempoten* complexity np-hard',
  de: 'klausel* vertrag* haftung* haftungs* rechtlich* juristisch* gerichtsstand datenschutz* dsgvo diagnose differential* gleichung kontraindikation* integral ableitung eigenwert* stochastisch* bewertung satz',
  fr: 'juridique clause clauses contrat contrats responsabilité indemnisation juridiction conformité rgpd diagnostic contre-indication* théorème intégrale dérivée',
  es: 'legal jurídic* cláusula* contrato* responsabilidad indemnización jurisdicción cumplimiento diagnóstico contraindicaci* teorema integral derivada',
  pt: 'jurídic* cláusula* contrato* responsabilidade indenização jurisdição lgpd diagnóstico equação teorema integral derivada',
  it: 'giuridic* legale clausola clausole contratt* responsabilità indennizzo giurisdizione diagnosi teorema integrale derivata',
  nl: 'juridisch* clausule* contract* aansprakelijkheid diagnose stelling integraal',
  ru: 'юридическ* договор* пункт ответственност* арбитраж* диагноз* теорем* интеграл* производн*',
  hi: 'कानूनी अनुबंध खंड धारा दायित्व निदान प्रमेय',
}

/** It is about programs. */
const CODE: Words = {
  en: 'function class method algorithm algorithms regex regexp sql query python javascript typescript rust golang java kotlin c++ bash dockerfile kubernetes api endpoint bug bugs deadlock* implement pull-request codebase script race-condition* latency throughput locking mutexes microservice* monolith thread-safe cache stacktrace traceback exception unit-test tests refactor compile compiler async mutex recursion recursive',
  de: 'funktion algorithmus programm skript',
  fr: 'fonction algorithme programme script',
  es: 'función algoritmo programa script',
  pt: 'função algoritmo programa script',
  it: 'funzione algoritmo programma script',
  ru: 'функци* алгоритм* программ* скрипт*',
}

/** Scripts without spaces between words. */
const UNSPACED: Record<WordKind, readonly string[]> = {
  making: [
    '写',
    '编写',
    '创建',
    '实现',
    '解释',
    '计算',
    '書いて',
    '作って',
    '実装',
    '説明',
    '計算',
    '작성',
    '설명',
    '계산',
    '구현',
    'เขียน',
    'อธิบาย',
  ],
  proof: ['证明', '推导', '証明', '導出', '증명', 'พิสูจน์'],
  reasoning: [
    '分析',
    '比较',
    '评估',
    '优化',
    '设计',
    '规划',
    '策略',
    '权衡',
    '比較',
    '評価',
    '最適化',
    '設計',
    '戦略',
    '考察',
    '분석',
    '비교',
    '평가',
    '최적화',
    '설계',
    '전략',
    'วิเคราะห์',
    'เปรียบเทียบ',
  ],
  writing: ['起草', '撰写', '拟定', '草拟', '报告', '論文', '起案', '執筆', '作成して', '작성', '초안', 'ร่าง'],
  expert: [
    '法律',
    '条款',
    '合同',
    '责任',
    '赔偿',
    '诊断',
    '定理',
    '积分',
    '法的',
    '条項',
    '契約',
    '責任',
    '診断',
    '積分',
    '법률',
    '조항',
    '계약',
    '책임',
    '진단',
    '정리',
    'กฎหมาย',
    'สัญญา',
  ],
  code: ['函数', '算法', '代码', '系统', '并发', '架构', '関数', 'アルゴリズム', 'コード', '함수', '알고리즘', '코드'],
}

/** Arabic and Hebrew put letters before a word, so their words are searched as parts too. */
const PREFIXED: Record<WordKind, readonly string[]> = {
  making: ['اكتب', 'اشرح', 'احسب', 'أنشئ', 'כתוב', 'הסבר', 'חשב'],
  proof: ['أثبت', 'برهن', 'הוכח'],
  reasoning: ['حلل', 'تحليل', 'قارن', 'قيّم', 'صمم', 'خطة', 'נתח', 'השווה'],
  writing: ['صياغة', 'صغ', 'مسودة', 'اكتب تقرير', 'נסח', 'טיוטה'],
  expert: ['قانوني', 'بند', 'عقد', 'مسؤولية', 'تشخيص', 'נוסח משפטי', 'חוזה', 'סעיף'],
  code: ['خوارزمية', 'دالة', 'פונקציה'],
}

export type WordKind = 'making' | 'proof' | 'reasoning' | 'writing' | 'expert' | 'code'

const KINDS: readonly WordKind[] = ['making', 'proof', 'reasoning', 'writing', 'expert', 'code']
const exact = new Map<string, WordKind[]>()
const starts = new Map<string, WordKind[]>()
for (const [kind, words] of [
  ['making', MAKING],
  ['proof', PROOF],
  ['reasoning', REASONING],
  ['writing', WRITING],
  ['expert', EXPERT],
  ['code', CODE],
] as const) {
  for (const word of Object.values(words).flatMap((list) => list.split(' '))) {
    const [table, key] = word.endsWith('*') ? [starts, word.slice(0, -1)] : [exact, word]
    const kinds = table.get(key) ?? []
    if (!kinds.includes(kind)) table.set(key, [...kinds, kind])
  }
}
const LENGTHS = [...new Set([...starts.keys()].map((key) => key.length))].sort((a, b) => a - b)
const SPACELESS = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/
const RIGHT_TO_LEFT = /[\u0590-\u06ff]/
const WORD = /[\p{L}\p{M}][\p{L}\p{M}\p{N}+]*(?:-[\p{L}\p{M}\p{N}]+)*/gu

/** The telling words of a text, each one once, by what they tell. The text is in lower case. */
export function tellingWords(text: string): Record<WordKind, readonly string[]> {
  const found = tableOf(() => new Set<string>())
  for (const [word] of text.matchAll(WORD)) for (const kind of kindsOf(word)) found[kind].add(word)
  const parts = [SPACELESS.test(text) ? UNSPACED : undefined, RIGHT_TO_LEFT.test(text) ? PREFIXED : undefined]
  for (const kind of KINDS)
    for (const lists of parts) for (const part of lists?.[kind] ?? []) if (text.includes(part)) found[kind].add(part)
  return tableOf((kind) => [...found[kind]])
}

const tableOf = <T>(make: (kind: WordKind) => T): Record<WordKind, T> => ({
  making: make('making'),
  proof: make('proof'),
  reasoning: make('reasoning'),
  writing: make('writing'),
  expert: make('expert'),
  code: make('code'),
})

const NO_KINDS: readonly WordKind[] = []

function kindsOf(word: string): readonly WordKind[] {
  const known = exact.get(word)
  if (known) return known
  for (const length of LENGTHS) {
    if (length > word.length) break
    const kinds = starts.get(word.slice(0, length))
    if (kinds) return kinds
  }
  return NO_KINDS
}
