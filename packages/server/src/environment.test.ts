import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

test.each([
  [undefined, null],
  ['', null],
  ['off', null],
  ['4317', 4317],
  ['0', 0],
])('the port of OTLP over gRPC as %j is %j', (value, port) => {
  expect(readEnvironment({ SIGNALBOX_OTLP_GRPC_PORT: value }).otlpGrpcPort).toBe(port)
})

test('a port that is none is refused by the name of its variable', () => {
  expect(() => readEnvironment({ SIGNALBOX_OTLP_GRPC_PORT: '70000' })).toThrow('SIGNALBOX_OTLP_GRPC_PORT')
  expect(() => readEnvironment({ SIGNALBOX_PORT: 'http' })).toThrow('SIGNALBOX_PORT')
})
