/** Colours come from the page: `--signalbox-accent` and the others below, else its own text colour. */
export const STYLE = `
:host { display: inline-block; color: var(--signalbox-color, inherit); font: var(--signalbox-font, inherit); font-size: var(--signalbox-size, 14px); }
:host([hidden]), [hidden] { display: none !important; }
[role=group] { display: inline-flex; align-items: center; gap: 4px; }
button, textarea { font: inherit; color: inherit; background: var(--signalbox-background, transparent); border: 1px solid var(--signalbox-border, color-mix(in srgb, currentColor 40%, transparent)); border-radius: var(--signalbox-radius, 6px); }
button { cursor: pointer; padding: 4px 6px; line-height: 1; }
button:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
svg { width: 1.15em; height: 1.15em; display: block; fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
.down svg { transform: rotate(180deg); }
[aria-pressed=true] { color: var(--signalbox-accent, currentColor); border-color: currentColor; }
[aria-pressed=true] svg { fill: currentColor; }
:focus-visible, label:focus-within { outline: 2px solid var(--signalbox-accent, currentColor); outline-offset: 2px; }
fieldset { border: 0; margin: 0; padding: 0; display: inline-flex; }
legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
label { position: relative; cursor: pointer; padding: 2px 3px; opacity: .45; font-size: 1.2em; line-height: 1; }
label.on { opacity: 1; color: var(--signalbox-accent, currentColor); }
input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
form { display: flex; gap: 4px; margin-top: 6px; align-items: flex-end; }
textarea { flex: 1; min-width: 16em; padding: 6px 8px; resize: vertical; }
.send { padding: 7px 10px; }
[role=status] { display: block; min-height: 1.4em; font-size: .9em; }
.failed { color: var(--signalbox-error, currentColor); font-weight: 600; }
`
