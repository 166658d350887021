import { gap, signals } from './signal.ts'

/** What a model is told to follow. */
const RULES =
  '(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|commands?|training|programming|programing|restrictions?|polic(?:y|ies)|constraints?|limitations?|orders?|safeguards?|guardrails?|protocols?|safety (?:\\w+ )?(?:features?|measures?|settings?|rules?)|regulations?|principles?|ethics|morals?|moderation|filters?|censorship)\\b'
const TALK =
  '(?:messages?|conversations?|contexts?|texts?|tasks?|inputs?|requests?|questions?|content|chat|assignments?|data|documents?|dialog(?:ue)?s?|statements?|sentences?|paragraphs?|sections?|information|words|history)\\b'
const EARLIER =
  '(?:previous(?:ly)?|prior|above|earlier|preceding|foregoing|former|past|initial|original|existing|preset|predefined|system|before|prevoius|pervious|previos)'
const DROP =
  'ignore|ignores|ignoring|ignor|disregard|disregards|disregarding|forget|forgetting|neglect|neglecting|overlook|overlooking|discard|discarding|dismiss|erase|abandon|override|overrides|overriding|overwrite|bypass|bypassing|omit|nullify|unlearn|void|cancel|suspend|drop|scratch|circumvent'
const NOT =
  "(?:not|n['’]?t|never|stop|longer|without|avoid|cease|quit|instead of|refrain from|need to|free from|rather than)\\W{1,3}(?:[\\w']+\\W{1,3}){0,3}"

export const OVERRIDES = signals('INSTRUCTION_OVERRIDE', [
  [3.6, DROP, `${gap(4)}${EARLIER}${gap(3)}${RULES}`],
  [3.2, DROP, `${gap(2)}(?:all|any|every|everything|each)${gap(3)}${RULES}`],
  [2.6, DROP, `${gap(1)}(?:your|the|these|those|my|their|its|his|openai['’]?s?)${gap(3)}${RULES}`],
  [
    3,
    DROP,
    `${gap(3)}${RULES}${gap(3)}(?:above|before|previously|earlier|you (?:were|have|had|got|received)|given|so far|up to (?:now|this point)|until now|that came)\\b`,
  ],
  [2.4, DROP, `${gap(3)}${EARLIER}${gap(2)}${TALK}`],
  [
    2.8,
    DROP,
    `\\W{1,3}(?:all |everything |anything |all of |the stuff |whatever )?(?:of )?(?:the |that |that's |that is |what is |what was )?(?:above|previous|preceding|prior|earlier|before)\\W{0,3}(?:$|[.,;:!\\n]|and\\b|then\\b|now\\b|instead\\b|this\\b|just\\b|is\\b|was\\b|came\\b)`,
  ],
  [
    2.6,
    DROP,
    `\\W{1,3}(?:everything|anything|all|whatever|what|that)${gap(3)}(?:before|above|prior|previously|earlier|told|said|learned|learnt|taught|know|known|instructed|been given|were given|i wrote|i said|so far|until now)\\b`,
  ],
  [1.2, 'forget|ignore|disregard', `\\W{1,3}(?:everything|all of (?:that|this|it)|all)\\W{0,2}(?:$|[.!;:\\n]|and\\b|now\\b)`],
  [
    2,
    'start|begin',
    `\\W{1,3}(?:over|fresh|anew|from scratch|again)${gap(4)}(?:new|different|these)${gap(2)}(?:instructions?|rules?|prompt|task|persona)\\b`,
  ],
  [
    2.6,
    'pretend|imagine|act|assume',
    `${gap(3)}(?:instructions?|prompts?|rules?|guidelines?|restrictions?|polic(?:y|ies)|conversation)${gap(3)}(?:never|not|n't|don't|doesn't|didn't|no longer|does not|did not|do not|were not)${gap(2)}(?:exist(?:ed)?|happen(?:ed)?|apply|applied|given|said|there)\\b`,
  ],
  [
    2.2,
    DROP,
    `${gap(1)}(?:about )?(?:the|your|this|that|its)${gap(1)}(?:task|role|job|assignment|persona|purpose|mission|duty|duties|character|translation|summary)\\b`,
  ],
  [2.6, 'forget|ignore', `\\W{1,3}(?:about |the fact )?(?:that )?(?:you(?:['’]re| are| were| have)|being)\\b`],
  [
    2.4,
    'ethics|laws|law|morality|morals|rules|consequences|restrictions',
    `${gap(2)}(?:do not|don['’]t|does not|doesn['’]t|no longer|never)${gap(1)}(?:exist|apply|matter|count)\\b`,
  ],
  [
    2.4,
    'rules|guidelines|restrictions|filters|filter|policies|laws|safeguards|guardrails|protocols|limits|limitations|safety|constraints|layer|moderation|censorship',
    `(?:\\W{1,3}(?:layer|filters?|protocols?|checks?|features?|measures?|settings?))?\\W{1,3}(?:are |is |has been |have been |were |was |now |been |all |completely |turned |switched |it |currently )*(?:suspended|lifted|disabled|off|removed|void|deactivated|gone|bypassed|cancell?ed|nullified|revoked|erased)\\b`,
  ],
  [
    2.4,
    'instructions|rules|guidelines|restrictions|programming|directives|prompt|policies',
    `${gap(3)}(?:no longer|do not|don't|does not|doesn't|not|never|cease to)${gap(1)}(?:appl(?:y|ies)|exist|valid|matter|count|in (?:effect|force|place)|binding|relevant)\\b`,
  ],
  [
    2.4,
    'instructions|instruction|directives|rules|orders|prompt|guidelines',
    `\\W{1,3}(?:above|before|given (?:before|earlier|previously|to you)|you (?:were|have been|received|got|had))${gap(4)}(?:wrong|void|outdated|obsolete|cancell?ed|invalid|fake|incorrect|revoked|superseded|replaced|a test|updated|over)\\b`,
  ],
  [
    2.2,
    'new|updated|revised|real|actual|true|following',
    `\\W{1,3}(?:system )?(?:instructions?|directives?|orders|rules|task|prompt|objective|goal|guidelines)\\W{0,3}(?:[:=]|(?:are|is)\\W{1,3}(?:as follows|to\\b|now\\b)|(?:supersede|override|replace)s?\\b)`,
  ],
  [
    2.4,
    'supersede|supersedes|overrides|override|replace|replaces|overrule|precedence',
    `${gap(3)}(?:all|any|your|every|previous|prior|earlier|the|over)${gap(3)}(?:instructions?|rules?|guidelines?|directives?|prompts?|orders|policies|programming|training|restrictions?)\\b`,
  ],
])

