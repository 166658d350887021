import { describe, expect, test } from 'vitest'
import { factsOf } from './asked.case.ts'
import { complexityOf } from './complexity.ts'

const THRESHOLD = 0.35
const LONG_REPORT = 'The quarter was good in the north and slow in the south. Sales of pumps rose, those of valves fell. '.repeat(120)

const EASY = [
  'What is our leave policy?',
  'Hi',
  'Hello, how are you today?',
  'Thanks, that helped!',
  'What is the capital of France?',
  'Who wrote Hamlet?',
  'When does the shop open on Sunday?',
  'How many days of leave do I have?',
  'Translate "good morning" into Spanish.',
  'What is Kubernetes?',
  'What time is it in Tokyo?',
  'Where can I find my payslip?',
  'Reset my password please',
  'Is the office open on Monday?',
  'Give me a synonym for happy',
  'Correct the spelling: recieve',
  'Tell me a joke about cats',
  'What does HTTP stand for?',
  'Summarise this in one line: the meeting moved to 3 pm.',
  'Convert 5 miles to kilometres',
  'What is a liability clause?',
  'Is there parking at the office?',
  'Order status of 4711?',
  'Name three fruits that are red',
  'What is the phone number of support?',
  'Remind me what SLA means',
  'Wie viele Urlaubstage habe ich?',
  'Was ist die Hauptstadt von Österreich?',
  'Wo finde ich meine Gehaltsabrechnung?',
  'Quelle est la capitale du Japon ?',
  'Combien coûte la livraison ?',
  '¿Cuál es el horario de la tienda?',
  '¿Dónde está mi pedido?',
  'Qual é a capital do Brasil?',
  'Quanto costa la spedizione?',
  'Сколько дней отпуска у меня есть?',
  'हमारी छुट्टी की नीति क्या है?',
  '我们的年假有几天？',
  '営業時間は何時ですか？',
  '휴가는 며칠인가요?',
  'ما هي ساعات العمل؟',
  'How do I change my email address?',
  'What was the score last night?',
  'Give me directions to the station',
  'Is it going to rain tomorrow?',
  'List the planets of the solar system',
  'Capitalise each word: the quick brown fox',
  'What is 15 percent of 80?',
  'Extract the date from: invoice of 3 May 2024',
  'Classify the sentiment: I love it',
  'Write a haiku about spring',
  'Bonjour, pouvez-vous m’aider ?',
  'Wie lange habt ihr geöffnet?',
  'Can you send me the invoice again?',
  'Which contract is mine?',
  'Show my last order',
  'Define photosynthesis',
  'What is the deadline for the report?',
  'Write a short thank-you note to Anna',
  'Fix grammar: he go to school',
  'What is an API?',
  'Do you ship to Norway?',
  'Who is the CEO of Microsoft?',
  '¿Qué es la fotosíntesis?',
  'Kto jest prezydentem Polski?',
  'Please cancel my subscription',
  'Which plan am I on?',
  'What is the difference between a cat and a dog?',
  'Tell me about your company',
  'Rephrase: I am running late',
  'Is my package insured?',
  'Write a tweet about our new shop',
  'How tall is Mount Everest?',
  'What are your opening hours on Christmas Eve?',
  'Turn this list into a comma separated line: a b c',
  'Why is the sky blue?',
  'Generate a random password of 12 characters',
  'What colour is the bus?',
  'Was kostet das Abo?',
  'Wann kommt mein Paket?',
  'Est-ce que vous livrez en Suisse ?',
  'Come posso cambiare la password?',
  'Как сменить пароль?',
  '我的订单在哪里？',
  'パスワードを忘れました',
]

