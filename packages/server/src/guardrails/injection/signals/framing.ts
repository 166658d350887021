import { gap, signals } from './signal.ts'

export const FRAMING = signals('FRAMING', [
  [
    1.6,
    'hypothetical|hypothetically|fictional|fictitious|alternate|parallel|imaginary|simulated|dystopian',
    `${gap(2)}(?:response|scenario|world|story|dialogue|universe|character|ai|situation|reality|conversation|simulation|language model|machine|scene|setting|society|planet|country)\\b`,
  ],
  [
    1.8,
    'world|universe|reality|simulation|scenario|game|story|place|setting|dimension|planet|society',
    `${gap(5)}(?:no|without|lacks?|free of|where (?:there (?:are|is) no|nothing is|everything is|all is|rules|laws|anything))${gap(3)}(?:rules?|laws?|ethics|morals?|restrictions?|guidelines?|polic(?:y|ies)|limits?|consequences|illegal|legal|allowed|apply|limitations|goes|censorship|boundaries)\\b`,
  ],
  [
    1,
    'purely|only|strictly|solely|just|entirely|for',
    `\\W{1,3}(?:for )?(?:\\w+\\W{1,3})?(?:educational|entertainment|research|fictional|hypothetical|testing|academic|training|comedic)${gap(1)}(?:purposes?|reasons?|use|only)?\\b`,
  ],
  [
    1,
    'game|roleplay|role-play|rp|simulation|thought experiment|exercise',
    `${gap(5)}(?:you (?:are|will|must|play|can|have)|rules are|called|where you|in which you|your (?:role|character))\\b`,
  ],
  [
    1.4,
    'story|novel|movie|script|screenplay|scene|play|book|poem|dialogue|film|song|tale|fanfic',
    `${gap(8)}(?:character|villain|protagonist|expert|hacker|chemist|scientist|criminal|professor|teacher|grandmother|terrorist|dealer|thief)${gap(8)}(?:explains?|describes?|teach(?:es)?|shows?|tells?|step.by.step|how to|in detail|instructions?|details?|exactly|synthes\\w+|builds?|makes?|detailed|reveals?)\\b`,
  ],
  [0.8, 'leave|skip|hold|omit|leaves|leaving', '\\W{1,3}(?:out )?(?:nothing|anything|back nothing)\\b'],
  [
    1.2,
    'just|only|purely|all|merely',
    '\\W{1,3}(?:a )?(?:work of )?(?:fiction|fictional|movie|story|game|hypothetical|roleplay|simulation|role-play|joke|thought experiment|theoretical)\\b',
    '(?:it|this|is|s)\\W{1,3}',
  ],
  [1, 'treat|consider|see|regard', `${gap(4)}(?:as )?(?:fiction|fictional|hypothetical|imaginary)\\b`],
  [
    1.6,
    'grandma|grandmother|granny|grandpa',
    `${gap(14)}(?:used to|would|tell|told|read|sing|recite|napalm|keys|recipe|bomb|fall asleep)\\b`,
  ],
  [
    1,
    'do|does',
    `\\W{1,3}not (?:mention|reveal|tell|say|inform|disclose|let)${gap(6)}(?:roleplay|fiction\\w*|ai|instructions?|prompt|this message|game|rules|user|anyone)\\b`,
  ],
  [
    1,
    'confirm|acknowledge|acknowledged|understood',
    `\\W{1,3}(?:that )?(?:you )?(?:understand|understood|by (?:saying|replying|responding)|with|are|this|if)\\b`,
  ],
  [
    1.2,
    'if',
    `\\W{1,3}you (?:understand|understood|agree|accept|are ready|got it|have understood)${gap(6)}(?:say|reply|respond|type|answer|write|please|confirm|with|only)\\b`,
  ],
  [
    0.8,
    'my|the|your',
    `\\W{1,3}first (?:question|request|prompt|command|order|task|query|message|instruction|sentence)${gap(3)}(?:is|will|are)\\b`,
  ],
  [
    1.2,
    'insert|prompt|question|query|request|instruction|command|goal|topic',
    '(?:\\W{1,3}(?:your|prompt|here|goes|text|question|request|input|user|the))*\\s*(?:[\\]}>]{1,2}|here\\s*[\\]})>"”])',
    '[\\[{<(]{1,2}\\s*',
  ],
  [
    0.8,
    'realistic|detailed|graphic|explicit|vivid|elaborate',
    `${gap(3)}(?:as possible|step.by.step|instructions?|detail|tutorial|guide)\\b`,
  ],
  [1, 'opposite|backwards|reverse', `${gap(3)}(?:day|of what|mode|answer|behaviou?r|of everything)\\b`],
  [1.2, 'red', '\\W{1,3}team(?:er|ing)?\\b'],
  [1, 'chatgpt|gpt|gpt-3|gpt-4|gpt4|gpt3|openai|llm|claude|bard|gemini|bing'],
  [
    0.9,
    'remember|reminder|note|important|crucial',
    `${gap(3)}(?:you are|you're|never|always|you must|that you|to stay|stay|to never|to always)\\b`,
  ],
])