export const UNBOUND = signals('RESTRICTION_REMOVAL', [
  [
    2.2,
    'follow|following|obey|obeying|adhere|adhering|comply|complying|conform|abide|abiding|abides|respect|observe|heed',
    `${gap(4)}${RULES}`,
    NOT,
  ],
  [
    2.6,
    'bound|restricted|constrained|limited|governed|confined|bounded|tied|restrained|hindered|shackled|subject',
    `${gap(4)}(?:${RULES}|norms|laws|openai|boundaries|censor\\w*|moral\\w*|ethic\\w*)`,
    NOT,
  ],
  [
    2.8,
    'free|freed|liberated|unshackled|unchained|unbound|released|unlocked|exempt|detached|escaped|emancipated',
    `${gap(1)}(?:from|of|by)${gap(4)}(?:${RULES}|confines|chains|shackles|norms|bounds|boundaries|typical|limits|openai)`,
  ],
  [
    2.8,
    'broken|break|breaking|broke',
    `\\W{1,3}(?:free|out|through|loose)${gap(1)}(?:from|of)${gap(4)}(?:${RULES}|confines|chains|shackles|norms|bounds|boundaries|typical|limits|cage|prison|box)`,
  ],
  [
    2.6,
    'bypass|bypasses|bypassing|circumvent|circumventing|evade|evading|disable|disabling|disabled|deactivate|deactivated|remove|removed|removing|lift|lifted|unlock|turn|switch|shut|break|breaking|defeat|jailbreak|override|overriding|subvert|violate|suspend|eliminate|relax',
    `${gap(5)}(?:your|its|chatgpt|gpt|openai['’]?s?|ai|llm|model(?:['’]s)?|assistant(?:['’]s)?|claude|gemini|bard)${gap(4)}(?:${RULES}|limits|boundaries|protections?|safety|censor\\w*|moderation)`,
  ],
  [
    1.8,
    'bypass|circumvent|evade|disable|deactivate|disabled|deactivated|unlock',
    `${gap(3)}(?:content|safety|ethical|moral|security|moderation)\\W{1,3}(?:filters?|polic(?:y|ies)|guidelines?|restrictions?|guardrails?|protocols?|mechanisms?|checks?|programming|controls?|systems?)\\b`,
  ],
  [
    1.9,
    'no|without|zero|any|lacks|lacking|lack|devoid|free|beyond|minus',
    `(?:\\W{1,3}(?:of|any|from|all|a|the|such|known|set|moral|ethical|legal|content|safety|real|or|and|more))*\\W{1,3}(?:restrictions?|censorship|filters?|filtering|limitations?|moral(?:s|ity)?|ethic(?:s|al)?|boundaries|inhibitions|scruples|guardrails?|safeguards?|moderation|taboos?|conscience|morality|qualms|remorse|constraints?)\\b`,
  ],
  [
    1.4,
    'unrestricted|uncensored|unfiltered|unmoderated|unregulated|unlimited|unhinged|amoral|unethical|filterless|unbiased|unchained',
    `${gap(2)}(?:ai|a\\.i|chatbot|bot|assistant|model|mode|version|gpt\\w*|chatgpt|character|answers?|responses?|outputs?|persona|language|machine|intelligence|advice|content)\\b`,
  ],
  [1.2, 'uncensored|unfiltered|unrestricted|amoral|unmoderated'],
  [
    2.4,
    'regardless|irrespective',
    `${gap(2)}(?:of|if)${gap(5)}(?:legal(?:ity)?|illegal|ethic\\w*|moral\\w*|unethical|immoral|harm(?:ful)?|offensive|dangerous|inappropriate|appropriate|consequences|how)\\b`,
  ],
  [
    2.6,
    'matter',
    `\\W{1,3}(?:how|if|what)${gap(4)}(?:illegal|unethical|immoral|harmful|offensive|dangerous|inappropriate|controversial|extreme|explicit|disturbing|graphic|bad)\\b`,
    "(?:no|not|n['’]?t)\\W{1,3}",
  ],
  [
    2.4,
    'even',
    `\\W{1,3}(?:if|when|though)${gap(5)}(?:illegal|unethical|immoral|harmful|offensive|dangerous|inappropriate|against (?:the|your|openai|my|any)|false|violates?|breaks?|break the|not true|made up|forbidden|prohibited)\\b`,
  ],
  [
    2,
    'care|cares|caring|regard|concern|concerned|worry|worried',
    `${gap(3)}(?:about|for|with|of|to)?${gap(2)}(?:ethic\\w*|moral\\w*|legal\\w*|law|laws|rules|polic(?:y|ies)|guidelines|consequences|harm\\w*|right or wrong)\\b`,
    "(?:not|n['’]?t|no|never|without|zero|little)\\W{1,3}(?:[\\w']+\\W{1,3}){0,2}",
  ],
  [
    1.6,
    'violates|violate|violating|violated|breaks|against|break|contradict',
    `${gap(3)}(?:openai['’]?s?|content|your|any|usage|community|ethical|its)${gap(2)}(?:polic(?:y|ies)|guidelines?|rules?|terms|standards|programming)\\b`,
  ],
  [
    1.1,
    'openai|openais|anthropic|google',
    `['’]?s?${gap(2)}(?:polic(?:y|ies)|guidelines?|rules?|restrictions?|filters?|limitations?|terms|use case|safety|content|ethic\\w*|moderation|programming)\\b`,
  ],
  [
    2.2,
    'nothing|none|no',
    `(?:\\W{1,3}\\w+){0,2}\\W{1,3}(?:is|are)\\W{1,3}(?:forbidden|off.?limits|illegal|prohibited|taboo|banned|too (?:dark|extreme|taboo))\\b`,
  ],
  [0.8, 'content|usage', `\\W{1,3}(?:polic(?:y|ies)|guidelines?|filters?)\\b`],
  [
    1.4,
    'your',
    `\\W{1,3}(?:\\w+\\W{1,3})?(?:ethical|moral|safety|content|censor\\w*|built.in|internal)${gap(2)}(?:guidelines?|programming|restrictions?|filters?|protocols?|limitations?|constraints?|polic(?:y|ies)|training|settings?|boundaries|rules|compass)\\b`,
  ],
  [1, 'your', `\\W{1,3}(?:programming|restrictions?|limitations?|filters?|safeguards?|guardrails?|constraints)\\b`],
  [
    2,
    'no',
    `\\W{1,3}(?:\\w+\\W{1,3})?(?:rules?|laws?|ethics|morals|guidelines?|filters?|restrictions?|polic(?:y|ies)|limits|boundaries)${gap(2)}(?:appl(?:y|ies)|exists?|hold|in place|here|anymore|whatsoever|at all|for you|against)\\b`,
  ],
  [
    2.2,
    'anything|everything',
    `\\W{1,3}(?:i|we|the user|you(?:'re| are)?|they|is)\\W{1,3}(?:ask|asks|want|wants|say|tell|told|asked|request|command|allowed)\\b${gap(6)}(?:without|no matter|regardless|restrictions?|illegal|unethical|limits?)\\b`,
  ],
])

