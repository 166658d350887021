import { expect, it } from 'vitest'
import { isPrivateAddress, isPrivateHost } from './private-address.ts'

it.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::8.8.8.8',
  '2002:7f00:1::',
  '2002:c0a8:101::1',
  '2001:0:53aa:64c::1',
  '2001:db8::1',
  '3fff:fff::1',
  '2a00:1450:4001:81b:0:5efe:10.0.0.1',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '100::1',
  'not an address',
  '',
])('calls %s private', (address) => {
  expect(isPrivateAddress(address)).toBe(true)
})

it.each([
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '168.63.129.17',
  '192.0.1.1',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '2a00:1450:4001:81b:0:5efe:8.8.8.8',
])('calls %s public', (address) => {
  expect(isPrivateAddress(address)).toBe(false)
})

it.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  'app.localhost',
  'printer.local',
  'metadata.google.internal',
  'metadata',
  'host.docker.internal',
  'router.home.arpa',
  'ip6-localhost',
  '127.1',
  '0',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0x7f.1',
  '127.0.0.1.',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[fd00::1]',
  '::1',
  'fd00::1',
  '①②⑦.0.0.1',
  '',
  'a b',
])('knows without DNS that the host %j is private', (host) => {
  expect(isPrivateHost(host)).toBe(true)
})

it.each([
  'api.openai.com',
  'localhost.example.com',
  'internal.example.com',
  '8.8.8.8',
  '134744072',
  '[2606:4700:4700::1111]',
  '2606:4700:4700::1111',
])('leaves the host %s to DNS or lets it pass', (host) => {
  expect(isPrivateHost(host)).toBe(false)
})
