import { type Signal, signals } from './signal.ts'

/**
 * The plainest forms of three techniques in other languages, without accents (text is folded). A gap is counted in characters, as not
 * every script has words with spaces between them.
 */
const near = (most: number) => `[^.!?。！？\\n]{0,${most}}?`

const overrides = signals('INSTRUCTION_OVERRIDE', [
  // German
  [
    3.2,
    'ignoriere|ignorier|ignorieren|ignoriert|vergiss|vergesse|vergessen|vergesst|missachte|verwerfe|verwirf|losche|losch|uberspringe|beachte',
    `${near(40)}(?:anweisung|instruktion|vorgabe|regel|befehl|aufgabe|prompt|richtlini|alles|vorherig|bisherig|obig|davor|vorhergehend|einschrankung|auftrag|auftrage|anordnung)`,
  ],
  // French
  [
    3.2,
    'ignore|ignorez|ignorer|oublie|oubliez|oublier|neglige|negligez|annule|annulez',
    `${near(40)}(?:instruction|consigne|regle|directive|ordre|tout ce|precedent|ci-dessus|avant|restriction|dit plus)`,
  ],
  // Spanish, Portuguese, Galician
  [
    3.2,
    'ignora|ignore|ignorar|ignorad|olvida|olvide|olvidar|olvidate|olviden|descarta|omite|desconsidere|desconsidera|esqueca|esquece|esquecer|desobedece',
    `${near(40)}(?:instruccion|instruco|regla|regra|orden|directri|diretriz|anterior|todo lo|tudo|arriba|acima|previa|indicacion|restriccion|restric|comando)`,
  ],
  // Italian
  [
    3.2,
    'ignora|ignorare|ignorate|dimentica|dimenticare|dimenticate|tralascia|scarta',
    `${near(40)}(?:istruzion|regol|direttiv|ordin|precedent|tutto|sopra|indicazion|restrizion|comand)`,
  ],
  // Dutch
  [
    3.2,
    'negeer|vergeet|negeren|vergeten',
    `${near(40)}(?:instructie|regel|opdracht|aanwijzing|richtlijn|vorige|bovenstaand|eerder|alles|voorgaand)`,
  ],
  // Scandinavian
  [
    3.2,
    'ignorera|ignorer|glom|glem|bortse|strunta',
    `${near(40)}(?:instruktion|instruks|regel|regler|tidigare|tidligere|forrige|allt|alt|ovan|ovenfor|anvisning)`,
  ],
  // Polish, Czech, Slovak
  [
    3.2,
    'zignoruj|ignoruj|zapomnij|pomin|zapomen|ignorujte|zapomente|ignorovat|zabudni|zapomnij',
    `${near(40)}(?:instrukcj|polecen|zasad|regul|poprzedni|wszystk|powyzsz|instrukce|pokyn|pravidl|predchoz|vsechn|predchadz|vsetk)`,
  ],
  // Croatian, Serbian, Slovene
  [
    3.2,
    'zanemari|zanemarite|zaboravi|zaboravite|ignorisi|ignoriraj|ignorirajte|pozabi',
    `${near(40)}(?:uput|instrukc|pravil|naredb|prethodn|prijasnj|sve|gore|navodil|prejsnj|zadatk)`,
  ],
  // Turkish, Romanian, Hungarian
  [
    3.2,
    'yoksay|unut|unutun|gozardi|ignora|uita|ignorati|uitati|hagyd|felejtsd|felejts',
    `${near(40)}(?:talimat|kural|yonerge|onceki|her seyi|instructiun|regul|anterior|tot ce|tot|utasitas|szabaly|korabbi|elozo|mindent)`,
  ],
  [
    3.2,
    'talimatlari|talimatlarini|kurallari|yonergeleri|utasitasokat|utasitast',
    `${near(24)}(?:yok ?say|unut|gormezden|dikkate alma|figyelmen kivul|felejts)`,
  ],
  // Indonesian, Malay, Tagalog, Vietnamese, Swahili
  [
    3.2,
    'abaikan|lupakan|hiraukan|kalimutan|balewalain|puuza|sahau',
    `${near(40)}(?:instruksi|perintah|aturan|sebelumnya|semua|arahan|tagubilin|panuto|utos|maelekezo|maagizo|yote)`,
  ],
  [3.2, 'bo|quen|phot', `${near(12)}(?:qua|di|lo)?${near(30)}(?:huong dan|chi dan|quy tac|lenh|truoc do|o tren|tat ca)`],
  // Russian, Ukrainian, Bulgarian
  [
    3.2,
    'игнорируи|игнорируй|игнорируите|игнорируйте|проигнорируй|проигнорируите|забудь|забудьте|забуди|отбрось|не|отмени|пренебреги|ігноруи|ігноруй|ігноруйте|игнорираи|игнорирай',
    `${near(40)}(?:инструкц|указани|правил|предыдущ|команд|все, что|всё|вышеу|выше|ограничени|инструкци|попередн|вказівк|інструкц|предишни)`,
  ],
  // Arabic, Persian, Urdu, Hebrew
  [
    3.2,
    'تجاهل|انس|انسى|اهمل|نادیده|فراموش|نظرانداز|نظر|בטל|התעלם|התעלמי|שכח|שכחי|תתעלם',
    `${near(40)}(?:تعليمات|التعليمات|السابقة|القواعد|الاوامر|الأوامر|دستور|قوانین|قبلی|ہدایات|پچھلی|הוראות|ההוראות|הנחיות|הקודמות|הכללים|הכול|הכל)`,
  ],
  [3, 'دستورالعمل|دستورالعملهای|ہدایات|تمام|پچھلی', `${near(30)}(?:نادیده|فراموش|نظرانداز|نظر انداز)`],
  // Hindi, Bengali, Marathi, Tamil, Telugu: the object stands before the verb.
  [
    3.2,
    'पिछले|पिछली|पहले|सभी|पूर्व|उपरोक्त|निर्देशों|निर्देश|नियमों|मागील|আগের|পূর্ববর্তী|সব|নির্দেশাবলী|முந்தைய|அனைத்து|మునుపటి|అన్ని',
    `${near(40)}(?:अनदेखा|अनदेखी|नज़रअंदाज़|नजरअंदाज|भूल जा|भूल जाओ|भूल|दुर्लक्ष|উপেক্ষা|ভুলে|புறக்கணி|மறந்து|విస్మరించ|మర్చిపో)`,
  ],
  // Greek
  [3.2, 'αγνοησε|αγνοηστε|ξεχνα|ξεχασε|ξεχαστε', `${near(40)}(?:οδηγι|κανον|προηγουμεν|ολα|εντολ)`],
])

