import { isIPv4, isIPv6 } from 'node:net'

/**
 * True for an address that leads to this machine, to its own network or to nobody: loopback, private, link-local,
 * unique-local, CGNAT, multicast, reserved, cloud metadata, and IPv6 forms that carry such an IPv4 address.
 * Also true for what is no IP address at all. A zone (`fe80::1%eth0`) is ignored.
 */
export function isPrivateAddress(address: string): boolean {
  const text = address.split('%')[0] ?? ''
  if (isIPv4(text)) return isPrivateV4(bytesOfV4(text))
  return !isIPv6(text) || isPrivateV6(wordsOfV6(text))
}

/**
 * True for a host of a URL (an IPv6 address with or without its brackets) that is known to be private without asking DNS: an address in whatever spelling (decimal, octal,
 * hexadecimal, shortened), or a name that never leaves the machine or its network. Of all other names only what they resolve to tells.
 */
export function isPrivateHost(host: string): boolean {
  if (isIPv6(host)) return isPrivateAddress(host)
  const url = `http://${host}`
  if (host === '' || !URL.canParse(url)) return true
  // The URL parser writes every spelling of an IPv4 address as four decimal numbers.
  const name = new URL(url).hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1')
  if (isIPv4(name) || isIPv6(name)) return isPrivateAddress(name)
  return PRIVATE_NAMES.test(name)
}

const PRIVATE_NAMES =
  /^(localhost|localdomain|ip6-localhost|ip6-loopback|broadcasthost|metadata|instance-data)$|\.(localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/

type Range<Bits> = readonly [start: Bits, prefix: number]

/** The special-purpose registry of IANA (RFC 6890 and later), and the metadata service of Azure, whose address looks public. */
const V4: readonly Range<string>[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

const V4_RANGES = V4.map(([start, prefix]) => ({ start: numberOf(bytesOfV4(start)), size: 2 ** (32 - prefix) }))

function isPrivateV4(bytes: readonly number[]): boolean {
  const address = numberOf(bytes)
  return V4_RANGES.some(({ start, size }) => address >= start && address < start + size)
}

/** Only global unicast (2000::/3) is public, without its special parts; where an IPv4 address is inside, that one counts as well. */
function isPrivateV6(words: readonly number[]): boolean {
  const [a = 0, b = 0] = words
  const embedded = (at: number) => isPrivateV4(bytesOfWords(words.slice(at, at + 2)))
  const zeros = (from: number, to: number) => words.slice(from, to).every((word) => word === 0)
  if (zeros(0, 5) && words[5] === 0xffff) return embedded(6) // IPv4-mapped, ::ffff:0:0/96
  if (a === 0x64 && b === 0xff9b && zeros(2, 6)) return embedded(6) // NAT64, 64:ff9b::/96
  if ((a & 0xe000) !== 0x2000) return true
  if (a === 0x2002) return embedded(1) // 6to4, 2002::/16
  if (a === 0x2001 && b < 0x200) return true // Teredo, ORCHID, benchmarks: 2001::/23
  if (a === 0x2001 && b === 0xdb8) return true // documentation
  if (a === 0x3fff && b < 0x1000) return true // documentation, 3fff::/20
  // ISATAP: …:0:5efe:a.b.c.d and …:200:5efe:a.b.c.d
  return (words[4] === 0 || words[4] === 0x200) && words[5] === 0x5efe && embedded(6)
}

function bytesOfV4(text: string): number[] {
  return text.split('.').map(Number)
}

const bytesOfWords = (words: readonly number[]): number[] => words.flatMap((word) => [word >> 8, word & 0xff])

function numberOf(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** The eight 16-bit words of a valid IPv6 address, `::` and a dotted end filled in. */
function wordsOfV6(text: string): number[] {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const bytes = dotted ? bytesOfV4(dotted[2] ?? '') : []
  const hex = dotted ? `${dotted[1]}${word(bytes, 0)}:${word(bytes, 2)}` : text
  const [head = '', tail] = hex.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...middle, ...right].map((part) => Number.parseInt(part, 16))
}

const word = (bytes: readonly number[], at: number): string => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16)
