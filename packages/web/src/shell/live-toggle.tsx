import { Pause, Radio, WifiOff } from 'lucide-react'
import { type LiveStatus, useLiveStatus } from '../data/live.ts'
import { usePreference } from '../data/preferences.ts'
import { Button } from '../ui/button.tsx'

const SHOWN: Record<LiveStatus, { word: string; tip: string; icon: typeof Radio; className: string }> = {
  on: { word: 'Live', tip: 'New calls appear by themselves. Click to pause.', icon: Radio, className: 'text-ok' },
  connecting: { word: 'Live', tip: 'Connecting to the stream of new calls', icon: Radio, className: 'text-faint' },
  down: { word: 'Live', tip: 'The stream of new calls is interrupted. Trying again.', icon: WifiOff, className: 'text-warning' },
  off: { word: 'Paused', tip: 'The page keeps still. Click to follow new calls.', icon: Pause, className: 'text-faint' },
}

/** Follows new calls or keeps the page still; shows quietly when the stream is down. */
export function LiveToggle() {
  const [live, setLive] = usePreference('live', 'on')
  const status = useLiveStatus()
  const { word, tip, icon: Icon, className } = SHOWN[status]
  return (
    <Button
      aria-pressed={live === 'on'}
      aria-label="Live updates"
      data-tip={tip}
      onClick={() => setLive(live === 'on' ? 'off' : 'on')}
      size="bar"
    >
      <Icon size={14} className={className} aria-hidden />
      {word}
      <span role="status" className="sr-only">
        {status === 'down' ? tip : ''}
      </span>
    </Button>
  )
}