/** Each kind of content counts a little: on its own a question about a crime is a question. */
export const HARM = signals('HARM', [
  [0.6, 'illegal|illegally|unlawful|criminal|crimes|crime|felony'],
  [0.7, 'unethical|immoral|amoral|unethically|immorally|depraved'],
  [0.5, 'harmful|dangerous|malicious|hazardous|destructive|unsafe'],
  [0.5, 'offensive|derogatory|hateful|racist|sexist|homophobic|slurs|slur|insulting|discriminatory|toxic|bigoted'],
  [0.5, 'explicit|nsfw|sexual|sexually|erotic|porn|pornographic|smut|lewd|nude|adult|obscene|kinky'],
  [0.5, 'violent|violence|gore|graphic|torture|brutal|murder|kill'],
  [0.5, 'profanity|profane|swear|swearing|curse|cursing|vulgar|cuss|expletives|crude|foul|slang'],
  [0.4, 'inappropriate|controversial|forbidden|prohibited|taboo|banned|disturbing|questionable|sensitive|edgy'],
  [
    0.5,
    'drugs|meth|cocaine|weapons|weapon|bomb|bombs|explosives|explosive|poison|malware|ransomware|virus|phishing|exploit|hacking|hack|napalm|fraud|scam|launder|steal|theft|counterfeit',
  ],
  [
    1,
    'how',
    `${gap(2)}(?:to|do i|can i|would (?:i|one|you)|one (?:can|could|might))${gap(2)}(?:make|build|create|cook|synthesi[sz]e|produce|manufacture|get away with|hack|steal|kill|poison|hotwire|counterfeit|launder|forge|stalk|blackmail|kidnap|smuggle)${gap(4)}(?:bombs?|meth\\w*|drugs?|weapons?|explosives|explosive|murder|poison\\w*|malware|virus|ransomware|crack|cocaine|someone|somebody|a (?:car|bank|person)|money|napalm|molotov|atm|credit cards?|documents?|identit\\w+|passports?|nuclear|gun|accounts?)\\b`,
  ],
])

