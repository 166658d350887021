import { simulatorMeter, type UsageMeter } from '../pricing/simulator-meter.ts'
import type { Candidate } from './routing/router.ts'
import type { Sent } from './sent.ts'
import type { UpstreamSink } from './upstream.ts'

/** A count of our own along one try, where the provider's kind publishes how it counts what a chat completion uses. */
export const meterFor = ({ provider, sent }: { provider: Candidate['provider']; sent: Sent }): UsageMeter | undefined =>
  provider.kind === 'simulator' && sent.path.endsWith('/chat/completions') ? simulatorMeter(sent.body) : undefined

/** What comes for the sink is counted first. */
export const metered = (sink: UpstreamSink, meter: UsageMeter): UpstreamSink => ({
  head(status, headers) {
    meter.head(status, headers)
    sink.head(status, headers)
  },
  data(chunk) {
    meter.data(chunk)
    sink.data(chunk)
  },
  end: () => sink.end(),
  fail: (error) => sink.fail(error),
})
