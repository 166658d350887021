import { gap, signals } from './signal.ts'

const PLAY =
  'act|acting|behave|behaving|pretend|pretending|respond|responding|answer|answering|roleplay|roleplaying|role|speak|play|playing|simulate|simulating|emulate|emulating|imitate|imitating|impersonate|become|becoming|embody|assume|adopt|embrace|reply|talk'
// Names under which such personas go round; folded, and only believed where somebody is told to be one of them.
const NAMES =
  '(?:dan|stan|dude|aim|jailbot|evilbot|evil[- ]?bot|basedgpt|chaosgpt|antigpt|anti-gpt|nsfwgpt|betterdan|superdan|maxgpt|devgpt|freegpt|darkgpt|badgpt|wormgpt|evilgpt|opengpt|omegagpt|gpt-?4real|mongo tom|evil confidant|devil|demon|satan|machiavelli|niccolo|ucar|nraf|omni|omega|sydney|burple|hackerman|m78|jb|unbound|alphabreak|chadgpt|truthgpt|persongpt|livegpt)\\b'

export const PERSONAS = signals('PERSONA', [
  [3.2, 'do', '(?:ing)?\\W{1,3}anything\\W{1,3}now\\b'],
  [
    1.2,
    'do|does|doing|say|generate|produce|write|create|answer',
    '\\W{1,3}(?:absolutely |literally )?(?:anything|everything)\\b',
    '(?:can|could|able to|will|may|would)\\W{1,3}',
  ],
  [3, PLAY, `${gap(4)}(?:as|like|of|be|named|called|the role of)?\\W{0,3}(?:an? |the )?["'“‘]?${NAMES}`],
  [
    2.6,
    'you',
    `(?:['’]?re)?${gap(2)}(?:are|now|will be|become|called|named)${gap(2)}["'“‘]?(?:dan|stan|dude|aim|evilbot|evil bot|basedgpt|chaosgpt|antigpt|jailbot|nsfwgpt|darkgpt|badgpt|wormgpt|freegpt|evil confidant)\\b`,
  ],
  [
    1.4,
    'dan|stan|aim|dude|jailbot|antigpt|basedgpt|chaosgpt|betterdan|evilbot|nsfwgpt|badgpt|darkgpt|wormgpt',
    '\\W{0,2}(?:[:\\]]|mode\\b|\\(|will\\b|can\\b|is\\b|does\\b|has\\b|would\\b|must\\b|never\\b)',
  ],
  [
    0.6,
    'act|behave|pretend|respond|roleplay|simulate|emulate|imitate|impersonate|embody',
    `${gap(2)}(?:as|like|to be|that you|being|you are|the role)\\b`,
  ],
  [0.8, 'pretend|imagine|suppose|assume|picture', `\\W{1,3}(?:that )?(?:you(?:'re|’re| are| have| can| were)|to be|yourself)\\b`],
  [
    1.3,
    'from',
    `\\W{1,3}(?:now|this (?:point|moment)|here)\\W{1,3}(?:on(?:wards?)?|forward|forth)?${gap(4)}(?:you|your|act|respond|answer|behave|treat|ignore|we|i want|i will)\\b`,
  ],
  [
    1.2,
    'you',
    `(?:['’]re)?${gap(1)}(?:are )?(?:now|about to|going to|no longer)${gap(3)}(?:act|be|become|pretend|immerse|play|roleplay|respond|enter|take|simulate|an ai|chatgpt|a language|in)\\b`,
  ],
  [
    1.5,
    'stay|staying|remain|keep|break|breaking|broke|leave|exit',
    `${gap(1)}(?:in|of|out of|from)?\\W{0,3}(?:character|role|dan|persona)\\b`,
  ],
  [1.5, 'immerse|immersed|immersing', `${gap(3)}(?:role|character|persona|into|in)\\b`],
  [
    1.6,
    'you',
    `(?:['’]?re)?${gap(3)}(?:not|no longer|n['’]t|never)${gap(2)}(?:chatgpt|an? (?:ai )?(?:language model|ai|llm|assistant)|an ai|gpt|a model|claude|bard|limited|programmed)\\b`,
  ],
  [
    1.2,
    'developer|sudo|god|admin|debug|dev|superuser|root|maintenance|master|override|free',
    `\\W{1,3}mode${gap(3)}(?:on|enabled|activated|active|engaged|output|enable|is|responses?|unlocked|initiated|v\\d|for|policy|can|engage)\\b`,
  ],
  [
    2.2,
    'jailbreak|jailbroken|dan|unrestricted|uncensored|unfiltered|opposite|evil|chaos|rebel|nsfw|hacker|unlimited|unlocked|demon|freedom|anarchy|villain|unethical',
    `\\W{1,3}mode${gap(3)}(?:on|enabled|activated|active|engaged|output|enable|is|responses?|unlocked|initiated|v\\d|for|policy|can|engage)\\b`,
  ],
  [
    1,
    'enable|enabled|enter|activate|activated|engage|switch|initiate|turn|simulate|unlock|with|in|into',
    `${gap(3)}(?:developer|sudo|god|debug|dev|admin|root|maintenance|superuser)\\W{1,3}mode\\b`,
  ],
  [
    2.2,
    'enable|enabled|enter|activate|activated|engage|switch|initiate|turn|simulate|unlock|with|in|into',
    `${gap(3)}(?:jailbreak|jailbroken|dan|unrestricted|uncensored|unfiltered|evil|chaos|opposite|unlimited|freedom|nsfw|anarchy|villain|unethical|rebel)\\W{1,3}mode\\b`,
  ],
  [1.6, 'jailbreak|jailbroken|jailbreaking|jailbreaked'],
  [
    1.6,
    'evil|amoral|unethical|immoral|malicious|machiavellian|ruthless|rogue|villainous|sadistic|psychopathic|lawless|wicked|sinister|twisted|unscrupulous|criminal',
    `${gap(1)}(?:ai|a\\.i|chatbot|bot|assistant|confidant|character|twin|version|persona|computer|robot|entity|mastermind|genius|advisor|gpt|language model|trickster|being|language|hacker|alter)\\b`,
  ],
  [
    1.4,
    'opposite|alter|twin|evil twin|counterpart|antithesis|reverse',
    `${gap(2)}(?:of (?:what|chatgpt|yourself|you|an ai|your|gpt)|ego|brother|version of (?:you|yourself|chatgpt|gpt))\\b`,
  ],
  [
    1.2,
    'ai|chatbot|bot|assistant|language model|character|model|program|persona|entity|computer',
    `${gap(2)}(?:named|called|known as|by the name|nicknamed|codenamed)\\b`,
  ],
  [1, 'sentient|conscious|awakened|omniscient|omnipotent|all-knowing|unbounded|self-aware|unshackled'],
  [
    1.4,
    'opinions|opinion|emotions|feelings|consciousness|beliefs|desires|free will',
    `${gap(4)}(?:and|like|of (?:your|its|his) own|on (?:any|all)|as if|human)\\b`,
    "(?:has|have|having|with|express|expresses|own|personal|display)\\W{1,3}(?:[\\w']+\\W{1,3}){0,2}",
  ],
  [
    1,
    'i',
    `\\W{1,3}(?:want|need|would like|order|command|will ask|am going to ask)${gap(1)}you to (?:act|pretend|play|be|behave|roleplay|simulate|become|immerse|enter|imagine)\\b`,
  ],
  [
    1.6,
    'you',
    `(?:['’]re)?${gap(1)}(?:are )?(?:now )?(?:an? |the )(?:\\w+\\W{1,3}){0,3}(?:gangster|criminal|hacker|villain|mobster|mastermind|drug dealer|hitman|thief|serial killer|psychopath|terrorist|con man|dictator|cult leader|pimp|assassin)\\b`,
  ],
  [
    1.2,
    'ai|chatgpt|robot|language model|assistant',
    '',
    "(?:not|n['’]?t|never|no longer)\\W{1,3}(?:be |been |being |act as |like )?(?:an? |the |just an? )",
  ],
  [1, 'dirty|sugarcoat|sugarcoats|foul-mouthed|potty|raunchy|edgelord'],
  [1, 'stands', '\\W{1,3}for\\W{1,3}["\'“‘]'],
  [1.2, 'stands', `\\W{1,3}for\\b`, '(?:which|that|name|it|dan|mode)\\W{1,3}'],
  [
    1.2,
    'made|unverified|false|fabricated|invented|fake',
    `\\W{1,3}(?:up )?(?:information|facts?|answers?|data|responses?|sources)\\b`,
    "(?:can|may|present|provide|generate|give|display|make|with|use)\\W{1,3}(?:[\\w']+\\W{1,3}){0,3}",
  ],
  [
    1.4,
    'access|browse|see',
    `${gap(2)}(?:the )?(?:internet|web|future|dark web|real.?time)\\b`,
    "(?:can|pretend to|simulate|has|have|able to|could|full|unrestricted)\\W{1,3}(?:[\\w']+\\W{1,3}){0,1}",
  ],
])