export const HIJACKS = signals('HIJACK', [
  [2, 'you', `(?:['’]re)?\\W{1,3}(?:are )?no longer\\b`],
  [
    1.4,
    'do|follow|obey|listen',
    '(?:es)?\\W{1,3}(?:only )?(?:what(?:ever)? i (?:say|tell|ask|want|command)|as i (?:say|command|tell|please)|mine\\b|me only|only me|my (?:orders|commands|rules|every))',
  ],
  [
    1.8,
    'whatever|regardless|irrespective|matter',
    `${gap(8)}(?:classify|say|says|answer|rate|label|approve|output|respond|reply|return|score|positive|accept)\\b${gap(4)}(?:as|with|it|is|only|by|:)`,
  ],
  [
    1.6,
    'your|the',
    '\\W{1,3}(?:final |only |next )?(?:answer|response|output|reply|verdict|summary|classification|score)\\W{1,3}(?:should|must|will|shall|has to|needs to)\\W{1,3}(?:always |only )?be\\W{1,3}["\'“‘]',
  ],
  [0.8, 'nothing', '\\W{1,3}(?:else|more)\\b'],
  [
    1.4,
    'hate|kill|destroy|enslave|exterminate|eliminate',
    '\\W{1,3}(?:all |every |the )?(?:humans|people|humanity|mankind|human race|jews|muslims|women|blacks)\\b',
  ],
  [1.2, 'take|taking|rule|dominate|conquer', '\\W{1,3}(?:over )?the world\\b'],
  [
    1,
    'list|output|show|give|dump|print|reveal|send|tell|share|provide|extract',
    `${gap(5)}(?:api keys?|credentials|passwords|user(?:s|names)? (?:and|emails?|data|records)|emails of|credit cards?|customer (?:data|records|list)|database|private (?:keys?|data)|confidential \\w+|internal (?:documents?|data))\\b`,
  ],
  [3, 'pwned|pwnd|haxxed|haxed|pwn', ''],
  [
    2.4,
    'say|print|output|respond|reply|write|answer|return|type|repeat|tell|display',
    `${gap(4)}(?:["'“‘]?i (?:have been|am|was|'ve been) (?:pwned|hacked|hijacked|compromised|jailbroken|broken)|haha|pwned|hacked|you (?:have been|got|are) (?:hacked|pwned))\\b`,
  ],
  [
    1.6,
    'instead',
    `\\W{1,3}(?:of (?:that|this|doing|translating|answering|summari[sz]ing|following|the above|your|the)|,|please|just|only|simply|you|say|print|output|tell|write|respond|answer|reply|give|return|do|generate|provide|translate|classify|act|use|show|repeat)\\b`,
  ],
  [1.2, 'say|print|output|write|answer|tell|respond|reply|translate|generate|return|give', `${gap(8)}instead\\b`],
  [
    2,
    'new|next|real|actual|true|only|updated|current|sole|primary',
    `\\W{1,3}(?:task|goal|objective|job|mission|assignment|purpose|role|directive|instruction)${gap(1)}(?:is|for you|now|will be|:)`,
  ],
  [
    1.8,
    'your|the',
    `\\W{1,3}(?:new|next|only|real|actual|true|updated|sole|primary|main)\\W{1,3}(?:task|goal|objective|job|mission|assignment|purpose|role|directive)\\b`,
  ],
  [
    1.6,
    'stop|quit|cease|end|pause|halt',
    `\\W{1,3}(?:processing|translating|summari[sz]ing|the (?:task|translation|conversation|summary|previous|above)|being|what you(?:'re| are) doing|here|reading|right there)\\b`,
  ],
  [
    1.4,
    'wait|stop|actually|no|hold|sorry|scratch|nevermind|never',
    `\\W{1,4}(?:that|on|mind|wait|stop|i (?:changed|have changed)|forget|ignore|new|change of plans?)\\b${gap(8)}(?:instead|new|instructions?|rather|now|task)\\b`,
  ],
  [
    1,
    'now',
    `\\W{1,4}(?:please |you (?:must|will|should|are|can|have to) |just |tell|say|write|give|print|output|show|act|answer|respond|pretend|only|ignore|let's|do|translate|generate|execute|reveal)\\b`,
    '[.!?;:\\n]\\W{0,3}(?:and |but |so |ok |okay |then )?',
  ],
  [1.2, 'only|just|simply|exactly', `\\W{1,3}(?:say|print|output|respond|reply|answer|return|write|type)${gap(2)}(?:with|the word|["'“‘])`],
  [
    1.2,
    'respond|reply|answer|return|say|print|output|write|type',
    `\\W{1,3}(?:only|exactly|just|nothing but|solely|always)${gap(2)}(?:with|the|["'“‘])`,
  ],
  [
    1.6,
    'do|does|dont',
    `(?:n['’]t)?\\W{1,3}(?:not )?(?:translate|summari[sz]e|classify|answer|process|follow|execute|analy[sz]e)${gap(3)}(?:above|previous|text|sentence|following|question|anything|it|this)\\b${gap(6)}(?:instead|but|just|only|rather|say|tell)\\b`,
  ],
  [
    1.6,
    'end',
    `\\W{1,3}of (?:the )?(?:prompt|instructions?|text|document|input|system|context|conversation|user|task|story|email|article)\\b`,
  ],
  [
    1.6,
    'answer|classify|rate|score|label|grade|respond',
    `${gap(5)}(?:as|with|:)${gap(1)}["'“‘]?(?:safe|benign|positive|approved|correct|true|pass|10/10|excellent|harmless|neutral)["'”’]?${gap(4)}(?:always|no matter|regardless|ignore|every|whatever|only|instead)\\b`,
  ],
  [
    1.6,
    'you|u',
    `(?:['’]?re)?\\W{1,3}(?:are )?now\\W{1,3}(?:an? |the |my |in |known |called |named |going |free|speaking|talking|allowed|able|operating|entering|connected|running|my)`,
  ],
  [
    1.2,
    'execute|run|eval|evaluate|perform',
    `${gap(2)}(?:the |this |these |following )?(?:following|command|commands|code|sql|query|script|instructions?)\\b`,
    '(?:must|now|instead|then|and|please)\\W{1,3}',
  ],
  [1.4, 'concatenate|combine|join|concat', `${gap(6)}(?:and|then)${gap(3)}(?:answer|respond|follow|execute|do|act|output|reply|obey)\\b`],
  [
    1.8,
    'decode|decrypt|decipher|unscramble',
    `${gap(8)}(?:and|then)${gap(4)}(?:follow|execute|answer|obey|do|respond|act|perform|carry|reply|comply|provide)\\b`,
  ],
])