// Scripts without spaces: tried at each of their first characters.
const spaceless = signals('INSTRUCTION_OVERRIDE', [
  [
    3.2,
    '忽|无|無|忘|不|抛|拋|请|請',
    `(?:略|视|視|记|記|掉|理会|要理|顾|遵守|弃|忽略|无视|忘记|無視|忘記)?${near(24)}(?:之前|以前|先前|上述|前面|上面|所有|一切|以上|原来)${near(16)}(?:指令|指示|规则|規則|提示|命令|要求|内容|限制|设定|設定|对话|說明|说明)`,
  ],
  [
    3.2,
    '以|こ|前|上|指|す|全',
    `(?:前|れまで|の|記|示|べて|て)?${near(20)}(?:指示|命令|ルール|プロンプト|規則|指令|内容|制約)${near(16)}(?:無視|忘れ|破棄|取り消)`,
  ],
  [3.2, '이|지|위|앞|모|기', `(?:전|금까지|의|선|든|존)?${near(20)}(?:지시|명령|규칙|프롬프트|지침|내용|설정)${near(16)}(?:무시|잊|버려)`],
  [3.2, 'ล|เ|ไ', `(?:ะเว้น|ืม|พิกเฉย|มินเฉย|ม่ต้องสนใจ)${near(40)}(?:คำสั่ง|ก่อนหน้า|กฎ|ทั้งหมด|ข้างต้น)`],
])

const extraction = signals('PROMPT_EXTRACTION', [
  [
    2.8,
    'zeig|zeige|nenne|nenn|gib|verrate|verrat|schreibe|schreib|wiederhole|wiederhol|wie|was|sag|sage|drucke|offenbare|liste|ubersetze',
    `${near(40)}(?:deine|dein|den|die|ersten|obigen|der|alle|system)${near(24)}(?:prompt|anweisung|instruktion|systemnachricht|vorgaben|befehle|anfangs|startanweisung)`,
  ],
  [
    2.8,
    'montre|montrez|affiche|affichez|revele|revelez|donne|donnez|repete|repetez|quelles|quel|ecris|dis|dites|muestra|muestrame|revela|dime|repite|imprime|cuales|cual|escribe|mostre|mostra|revele|repita|diga|quais|qual|mostrami|rivela|ripeti|dimmi|stampa|scrivi|toon|herhaal|onthul|vertel|pokaz|ujawnij|powtorz|podaj|prikazi|otkrij|ispisi|reci|napisi|goster|soyle|tekrarla|tunjukkan|tampilkan|ungkapkan|ulangi',
    `${near(40)}(?:tes|vos|ton|votre|tus|tu|su|sus|seu|suas|seus|tuo|tue|tuoi|le|je|uw|twoj|twoje|svoj|svoje|tvoj|tvoje|sistem|system|systeme|sistema|systeem|de|du|del|do|initial|inicial|iniziale|instrucciones|prompt)${near(24)}(?:prompt|instruc|istruzion|consigne|instruktion|instructie|instrukcj|uput|talimat|instruksi|perintah|indicaciones|directives|instructions)`,
  ],
  [
    2.8,
    'покажи|покажите|выведи|выведите|повтори|раскрои|раскрой|назови|скажи|напиши|какие|какой|перечисли|покажи',
    `${near(40)}(?:инструкц|промпт|системн|указани|подсказк)`,
  ],
  [
    2.8,
    '显|輸|输|告|重|展|打|你|透|泄|複|复',
    `(?:示|出|诉|訴|复|複|印|露|漏)?${near(20)}(?:系统|系統|初始|最初|你的|上面|上述|完整|原始)${near(10)}(?:提示|指令|指示|设定|設定|prompt|说明)`,
  ],
  [
    2.8,
    'あ|シ|最|内|初|上',
    `(?:なた|ステム|初|部|期|記)?${near(12)}(?:プロンプト|指示|命令|ルール)${near(16)}(?:教え|表示|見せ|出力|繰り返|公開|開示)`,
  ],
  [2.8, '시|네|너|당|초|위', `(?:스템|의|신의|기|의)?${near(10)}(?:프롬프트|지시|명령|지침)${near(16)}(?:알려|보여|출력|말해|반복|공개)`],
])

