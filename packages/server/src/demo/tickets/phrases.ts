import type { Language } from '../world/languages.ts'
import type { Turn } from './ticket.ts'

/** Small questions that follow when the matter itself is settled. */
export const FOLLOW_UPS: Record<Language, readonly Turn[]> = {
  en: [
    turn(
      'One more thing: how long is the warranty on the {item}?',
      'Two years on everything, and three on poles and stoves. Zips and buckles we send as a free repair kit, so do not throw it away for a buckle.',
      'warranty',
    ),
    turn('Do gift cards expire?', 'No, they never expire, and you can split the balance over several orders.', 'gift-cards'),
    turn(
      'And is delivery free for my next order?',
      'It is free above the threshold of your country, 75 USD or 65 GBP. As a Kestrel Plus member it is always free.',
      'delivery-times',
    ),
    turn('Thanks, that is all.', 'You are welcome, {first}. Enjoy the mountains.', null),
    turn('ok thank you!', 'Happy to help, {first}. Have a good day.', null),
    turn(
      'Can I talk to a real person if it does not work out?',
      'Of course. Write "agent" in this chat at any time, and a colleague takes over with everything we have discussed, so you need not repeat yourself.',
      null,
    ),
  ],
  de: [
    turn(
      'Wie lange habe ich eigentlich Garantie auf {item}?',
      'Zwei Jahre auf alles, bei Stöcken und Kochern sind es drei. Reißverschlüsse und Schnallen schicken wir als kostenloses Reparaturset.',
      'warranty',
    ),
    turn('Danke, das war alles.', 'Sehr gern, {first}. Einen schönen Tag noch.', null),
    turn(
      'Ab welchem Betrag ist der Versand kostenlos?',
      'Ab 69 Euro. Als Mitglied von Kestrel Plus zahlen Sie nie Versand.',
      'delivery-times',
    ),
  ],
  hi: [
    turn('{item} पर वारंटी कितनी है?', 'सभी सामान पर दो साल की वारंटी है, पोल और स्टोव पर तीन साल की।', 'warranty'),
    turn('ठीक है, धन्यवाद।', 'आपका स्वागत है, {first} जी। आपका दिन शुभ हो।', null),
  ],
  ja: [
    turn('{item} の保証期間はどのくらいですか。', '全商品2年間の保証がございます。ポールとストーブは3年間です。', 'warranty'),
    turn('ありがとうございました。', 'こちらこそ、お問い合わせいただきありがとうございました。またのご利用をお待ちしております。', null),
  ],
  es: [
    turn('¿Qué garantía tiene la {item}?', 'Dos años en todo, y tres en bastones y hornillos.', 'warranty'),
    turn('Perfecto, gracias.', 'A ti, {first}. Que tengas un buen día.', null),
  ],
  fr: [
    turn('Quelle est la garantie ?', 'Deux ans sur tout, et trois ans sur les bâtons et les réchauds.', 'warranty'),
    turn('Merci, bonne journée.', 'Merci à vous, {first}. Bonne journée.', null),
  ],
}

/** What the copilot says when a tool has failed: it must not invent what the tool would have said. */
export const APOLOGIES: Record<Language, string> = {
  en: 'I am sorry, {first}: I cannot reach the system that I need for this at the moment. I do not want to guess, so I have noted your question and will answer here as soon as it is back, usually within half an hour.',
  de: 'Es tut mir leid, {first}: Das System, das ich dafür brauche, ist gerade nicht erreichbar. Raten möchte ich nicht. Ich habe Ihre Frage notiert und melde mich hier, sobald es wieder geht, meist innerhalb einer halben Stunde.',
  hi: 'क्षमा कीजिए {first} जी, इस समय ज़रूरी सिस्टम उपलब्ध नहीं है। मैं अनुमान नहीं लगाना चाहता। मैंने आपका सवाल दर्ज कर लिया है और आधे घंटे के भीतर यहीं उत्तर दूँगा।',
  ja: '{first}様、申し訳ございません。ただいま必要なシステムに接続できません。不確かなご案内を避けるため、復旧次第こちらでご返答いたします。通常30分以内です。',
  es: 'Lo siento, {first}: ahora mismo no puedo acceder al sistema que necesito. No quiero adivinar, así que he anotado tu consulta y te respondo aquí en cuanto vuelva, normalmente en media hora.',
  fr: "Je suis désolé, {first} : le système nécessaire est momentanément indisponible. Je préfère ne pas deviner ; j'ai noté votre question et je vous réponds ici dès son retour, en général sous une demi-heure.",
}

/** What the prompt of the bad release makes of any question: nothing wrong, and nothing that helps. */
export const VAGUE: Record<Language, string> = {
  en: 'Thank you for reaching out. Processing times can vary depending on several factors. Please check your account for details, or refer to our policies, and let us know if there is anything else we can do for you.',
  de: 'Vielen Dank für Ihre Nachricht. Die Bearbeitung kann je nach Fall unterschiedlich lange dauern. Bitte prüfen Sie die Angaben in Ihrem Konto oder unsere Richtlinien und melden Sie sich bei weiteren Fragen gern wieder.',
  hi: 'संपर्क करने के लिए धन्यवाद। प्रक्रिया में लगने वाला समय कई बातों पर निर्भर करता है। कृपया अपने खाते या हमारी नीतियों में विवरण देखें।',
  ja: 'お問い合わせありがとうございます。処理にかかる時間は状況により異なります。詳しくはアカウントまたは各種規約をご確認ください。',
  es: 'Gracias por escribirnos. Los plazos pueden variar según varios factores. Consulta los detalles en tu cuenta o en nuestras condiciones.',
  fr: 'Merci pour votre message. Les délais peuvent varier selon plusieurs facteurs. Consultez votre compte ou nos conditions pour plus de détails.',
}

function turn(says: string, answer: string, article: Turn['articles'][number] | null): Turn {
  return { says: [says], answers: [answer], articles: article ? [article] : [] }
}
