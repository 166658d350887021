import { CodeBlock } from '../../ui/code-block.tsx'

export type Way = { title: string; code: string }

/** How a program says whose call it is: to be copied. */
export function WaysToName({ ways }: { ways: readonly Way[] }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-3 px-6 pb-10">
      {ways.map(({ title, code }) => (
        <section key={title}>
          <h3 className="mb-1 text-sm font-medium text-soft">{title}</h3>
          <CodeBlock label={title} code={code} />
        </section>
      ))}
    </div>
  )
}
