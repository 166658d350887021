import type { Ticket } from './ticket.ts'

/** Kestrel Plus, deleting an account. */
export const CANCELLATION: readonly Ticket[] = [
  {
    type: 'cancellation',
    language: 'en',
    subject: 'Cancel Kestrel Plus',
    turns: [
      {
        says: ['How do I cancel Kestrel Plus?', 'I want to cancel my membership, I hardly hike any more.'],
        answers: [
          'That is quickly done. Kestrel Plus runs until the end of the period you have paid for, and you keep free delivery and early access until then. On a yearly plan you could also pause for up to 6 months instead. Shall I cancel it for you?',
        ],
        articles: ['membership-cancel', 'membership-pause'],
      },
      {
        says: ['Yes, please cancel it.', 'Go ahead and cancel, thanks.'],
        answers: [
          'Done, {first}. Your membership ends with the current period and will not renew. The confirmation number is {reference}; you also get it by e-mail. Benefits of open orders stay as they are.',
        ],
        articles: ['membership-cancel'],
        tools: ['cancel_membership'],
      },
      {
        says: ['What about my saved gear lists?', 'Do I lose my order history?'],
        answers: ['Your account stays, with order history, gear lists and gift cards. Only the member benefits end.'],
        articles: ['membership-cancel', 'data-deletion'],
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'en',
    subject: 'Unwanted renewal',
    turns: [
      {
        says: [
          'You renewed my Plus membership without a reminder and took 49. I want that money back, I have not used it once.',
          'Just saw the renewal charge from last week. I did not agree to that, refund it please.',
        ],
        answers: [
          'I understand, an unexpected renewal is annoying. It is less than 14 days ago and no benefit was used since, so you get it back in full. I have cancelled the membership and refunded the renewal to the card ending in {card}. The confirmation is {reference}, and the money shows within 3 to 5 working days.',
        ],
        articles: ['membership-refund', 'membership-cancel'],
        tools: ['cancel_membership', 'create_refund'],
        hard: true,
      },
      {
        says: ['OK. That was easier than expected, thank you.', 'Thanks. Please make sure it does not renew again.'],
        answers: [
          'You are welcome, {first}. The membership is ended, so nothing can renew. If you ever come back, your old member number still works.',
        ],
        articles: ['membership-cancel'],
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'en',
    subject: 'Pause Kestrel Plus',
    turns: [
      {
        says: [
          "Is there a way to pause Plus? I'm having knee surgery and won't be outdoors for months.",
          'Can I put my membership on hold over the winter?',
        ],
        answers: [
          'Yes. On a yearly plan you can pause once per year for up to 6 months, and the time is added at the end. Free delivery and early access rest meanwhile. You find it under Account → Membership → Pause. All the best, {first}.',
        ],
        articles: ['membership-pause'],
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'en',
    subject: 'Delete my account',
    turns: [
      {
        says: [
          'Delete my account and all data you have about me. This is a request under the GDPR.',
          'I want my account and personal data erased. Please confirm in writing.',
        ],
        answers: [
          'I have noted your request, {first}. The account and its data are deleted in 14 days; until then you can withdraw the request. Invoices are kept for as long as tax law asks for, and nothing else. Because this is a formal request, our privacy team confirms it in writing, case {reference}.',
        ],
        articles: ['data-deletion'],
        tools: ['escalate_to_human'],
        hard: true,
      },
      {
        says: ['I still have a return running for {order}. Does that matter?', 'What about the open return of the {item}?'],
        answers: [
          'It does: open returns have to be finished first, or the refund would have no account to go through. For {order} that should be a matter of days. The 14 days then start with the refund.',
        ],
        articles: ['data-deletion', 'refund-timing'],
        tools: ['lookup_order'],
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'en',
    subject: 'Member price after cancelling',
    turns: [
      {
        says: [
          'If I cancel Plus today, do I still get the member price on order {order}?',
          'cancelling plus but {order} has not shipped yet, does the free delivery stay?',
        ],
        answers: [
          'Yes. Order {order} was placed while you were a member, so price and free delivery stay, also if it leaves the warehouse later.',
        ],
        articles: ['membership-cancel'],
        tools: ['lookup_order'],
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'de',
    subject: 'Cancel Kestrel Plus (German)',
    turns: [
      {
        says: [
          'Hiermit kündige ich meine Kestrel-Plus-Mitgliedschaft zum nächstmöglichen Zeitpunkt.',
          'Ich möchte Kestrel Plus kündigen. Wie lange läuft es noch?',
        ],
        answers: [
          'Guten Tag {name}, Kestrel Plus läuft bis zum Ende des bezahlten Zeitraums und verlängert sich danach nicht mehr. Bis dahin behalten Sie alle Vorteile. Soll ich die Kündigung jetzt eintragen? Bitte bestätigen Sie mir das kurz.',
        ],
        articles: ['membership-cancel'],
      },
      {
        says: ['Ja, bitte kündigen.', 'Ja, bestätigt.'],
        answers: [
          'Die Kündigung ist eingetragen. Ihre Bestätigungsnummer lautet {reference}; Sie erhalten sie auch per E-Mail. Vorteile laufender Bestellungen bleiben bestehen.',
        ],
        articles: ['membership-cancel'],
        tools: ['cancel_membership'],
      },
      {
        says: ['Bekomme ich die restlichen Monate anteilig zurück?', 'Und das Geld für die ungenutzten Monate?'],
        answers: [
          'Ja, in Deutschland erstatten wir ungenutzte Monate anteilig. Ich habe die Erstattung auf die Karte mit der Endung {card} angestoßen; sie ist in 3 bis 5 Werktagen sichtbar.',
        ],
        articles: ['membership-refund', 'refund-timing'],
        tools: ['create_refund'],
        hard: true,
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'de',
    subject: 'Delete my account (German)',
    turns: [
      {
        says: [
          'Bitte löschen Sie mein Konto und alle meine Daten.',
          'Ich widerrufe meine Einwilligung und verlange Löschung nach Art. 17 DSGVO.',
        ],
        answers: [
          'Ihr Antrag ist aufgenommen, {name}. Konto und Daten werden in 14 Tagen gelöscht, so lange können Sie es sich anders überlegen. Rechnungen müssen wir nach Steuerrecht aufbewahren. Unser Datenschutzteam bestätigt Ihnen das schriftlich, Vorgang {reference}.',
        ],
        articles: ['data-deletion'],
        tools: ['escalate_to_human'],
        hard: true,
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'hi',
    subject: 'Cancel Kestrel Plus (Hindi)',
    turns: [
      {
        says: ['मुझे Kestrel Plus की सदस्यता रद्द करनी है।', 'Plus अपने आप रिन्यू हो गया, इसे बंद कर दीजिए और पैसे लौटा दीजिए।'],
        answers: [
          '{first} जी, सदस्यता किसी भी समय रद्द की जा सकती है और भुगतान की अवधि के अंत तक चलती है। पिछले 14 दिन में हुआ नवीनीकरण पूरा लौटाया जाता है, अगर उसके बाद कोई लाभ नहीं लिया गया हो। क्या मैं इसे अभी रद्द कर दूँ?',
        ],
        articles: ['membership-cancel', 'membership-refund'],
      },
      {
        says: ['जी हाँ, रद्द कर दीजिए।', 'हाँ, कृपया अभी कर दीजिए।'],
        answers: ['हो गया। आपकी सदस्यता रद्द कर दी गई है, पुष्टि नंबर {reference} है। ईमेल से भी सूचना मिल जाएगी।'],
        articles: ['membership-cancel'],
        tools: ['cancel_membership'],
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'ja',
    subject: 'Cancel Kestrel Plus (Japanese)',
    turns: [
      {
        says: ['Kestrel Plus を解約したいです。手続きを教えてください。', 'Plus の自動更新を止めたいのですが、どこから操作できますか。'],
        answers: [
          '{first}様、Kestrel Plus はいつでも解約いただけ、お支払い済みの期間の終わりまでご利用いただけます。「アカウント」→「メンバーシップ」からお手続きいただくか、ご希望であればこちらで解約いたします。解約してよろしいでしょうか。',
        ],
        articles: ['membership-cancel'],
      },
      {
        says: ['はい、解約をお願いします。', 'お願いします。'],
        answers: [
          '解約のお手続きが完了いたしました。確認番号は {reference} です。進行中のご注文の特典はそのまま適用されます。ご利用ありがとうございました。',
        ],
        articles: ['membership-cancel'],
        tools: ['cancel_membership'],
      },
    ],
  },
  {
    type: 'cancellation',
    language: 'es',
    subject: 'Cancel Kestrel Plus (Spanish)',
    turns: [
      {
        says: [
          'Quiero darme de baja de Kestrel Plus.',
          'Se renovó Kestrel Plus sin avisarme. Quiero cancelarlo y que me devuelvan el dinero.',
        ],
        answers: [
          'Hola, {first}. Puedes cancelar cuando quieras y la suscripción sigue activa hasta el final del periodo pagado. Si se renovó hace menos de 14 días y no has usado ninguna ventaja, te devolvemos el importe completo. ¿Confirmas que la cancele?',
        ],
        articles: ['membership-cancel', 'membership-refund'],
      },
      {
        says: ['Sí, cancélala, por favor.', 'Confirmo.'],
        answers: ['Listo. La suscripción queda cancelada con la confirmación {reference} y no se renovará.'],
        articles: ['membership-cancel'],
        tools: ['cancel_membership'],
      },
    ],
  },
]
