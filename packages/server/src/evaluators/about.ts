import type { EvaluatorEntry } from '@signalbox/schema/evaluator'

type About = Pick<EvaluatorEntry, 'group' | 'description' | 'notFor'>
const about = (group: About['group'], description: string, notFor: string): About => ({ group, description, notFor })

/** What a person has to know to choose an evaluator. Formulas and sources stand in docs/guide/metrics.md. */
export const ABOUT: Record<string, About> = {
  equals: about('checks', 'Whether the answer is the expected one; JSON whatever the order of its keys.', 'Several wordings are right.'),
  contains: about(
    'checks',
    'Whether a text is in the answer, with upper and lower case as written.',
    'The text may be worded in other ways.',
  ),
  'contains-any': about('checks', 'Whether at least one of several texts is in the answer.', 'All of them are needed.'),
  'contains-all': about('checks', 'Whether all of several texts are in the answer.', 'Some of them would do.'),
  icontains: about('checks', 'Whether a text is in the answer, in upper or lower case.', 'Case matters, as in codes and ids.'),
  'icontains-any': about('checks', 'Whether one of several texts is there, in upper or lower case.', 'Case matters, or all are needed.'),
  'icontains-all': about('checks', 'Whether all of several texts are there, in upper or lower case.', 'Case matters, or some would do.'),
  'starts-with': about('checks', 'Whether the answer begins with a text.', 'A greeting may come first.'),
  'ends-with': about('checks', 'Whether the answer ends with a text.', 'A closing line may follow.'),
  regex: about('checks', 'Whether an RE2 pattern matches: linear time, without look-around.', 'The shape is JSON: use json-schema.'),
  'json-valid': about('checks', 'Whether the answer is JSON.', 'Its fields matter: use json-schema.'),
  'json-schema': about(
    'checks',
    'Whether the answer fits a JSON Schema; each problem is named.',
    'The values of the fields matter: use json-diff.',
  ),
  'json-diff': about('checks', 'How alike two JSON values are, field by field.', 'One field decides: use equals on it.'),
  numeric: about('checks', 'Whether the number in the answer is the expected one within a tolerance.', 'The answer has many numbers.'),
  keywords: about('checks', 'The share of words that are mentioned; some must not be.', 'Saying a word is not enough to be right.'),
  'word-count': about('checks', 'How many words the answer has; passed by its limits.', 'Length says nothing about the task.'),
  latency: about('checks', 'How long the answer took; passed by its limits.', 'Answers come from a cache.'),
  cost: about('checks', 'What the answer cost; passed by its limit.', 'Prices of the model are unknown.'),
  'tool-call': about(
    'tools',
    'Whether the same tools are called in the same order, with the right arguments.',
    'The order of calls is free: use tool-call-f1.',
  ),
  'tool-call-f1': about('tools', 'F1 of the sets of calls, by name and arguments or by name.', 'The order of calls matters.'),
  trajectory: about('tools', 'Whether the steps of a trace fit what is expected, by mode.', 'There are no spans, only answers.'),
  groundedness: about(
    'retrieval',
    'The share of numbers, dates, names, quotes and ids that occur in the sources; free.',
    'Meaning counts: use faithfulness.',
  ),
  levenshtein: about('text', 'The fewest edits between the answer and the expected one; less is better.', 'Texts are long.'),
  'edit-similarity': about('text', 'How alike two texts are by their edits, from 0 to 1.', 'Texts are long.'),
  bleu: about('text', 'BLEU as sacrebleu has it, 0 to 100: precision of runs of words.', 'One row is to be judged, or meaning matters.'),
  rouge: about(
    'text',
    'ROUGE as Google has it, 0 to 1: what of the reference is there.',
    'Facts matter: one wrong number still scores high.',
  ),
  chrf: about('text', 'chrF and chrF++ as sacrebleu has them, 0 to 100: runs of characters.', 'Only the gist of long texts counts.'),
  ter: about('text', 'The share of words to edit until the answer is the reference; less is better.', 'The order of words is free.'),
  meteor: about('text', 'METEOR as NLTK has it without WordNet: words, stems and synonyms.', 'The language is not English.'),
  similarity: about('text', 'How close the embeddings of answer and reference are.', 'A "not" matters: opposites are close.'),
  bertscore: about(
    'text',
    'Greedy best match of token vectors: precision, recall and F1.',
    'Numbers of other models are to be compared with.',
  ),
  rubric: about('judges', 'A judge scores the answer from 0 to 1 by a rubric, with its reason first.', 'A check in code would do.'),
  'closed-qa': about('judges', 'A judge says whether one criterion is met.', 'The criterion has several parts: ask for each.'),
  factuality: about('judges', 'A judge compares the facts of the answer with those of the reference.', 'There is no trusted reference.'),
  'g-eval': about(
    'judges',
    'A judge scores by steps, weighted by the probability of each score where there is one.',
    'Providers with and without log-probabilities are mixed.',
  ),
  pairwise: about(
    'judges',
    'A judge compares with the expected answer in both orders; a tie where it goes by the place.',
    'One answer alone is to be judged.',
  ),
  jury: about('judges', 'Several models judge; their mean or median, with how far they agree.', 'Cost matters more than certainty.'),
  faithfulness: about('retrieval', 'The share of statements that the sources support, each shown.', 'The sources themselves are in doubt.'),
  'answer-relevancy': about(
    'retrieval',
    'Whether the answer is about the question, by questions guessed from it.',
    'A short right answer has many questions.',
  ),
  'context-precision': about('retrieval', 'Whether useful sources stand before others.', 'The order of sources does not matter.'),
  'context-recall': about('retrieval', 'The share of the expected answer that follows from the sources.', 'It says more than was asked.'),
  'context-entity-recall': about(
    'retrieval',
    'The share of entities of the expected answer that the sources name.',
    'Names are written in several ways.',
  ),
  'noise-sensitivity': about(
    'retrieval',
    'The share of statements that are wrong because a source says so; less is better.',
    'There is one source only.',
  ),
  'answer-correctness': about(
    'retrieval',
    'F1 of statements and closeness of meaning, against the expected answer.',
    'The expected answer is one of many.',
  ),
  code: about(
    'own',
    'A function of your own in TypeScript, in a sandbox without network, files and processes.',
    'It needs a package or the network: use http.',
  ),
  http: about('own', 'A service of your own that gets the row and answers the score.', 'It must score without a network.'),
  sql: about('own', 'A SELECT over the spans of the trace of the row.', 'Rows have no trace.'),
}
