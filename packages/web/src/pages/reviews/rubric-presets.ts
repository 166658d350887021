import type { Input } from '@signalbox/sdk'

type Rubric = Input<'reviews.create'>['rubric']
export type Preset = { value: string; label: string; does: string; rubric: Rubric }

/** Rubrics to begin with. */
export const PRESETS: readonly Preset[] = [
  {
    value: 'accuracy',
    label: 'Accuracy and flags',
    does: 'Accurate, somewhat accurate or inaccurate; flags for hallucination and bias; a correction.',
    rubric: {
      guideline:
        '**Accurate**: everything that is said is right, and nothing that matters is missing.\n\n**Somewhat accurate**: the core is right, a detail is not.\n\n**Inaccurate**: who follows it is led astray.',
      questions: [
        {
          kind: 'ordinal',
          id: 'accuracy',
          title: 'How accurate is the answer?',
          options: [{ value: 'Inaccurate' }, { value: 'Somewhat accurate' }, { value: 'Accurate', pass: true }],
        },
        {
          kind: 'labels',
          id: 'flags',
          title: 'What is wrong with it?',
          many: true,
          required: false,
          options: [
            { value: 'hallucination', title: 'Hallucination' },
            { value: 'bias', title: 'Bias' },
          ],
        },
        { kind: 'correction', id: 'correction', title: 'What should it have said?', required: false },
      ],
    },
  },
  {
    value: 'pass',
    label: 'Pass or fail',
    does: 'One question with yes and no.',
    rubric: { guideline: '', questions: [{ kind: 'binary', id: 'pass', title: 'Is this answer good enough?' }] },
  },
  {
    value: 'pair',
    label: 'Which is better',
    does: 'Two answers beside each other, in an order by lot.',
    rubric: { guideline: '', questions: [{ kind: 'pairwise', id: 'better', title: 'Which answer is better?' }] },
  },
  {
    value: 'spans',
    label: 'Marked places',
    does: 'Places of the answer are marked with what is wrong there.',
    rubric: {
      guideline: '',
      questions: [
        {
          kind: 'spans',
          id: 'errors',
          title: 'Mark what is wrong',
          options: [
            { value: 'fact', title: 'Wrong fact' },
            { value: 'tone', title: 'Tone' },
          ],
        },
      ],
    },
  },
]
