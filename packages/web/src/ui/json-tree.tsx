import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { plural } from '../lib/format-number.ts'
import { copyAndTell } from './copy.tsx'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
const LONG = 600
const MANY = 100

/** JSON to unfold; a click on a key copies its path, as JavaScript writes it. */
export function JsonTree({ value, openDepth = 2 }: { value: Json; openDepth?: number }) {
  return (
    <div className="font-mono text-sm leading-[19px] break-words">
      <Node value={value} name={null} path="$" depth={0} openDepth={openDepth} />
    </div>
  )
}

type NodeProps = { value: Json; name: string | null; path: string; depth: number; openDepth: number }

function Node({ value, name, path, depth, openDepth }: NodeProps) {
  const [open, setOpen] = useState(depth < openDepth)
  const [shown, setShown] = useState(MANY)
  if (value === null || typeof value !== 'object') {
    return (
      <div className="pl-4">
        <Name name={name} path={path} />
        <Leaf value={value} />
      </div>
    )
  }
  const entries = Array.isArray(value) ? value.map((item, at) => [String(at), item] as const) : Object.entries(value)
  const [left, right] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (entries.length === 0) {
    return (
      <div className="pl-4">
        <Name name={name} path={path} />
        <span className="text-faint">
          {left}
          {right}
        </span>
      </div>
    )
  }
  return (
    <div>
      <div className="flex items-start">
        <button
          type="button"
          aria-expanded={open}
          aria-label={`${open ? 'Fold' : 'Unfold'} ${name ?? 'value'}`}
          onClick={() => setOpen(!open)}
          className="flex h-[19px] w-4 shrink-0 items-center text-faint hover:text-text"
        >
          <ChevronRight size={12} className={open ? 'rotate-90' : ''} />
        </button>
        <div className="min-w-0">
          <Name name={name} path={path} />
          <span className="text-faint">
            {left}
            {!open && ` ${plural(entries.length, Array.isArray(value) ? 'item' : 'key')} ${right}`}
          </span>
        </div>
      </div>
      {open && (
        <>
          <div className="ml-[7px] border-l border-line pl-[9px]">
            {entries.slice(0, shown).map(([key, item]) => (
              <Node
                key={key}
                value={item}
                name={key}
                path={joinPath(path, key, Array.isArray(value))}
                depth={depth + 1}
                openDepth={openDepth}
              />
            ))}
            {entries.length > shown && (
              <button type="button" onClick={() => setShown(shown + 1000)} className="pl-4 text-accent hover:underline">
                {plural(entries.length - shown, 'more item')}
              </button>
            )}
          </div>
          <div className="pl-4 text-faint">{right}</div>
        </>
      )}
    </div>
  )
}

function Name({ name, path }: { name: string | null; path: string }) {
  if (name === null) return null
  return (
    <>
      <button
        type="button"
        data-tip={`Copy path ${path}`}
        aria-label={`Copy path ${path}`}
        onClick={() => copyAndTell(path, 'Path')}
        className="rounded-sm text-soft hover:bg-surface-2 hover:text-text"
      >
        {name}
      </button>
      <span className="text-faint">: </span>
    </>
  )
}

function Leaf({ value }: { value: string | number | boolean | null }) {
  const [whole, setWhole] = useState(false)
  if (typeof value !== 'string') return <span className={value === null ? 'text-faint' : 'text-text'}>{String(value)}</span>
  const clipped = !whole && value.length > LONG
  return (
    <span className="whitespace-pre-wrap text-text">
      "{clipped ? value.slice(0, LONG) : value}
      {clipped ? '…' : '"'}
      {clipped && (
        <button type="button" onClick={() => setWhole(true)} className="ml-1 text-accent hover:underline">
          {plural(value.length, 'character')}, show all
        </button>
      )}
    </span>
  )
}

const joinPath = (path: string, key: string, isList: boolean) =>
  isList ? `${path}[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
