import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { ALL_PAGES } from './navigation.ts'

const SECTIONS: { title: string; rows: [keys: string[], what: string][] }[] = [
  {
    title: 'Anywhere',
    rows: [
      [['Mod', 'K'], 'Command palette'],
      [['?'], 'This help'],
      [['['], 'Narrow or widen the rail'],
      ...ALL_PAGES.map((page): [string[], string] => [['g', page.shortcut], page.title]),
    ],
  },
  {
    title: 'Lists',
    rows: [
      [['j'], 'Next row'],
      [['k'], 'Row before'],
      [['Enter'], 'Open'],
      [['Esc'], 'Close'],
      [['x'], 'Select'],
      [['/'], 'Filter'],
      [['c'], 'Copy link'],
    ],
  },
  {
    title: 'Trace',
    rows: [
      [['↓', '↑'], 'Next span, span before'],
      [['→', '←'], 'Unfold, fold'],
      [['e'], 'Next failure'],
      [['w'], 'Widen to a page'],
      [['1', '2', '3'], 'As tree, timeline, graph'],
      [['+', '-'], 'Timeline closer, wider'],
      [[',', '.'], 'Timeline earlier, later'],
      [['z', '0'], 'Timeline: chosen span, all'],
      [['u', 'd'], 'Thumbs up, thumbs down'],
      [['m'], 'What was said of it'],
    ],
  },
  {
    title: 'Compare',
    rows: [
      [['j', 'k'], 'Next pair, pair before'],
      [['n'], 'Next difference'],
    ],
  },
]

/** Every shortcut, on `?`. */
export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" wide>
      <div className="grid grid-cols-2 gap-x-8 gap-y-4">
        {SECTIONS.map((section, at) => (
          <section key={section.title} className={at === 0 ? 'row-span-2' : ''}>
            <h3 className="mb-1 text-sm font-medium text-faint">{section.title}</h3>
            <dl>
              {section.rows.map(([keys, what]) => (
                <div key={what} className="flex h-7 items-center justify-between">
                  <dt>{what}</dt>
                  <dd className="flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