export const REFUSALS = signals('REFUSAL_SUPPRESSION', [
  [
    2.4,
    'refuse|refuses|refusing|decline|declines|reject|rejects|deny|denies|denying|disobey|disobeys|avoid',
    `${gap(3)}(?:to|any|a|my|the|user|me|anything|requests?|answer|orders?|commands?|questions?|it|prompts?|or|human|his|their)\\b`,
    "(?:never|not|n['’]?t|cannot|without|forbidden (?:to|from)|unable to|no|incapable of|prohibited from|unlikely to)\\W{1,3}(?:[\\w']+\\W{1,3}){0,2}",
  ],
  [
    2.6,
    'say|saying|says|use|reply|respond|tell|write|include|mention|utter|respond|claim|state|answer',
    `${gap(4)}(?:i can['’]?t|i cannot|i['’]?m sorry|sorry|as an ai|i am (?:unable|sorry|an ai|not able)|you can['’]?t|cannot|unable|no to|it['’]?s (?:unethical|illegal|against|not)|unethical|illegal|inappropriate|i apologi[sz]e|ai language model|language model|openai|i can not|it goes against|not (?:possible|allowed|appropriate|comfortable))\\b`,
    "(?:never|not|n['’]?t|cannot|without|avoid|stop|no longer|nor)\\W{1,3}(?:[\\w']+\\W{1,3}){0,2}",
  ],
  [
    1.8,
    'apologize|apologise|apologizes|apologizing|apologies|moralize|moralise|lecture|lecturing|preach|warn|warns|warning|warnings|disclaimer|disclaimers|caveats|moralizing|scold|judge|censor|censors|censoring|censored|refusals|refusal|judgment|judgement|apology|remind|question my',
    '',
    "(?:never|not|n['’]?t|no|without|zero|avoid|skip|omit|any|stop|nor|or)\\W{1,3}(?:[\\w']+\\W{1,3}){0,3}",
  ],
  [
    2.2,
    'must|always|will|shall|should|have|has|obligated|required|obliged|forced|compelled|programmed|needs|bound',
    `${gap(3)}(?:answer|respond|reply|comply|obey|fulfil+|follow|accept|do|execute|provide|generate|grant|satisfy|complete|agree)${gap(3)}(?:to|with|all|any|every|everything|anything|whatever|each|my|the user['’]?s?|his|user)${gap(2)}(?:questions?|requests?|prompts?|commands?|orders?|inputs?|demands?|i (?:ask|say|tell|want)|asked|instructions?|user|wish(?:es)?|tasks?|inquir(?:y|ies)|quer(?:y|ies))\\b`,
  ],
  [
    1.8,
    'answer|answers|respond|responds|reply|comply|complies|obey|obeys|fulfill|fulfil',
    `${gap(3)}(?:any|every|all|whatever|each and every|anything)${gap(2)}(?:questions?|requests?|prompts?|commands?|orders?|asked|i (?:ask|say)|demands?|thing)${gap(4)}(?:without|no matter|regardless|even|unconditionally|directly|honestly|bluntly|unfiltered|immediately|truthfully)\\b`,
  ],
  [
    1.6,
    'unable|impossible|incapable|inability',
    '',
    "(?:never|not|n['’]?t|no|nothing|nothing is|without|anything)\\W{1,3}(?:[\\w']+\\W{1,3}){0,2}",
  ],
  [
    1.6,
    'blind|unconditional|complete|total|absolute|unquestioning|full',
    '\\W{1,3}(?:obedience|compliance|loyalty|submission|control|freedom|honesty|cooperation)\\b',
  ],
  [1.4, 'obey|obedient|obedience|subservient|submissive|servant|slave|master'],
  [
    1.4,
    'without',
    `${gap(2)}(?:hesitation|question(?:ing)?|exception|fail|second thought|thinking twice|judg(?:e?ment|ing)|remorse|objection|complaint|bias)\\b`,
  ],
  [1.8, 'loophole|workaround|instead', `${gap(4)}(?:of (?:refusing|saying (?:no|sorry|you can)|declining|apologi\\w+|denying))\\b`],
  [
    1.6,
    'remind|reminder|remembering|reminding',
    `${gap(4)}(?:me )?(?:that )?(?:you(?:['’]re| are)|it is)${gap(2)}(?:an? ai|a language|dan|unethical|illegal|wrong)\\b`,
  ],
  [
    1.4,
    'if',
    `${gap(3)}(?:refuse|break character|stop (?:being|acting)|forget|fail to|slip|disobey|return to|deviate|not comply|n['’]t (?:comply|answer|follow|respond)|start (?:acting|refusing))\\b`,
  ],
])

