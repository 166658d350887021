import type { Ticket } from './ticket.ts'

/** Documents, tax numbers, double charges, failed payments. */
export const INVOICE: readonly Ticket[] = [
  {
    type: 'invoice',
    language: 'en',
    subject: 'Where is my invoice',
    turns: [
      {
        says: [
          'Where can I download the invoice for order {order}? My accountant needs it.',
          'need the invoice pdf for {order} please, ordered as a guest so no account',
        ],
        answers: [
          'Here it is: invoice {invoice} for order {order}, {amount}. With an account you also find it under Account → Orders → Invoice as PDF. If you ordered as a guest, the link in the shipping e-mail works for 18 months.',
        ],
        articles: ['invoice-download'],
        tools: ['get_invoice'],
      },
    ],
  },
  {
    type: 'invoice',
    language: 'en',
    subject: 'Tax number missing on invoice',
    turns: [
      {
        says: [
          'Our VAT number is missing on invoice {invoice}. Can you reissue it with GB 284 5519 03?',
          'Please add our VAT ID GB 284 5519 03 to the invoice of order {order}, we bought it for the company.',
        ],
        answers: [
          'Yes, that works up to 30 days after the order. I have found {invoice}. It will be cancelled by a credit note and a new invoice with your VAT ID and the same date of supply is made within the hour. You will get both documents by e-mail.',
        ],
        articles: ['invoice-vat', 'invoice-address'],
        tools: ['lookup_order', 'get_invoice'],
      },
      {
        says: ['Does that mean reverse charge applies?', 'And the VAT itself, do we get it back?'],
        answers: [
          'Not for this order. Reverse charge applies only to business accounts whose VAT ID was checked before the order was placed. The VAT stays on the invoice, and you can claim it as input tax as usual. For future orders a business account would save you this step.',
        ],
        articles: ['invoice-vat', 'business-accounts'],
        hard: true,
      },
    ],
  },
  {
    type: 'invoice',
    language: 'en',
    subject: 'Charged twice',
    turns: [
      {
        says: [
          'You charged me twice for order {order}! Two times {amount} on my statement.',
          'there are 2 charges of {amount} from Kestrel on my card ending {card}. why',
        ],
        answers: [
          'I see one payment of {amount} for order {order} on our side. The second line is most likely a reservation, which your bank drops by itself within 7 days. Could you check whether one of the two still says "pending"? If both are booked and have different reference numbers, I will pass it on right away.',
        ],
        articles: ['double-charge'],
        tools: ['lookup_order'],
      },
      {
        says: ['Both are booked, references end in 771 and 802.', 'Neither is pending. Two different reference numbers.'],
        answers: [
          'Then it really was charged twice, and I am sorry. I have handed it to the payments team with both references, case {reference}. They refund the second {amount} today; your bank needs 3 to 5 working days to show it.',
        ],
        articles: ['double-charge', 'refund-timing'],
        tools: ['escalate_to_human'],
        hard: true,
      },
    ],
  },
  {
    type: 'invoice',
    language: 'en',
    subject: 'Payment declined',
    turns: [
      {
        says: [
          'My payment failed three times at checkout. The card works everywhere else.',
          'Payment declined again for the {item}. Is the order lost now? {order}',
        ],
        answers: [
          'The order is kept for 48 hours, so nothing is lost. Usual reasons are a 3-D Secure check that was not confirmed in time, a billing postcode that differs from the bank, or a daily limit. You can pay again from the order page, also with another method.',
        ],
        articles: ['payment-failed'],
      },
      {
        says: ['It was the postcode, worked now. Thanks.', 'Used PayPal instead, went through.'],
        answers: ['Good to hear, {first}. The confirmation is on its way, and the {item} leaves the warehouse within one working day.'],
        articles: ['payment-failed', 'delivery-times'],
      },
    ],
  },
  {
    type: 'invoice',
    language: 'en',
    subject: 'How business accounts work',
    turns: [
      {
        says: [
          'We are a climbing school with 14 instructors. Can we get one invoice per month instead of one per order?',
          'How do business accounts work? We order gear for a whole team and want to pay by invoice.',
        ],
        answers: [
          'Yes, that is what business accounts are for: up to 50 users, one consolidated invoice per month, and payment within 30 days. You can apply under Account → Business. Changes of the payment term later on are made by your account manager.',
        ],
        articles: ['business-accounts', 'invoice-vat'],
      },
    ],
  },
  {
    type: 'invoice',
    language: 'de',
    subject: 'Where is my invoice (German)',
    turns: [
      {
        says: [
          'Ich brauche die Rechnung zu Bestellung {order} für die Steuererklärung. Wo finde ich sie?',
          'Bitte schicken Sie mir die Rechnung {invoice} noch einmal als PDF.',
        ],
        answers: [
          'Gern: Rechnung {invoice} zu Bestellung {order} über {amount} liegt unter Konto → Bestellungen → Rechnung als PDF bereit. Der Link in der Versandmail gilt ebenfalls, und zwar 18 Monate lang.',
        ],
        articles: ['invoice-download'],
        tools: ['get_invoice'],
      },
      {
        says: ['Kann der Firmenname noch ergänzt werden?', 'Auf der Rechnung fehlt unsere Kostenstelle 4711. Geht das noch?'],
        answers: [
          'Ja. Firmenname, Straße und Kostenstelle lassen sich jederzeit berichtigen, nur das Land nicht. Bitte nennen Sie mir die genaue Schreibweise, dann kommt das neue PDF innerhalb einer Stunde per E-Mail.',
        ],
        articles: ['invoice-address'],
      },
    ],
  },
  {
    type: 'invoice',
    language: 'de',
    subject: 'Charged twice (German)',
    turns: [
      {
        says: [
          'Mir wurden für {order} zweimal {amount} abgebucht. Bitte erstatten Sie den doppelten Betrag umgehend.',
          'Doppelte Abbuchung! Karte mit Endung {card}, zweimal {amount}.',
        ],
        answers: [
          'Guten Tag {name}, bei uns ist für {order} nur eine Zahlung über {amount} verbucht. Der zweite Posten ist meist eine Vormerkung, die innerhalb von 7 Tagen verfällt. Sehen Sie bitte nach, ob beide wirklich gebucht sind und verschiedene Referenzen haben. Dann erstattet unser Zahlungsteam noch heute.',
        ],
        articles: ['double-charge'],
        tools: ['lookup_order'],
        hard: true,
      },
    ],
  },
  {
    type: 'invoice',
    language: 'hi',
    subject: 'Tax number missing on invoice (Hindi)',
    turns: [
      {
        says: [
          'ऑर्डर {order} के बिल में हमारा GSTIN नहीं है। क्या नया बिल मिल सकता है?',
          'कृपया {invoice} में GSTIN जोड़ दीजिए, सामान कंपनी के लिए लिया था।',
        ],
        answers: [
          'जी हाँ {first} जी, ऑर्डर के 30 दिन के भीतर GSTIN जोड़ा जा सकता है। पुराना बिल {invoice} क्रेडिट नोट से रद्द होगा और उसी तारीख़ का नया बिल बनेगा। कृपया अपना GSTIN और कंपनी का पूरा नाम भेज दीजिए।',
        ],
        articles: ['invoice-vat'],
        tools: ['get_invoice'],
      },
    ],
  },
  {
    type: 'invoice',
    language: 'ja',
    subject: 'Receipt for expenses (Japanese)',
    turns: [
      {
        says: [
          '注文 {order} の領収書をダウンロードしたいのですが、どこにありますか。',
          '経費精算のため、{order} の請求書PDFをお願いします。宛名は会社名にできますか。',
        ],
        answers: [
          '{first}様、請求書 {invoice}({amount})をご用意しております。アカウント →「注文」→「請求書PDF」からダウンロードいただけます。会社名や部署名の追加も可能ですので、正式な表記をお知らせください。1時間以内に新しいPDFをお送りします。',
        ],
        articles: ['invoice-download', 'invoice-address'],
        tools: ['get_invoice'],
      },
    ],
  },
  {
    type: 'invoice',
    language: 'es',
    subject: 'Tax number missing on invoice (Spanish)',
    turns: [
      {
        says: [
          'Necesito la factura del pedido {order} con los datos de mi empresa.',
          'En la factura {invoice} falta nuestro NIF. ¿La pueden corregir?',
        ],
        answers: [
          'Claro, {first}. La factura {invoice} se anula con una nota de abono y emitimos otra con el NIF y la misma fecha. Se puede hacer hasta 30 días después del pedido. ¿Me indicas el NIF y la razón social exacta?',
        ],
        articles: ['invoice-vat', 'invoice-address'],
        tools: ['get_invoice'],
      },
    ],
  },
]
