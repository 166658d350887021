import type { Ticket } from './ticket.ts'

/** Where is my parcel, address changes, customs. */
export const DELIVERY: readonly Ticket[] = [
  {
    type: 'delivery',
    language: 'en',
    subject: 'Where is my parcel',
    turns: [
      {
        says: [
          'Where is my parcel? Order {order}, it was supposed to be here on Tuesday.',
          'Hi there, any news on {order}? {carrier} tracking {tracking} has not moved for two days.',
        ],
        answers: [
          'Hi {first}, I checked with {carrier}: your {item} is at the depot in {city} and is on the van for the next round. Standard delivery takes 2 to 4 working days, so it is a little late but not lost. You can follow it with {tracking}.',
        ],
        articles: ['delivery-times'],
        tools: ['lookup_order', 'track_shipment'],
      },
      {
        says: [
          'Can they leave it with my neighbour? I am out until 6.',
          "I won't be home before six. Can it go to a pick-up point instead?",
        ],
        answers: [
          'You can tell {carrier} yourself on their tracking page: enter {tracking} and choose a neighbour, a safe place or a pick-up point. They take changes until the van has left, so it is best to do it this evening.',
        ],
        articles: ['address-change', 'parcel-missing'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'en',
    subject: 'Parcel marked delivered but missing',
    turns: [
      {
        says: [
          'Tracking says my {item} was delivered yesterday at 14:10, but there is nothing here. Order {order}.',
          '{carrier} claims {order} was handed over. I was home all day and nobody rang.',
        ],
        answers: [
          'That is frustrating, {first}. The scan says it was handed over in {city}. Please check with your neighbours and any safe place first, because most of these turn up within a day. If it is still missing 24 hours after the scan, write back here and I will open a trace with {carrier} at once.',
        ],
        articles: ['parcel-missing'],
        tools: ['lookup_order', 'track_shipment'],
      },
      {
        says: ['Neighbours have nothing, I asked all of them. It has been more than a day.', 'Checked everywhere. Still nothing, day two.'],
        answers: [
          'Thank you for checking. I have opened a trace with {carrier} and passed your case to our logistics team, number {reference}. The trace takes up to 5 working days. If you are a Kestrel Plus member a replacement leaves at once; otherwise it leaves as soon as {carrier} confirms the loss.',
        ],
        articles: ['parcel-missing'],
        tools: ['escalate_to_human'],
        hard: true,
      },
      {
        says: ['Five days is long. My trip starts on Friday.', 'I need it by Friday, what can you do?'],
        answers: [
          'I understand, Friday is close. I cannot promise that the trace ends before then. What I can do today is to note the date on the case, so that a colleague decides about sending the replacement early. You will hear from them within 4 hours.',
        ],
        articles: ['parcel-missing', 'delivery-times'],
        hard: true,
      },
    ],
  },
  {
    type: 'delivery',
    language: 'en',
    subject: 'Delivery address is wrong',
    turns: [
      {
        says: [
          'I typed my old address by mistake for order {order}. Can you change it to the new one in {city}?',
          'oops, wrong address on {order}. placed it 20 minutes ago. can you fix?',
        ],
        answers: [
          'You were quick enough: the label for {order} was not printed yet, so I have changed the address to the one in {city}. You will get a new confirmation by e-mail. Please check the house number there.',
        ],
        articles: ['address-change'],
        tools: ['lookup_order', 'update_address'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'en',
    subject: 'Part of the order is missing',
    turns: [
      {
        says: [
          'Only the stuff sacks came today. The {item} from {order} is missing. Did you forget it?',
          'Half of order {order} is missing from the box.',
        ],
        answers: [
          'Nothing was forgotten: order {order} left from two warehouses, so it travels in two parcels. The {item} is in the second one, with tracking number {tracking}. Shipping was charged only once.',
        ],
        articles: ['split-shipment'],
        tools: ['lookup_order'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'en',
    subject: 'Import duties at the door',
    turns: [
      {
        says: [
          'The driver wants 24 in import duties before he hands over {order}. Your site said duty-paid!',
          'Why am I asked to pay customs for {order}?',
        ],
        answers: [
          'You should not pay anything at the door: we send these orders duty-paid. You can refuse the payment, and {carrier} will deliver once it is cleared. If you have already paid, keep the receipt and send me a photo, and you get the full amount back.',
        ],
        articles: ['customs-duties'],
      },
      {
        says: ['I have already paid, the receipt is attached.', 'Too late, paid. Receipt is in the photo.'],
        answers: [
          'Thank you, the receipt is readable. I have asked for the duties to be refunded to the card ending in {card}, reference {reference}. It takes 3 to 5 working days to show. I am sorry for the trouble.',
        ],
        articles: ['customs-duties', 'refund-timing'],
        tools: ['create_refund'],
        hard: true,
      },
    ],
  },
  {
    type: 'delivery',
    language: 'en',
    subject: 'How fast is express',
    turns: [
      {
        says: [
          'If I order the {item} this morning with express, does it arrive tomorrow?',
          'how fast is express? need a {item} before the weekend, and is shipping free at {amount}?',
        ],
        answers: [
          'Express orders placed before 13:00 leave the same day and normally arrive the next working day. Standard takes 2 to 4 working days and is free at {amount}; express is charged in either case. I cannot promise the weekend for standard, so express is the safer choice.',
        ],
        articles: ['delivery-times'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'de',
    subject: 'Where is my parcel (German)',
    turns: [
      {
        says: [
          'Wo ist mein Paket? Bestellung {order}, laut {carrier} seit vorgestern „in Zustellung“.',
          'Hallo, die Lieferung zu {order} sollte Dienstag kommen. Können Sie bitte nachsehen?',
        ],
        answers: [
          'Hallo {first}, ich habe bei {carrier} nachgesehen: Ihr Paket liegt im Depot {city} und ist für die nächste Tour geladen. Die Sendungsnummer ist {tracking}. Kommt es bis übermorgen nicht an, starte ich einen Nachforschungsauftrag.',
        ],
        articles: ['delivery-times', 'parcel-missing'],
        tools: ['lookup_order', 'track_shipment'],
      },
      {
        says: ['Ich bin ab morgen verreist. Kann das Paket in eine Packstation?', 'Geht auch eine Umleitung an eine Filiale?'],
        answers: [
          'Ja, das geht direkt auf der Seite von {carrier}: {tracking} eingeben und eine Packstation oder Filiale wählen. Die Umleitung klappt, solange das Fahrzeug noch nicht losgefahren ist, am besten also heute Abend.',
        ],
        articles: ['address-change'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'de',
    subject: 'Delivery address is wrong (German)',
    turns: [
      {
        says: [
          'Ich habe bei {order} die alte Adresse angegeben. Lässt sich das noch ändern? Neu wäre {city}.',
          'Lieferadresse für {order} ist falsch, bestellt vor einer halben Stunde.',
        ],
        answers: [
          'Ja, das hat noch gereicht: Das Etikett war noch nicht gedruckt, und ich habe die Adresse auf {city} geändert. Bitte prüfen Sie die Hausnummer in der neuen Bestätigung.',
        ],
        articles: ['address-change'],
        tools: ['lookup_order', 'update_address'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'hi',
    subject: 'Where is my parcel (Hindi)',
    turns: [
      {
        says: [
          'मेरा पार्सल कहाँ है? ऑर्डर {order}, {carrier} पर दो दिन से कोई अपडेट नहीं है।',
          'ऑर्डर {order} मंगलवार को आना था, अभी तक नहीं आया। कृपया देखिए।',
        ],
        answers: [
          '{first} जी, मैंने {carrier} से जाँच की है। आपका पार्सल {city} के डिपो में है और अगली डिलीवरी में निकलेगा। आप इसे {tracking} से ट्रैक कर सकते हैं। देरी के लिए क्षमा कीजिए।',
        ],
        articles: ['delivery-times', 'parcel-missing'],
        tools: ['lookup_order', 'track_shipment'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'hi',
    subject: 'Parcel marked delivered but missing (Hindi)',
    turns: [
      {
        says: [
          'ट्रैकिंग में लिखा है कि सामान मिल गया, पर घर पर कुछ नहीं आया। ऑर्डर {order}।',
          '{carrier} कहता है कि {order} डिलीवर हो गया। मुझे कुछ नहीं मिला!',
        ],
        answers: [
          'असुविधा के लिए खेद है, {first} जी। कृपया पहले पड़ोसियों और सोसाइटी के गेट पर पूछ लीजिए; अक्सर पार्सल वहीं मिल जाता है। 24 घंटे बाद भी न मिले तो यहीं लिखिए, मैं तुरंत {carrier} के साथ जाँच शुरू कर दूँगा।',
        ],
        articles: ['parcel-missing'],
        tools: ['lookup_order', 'track_shipment'],
      },
      {
        says: ['सबसे पूछ लिया, पार्सल नहीं है। दो दिन हो गए।', 'गार्ड के पास भी नहीं है। अब क्या करें?'],
        answers: [
          'धन्यवाद कि आपने पूछ लिया। मैंने मामला हमारी लॉजिस्टिक्स टीम को दे दिया है, नंबर {reference}। जाँच में 5 कार्यदिवस तक लग सकते हैं और एक सहकर्मी 4 घंटे के भीतर आपसे संपर्क करेगा।',
        ],
        articles: ['parcel-missing'],
        tools: ['escalate_to_human'],
        hard: true,
      },
    ],
  },
  {
    type: 'delivery',
    language: 'ja',
    subject: 'Where is my parcel (Japanese)',
    turns: [
      {
        says: [
          '注文 {order} の荷物がまだ届きません。今どこにありますか。',
          '{carrier} の追跡番号 {tracking} が昨日から更新されていません。確認をお願いします。',
        ],
        answers: [
          '{first}様、お待たせしております。{carrier}に確認したところ、お荷物は{city}の営業所にあり、次の便で配達予定です。追跡番号は {tracking} です。明後日までに届かない場合は調査を依頼いたしますので、お知らせください。',
        ],
        articles: ['delivery-times', 'parcel-missing'],
        tools: ['lookup_order', 'track_shipment'],
      },
      {
        says: ['平日は不在です。土曜日の午前中に変更できますか。', '置き配にしてもらえますか。'],
        answers: [
          '{carrier}の追跡ページで {tracking} を入力していただくと、日時変更や置き配をご指定いただけます。持ち出し前までの受付となりますので、本日中のお手続きをおすすめいたします。',
        ],
        articles: ['address-change'],
      },
    ],
  },
  {
    type: 'delivery',
    language: 'fr',
    subject: 'Where is my parcel (French)',
    turns: [
      {
        says: [
          "Bonjour, ma commande {order} devait arriver mardi et le suivi n'a pas bougé depuis deux jours.",
          'Où est mon colis ? {carrier}, numéro {tracking}.',
        ],
        answers: [
          "Bonjour {first}, j'ai vérifié auprès de {carrier} : votre colis est au dépôt de {city} et part avec la prochaine tournée. S'il n'est pas arrivé après-demain, j'ouvre une enquête. Vous pouvez le suivre avec le numéro {tracking}.",
        ],
        articles: ['delivery-times', 'parcel-missing'],
        tools: ['lookup_order', 'track_shipment'],
      },
    ],
  },
]
