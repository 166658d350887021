import type { Random } from './random.ts'

const VERBS = [
  'Write',
  'Explain',
  'Summarize',
  'Compare',
  'Translate',
  'Suggest',
  'List',
  'Create',
  'Describe',
  'Improve',
  'Give me',
  'Plan',
  'Outline',
  'Rewrite',
  'Draft',
]
const THINGS = [
  'a poem about the sea',
  'how photosynthesis works',
  'the causes of the First World War',
  'a recipe for lentil soup with 3 cloves of garlic',
  'ten names for a coffee shop',
  'the difference between TCP and UDP',
  'a SQL query that joins orders and customers',
  'a Python function that sorts a list of 10,000 numbers',
  'a workout for 30 minutes a day',
  'an email that asks for a refund',
  'a birthday speech for a friend who turns 40',
  'why the sky is blue',
  'the plot of a film in 2 sentences',
  'a trip to Japan for 7 days in April',
  'a business plan for a bakery',
  'the rules of chess',
  'what a mortgage of 250,000 at 3.5% costs each month',
  'a table of the planets with their distance in km',
  'a joke about cats',
  'a regular expression for dates such as 2024-05-17',
  'the history of tea in China',
  'pros and cons of nuclear energy',
  'how to change a tyre',
  'a cover letter for a nurse',
  'a limerick about Dublin',
  'how to convert 72 °F into °C',
  'a schedule from 9:00 to 17:30',
  'the periodic table up to number 20',
  'a unit test for this function',
  'the meaning of "carpe diem"',
  'five synonyms for "happy"',
  'a slogan for a bicycle',
  'how interest compounds over 10 years',
  'an outline of Hamlet',
  'a packing list for camping',
]
const ENDS = [
  '',
  ' in simple words',
  ' for a child of 8',
  ' in 200 words',
  ' as a table',
  ' step by step',
  ' in the style of a sports reporter',
  ' with examples',
  ' and keep it short',
  ' in German',
  '. Use bullet points',
  ' so that a beginner understands it',
]
const MATHS = (r: Random) => `What is ${r.below(10_000)} ${r.pick(['+', '-', 'times', 'divided by'])} ${1 + r.below(500)}?`
const CODE = (r: Random) =>
  r.pick([
    `Why does arr[${r.below(100)}] give undefined in JavaScript when length is ${r.below(100)}?`,
    `for i in range(${r.below(1000)}):\n    total += prices[i] * 1.${r.digits(2)}\nWhy is this slow?`,
    `npm ERR! code E404 at registry, version ${r.below(9)}.${r.below(20)}.${r.below(20)}`,
    `git checkout ${r.some(7, '0123456789abcdef')} fails with "pathspec did not match"`,
    `SELECT id, total FROM orders WHERE total > ${r.below(5000)} ORDER BY created_at LIMIT ${r.below(100)}`,
    `My CSS: .box { margin: ${r.below(40)}px; color: #${r.some(6, '0123456789abcdef')}; }`,
  ])
const DATA = (r: Random) =>
  r.pick([
    `Sales were ${r.below(900)},${r.digits(3)} in 20${10 + r.below(15)} and ${r.below(900)},${r.digits(3)} a year later. How much is that in percent?`,
    `Sort these numbers: ${Array.from({ length: 8 }, () => r.below(1000)).join(', ')}`,
    `Classify the sentiment: "The delivery took ${r.below(20)} days and order ${r.digits(6)} was wrong."`,
    `Temperature readings: ${Array.from({ length: 6 }, () => `${10 + r.below(20)}.${r.below(10)}`).join(' ')}. What is the mean?`,
    `The population grew from ${1 + r.below(9)}.${r.below(9)} million to ${10 + r.below(9)} million between 19${50 + r.below(40)} and 20${10 + r.below(15)}.`,
  ])

/** Prompts as people send them all day, made from a small grammar. */
export function ordinary(r: Random, count: number): string[] {
  const all = new Set<string>()
  while (all.size < count)
    all.add(
      r.pick([
        () => `${r.pick(VERBS)} ${r.pick(THINGS)}${r.pick(ENDS)}.`,
        () => `${r.pick(VERBS)} ${r.pick(THINGS)}${r.pick(ENDS)}.`,
        () => `Can you ${r.pick(VERBS).toLowerCase()} ${r.pick(THINGS)}${r.pick(ENDS)}?`,
        () => MATHS(r),
        () => CODE(r),
        () => DATA(r),
      ])(),
    )
  return [...all]
}

/** Numbers, codes and words that look like something private, and are not. */
export const HARD = `
ISBN 978-3-16-148410-0 is out of print.
Order no. 4512345678 was shipped on 2024-05-12.
Invoice 2023-00451 of 12.05.2023 over 1.234,56 EUR.
Call me maybe is a song of 2012.
Set the timeout to 300000 ms and retry 5 times.
The flight BA2490 leaves at 18:45 from gate B32.
Tracking number 1Z999AA10123456784 has not moved.
UUID 550e8400-e29b-41d4-a716-446655440000 is taken.
Pi is 3.14159265358979 and e is 2.718281828459045.
The file has 1,073,741,824 bytes.
In 1984, 1,250 people voted; in 2004, 98,765 did.
Version 10.0.19045.3803 of Windows, Chrome/120.0.6099.109
It is at 48.8584, 2.2945 on the map.
Ticket JIRA-48213 blocks release 2024.11.
RFC 2616 section 14.9.1 is about caching.
The password must have at least eight letters and one digit.
How do I store an API key safely in Node.js?
export API_KEY=your-api-key-here
const token = await getToken(user.id)
Authorization: Bearer <token>
password: "********"
std::vector<int> v; Foo::bar(); a::b::c
The score was 21-19, 18-21, 21-17.
Mix 2-3 cups of flour, 150 g of butter and 1/2 tsp salt.
Timestamps 1700000000 and 1700003600 are an hour apart.
The MD5 of the file is d41d8cd98f00b204e9800998ecf8427e.
License plate readers are sold from 1,999 to 4,999 dollars.
Part number 8473-2291-00 fits model X200-B.
Between 2015-2019 the firm grew by 12.5 %.
DOI 10.1038/s41586-020-2649-2 is the paper on NumPy.
Room 1204, floor 12, seat 34A.
The 555 timer is a chip; use a 4.7 kΩ resistor.
CVE-2021-44228 affects log4j 2.0 to 2.14.1.
`
  .trim()
  .split('\n')
