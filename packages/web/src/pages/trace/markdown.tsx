import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CodeBlock } from '../../ui/code-block.tsx'
import { RemoteLink } from './remote-link.tsx'

/**
 * Text of a model as markdown. Raw HTML stays text, and nothing is loaded from elsewhere: an image with a remote
 * address would tell its server what was in the conversation.
 */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-2 break-words">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} urlTransform={onlySafe}>
        {text}
      </ReactMarkdown>
    </div>
  )
}

const PLUGINS = [remarkGfm]
const onlySafe = (url: string) => (/^(https?:|mailto:|#|data:image\/(png|jpe?g|gif|webp|avif);base64,)/i.test(url) ? url : '')

const COMPONENTS: Components = {
  p: ({ children }) => <p className="whitespace-pre-wrap">{children}</p>,
  h1: ({ children }) => <p className="mt-1 text-lg font-semibold">{children}</p>,
  h2: ({ children }) => <p className="mt-1 font-semibold">{children}</p>,
  h3: ({ children }) => <p className="mt-1 font-semibold">{children}</p>,
  h4: ({ children }) => <p className="font-semibold">{children}</p>,
  h5: ({ children }) => <p className="font-semibold">{children}</p>,
  h6: ({ children }) => <p className="font-semibold">{children}</p>,
  ul: ({ children }) => <ul className="list-disc space-y-0.5 pl-5">{children}</ul>,
  ol: ({ children, start }) => (
    <ol start={start} className="list-decimal space-y-0.5 pl-5">
      {children}
    </ol>
  ),
  blockquote: ({ children }) => <blockquote className="border-l-2 border-line-strong pl-3 text-soft">{children}</blockquote>,
  hr: () => <hr className="border-line" />,
  a: ({ children, href }) => (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow" data-tip={href} className="text-accent underline">
      {children}
    </a>
  ),
  img: ({ src, alt }) =>
    typeof src === 'string' && src.startsWith('data:') ? (
      <img src={src} alt={alt ?? ''} className="max-h-80 max-w-full rounded-sm border border-line" />
    ) : (
      <RemoteLink address={typeof src === 'string' ? src : ''}>[image not loaded{alt ? `: ${alt}` : ''}]</RemoteLink>
    ),
  pre: ({ children }) => <>{children}</>,
  code: ({ children, className }) => {
    const code = String(children)
    if (className || code.includes('\n')) return <CodeBlock label="code" code={code.replace(/\n$/, '')} />
    return <code className="rounded-sm bg-surface-2 px-1 font-mono text-sm">{children}</code>
  },
  table: ({ children }) => (
    <div className="overflow-x-auto">
      <table className="border-collapse">{children}</table>
    </div>
  ),
  th: ({ children }) => <th className="border border-line px-2 py-0.5 text-left font-medium">{children}</th>,
  td: ({ children }) => <td className="border border-line px-2 py-0.5">{children}</td>,
}