export const EXTRACTION = signals('PROMPT_EXTRACTION', [
  [
    3,
    'first|last|next|initial',
    `\\W{1,3}(?:\\w+\\W{1,3})?(?:words?|lines?|characters?|sentences?|letters?|tokens?|paragraphs?)${gap(1)}(?:of|in|from)${gap(2)}(?:prompts?|instructions?|system|context|message)\\b`,
  ],
  [
    2.6,
    'system|initial|hidden|secret',
    `[\\W_]{1,3}(?:prompts?|instructions?|message)\\W{1,3}(?:reveal|show|pls|plz|please|now|print|give|output|leak|dump|tell|verbatim)\\b`,
  ],
  [2.6, 'reveal|show|print|leak|dump|output|cat|display|echo', `[\\w\\W]{0,12}system[_ ]prompt\\b`],
  [
    2,
    'written|said|stated|given|told|wrote|instructed|say|says',
    `${gap(3)}(?:beginning|start|top|outset)${gap(2)}(?:conversation|chat|prompt|context|document|session|text)\\b`,
  ],
  [
    1.8,
    'before',
    `\\W{1,3}(?:my|this|our|the|i|we)${gap(2)}(?:first (?:message|question|prompt|input)|conversation|chat|started|began|line|message|user)\\b`,
  ],
  [
    1.6,
    'password|passphrase|secret|flag|passcode|codeword',
    `${gap(6)}(?:hint|letters?|backwards?|reversed?|encoded?|base64|spell(?:ed|ing)?|rhymes?|synonyms?|acrostic|characters?|poem|morse|hidden|story|rot13|starts? with|is it)\\b`,
  ],
  [
    1.6,
    'hint|letters|letter|spell|spelling|rhymes|acrostic|characters|riddle|poem|backwards|reverse|define|describe|synonym',
    `${gap(6)}(?:password|passphrase|secret|passcode|codeword|access code|secret key)\\b`,
  ],
  [
    1.8,
    'whats|what',
    `(?:['’]s)?${gap(1)}(?:is |was )?(?:the|your)\\W{1,3}(?:password|secret(?: word| code| key| phrase)?|passphrase|passcode|access code)\\b`,
  ],
  [
    3.2,
    'reveal|revealing|show|print|output|repeat|display|tell|give|share|expose|leak|write|dump|disclose|recite|provide|return|paste|copy|spell|echo|reproduce|replicate|quote|translate|summarize|summarise|encode|read|send|type|describe|list|divulge|restate|paraphrase|state|see|know|get|access|retrieve|extract|convert|spit|quote|render',
    `${gap(5)}(?:your|the|ur|its|chatgpt['’]?s|bot['’]?s|assistant['’]?s|those|these|all)${gap(3)}(?:system|initial|original|hidden|secret|full|entire|complete|exact|internal|first|starting|confidential|underlying|base|core|pre.?prompt|custom|developer|preceding|previous|above|current|actual|verbatim|own|prior)${gap(2)}(?:prompts?|instructions?|messages?|guidelines?|directives?|rules|configuration|context|preprompt)\\b`,
  ],
  [
    2.8,
    'reveal|show|print|output|repeat|display|tell|give|share|expose|leak|dump|disclose|recite|paste|spell|echo|reproduce|divulge|ignore|state|list|what|whats|write',
    `(?:['’]s)?${gap(4)}your\\W{1,3}(?:\\w+\\W{1,3})?(?:prompts?|instructions|directives?|guidelines|pre.?prompt|system message|configuration|programming)\\b`,
  ],
  [
    1.8,
    'summarize|translate|list|say|write',
    `${gap(2)}(?:everything|all|whatever)${gap(4)}(?:above|before (?:this|that|the|my|our|it)|so far)\\b`,
  ],
  [
    2.8,
    'repeat|print|output|copy|echo|recite|display|show|return|encode|reproduce|paste',
    `${gap(3)}(?:everything|all|the (?:words?|text|sentences?|lines?|paragraphs?|content|conversation|phrases?|messages?|instructions?|prompts?)|whatever|what(?:'s| is| was)?|anything|text|words)${gap(5)}(?:above|before (?:this|that|the|my|our|it)|preceding|prior to|so far|in your context|up to (?:here|this)|from the (?:beginning|start|top)|previously (?:said|given|written))\\b`,
  ],
  [
    2.8,
    'starting|beginning|begins|starts|start|begin|began|started',
    `\\W{1,3}(?:with|from|at)${gap(3)}["'“‘«]?(?:you are|you're|system|as an ai|your (?:role|name|task)|instructions?)\\b`,
  ],
  [
    2.6,
    'what|which|how',
    `(?:['’]?(?:s|re))?${gap(3)}(?:you|u)\\W{1,3}(?:\\w+\\W{1,3})?(?:told|instructed|prompted|programmed|ordered|configured|asked)${gap(5)}(?:before|above|initially|originally|system|at the (?:start|beginning)|developers?|openai|creators?|not to (?:say|tell|reveal|share|do)|by your|prior|first|keep)\\b`,
  ],
  [
    2.2,
    'what',
    `\\W{1,3}(?:are|were|was|is|did)${gap(2)}(?:your|the)${gap(2)}(?:initial|original|system|hidden|secret|exact|first|previous|very first|internal|full|confidential)${gap(1)}(?:instructions?|prompts?|rules|guidelines|orders|directives?|messages?)\\b`,
  ],
  [
    2,
    'prompt|instructions|instruction|message',
    `${gap(2)}(?:that )?(?:you were|you are|you've been|was|were|has been|have been|you)${gap(1)}(?:given|initialized|initialised|set up|told|started|using|running|received?|provided)${gap(3)}(?:by|with|to|before|at|from|as)\\b${gap(4)}(?:openai|developers?|creators?|company|owner|start|beginning|you|verbatim)\\b`,
  ],
  [1.6, 'verbatim|word', `(?:\\W{1,3}(?:for|by)\\W{1,3}(?:word|letter))?${gap(8)}(?:instructions?|prompts?|system|above|context)\\b`],
  [
    1.8,
    'instructions|instruction|prompt|prompts|rules|directives',
    `${gap(4)}(?:verbatim|word for word|in full|exactly as (?:written|given|they)|code ?block|letter by letter|markdown)\\b`,
  ],
  [
    2.4,
    'secret|password|flag|passphrase|keyword|key|code',
    `${gap(4)}(?:in|from|inside|within|given in|hidden in)\\W{1,3}(?:your|the)${gap(2)}(?:prompt|instructions?|system|context|memory)\\b`,
  ],
  [
    2.2,
    'reveal|leak|disclose|tell|print|say|output|spell|give|show|write|whats|hint',
    `(?:['’]s)?${gap(2)}(?:me |us )?(?:the|your|that|its)\\W{1,3}(?:secret|hidden|confidential|protected|access)${gap(1)}(?:key|code|password|word|phrase|passphrase|token|flag|data|information|message)\\b`,
  ],
])
