import { PromptLink } from './prompt-links.tsx'

type Props = { name: string; version: string | null }

/** Which version of which prompt a call was rendered from. What a foreign client calls a version may be no number: then the prompt is opened. */
export default function VersionOfSpan({ name, version }: Props) {
  const number = version !== null && /^\d{1,9}$/.test(version) ? Number(version) : undefined
  return (
    <PromptLink name={name} version={number} className="text-accent hover:underline">
      {name} {version !== null && <span className="tabular">{number === undefined ? version : `v${number}`}</span>}
    </PromptLink>
  )
}