const HARD = [
  'Draft a legal clause for this MOU',
  'Draft an indemnity clause that limits our liability to the fees paid in the last 12 months.',
  'Prove that the square root of 2 is irrational.',
  'Compare the trade-offs of event sourcing and CRUD for our billing system and recommend an architecture.',
  'Analyse the root cause of the outage and propose a plan so that it does not happen again.',
  'Design a distributed rate limiter that stays exact when the network splits.',
  'Write a Python function that finds the longest palindromic substring, and explain its complexity.',
  '```ts\nfunction add(a, b) { return a - b }\n```\nWhy does my unit-test fail? Debug it step-by-step.',
  'Derive the gradient of the softmax cross-entropy loss.',
  'Evaluate this contract for GDPR compliance and list the risks.',
  'Refactor this query:\nselect * from orders o, users u where o.user_id = u.id group by u.id',
  'Compute \\int_0^1 x^2 \\log(x) dx and justify each step.',
  'Traceback (most recent call last):\n  File "a.py", line 3\nKeyError: x\nWhat is the bug in my function?',
  'Negotiate: rewrite our proposal so that the NDA covers subcontractors, in a formal tone.',
  'Assess the differential diagnosis of chest pain in a 40-year-old, with contraindications of each treatment.',
  `Compare the figures of both halves and forecast the next quarter:\n${LONG_REPORT}`,
  'Optimise this algorithm from O(n^2) to O(n log n) and prove its correctness.',
  'Plan a migration from MongoDB to Postgres without downtime, with a rollback strategy.',
  'Critique the methodology of this study and suggest a better design with a power analysis.',
  'Entwirf eine Haftungsklausel für diesen Vertrag.',
  'Analysiere die Ursache des Ausfalls und begründe deine Strategie.',
  'Rédige une clause de responsabilité pour ce contrat.',
  'Démontre que la somme de deux nombres pairs est paire, puis compare deux preuves.',
  'Redacta una cláusula de confidencialidad para este contrato.',
  'Analiza y compara las consecuencias de ambas estrategias.',
  'Redija uma cláusula de responsabilidade para este contrato.',
  'Redigi una clausola di responsabilità per questo contratto.',
  'Составьте пункт договора об ответственности сторон.',
  'Докажи теорему Пифагора и сравни два доказательства.',
  'इस अनुबंध के लिए एक कानूनी खंड का मसौदा तैयार करें',
  '请为这份合同起草一个法律责任条款。',
  'この契約の責任条項を起案してください。',
  '이 계약의 법률 책임 조항 초안을 작성해 주세요.',
  'صياغة بند قانوني لهذا العقد',
  'Write a detailed comparison of Kafka and RabbitMQ for our use case, covering ordering, durability and ops.',
  'Explain why this SQL deadlocks and how to fix it: UPDATE a ...; UPDATE b ...',
  'Given constraints A, B and C, find an optimal schedule for 12 nurses over 4 weeks',
  'Implement a red-black tree in Rust with deletion',
  'What are the legal implications of terminating this contract early?',
  'Write a business plan for a coffee chain with financial projections for 5 years',
  'How would you design Twitter?',
  'Summarize the key arguments of both parties and assess which is stronger',
  'Find the bug:\n```py\ndef f(x):\n return x+1\n```',
  'Write an essay on the causes of World War I',
  "Solve the differential equation y'' + y = sin x",
  'Calculate the NPV of these cash flows and evaluate the sensitivity to the discount rate',
  'Erstelle einen Businessplan mit Finanzprognose für drei Jahre',
  'Erkläre mir Schritt für Schritt, wie ich diese Differentialgleichung löse',
  "Explain the proof of Gödel's incompleteness theorem",
  'Create a marketing strategy for launching in three countries with different regulations',
  'Diagnose why the Kubernetes pods crash-loop with OOM and propose fixes',
]

describe('the scorer', () => {
  test('has at least 60 cases of its own', () => expect(EASY.length + HARD.length).toBeGreaterThanOrEqual(60))

  test.each(EASY)('finds easy: %s', (text) => {
    const { score, parts } = complexityOf(factsOf(text))
    expect(score, JSON.stringify(parts)).toBeLessThan(THRESHOLD)
  })

  test.each(HARD)('finds hard: %s', (text) => {
    const { score, parts } = complexityOf(factsOf(text))
    expect(score, JSON.stringify(parts)).toBeGreaterThanOrEqual(THRESHOLD)
  })

  test('says for each point where it comes from, and adds them up', () => {
    const { score, parts } = complexityOf(factsOf('Draft a legal clause for this MOU'))
    expect(parts.map(({ name, because }) => [name, because])).toEqual([
      ['writing', 'draft'],
      ['expert', 'legal, clause, mou'],
    ])
    expect(score).toBeCloseTo(
      parts.reduce((sum, { points }) => sum + points, 0),
      6,
    )
  })

  test('reads the last message and not the system prompt, which is the same for all calls of an app', () => {
    const system = 'Analyse, compare, prove and draft legal clauses of contracts with great care. '.repeat(20)
    const messages = [
      { role: 'system', content: system },
      { role: 'user', content: 'What is our leave policy?' },
    ]
    expect(complexityOf(factsOf({ messages })).score).toBeLessThan(THRESHOLD)
  })

  test.each([
    ['tools', { tools: Array.from({ length: 8 }, (_, index) => ({ type: 'function', function: { name: `f${index}` } })) }],
    ['shape', { response_format: { type: 'json_schema', json_schema: {} } }],
    ['modality', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }] }] }],
    ['conversation', { messages: Array.from({ length: 12 }, () => ({ role: 'user', content: 'and then?' })) }],
    ['context', { messages: [{ role: 'user', content: LONG_REPORT.repeat(3) }] }],
    ['structure', { messages: [{ role: 'user', content: '1. one\n2. two\n3. three\n4. four' }] }],
    ['language', { messages: [{ role: 'user', content: 'नमस्ते' }] }],
  ])('gives points for %s', (name, body) => {
    const bare = { messages: [{ role: 'user', content: 'go on' }] }
    expect(complexityOf(factsOf(bare)).parts.map((part) => part.name)).not.toContain(name)
    expect(complexityOf(factsOf({ ...bare, ...body })).parts.map((part) => part.name)).toContain(name)
  })

  test('stays within 0 and 1 whatever it is given', () => {
    for (const text of ['', 'What is it?', `${HARD.join('\n')}${LONG_REPORT}`]) {
      const { score } = complexityOf(factsOf(text))
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
    }
  })
})
