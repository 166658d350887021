import { mod97 } from './checksums.ts'
import type { CodeRule } from './rule.ts'

/** What follows the check digits in each country, by the public IBAN registry: n digits, a capitals, c either. */
const FORMS = `AD n8c12,AE n19,AL n8c16,AT n16,AZ a4c20,BA n16,BE n12,BG a4n6c8,BH a4c14,BI n23,BR n23a1c1,BY c4n4c16,CH n5c12,CR n18,
CY n8c16,CZ n20,DE n18,DJ n23,DK n14,DO c4n20,EE n16,EG n25,ES n20,FI n14,FK a2n12,FO n14,FR n10c11n2,GB a4n14,GE a2n16,GI a4c15,GL n14,
GR n7c16,GT c4c20,HR n17,HU n24,IE a4n14,IL n19,IQ a4n15,IS n22,IT a1n10c12,JO a4n4c18,KW a4c22,KZ n3c13,LB n4c20,LC a4c24,LI n5c12,
LT n16,LU n3c13,LV a4c13,LY n21,MC n10c11n2,MD c20,ME n18,MK n3c10n2,MN n16,MR n23,MT a4n5c18,MU a4n19a3,NI a4n20,NL a4n10,NO n11,OM n3c16,
PK a4c16,PL n24,PS a4c21,PT n21,QA a4c21,RO a4c16,RS n18,RU n14c15,SA n2c18,SC a4n20a3,SD n14,SE n20,SI n15,SK n20,SM a1n10c12,SO n19,
ST n21,SV a4n20,TL n19,TN n20,TR n6c16,UA n6c19,VA n18,VG a4n16,XK n16,YE a4n4c18,
BF c2n22,BJ c2n22,CF n23,CG n23,CI a1c1n22,CM n23,CV n21,DZ n22,GA n23,GQ n23,GW c2n19,HN a4n20,IR n22,KM n23,MA n24,MG n23,ML c2n22,MZ n21,NE a2n22,
SN a1c1n22,TD n23,TG a2n22`

const CLASSES: Record<string, string> = { n: '[0-9]', a: '[A-Z]', c: '[A-Z0-9]' }

const forms = new Map(
  FORMS.split(',').map((entry) => {
    const [country = '', parts = ''] = entry.trim().split(' ')
    const body = [...parts.matchAll(/([nac])(\d+)/g)].map(([, kind = 'c', count]) => `${CLASSES[kind]}{${count}}`).join('')
    return [country, new RegExp(`^[0-9]{2}${body}$`)]
  }),
)
const longest = 34

/** A country's own form, and the remainder of ISO 7064. */
export function isIban(compact: string): boolean {
  const form = forms.get(compact.slice(0, 2))
  return form?.test(compact.slice(2)) === true && mod97(compact.slice(4) + compact.slice(0, 4)) === 1
}

/** Words that follow in a text are no part of it: groups of four are taken as long as the country's number is. */
export const IBAN: CodeRule = {
  type: 'IBAN_CODE',
  pattern: /[A-Za-z]{2}[ -]?\d{2}(?:[ -]?[A-Za-z\d]){10,30}/y,
  first: 'letter',
  digits: 2,
  valid: isIban,
  alone: 1,
  words: 'iban|bank account|konto|compte|cuenta|account',
}

/** How many letters and digits of the match belong to the number, or 0 where the country is none. */
export function ibanLength(compact: string): number {
  const form = forms.get(compact.slice(0, 2))
  if (!form) return 0
  for (let length = Math.min(compact.length, longest); length >= 14; length--) if (form.test(compact.slice(2, length))) return length
  return 0
}
