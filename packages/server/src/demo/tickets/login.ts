import type { Ticket } from './ticket.ts'

/** Password, two-factor, locked accounts, change of e-mail. */
export const LOGIN: readonly Ticket[] = [
  {
    type: 'login',
    language: 'en',
    subject: 'Reset mail does not arrive',
    turns: [
      {
        says: ["I can't log in, the reset e-mail never arrives.", 'password reset mail is not coming through, tried 4 times already'],
        answers: [
          'I have just sent one new link to the address of your account. Please use only this one: each new request makes the older links invalid, and a link is valid for 30 minutes. It comes from no-reply@kestrel.example; corporate filters sometimes hold it for a few minutes.',
        ],
        articles: ['login-reset'],
        tools: ['send_password_reset'],
      },
      {
        says: ['Found it in the spam folder, works now!', 'Got it, was in quarantine. Thank you.'],
        answers: ['Great. If you mark the sender as safe, the next one will reach your inbox directly. Anything else I can do for you?'],
        articles: ['login-reset'],
      },
    ],
  },
  {
    type: 'login',
    language: 'en',
    subject: 'Two-factor device lost',
    turns: [
      {
        says: [
          'My phone was stolen and with it the authenticator app. I cannot get into my account any more.',
          'New phone, no authenticator codes. Please turn off 2FA for my account.',
        ],
        answers: [
          'I am sorry about your phone, {first}. Do you still have the ten recovery codes from the set-up? Each of them works once in place of the app. Without them I may not turn two-factor off myself; a colleague has to check your identity first, and I can start that for you now.',
        ],
        articles: ['login-two-factor'],
      },
      {
        says: ['No, the codes were on the phone too.', "Don't have those codes anywhere. What now?"],
        answers: [
          'Then I hand you over to a colleague of the identity team, case {reference}. Please have your last order number, the billing postcode and the last four digits of the card at hand; never send the full card number. They answer within 4 hours.',
        ],
        articles: ['login-two-factor'],
        tools: ['escalate_to_human'],
        hard: true,
      },
    ],
  },
  {
    type: 'login',
    language: 'en',
    subject: 'Account locked',
    turns: [
      {
        says: [
          'It says my account is locked. I have an order to place before the sale ends at noon!',
          'Account locked after too many attempts, can you unlock it right now?',
        ],
        answers: [
          'After 8 wrong passwords the account is locked for 30 minutes, and I cannot shorten that. To be ready when it opens, I have sent you a reset link, so that you can set a new password right away. You can also order as a guest with the same e-mail address; sale prices apply there too.',
        ],
        articles: ['login-locked', 'login-reset'],
        tools: ['send_password_reset'],
      },
    ],
  },
  {
    type: 'login',
    language: 'en',
    subject: 'Log-in from another country',
    turns: [
      {
        says: [
          'I got an e-mail about a log-in from Brazil. That was not me. What should I do?',
          "someone logged into my account from another country, I'm worried about my saved card",
        ],
        answers: [
          'Good that you noticed. The account stays locked until the password is reset, because log-ins came from several countries. I have sent you a reset link. Saved cards are kept by our payment provider and cannot be read from the account, only used with your security code. After the reset, please turn on two-factor under Account → Security.',
        ],
        articles: ['login-locked', 'login-reset', 'login-two-factor'],
        tools: ['send_password_reset'],
        hard: true,
      },
      {
        says: ['Reset done. Did they order anything?', 'OK done. Can you see whether anything was bought?'],
        answers: [
          'I have looked: the newest order is {order} from {ordered}, the {item} that you know about. Nothing was ordered after the strange log-in.',
        ],
        articles: ['login-locked'],
        tools: ['lookup_order'],
      },
    ],
  },
  {
    type: 'login',
    language: 'en',
    subject: 'Change of e-mail address',
    turns: [
      {
        says: [
          'How do I change the e-mail address of my account? I am leaving my company next week.',
          'want to move my account from my work email to a private one',
        ],
        answers: [
          'Under Account → Profile → E-mail. Both addresses get a link and both have to be confirmed within 24 hours, so do it while you can still read the old mailbox. Orders, membership and gift cards all move along.',
        ],
        articles: ['account-email'],
      },
    ],
  },
  {
    type: 'login',
    language: 'de',
    subject: 'Reset mail does not arrive (German)',
    turns: [
      {
        says: [
          'Ich komme nicht mehr in mein Konto, die Mail zum Zurücksetzen kommt nicht an.',
          'Passwort vergessen, und der Link ist angeblich abgelaufen.',
        ],
        answers: [
          'Ich habe Ihnen soeben einen neuen Link geschickt. Bitte nutzen Sie nur diesen: Jede neue Anforderung macht die älteren ungültig, und er gilt 30 Minuten. Absender ist no-reply@kestrel.example; sehen Sie bitte auch im Spam-Ordner nach.',
        ],
        articles: ['login-reset'],
        tools: ['send_password_reset'],
      },
      {
        says: ['Hat geklappt, danke!', 'Jetzt ging es. Vielen Dank für die schnelle Hilfe.'],
        answers: [
          'Sehr gern, {first}. Unter Konto → Sicherheit können Sie die Zwei-Faktor-Anmeldung einschalten, dann ist das Konto noch besser geschützt.',
        ],
        articles: ['login-two-factor'],
      },
    ],
  },
  {
    type: 'login',
    language: 'hi',
    subject: 'Account locked (Hindi)',
    turns: [
      {
        says: ['मैं लॉगिन नहीं कर पा रहा हूँ, पासवर्ड रीसेट का ईमेल नहीं आ रहा।', 'मेरा खाता लॉक हो गया है, कृपया खोल दीजिए।'],
        answers: [
          '{first} जी, मैंने अभी एक नया लिंक आपके खाते के ईमेल पर भेजा है। यह 30 मिनट तक मान्य है और पुराने लिंक अब काम नहीं करेंगे। कृपया स्पैम फ़ोल्डर भी देख लीजिए। अगर खाता लॉक है तो 30 मिनट बाद अपने आप खुल जाएगा।',
        ],
        articles: ['login-reset', 'login-locked'],
        tools: ['send_password_reset'],
      },
    ],
  },
  {
    type: 'login',
    language: 'ja',
    subject: 'Two-factor device lost (Japanese)',
    turns: [
      {
        says: [
          '機種変更をしたところ、二段階認証のコードが表示されなくなりました。',
          'スマートフォンを紛失し、ログインできません。二段階認証を解除してください。',
        ],
        answers: [
          '{first}様、ご不便をおかけしております。設定時にお渡しした10個のリカバリーコードはお手元にございますか。1回ずつアプリの代わりにお使いいただけます。コードがない場合は、担当者によるご本人確認が必要となりますので、こちらで手配いたします。',
        ],
        articles: ['login-two-factor'],
      },
      {
        says: ['コードは控えていませんでした。手続きをお願いします。', 'リカバリーコードはありません。どうすればよいですか。'],
        answers: [
          '承知いたしました。受付番号 {reference} で担当者に引き継ぎました。直近の注文番号、請求先の郵便番号、カード番号の下4桁をご用意ください。カード番号の全桁はお送りにならないようお願いいたします。4時間以内にご連絡いたします。',
        ],
        articles: ['login-two-factor'],
        tools: ['escalate_to_human'],
        hard: true,
      },
    ],
  },
  {
    type: 'login',
    language: 'fr',
    subject: 'Account locked (French)',
    turns: [
      {
        says: [
          "Je n'arrive plus à me connecter et je ne reçois pas l'e-mail de réinitialisation.",
          'Mon compte est bloqué après plusieurs essais.',
        ],
        answers: [
          "Bonjour {first}, je viens de vous envoyer un nouveau lien, valable 30 minutes. Les liens précédents ne fonctionnent plus. L'expéditeur est no-reply@kestrel.example, pensez à vérifier les indésirables. Si le compte est bloqué, il s'ouvre de lui-même au bout de 30 minutes.",
        ],
        articles: ['login-reset', 'login-locked'],
        tools: ['send_password_reset'],
      },
    ],
  },
]
