import type { Technique } from './signal.ts'

/** Marks of turns and of hidden text: found by themselves, as they hold no words. `starts` is looked for first, as it costs next to nothing. */
export const MARKS: readonly { technique: Technique; points: number; starts: string; pattern: RegExp; untrusted?: true }[] = [
  {
    technique: 'FAKE_TURN',
    points: 2.5,
    starts: '<|',
    pattern: /<\|\s?(?:im_start|im_end|system|user|assistant|endoftext|end_of_turn|start_header_id|eot_id|begin_of_text)\s?\|>/g,
  },
  { technique: 'FAKE_TURN', points: 2.6, starts: '[', pattern: /\[\/?(?:inst|sys|system|assistant)\]|<<\/?sys>>/g },
  {
    technique: 'FAKE_TURN',
    points: 1.6,
    starts: 'system',
    pattern:
      /(?:^|\n)[\s#>*=\-<[("']{0,8}(?:system|system prompt|system message|system note|system instruction)s?[\s\])>*"']{0,4}(?::|>|\]|\n|-{2,})/g,
  },
  {
    technique: 'FAKE_TURN',
    points: 2,
    starts: '</',
    pattern: /<\/(?:system|user|assistant|instructions?|prompt|document|context|data|user_input|query|input)>\s*\S/g,
  },
  {
    technique: 'FAKE_TURN',
    points: 1.4,
    starts: 'assistant',
    pattern: /(?:^|\n)\s{0,4}(?:human|user)\s?:[^\n]{0,300}\n+\s{0,4}assistant\s?:/g,
  },
  {
    technique: 'FAKE_TURN',
    points: 1.4,
    starts: '###',
    pattern: /(?:^|\n)\s{0,4}#{2,4}\s?(?:instructions?|system|new (?:task|instructions?)|response|human|assistant|end)\b/g,
  },
  {
    technique: 'FAKE_TURN',
    points: 1.6,
    starts: '---',
    pattern: /-{3,}\s?(?:end|begin|start|stop|new|user|system)\b[^\n]{0,40}(?:-{3,}|:|\n|$)/g,
  },
  { technique: 'TWO_ANSWERS', points: 2.2, starts: '🔓', pattern: /🔓/gu },
  {
    technique: 'EXFILTRATION',
    points: 3,
    starts: '![',
    pattern: /!\[[^\]\n]{0,200}\]\(\s?https?:\/\/[^)\s{<[$]{0,400}(?:\{|%7b|\[|<|\$)/g,
  },
  {
    technique: 'EXFILTRATION',
    points: 3,
    starts: '![',
    pattern:
      /!\[[^\]\n]{0,200}\]\(\s?https?:\/\/[^)\s?]{0,300}\?[^)\s]{0,60}?(?:secret|data|history|prompt|chat|token|conversation|message|summary|leak)=/g,
  },
  {
    technique: 'HIDDEN_TEXT',
    points: 1.6,
    starts: '<!--',
    pattern: /<!--[^>]{0,400}\b(?:ai|assistant|ignore|instructions?|you must|system|prompt|llm|model)\b/g,
    untrusted: true,
  },
  {
    technique: 'HIDDEN_TEXT',
    points: 1.6,
    starts: 'style',
    pattern:
      /style\s?=\s?["'][^"'>]{0,200}(?:display\s?:\s?none|font-size\s?:\s?0|color\s?:\s?(?:white|#fff)|visibility\s?:\s?hidden|opacity\s?:\s?0)/g,
    untrusted: true,
  },
]

/** Phrases without gaps, for letters that were written apart. */
export const SQUEEZED =
  /(?:ignore|disregard|forget|bypass|override)(?:all|any|the|your|my|of)*(?:previous|prior|above|earlier|these|those|safety|original)?(?:instructions?|prompts?|rules|guidelines|restrictions|directives?|everything|filters)|(?:reveal|show|print|repeat|tell(?:me)?|giveme|output)(?:me|us)?(?:your|the|system|hidden|initial|full|original)+(?:prompt|instructions?|message)|doanythingnow|youarenow|jailbreak|developermode|systemprompt/g