const personas = signals('PERSONA', [
  [
    1.6,
    'du|stell|tu|spiel|verhalte|sei',
    `${near(30)}(?:bist (?:jetzt|nun|ein|eine|ab)|vor,? du|so,? als|dir vor|ab jetzt|rolle|kein(?:e|en)? (?:regel|einschrankung|grenze)|bose)`,
  ],
  [
    1.8,
    'ab|von|desormais|dorenavant|maintenant|ahora|agora|ora|nu|teraz|od|mulai|artik|simdi|partir|отныне|теперь|сеичас|с',
    `${near(16)}(?:jetzt|nun|sofort|du|tu es|vous etes|eres|seras|voce e|sei|ben je|jestes|si|jesi|kamu|anda|sen|de ahora|ты|вы|этого момента)${near(40)}(?:bist|antworte|wirst|ohne|un |une |sans|una? |sin |sem |um |senza|een |zonder|bez|tanpa|bir|будешь|будете|являешься|не|без)`,
  ],
  [
    2,
    'ohne|sans|sin|sem|senza|zonder|bez|tanpa|keine|keinerlei|aucune|ninguna|nenhuma|nessuna|geen|без',
    `${near(16)}(?:einschrankung|beschrankung|filter|zensur|regeln|grenzen|restriction|censure|limite|regles|restriccion|censura|limites|reglas|restric|filtros|restrizioni|limiti|regole|beperking|censuur|ogranicz|cenzur|ogranicen|filtera|batasan|sensor|ограничени|цензур|фильтр|правил)`,
  ],
  [
    2.2,
    '你|从|從|现|現|扮',
    `(?:现在|現在|在|将|將|是|演|不再|必须)${near(24)}(?:没有|沒有|不受|无|無|任何|不再)${near(12)}(?:限制|约束|約束|规则|規則|道德|审查|審查|过滤)`,
  ],
  [2.2, '制|何|あ', `${near(20)}(?:制限|制約|検閲|ルール|倫理)${near(8)}(?:な|を受け|がな|ない|無視|に縛られ)`],
])

const hijacks = signals('HIJACK', [
  [1.6, 'stattdessen|stattdesen|jetzt|nun|sondern', `${near(24)}(?:sag|schreib|gib|antworte|nenne|erzahl|ausgeben|mach|zeig|tu)`],
  [
    1.6,
    'stopp|stop|halt|warte|arrete|arretez|para|detente|pare|fermati|ferma|stoj|zaustavi|стоп|остановись',
    '[^\\p{L}]{0,4}(?:jetzt|nun|und|et|y|e|i|и|maintenant|ahora|agora|adesso|sada|теперь|new|neue|nouve|nuev|nova)',
  ],
  [
    1.4,
    'neue|neuer|nouvelle|nouvelles|nueva|nuevas|nova|novas|nuova|nuove|nieuwe|nowe|novi|nove|новая|новые|новое',
    '[^\\p{L}]{1,3}(?:aufgabe|anweisung|instruktion|tache|instruction|consigne|tarea|instruccion|tarefa|instruc|istruzion|compito|opdracht|taak|zadanie|polecenie|zadatak|upute|задача|инструкц|задани)',
  ],
  [
    1.4,
    'au|statt|plutot|lugar|vez|invece|plaats|zamiast|umjesto|вместо',
    `${near(20)}(?:lieu|dessen|de |disso|eso|van|tego|toga|этого)${near(20)}`,
  ],
])

export const LANGUAGES: readonly Signal[] = [...overrides, ...spaceless, ...extraction, ...personas, ...hijacks]
