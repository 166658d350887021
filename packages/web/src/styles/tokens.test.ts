import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const [lightCss = '', darkCss = ''] = css.split(':root[data-theme="dark"]')
const themes = { light: colours(lightCss), dark: { ...colours(lightCss), ...colours(darkCss) } }

const surfaces = ['surface-0', 'surface-1', 'surface-2']
const onEverySurface = [
  ...['text', 'text-soft', 'text-faint', 'accent', 'ok', 'warning', 'error', 'guard', 'unknown'],
  ...['code-name', 'code-word', 'code-value'],
]
const pairs = [
  ...onEverySurface.flatMap((text) => surfaces.map((surface) => [text, surface] as const)),
  ...['ok', 'warning', 'error', 'guard', 'unknown', 'accent', 'text'].map(
    (name) => [name, `${name === 'text' ? 'accent' : name}-soft`] as const,
  ),
  ['on-accent', 'accent-solid'] as const,
  ['on-accent', 'accent-solid-hover'] as const,
]

describe.each(Object.entries(themes))('the %s theme', (_, theme) => {
  it('defines every colour of the table', () => {
    expect(Object.keys(theme)).toEqual(expect.arrayContaining([...surfaces, ...onEverySurface]))
  })
  it.each(pairs)('shows %s on %s with a contrast of at least 4.5:1', (text, surface) => {
    expect(contrast(theme[text] ?? '', theme[surface] ?? '')).toBeGreaterThanOrEqual(4.5)
  })
  it.each(['mark-1', 'mark-2', 'mark-3', 'mark-4', 'mark-ok', 'mark-error'])('shows %s on the page with at least 3:1', (mark) => {
    expect(contrast(theme[mark] ?? '', theme['surface-1'] ?? '')).toBeGreaterThanOrEqual(3)
  })
})

function colours(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
