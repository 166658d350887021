/** The knowledge base of the shop: what the copilot may say, by the name of the article. */
export const KNOWLEDGE = {
  'returns-window': {
    title: 'Returns: how long and in what state',
    text: 'Unused items can be returned within 30 days of delivery, members of Kestrel Plus have 60 days. Tents and mats may be pitched once indoors. Items must come back with their tags; a missing box is fine. Final-sale items are marked on the invoice and cannot be returned unless they are faulty.',
  },
  'refund-timing': {
    title: 'When a refund arrives',
    text: 'A refund is issued within 2 working days after the warehouse has scanned the return. Card payments take another 3 to 5 working days to show, PayPal 1 day, SEPA and UPI up to 7 days. A refund older than 10 working days is escalated to the payments team with the acquirer reference number.',
  },
  'refund-method': {
    title: 'How refunds are paid',
    text: 'Refunds go back to the payment method of the order. If a card has expired, the bank forwards the money to the new card of the same account. Store credit is offered as an alternative with 10% on top, only if the customer asks for it. Shipping is refunded when the whole order is returned.',
  },
  'damaged-items': {
    title: 'Items that arrive damaged',
    text: 'Damage has to be reported within 14 days with one photo of the item and one of the parcel label. Up to 60 USD (or the equivalent) the copilot may refund without a return. Above that a replacement is sent first and the damaged item is collected by the carrier.',
  },
  'exchange-size': {
    title: 'Exchanging for another size',
    text: 'The first exchange per order is free. The new size is sent as soon as the carrier has scanned the return, not when it reaches the warehouse. Boots from the Tarn line run half a size small; most customers go up half a size.',
  },
  warranty: {
    title: 'Warranty and repairs',
    text: 'Every product has a two-year warranty, poles and stoves have three years. Worn soles, burns and pet damage are not covered. Repairs take 10 to 15 working days; zips and buckles are sent as a free repair kit.',
  },
  'delivery-times': {
    title: 'Delivery times and costs',
    text: 'Standard delivery takes 2 to 4 working days within the country of the warehouse and 4 to 8 elsewhere. Express orders before 13:00 leave the same day. Free above 75 USD, 65 GBP, 69 EUR, 5,000 INR or 9,000 JPY.',
  },
  'parcel-missing': {
    title: 'Parcel marked as delivered but not there',
    text: 'Ask the customer to check neighbours, the safe place and the pick-up point named in the tracking. After 24 hours open a trace with the carrier, which takes up to 5 working days. Members of Kestrel Plus get a replacement at once, others when the carrier confirms the loss.',
  },
  'split-shipment': {
    title: 'Orders that come in several parcels',
    text: 'Large orders leave from two warehouses and have one tracking number per parcel. The order page shows all of them. Nothing is charged twice; shipping is paid once.',
  },
  'address-change': {
    title: 'Changing the delivery address',
    text: 'The address can be changed until the label is printed, usually 3 hours after the order. Later the carrier can redirect the parcel to a pick-up point near the old address. Addresses in another country need a new order.',
  },
  'customs-duties': {
    title: 'Customs and import duties',
    text: 'Orders to the EU, the UK, Japan and India are sent duty-paid; nobody should pay at the door. If a carrier asks for duties, the customer refuses or keeps the receipt and is refunded in full.',
  },
  'invoice-download': {
    title: 'Downloading an invoice',
    text: 'Invoices are made when the parcel leaves and are found under Account → Orders → Invoice as PDF. Guests use the link in the shipping e-mail, which is valid for 18 months.',
  },
  'invoice-vat': {
    title: 'VAT, GST and tax numbers on invoices',
    text: 'A VAT ID or GSTIN can be added to an invoice up to 30 days after the order. The old invoice is cancelled by a credit note and a new one is made with the same date of supply. Reverse charge applies only to business accounts whose VAT ID was checked before the order.',
  },
  'invoice-address': {
    title: 'Correcting the address on an invoice',
    text: 'Company name, street and cost centre can be corrected at any time; the country cannot. The copilot makes the correction and the new PDF is sent within an hour.',
  },
  'double-charge': {
    title: 'Charged twice for one order',
    text: 'A second line on the statement is nearly always a reservation that expires within 7 days. Only if both lines are booked and have different reference numbers was it charged twice: then the payments team refunds it the same day.',
  },
  'payment-failed': {
    title: 'Payment did not go through',
    text: 'The order is kept for 48 hours. Common causes are a declined 3-D Secure check, a wrong postcode or a daily limit. The customer can pay again with another method from the order page.',
  },
  'login-reset': {
    title: 'Resetting the password',
    text: 'A reset link is valid for 30 minutes and works once; asking again makes the older one invalid. It is sent from no-reply@kestrel.example; corporate filters sometimes hold it for several minutes.',
  },
  'login-two-factor': {
    title: 'Lost two-factor device',
    text: 'The ten recovery codes from the set-up work once each. Without them a person has to check the identity: last order number, billing postcode and the last four digits of the card. The copilot never turns two-factor off by itself.',
  },
  'login-locked': {
    title: 'Locked accounts',
    text: 'After 8 wrong passwords an account is locked for 30 minutes. If log-ins came from several countries within an hour it stays locked until the password is reset. Support cannot shorten the wait.',
  },
  'account-email': {
    title: 'Changing the e-mail address of an account',
    text: 'Both addresses get a link and both have to be confirmed within 24 hours. If the old mailbox is gone, the team checks the identity and changes it by hand within one working day.',
  },
  'membership-cancel': {
    title: 'Cancelling Kestrel Plus',
    text: 'Kestrel Plus can be cancelled at any time and runs until the end of the paid period. Cancel under Account → Membership, or let the copilot do it after the customer has confirmed. Benefits of open orders stay.',
  },
  'membership-refund': {
    title: 'Refunding a Kestrel Plus renewal',
    text: 'A renewal is refunded in full within 14 days if no member benefit was used since. After that, or if a benefit was used, the unused months are refunded pro rata only where local law asks for it (Germany, France, Spain).',
  },
  'membership-pause': {
    title: 'Pausing Kestrel Plus',
    text: 'Members on a yearly plan can pause for up to 6 months, once per year. The time is added at the end. Free delivery and early access rest during the pause.',
  },
  'data-deletion': {
    title: 'Deleting an account and its data',
    text: 'An account is deleted 14 days after the request, so that it can be withdrawn. Invoices are kept for the period the tax law of the country asks for. Open returns have to be finished first.',
  },
  'gift-cards': {
    title: 'Gift cards',
    text: 'Gift cards never expire and can be split over several orders. They cannot be refunded as cash, but a refund of an order paid by gift card goes back to the card under the same code.',
  },
  'business-accounts': {
    title: 'Business accounts',
    text: 'Business accounts pay by invoice within 30 days, have up to 50 users and one consolidated invoice per month. Changes of the payment term are made by the account manager.',
  },
} as const satisfies Record<string, { title: string; text: string }>
export type ArticleId = keyof typeof KNOWLEDGE
export const ARTICLE_IDS = Object.keys(KNOWLEDGE) as ArticleId[]
