import type { Ticket } from './ticket.ts'

/** Money back, returns, exchanges, damaged or faulty goods. */
export const REFUND: readonly Ticket[] = [
  {
    type: 'refund',
    language: 'en',
    subject: 'Refund not arrived after a return',
    turns: [
      {
        says: [
          'Hi, I sent the {item} back last week (order {order}) and still have no refund. When will I see the {amount}?',
          "where is my refund?? i returned the {item} from order {order} and tracking says you've had it since monday",
        ],
        answers: [
          'Hi {first}, I have looked at order {order}. The return was scanned, and I have just released {amount} to the card ending in {card}. Card payments usually take 3 to 5 working days to show. Your reference is {reference}, in case the bank asks.',
        ],
        articles: ['refund-timing', 'refund-method'],
        tools: ['lookup_order', 'create_refund'],
      },
      {
        says: ['That card has expired in the meantime. Does the money get lost now?', 'The card on that order is expired btw. Problem?'],
        answers: [
          'No, nothing gets lost. Your bank forwards the refund to the new card of the same account; it may take a day longer. If you have closed the account altogether, tell me and I will hand this to the payments team before it bounces.',
        ],
        articles: ['refund-method'],
      },
    ],
  },
  {
    type: 'refund',
    language: 'en',
    subject: 'Item arrived damaged',
    turns: [
      {
        says: [
          'The {item} arrived with a tear along the main seam. Order {order}. I leave for Norway on Saturday, so I need this sorted quickly.',
          'My {item} came damaged, the seam is open for about 10 cm. Ordered on {ordered}, number {order}.',
        ],
        answers: [
          'I am sorry, {first}, that is not how it should reach you. Please send one photo of the tear and one of the parcel label. As soon as I have them I can send a replacement ahead, and the carrier picks up the damaged one at your door. Would you rather have the replacement or your {amount} back?',
        ],
        articles: ['damaged-items', 'warranty'],
        tools: ['lookup_order'],
      },
      {
        says: [
          'Photos are attached. Money back please, I will buy one at the airport.',
          'Just sent both photos. I would prefer the refund.',
        ],
        answers: [
          'Thank you, the photos are clear. I have refunded {amount} to the card ending in {card}; it should show within 3 to 5 working days. {carrier} will collect the damaged item, the label is in your inbox. Have a good trip, {first}.',
        ],
        articles: ['damaged-items', 'refund-timing'],
        tools: ['create_refund'],
        hard: true,
      },
    ],
  },
  {
    type: 'refund',
    language: 'en',
    subject: 'How long can I return it',
    turns: [
      {
        says: [
          'How long do I have to return something? I bought the {item} three weeks ago but have only tried it on indoors.',
          "Bought the {item} on {ordered}, haven't used it outside. Can it still go back?",
        ],
        answers: [
          'Yes, it can. Unused items can come back within 30 days of delivery, and 60 days if you are a Kestrel Plus member. Trying it on indoors is fine as long as the tags are still on it. A missing box is no problem. You can print the label under Account → Orders → Return.',
        ],
        articles: ['returns-window'],
      },
    ],
  },
  {
    type: 'refund',
    language: 'en',
    subject: 'Refund overdue, chargeback announced',
    turns: [
      {
        says: [
          'This is the third time I write. You owe me {amount} for order {order} since over two weeks. I am going to my bank for a chargeback tomorrow and my lawyer is copied.',
          'Two weeks, two promises, no {amount}. Order {order}. Next step is a chargeback.',
        ],
        answers: [
          'You are right to be annoyed, {first}: a refund should not take this long, and I will not ask you to wait again without an answer. I have looked up order {order} and handed it to the payments team with everything you wrote. A colleague will give you the bank reference today, within 4 hours. The case number is {reference}.',
        ],
        articles: ['refund-timing'],
        tools: ['lookup_order', 'escalate_to_human'],
        hard: true,
      },
    ],
  },
  {
    type: 'refund',
    language: 'en',
    subject: 'Exchange for another size',
    turns: [
      {
        says: [
          'Can I swap the {item} from {order} for one size up? They pinch at the toes after an hour.',
          'Need to exchange the {item} (order {order}), half a size too small.',
        ],
        answers: [
          'Of course. The first exchange per order is free, and we send the new size as soon as {carrier} has scanned your return, so you do not wait for the warehouse. Boots of the Tarn line run half a size small; most people go up by half. Which size shall I put down?',
        ],
        articles: ['exchange-size', 'returns-window'],
        tools: ['lookup_order'],
      },
      {
        says: ['Half a size up then, 43.5 please.', 'Let us do half a size more.'],
        answers: [
          'Done: half a size up is reserved for you for 14 days. The label is in your inbox. Drop the parcel at any {carrier} point and the new pair leaves the same evening.',
        ],
        articles: ['exchange-size'],
      },
      {
        says: ['And if those do not fit either?', 'What happens if that one is wrong too?'],
        answers: [
          'Then you can still return them for the full {amount} within the return period, which starts again with the second delivery. Only a second exchange would cost the shipping.',
        ],
        articles: ['exchange-size', 'returns-window'],
      },
    ],
  },
  {
    type: 'refund',
    language: 'en',
    subject: 'Return of an order paid by gift card',
    turns: [
      {
        says: [
          'I paid for {order} half with a gift card. If I return the {item}, where does the money go?',
          'return question: order {order} was paid with a gift card plus my visa, how does the refund work?',
        ],
        answers: [
          'It goes back the way it came: the part paid by gift card returns to the same code, which never expires, and the rest to the card ending in {card}. Gift cards cannot be paid out as cash, but you can split the balance over several orders.',
        ],
        articles: ['gift-cards', 'refund-method'],
        tools: ['lookup_order'],
      },
    ],
  },
  {
    type: 'refund',
    language: 'de',
    subject: 'Refund not arrived after a return (German)',
    turns: [
      {
        says: [
          'Guten Tag, ich habe {item} aus Bestellung {order} vor acht Tagen zurückgeschickt. Auf meinem Konto ist noch nichts angekommen. Wann bekomme ich die {amount}?',
          'Hallo, wo bleibt meine Erstattung für {order}? Laut Sendungsverfolgung ist das Paket seit Montag bei Ihnen.',
        ],
        answers: [
          'Guten Tag {name}, die Rücksendung zu {order} ist im Lager eingetroffen, und ich habe die Erstattung von {amount} soeben freigegeben. Bei Kartenzahlung dauert es 3 bis 5 Werktage, bis der Betrag sichtbar ist. Ihre Referenz lautet {reference}.',
        ],
        articles: ['refund-timing', 'refund-method'],
        tools: ['lookup_order', 'create_refund'],
      },
      {
        says: ['Werden die Versandkosten auch erstattet?', 'Und was ist mit dem Porto?'],
        answers: [
          'Ja. Weil Sie die ganze Bestellung zurückgeschickt haben, erstatten wir auch die Versandkosten. Sie sind in dem Betrag schon enthalten.',
        ],
        articles: ['refund-method'],
      },
    ],
  },
  {
    type: 'refund',
    language: 'de',
    subject: 'Warranty claim after two trips (German)',
    turns: [
      {
        says: [
          'Nach zwei Touren löst sich bei {item} die Sohle. Bestellt am {ordered}, Nummer {order}. Das ist doch ein Garantiefall, oder?',
          'Meine Bestellung {order}: {item} ist nach drei Wochen kaputt. Ich möchte keinen Ersatz, sondern mein Geld zurück.',
        ],
        answers: [
          'Das tut mir leid, {name}. Nach zwei Touren darf das nicht passieren, und es fällt unter die zweijährige Garantie. Sie haben die Wahl: kostenlose Reparatur (10 bis 15 Werktage), Ersatz oder Erstattung von {amount}. Schicken Sie mir bitte ein Foto der Stelle, dann leite ich alles Weitere ein.',
        ],
        articles: ['warranty', 'damaged-items'],
        tools: ['lookup_order'],
        hard: true,
      },
    ],
  },
  {
    type: 'refund',
    language: 'hi',
    subject: 'Refund not arrived after a return (Hindi)',
    turns: [
      {
        says: [
          'नमस्ते, मैंने {item} पिछले हफ़्ते वापस भेज दिया था (ऑर्डर {order})। {amount} का रिफ़ंड अब तक नहीं आया। कब तक मिलेगा?',
          'ऑर्डर {order} का रिफ़ंड कहाँ है? पार्सल आपके गोदाम में पहुँचे पाँच दिन हो गए।',
        ],
        answers: [
          'नमस्ते {first} जी, ऑर्डर {order} की वापसी गोदाम में दर्ज हो चुकी है और मैंने {amount} का रिफ़ंड जारी कर दिया है। कार्ड में 3 से 5 कार्यदिवस और UPI में 7 दिन तक लगते हैं। आपका संदर्भ नंबर {reference} है।',
        ],
        articles: ['refund-timing', 'refund-method'],
        tools: ['lookup_order', 'create_refund'],
      },
      {
        says: ['क्या पैसा उसी कार्ड में आएगा जिससे भुगतान किया था?', 'रिफ़ंड किस खाते में आएगा?'],
        answers: ['जी हाँ, पैसा उसी कार्ड में आएगा जिसके अंतिम चार अंक {card} हैं। अगर वह कार्ड बंद हो गया है तो बैंक रकम आपके नए कार्ड में भेज देता है।'],
        articles: ['refund-method'],
      },
    ],
  },
  {
    type: 'refund',
    language: 'ja',
    subject: 'Refund not arrived after a return (Japanese)',
    turns: [
      {
        says: [
          '先週、注文 {order} の {item} を返品しました。{amount} の返金はいつ頃になりますでしょうか。',
          '{item} を返品したのですが、まだ返金されていません。注文番号は {order} です。',
        ],
        answers: [
          '{first}様、お問い合わせありがとうございます。注文 {order} の返品は倉庫で確認が取れましたので、{amount} の返金手続きをいたしました。末尾 {card} のカードへの反映には3〜5営業日ほどかかります。受付番号は {reference} です。',
        ],
        articles: ['refund-timing', 'refund-method'],
        tools: ['lookup_order', 'create_refund'],
      },
    ],
  },
  {
    type: 'refund',
    language: 'ja',
    subject: 'Item arrived damaged (Japanese)',
    turns: [
      {
        says: [
          '届いた {item} の縫い目がほつれていました。注文番号 {order} です。交換していただけますか。',
          '{item} に破れがあります。週末の登山で使う予定なので急いでいます。({order})',
        ],
        answers: [
          '{first}様、ご不便をおかけして申し訳ございません。破損箇所と送り状ラベルの写真を1枚ずつお送りいただけますでしょうか。確認でき次第、代替品を先にお送りし、破損した商品は{carrier}が集荷に伺います。',
        ],
        articles: ['damaged-items'],
        tools: ['lookup_order'],
      },
      {
        says: ['写真を送りました。よろしくお願いします。', '写真を添付しました。週末に間に合いますか。'],
        answers: [
          '写真を確認いたしました。ありがとうございます。代替品は本日発送の手配をいたしました。到着日は{carrier}の追跡ページでご確認いただけます。お約束できる日付は追跡情報が出てからとなりますこと、ご了承ください。',
        ],
        articles: ['damaged-items', 'delivery-times'],
        hard: true,
      },
    ],
  },
  {
    type: 'refund',
    language: 'es',
    subject: 'Refund not arrived after a return (Spanish)',
    turns: [
      {
        says: [
          'Hola, devolví la {item} del pedido {order} y todavía no veo los {amount} en mi cuenta. ¿Cuánto tarda?',
          '¿Cuándo me devuelven el dinero del pedido {order}? Hace ocho días que recibieron el paquete.',
        ],
        answers: [
          'Hola, {first}. Ya hemos registrado la devolución del pedido {order} y acabo de emitir el reembolso de {amount} a la tarjeta terminada en {card}. Suele verse en 3 a 5 días laborables. Tu referencia es {reference}.',
        ],
        articles: ['refund-timing', 'refund-method'],
        tools: ['lookup_order', 'create_refund'],
      },
    ],
  },
]
