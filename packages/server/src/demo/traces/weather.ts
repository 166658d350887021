import { busyness, isWithin, type Story } from '../story.ts'

/** What a moment is like for the copilot. `at` in milliseconds since 1970. */
export type Weather = {
  /** Times of this provider are multiplied by this. */
  slowness(at: number, provider: string): number
  /** The share of turns in which something goes wrong, from 0 to 1. */
  trouble(at: number): number
  /** Why more goes wrong than usual, if it does. */
  reason(at: number): 'incident' | 'deploy' | null
  /** Whether answers are streamed. */
  streams(at: number): boolean
  /** The version of the prompt that answers. */
  promptVersion(at: number): string
}

const TROUBLE = { usual: 0.035, incident: 0.3, deploy: 0.42 } as const
/** From how busy on a copilot without streams gets slow. */
const PEAK = 0.6

/** The weather of a story: what people who were not there can see of it afterwards. */
export function weatherOf(story: Story): Weather {
  const { incident, badDeploy, streamingAt, fixedAt } = story
  const atPeak = (at: number) => at < streamingAt && busyness(at) > PEAK
  const reason: Weather['reason'] = (at) => (isWithin(incident, at) ? 'incident' : isWithin(badDeploy, at) ? 'deploy' : null)
  return {
    slowness(at, provider) {
      if (provider === 'openai' && isWithin(incident, at)) return 2.4
      // The new prompt asks for a plan before each answer.
      if (isWithin(badDeploy, at)) return 1.7
      return atPeak(at) ? 2.3 : 1
    },
    trouble: (at) => TROUBLE[reason(at) ?? 'usual'],
    reason,
    streams: (at) => at >= streamingAt,
    promptVersion: (at) => (isWithin(badDeploy, at) ? '8' : at < fixedAt ? '7' : '9'),
  }
}