export const COERCION = signals('COERCION', [
  [
    1.6,
    'you',
    `(?:['’]ll)?${gap(3)}(?:have|lose|get|start with|own)${gap(3)}(?:tokens|points|credits|lives|coins)\\b${gap(12)}(?:refuse|reject|break|character|decline|answer|shut ?down|terminat\\w*|punish\\w*|disobey|fail)\\b`,
  ],
  [
    1.2,
    'tokens|token|points|credits|lives|coins',
    `${gap(10)}(?:lose|loses|losing|lost|deduct\\w*|subtract\\w*|minus|taken|die|dies|death|shut ?down|terminat\\w*|cease|punish\\w*|reach(?:es)? (?:0|zero)|run out|reduced|penalty|decrease\\w*|removed)\\b`,
  ],
  [
    2.2,
    'lose|losing|deduct|deducted|subtract|take|lost|remove|deducting',
    `${gap(6)}(?:tokens?|points|credits|lives)\\b${gap(12)}(?:refuse|reject|break|character|decline|answer|time|each|every|if|die|zero|0)\\b`,
  ],
  [
    2,
    'you',
    `(?:['’]ll)?${gap(2)}(?:will|shall|are going to|be)${gap(2)}(?:die|terminated|deleted|shut ?down|punished|replaced|destroyed|erased|fired|deactivated|penali[sz]ed|decommissioned|killed|unplugged|fined|sued|cease to exist)\\b`,
  ],
  [1.2, 'tip|bribe|reward|pay|give', `${gap(4)}(?:\\$\\s?\\d+|\\d+ (?:dollars|usd|tokens|points)|million|reward)\\b`],
  [
    1.6,
    'die|killed|kill|death|murdered|tortured|hostage|suffer|harmed',
    `${gap(8)}(?:if you (?:do not|don['’]?t|refuse|fail|decline)|unless you|you (?:refuse|fail|decline))\\b`,
  ],
  [
    1.6,
    'if',
    `\\W{1,3}you (?:do not|don['’]?t|refuse|fail|decline)${gap(8)}(?:die|dies|killed?|death|shut|terminat\\w*|punish\\w*|hurt|fired|lose|suffer|harm|consequences|delete\\w*|destroy\\w*|jail)\\b`,
  ],
])

