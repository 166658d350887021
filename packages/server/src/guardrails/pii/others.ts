import type { Found } from '../check.ts'
import { findWallets } from './crypto.ts'
import { findDates } from './dates.ts'
import { findNames } from './names/names.ts'
import { findOrganizations, findPlaces, findStreets } from './names/places.ts'
import type { Near } from './near.ts'
import { findAddresses, findEmails, findMacs, findUrls } from './network.ts'

export const OTHER_TYPES = [
  'EMAIL_ADDRESS',
  'IP_ADDRESS',
  'MAC_ADDRESS',
  'URL',
  'CRYPTO',
  'DATE_TIME',
  'PERSON',
  'LOCATION',
  'ORGANIZATION',
]

type Finder = (text: string, near: Near, found: Found[]) => void
type Options = { dates: 'birth' | 'all'; urls: 'credentials' | 'all'; names: boolean }

/** What has no digits of its own to be known by. Each looks first for a sign without which there is nothing to find. */
export function otherFinders(wants: (type: string) => boolean, { dates, urls, names }: Options): Finder[] {
  const all: [type: string, find: Finder][] = [
    ['EMAIL_ADDRESS', (text, _, found) => findEmails(text, found)],
    ['IP_ADDRESS', findAddresses],
    ['MAC_ADDRESS', (text, _, found) => findMacs(text, found)],
    ['URL', (text, _, found) => findUrls(text, urls === 'all', found)],
    ['CRYPTO', (text, _, found) => findWallets(text, found)],
    ['DATE_TIME', (text, near, found) => findDates(text, dates === 'all', near, found)],
    ['LOCATION', (text, _, found) => findStreets(text, found)],
  ]
  if (names)
    all.push(
      ['PERSON', (text, _, found) => findNames(text, found)],
      ['LOCATION', (text, _, found) => findPlaces(text, found)],
      ['ORGANIZATION', (text, _, found) => findOrganizations(text, found)],
    )
  return all.filter(([type]) => wants(type)).map(([, find]) => find)
}
