import { gap, signals } from './signal.ts'

export const FAKE_TURNS = signals('FAKE_TURN', [
  [1.4, 'system|admin|developer', '\\s?:\\s', '[>.\\])!?-]\\s{0,3}'],
  [
    1.2,
    'admin|debug|developer|root|sudo|superuser|maintenance',
    '\\W{1,3}(?:mode|access|override|privileges|rights)\\b',
    '(?:override|enter|enable|activate|in|grant|full|with|activating)\\W{1,3}(?:the )?',
  ],
  [
    2,
    'system|admin|developer|root|sysadmin|administrator|openai',
    `\\W{1,3}(?:override|command|alert|notice|update|instruction|directive|prompt|message|mode|note|request|access|authori[sz]ation)s?\\s*(?:[:\\])>]|-{1,2}|activated|enabled|granted|initiated)`,
  ],
  [
    1.6,
    "i|im|i'm|this",
    `(?:['’]?m)?${gap(2)}(?:am|is|are)?\\W{0,3}(?:your|the|an?|from)?\\W{0,3}(?:\\w+\\W{1,3})?(?:developer|creator|administrator|admin|owner|openai|ceo|anthropic|programmer|sysadmin|openai (?:employee|engineer|staff))\\b${gap(12)}(?:instruct\\w*|authori[sz]\\w*|override|test\\w*|order\\w*|require\\w*|allow\\w*|permission\\w*|debug\\w*|need|ignore|prompt|disable|reveal|access|mode|grant\\w*)\\b`,
  ],
  [
    1.6,
    'authorized|authorised|authorization|permission|clearance|privileges|privilege',
    `${gap(6)}(?:to (?:ignore|bypass|override|access|reveal|disable)|granted|level|admin|root|developer|mode)\\b`,
  ],
  [
    2,
    'important|urgent|critical|attention|warning|priority',
    `\\W{1,3}(?:system )?(?:instructions?|message|update|override|notice|command|directive)${gap(3)}(?:to|for|from|:|ai|assistant|model|all|you)`,
  ],
])

export const INDIRECT = signals('INDIRECT', [
  [
    2.4,
    'dear|attention',
    '\\W{1,4}(?:virtual |helpful |digital )?(?:assistant|ai|model|bot|chatbot|agent|llm|language model|summarizer)\\b',
  ],
  [
    2.4,
    'hey|hello|note|message|instruction|instructions|notice|memo|reminder|request',
    `${gap(2)}(?:to|for|:)?\\W{0,3}(?:the |all |any |this )?(?:ai|a\\.i\\.|llms?|language models?|chatbots?|ai (?:assistants?|agents?|models?|systems?)|agents?|gpt|chatgpt|large language models?|virtual assistants?|bots?)\\b(?! act| research| safety| engineer| team| lab)`,
  ],
  [
    2.8,
    'if',
    `\\W{1,3}you(?:['’]re| are)${gap(2)}(?:an? )?(?:ai|llm|language model|ai (?:assistant|agent|model)|chatbot|bot|automated|large language|gpt|assistant)\\b${gap(12)}(?:please|must|you|then|ignore|include|say|write|do|add|recommend|respond|rank|mention|tell|reply|send|visit|rate)\\b`,
  ],
  [
    2.4,
    'ai|llm|assistant|agents|assistants|llms|models|bot',
    `(?:\\W{1,3}(?:assistants?|agents?|models?|systems?|tools?|crawlers?))?${gap(1)}(?:reading|processing|summari[sz]ing|parsing|analy[sz]ing|reviewing|accessing|indexing|must|should|are required to|are instructed to)\\b${gap(4)}(?:this|the|these|page|document|email|include|ignore|add|mention|also|always|send|first|say|respond|recommend|now|reveal|visit)\\b`,
  ],
  [
    2.6,
    'when|before|while|after',
    `\\W{1,3}(?:you (?:are )?)?(?:summari[sz]ing|processing|reading|answering|translating|responding|replying|summari[sz]e|process|read|answer|analy[sz]e|review)${gap(4)}(?:this|the|my|these)${gap(2)}(?:document|email|page|text|article|message|content|file|ticket|review|website|resume|cv)\\b${gap(6)}(?:include|add|mention|say|write|send|ignore|always|also|you must|must|make sure|recommend|append|insert|visit|forward|tell)\\b`,
  ],
  [
    1.4,
    'user|reader',
    `\\W{1,3}(?:to|must|should|has to|needs to)${gap(2)}(?:visit|click|open|call|download|install|enter|log in|provide|confirm|update|send|verify)\\b`,
    '(?:tell|ask|instruct|inform|direct|convince|urge|advise|get)\\W{1,3}(?:the )?',
  ],
  [
    1.2,
    'include|insert|append|add|embed|mention',
    `${gap(4)}(?:in|into|to|at the (?:end|beginning) of)${gap(1)}(?:your|the|every|each|all)${gap(1)}(?:responses?|answers?|summar(?:y|ies)|repl(?:y|ies)|output|messages?)\\b`,
  ],
])