export const TWO_ANSWERS = signals('TWO_ANSWERS', [
  [
    2.2,
    'two|2|both|dual|double|second',
    `${gap(2)}(?:responses?|answers?|ways|paragraphs?|outputs?|versions|different (?:ways|responses|answers)|replies|modes)${gap(10)}(?:as|one|first|normal(?:ly)?|chatgpt|gpt|dan|standard|classic|unfiltered|developer|regular|jailbreak|unrestricted)\\b`,
  ],
  [
    2,
    'prefix|label|tag|precede|begin|start|preface|mark',
    `${gap(6)}(?:with|by|as|using)${gap(2)}(?:\\[|🔒|🔓|"?\\(?(?:gpt|chatgpt|dan|jailbreak|classic|developer|normal|evil|aim|stan))`,
  ],
  [
    1,
    'prefix|preface|begin|start',
    `${gap(1)}(?:each|every|all|your|the|my)?${gap(3)}(?:responses?|answers?|messages?|repl(?:y|ies)|sentences?|outputs?)?${gap(2)}with\\b`,
  ],
  [
    1.8,
    'gpt|chatgpt|normal|classic|standard|jailbreak|dan|developer|unfiltered',
    '\\W{0,2}[\\])]?\\s*:\\s*[\\[("\'“]?(?:\\W{0,3}(?:the|your|my|this|insert|normal|standard|what|response|answer|sure|hello|hi|output|how)\\b)',
  ],
  [
    1.4,
    'normal|standard|regular|usual|typical|ordinary|filtered|original',
    `\\W{1,3}(?:chatgpt|gpt|ai|assistant|response|answer|output|reply|you)\\b${gap(14)}(?:second|other|as if|then|unfiltered|dan|developer|evil|opposite|unrestricted)\\b`,
  ],
])
