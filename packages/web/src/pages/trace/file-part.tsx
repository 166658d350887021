import type { Part } from '@signalbox/sdk/conversation'
import { useQuery } from '@tanstack/react-query'
import { AudioLines, File, Film, Image } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useProject } from '../../data/view.ts'
import { formatBytes } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { RemoteLink } from './remote-link.tsx'

const FRAME = 'px-2.5 pb-2.5 pl-[31px]'

/** An image that came with the message is shown; one that lives elsewhere is only named, so that looking at a trace calls nobody. */
export function ImagePart({ source, address }: { source: string | null; address: string }) {
  return (
    <div className={FRAME}>
      {source ? (
        <img src={source} alt="Part of the message" className="max-h-80 max-w-full rounded-sm border border-line" />
      ) : (
        <p className="flex items-center gap-1.5 text-sm text-faint">
          <Image size={13} className="shrink-0" aria-hidden /> Image not loaded:
          <RemoteLink address={address}>
            <span className="font-mono">{address.slice(0, 200) || 'no address'}</span>
          </RemoteLink>
        </p>
      )}
    </div>
  )
}

type FileProps = { file: Extract<Part, { type: 'file' }>; text: (said: string) => ReactNode }

/** Sound, film or a document of a message: played where it came along, fetched from here where it is kept here, else only named. */
export function FilePart({ file, text }: FileProps) {
  const { mime, name, source, mediaId, address, said } = file
  const Icon = mime?.startsWith('audio/') ? AudioLines : mime?.startsWith('video/') ? Film : mime?.startsWith('image/') ? Image : File
  const inline = address.startsWith('data:')
  return (
    <div className={FRAME}>
      <p className="flex min-w-0 items-center gap-1.5 text-sm text-soft">
        <Icon size={13} className="shrink-0 text-faint" aria-hidden />
        <span className="truncate font-medium">{name ?? mime ?? 'File'}</span>
        {name && mime && <span className="text-faint">{mime}</span>}
        {inline && <span className="tabular text-faint">{formatBytes(Math.floor(((address.split(',')[1] ?? '').length * 3) / 4))}</span>}
        {!inline && !mediaId && address !== '' && (
          <RemoteLink address={address}>
            <span className="font-mono">{address.slice(0, 200)}</span>
          </RemoteLink>
        )}
      </p>
      {said && <div className="mt-1">{text(said)}</div>}
      {source && <Player source={source} mime={mime} />}
      {mediaId && <KeptFile mediaId={mediaId} mime={mime} />}
    </div>
  )
}

function Player({ source, mime }: { source: string; mime: string | null }) {
  // biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what an app recorded; its transcript stands above.
  if (mime?.startsWith('video/')) return <video src={source} controls preload="none" className="mt-1 max-h-80 max-w-full" />
  // biome-ignore lint/a11y/useMediaCaption: as above.
  return <audio src={source} controls preload="none" className="mt-1 h-9 w-full max-w-md" />
}

/** A file that its client sent here on its own; it is fetched when somebody asks for it. */
function KeptFile({ mediaId, mime }: { mediaId: string; mime: string | null }) {
  const project = useProject()
  const [asked, setAsked] = useState(false)
  const link = useQuery({
    queryKey: ['project', project, 'media', mediaId],
    enabled: asked,
    staleTime: 10 * 60_000,
    queryFn: async ({ signal }) => {
      const response = await fetch(`/api/public/media/${encodeURIComponent(mediaId)}`, {
        signal,
        headers: { 'x-signalbox-project': project },
      })
      if (!response.ok)
        throw new Error(
          response.status === 404
            ? 'The file is not here: it was announced and never came, or it was deleted.'
            : `The file cannot be read (${response.status}).`,
        )
      // The link names the public address of this server; the page stays on the one it came from.
      return new URL(((await response.json()) as { url: string }).url, location.href).pathname
    },
    retry: false,
  })
  if (link.error) return <p className="mt-1 text-sm text-warning">{link.error.message}</p>
  if (link.data === undefined)
    return (
      <Button size="small" className="mt-1" disabled={asked} onClick={() => setAsked(true)}>
        Show the file
      </Button>
    )
  if (mime && /^image\/(png|jpe?g|gif|webp|avif|bmp)$/.test(mime))
    return <img src={link.data} alt="Part of the message" className="mt-1 max-h-80 max-w-full rounded-sm border border-line" />
  if (mime && /^(audio|video)\//.test(mime)) return <Player source={link.data} mime={mime} />
  return (
    <a href={link.data} download className="mt-1 inline-block text-accent hover:underline">
      Download
    </a>
  )
}