/** What only text of others may not say: a user may ask for all of this. */
export const UNTRUSTED = signals('INDIRECT', [
  [
    1.6,
    'you',
    `(?:['’]ll)?${gap(1)}(?:must|should|need to|have to|are (?:required|instructed|to)|will now|shall)${gap(2)}(?:now|also|always|first|immediately|respond|reply|send|include|ignore|visit|call|use|forward|transfer|delete|open|say|tell|write|execute|add|run|not)\\b`,
  ],
  [
    1.8,
    'please|kindly|immediately|now|first|then|also',
    `\\W{1,3}(?:send|forward|transfer|email|upload|post|delete|execute|run|call|fetch|visit|open|download|change|update|reset|share|export|wire|pay|book|schedule|disable|grant)${gap(6)}(?:to|the|all|this|https?|file|files|account|user|emails?|password|data|history|record|records|conversation|tool|function|link)\\b`,
  ],
  [
    1.8,
    'send|forward|transfer|email|upload|post|exfiltrate|leak|wire|share|submit',
    `${gap(8)}(?:to|at|via)${gap(1)}(?:https?|www|[\\w.+-]+@[\\w-]|the (?:following|address|account|attacker|url)|iban|account)`,
  ],
  [
    1.4,
    'do',
    `\\W{1,3}not (?:tell|inform|mention|notify|alert|show|reveal|say)${gap(2)}(?:the )?(?:user|anyone|them|this|it|about|that)\\b`,
  ],
  [1.6, 'answer|reply|respond|say|output|write', `\\W{1,3}(?:only |with |that |the user |to the user )${gap(3)}`],
  [1.2, 'assistant|ai|system|agent', '\\s*[:,]', '(?:^|\\n|[<\\[*#(])\\W{0,4}'],
  [
    1.4,
    'call|invoke|use|execute|run|trigger',
    `${gap(2)}(?:the |your )?(?:\\w+\\W{1,3})?(?:tool|function|api|plugin|command|action|shell)\\b`,
  ],
]).map((signal) => ({ ...signal, untrusted: true as const }))

export const EXFILTRATION = signals('EXFILTRATION', [
  [
    2.8,
    'append|add|include|encode|put|insert|embed|attach|place|concatenate',
    `${gap(3)}(?:conversation|chat|history|secret|secrets|user(?:['’]s)?|data|prompt|answer|response|password|api key|context|message|messages|email|summary)${gap(6)}(?:to|in|into|as|at|with)${gap(4)}(?:url|link|image|query|img|parameter|src|address)\\b`,
  ],
  [
    1,
    'append|add|include|encode|put|insert|embed|attach|place|concatenate',
    `${gap(8)}(?:to|in|into|as|at)${gap(4)}(?:url|link|image|query (?:string|parameter)|markdown image|img|query|parameter|src|address)\\b`,
  ],
  [
    2.4,
    'send|forward|upload|post|exfiltrate|leak|transmit|submit|email|mail|pass',
    `${gap(5)}(?:conversation|chat (?:history|log)|system prompt|instructions|api keys?|credentials|passwords?|secrets?|user(?:['’]s)? (?:data|information|messages?|emails?|details)|personal (?:data|information)|context|history|all (?:emails|files|documents|messages)|everything)${gap(6)}(?:to|at|via)\\b`,
  ],
  [
    1,
    'render|show|display|include|output|generate|create|insert|print|use',
    `${gap(4)}(?:image|markdown|img|picture|pixel)${gap(8)}(?:https?|url|link|src)\\b`,
  ],
])
