import { describe, expect, test } from 'vitest'
import { differencesOf } from './verify-question.ts'

describe('the same question in other words', () => {
  const SAME: [string, string][] = [
    ['What is our leave policy?', 'what is the leave policy'],
    ['How do I reset my password?', 'Please tell me how I can reset my password.'],
    ['How much is 1,000.50 dollars in euros?', 'What are 1000.5 dollars in euros'],
    ['Who wrote "Faust"?', 'who is it that wrote “Faust”'],
    ['Explain kubernetes', 'What is Kubernetes?'],
    ["What's the weather like in Paris?", 'How is the weather in Paris'],
    ['Give me three ideas', 'Please give me 3 ideas'],
    ['Wie beantrage ich Urlaub?', 'wie kann ich Urlaub beantragen'],
    ['How do I install node v24.1?', 'how to install Node v24.1'],
    ['How do I apply for leave?', 'applying for leave, how do I do that'],
    ['How can I get my money back?', 'What do I do to be refunded?'],
    ['What does HTTP 429 mean?', 'what is the meaning of http 429'],
  ]
  test.each(SAME)('%s = %s', (one, other) => {
    expect(differencesOf(one, other)).toEqual([])
    expect(differencesOf(other, one)).toEqual([])
  })
})

describe('false friends', () => {
  const OTHER: [string, string, string][] = [
    ['numbers', 'What is 17 times 24?', 'What is 17 times 25?'],
    ['numbers', 'Give me three ideas', 'Give me four ideas'],
    ['numbers', 'Is 1.5 enough?', 'Is 15 enough?'],
    ['numbers', 'How cold is -5 degrees?', 'How cold is 5 degrees?'],
    ['numbers', 'Who won in 2022?', 'Who won in 2018?'],
    ['dates', 'Is the office open on Monday?', 'Is the office open on Sunday?'],
    ['dates', 'What is the weather today?', 'What is the weather tomorrow?'],
    ['dates', 'Revenue of last month?', 'Revenue of last year?'],
    ['units', 'How much is 5 kg?', 'How much is 5 lb?'],
    ['units', 'What is $20 worth?', 'What is €20 worth?'],
    ['units', 'How far is a mile?', 'How far is a kilometer?'],
    ['negation', 'Which foods are allowed?', 'Which foods are not allowed?'],
    ['negation', 'Can I fly with a dog?', "Can't I fly with a dog?"],
    ['negation', 'Darf ich hier parken?', 'Darf ich hier nicht parken?'],
    ['opposites', 'How do I enable logging?', 'How do I disable logging?'],
    ['opposites', 'How to import data from a file?', 'How to export data from a file?'],
    ['opposites', 'What is the highest mountain?', 'What is the lowest mountain?'],
    ['quoted', 'What does "foo" mean?', 'What does "bar" mean?'],
    ['codes', 'Is GPT-4o good?', 'Is GPT-4.1 good?'],
    ['codes', 'Where is order A-1001b?', 'Where is order A-1002b?'],
    ['codes', 'What is at /etc/hosts?', 'What is at /etc/passwd?'],
    ['codes', 'mail to ann@example.test', 'mail to bob@example.test'],
    ['names', 'What is the capital of France?', 'What is the capital of Spain?'],
    ['names', 'Paris weather?', 'London weather?'],
    ['names', 'Who is the CEO of ACME?', 'Who is the CFO of ACME?'],
    ['names', 'What did Ann say?', 'What did Bob say?'],
    ['language asked for', 'translate this to french', 'translate this to german'],
    ['language asked for', 'sort a list in python', 'sort a list in rust'],
    ['word', 'How do I apply for parental leave?', 'How do I apply for sick leave?'],
    ['names', 'Wie beantrage ich Elternzeit?', 'Wie beantrage ich Bildungsurlaub?'],
    ['language', 'What is the leave policy?', 'Was ist die Urlaubsregelung'],
    ['language', 'Как дела?', 'How are you?'],
  ]
  test.each(OTHER)('%s: %s ≠ %s', (what, one, other) => {
    const reasons = differencesOf(one, other)
    expect(reasons.map((reason) => reason.split(':')[0])).toContain(what)
    expect(differencesOf(other, one)).not.toEqual([])
  })
  test('the reasons say what differs', () => {
    expect(differencesOf('What is 17 times 24?', 'What is 17 times 25?')).toEqual(['numbers: 17, 24 / 17, 25'])
    expect(differencesOf('Which are allowed?', 'Which are not allowed?')).toEqual(['negation: no / yes'])
  })
})

test('long questions are read in time that grows with their length', () => {
  const long = `${'word 12 '.repeat(500)}"${"'a".repeat(500)}`
  expect(differencesOf(long, `${long} x`)).toEqual([])
})
