// Runs before the first paint, so that the page never flashes in the other theme. A file, because the
// content security policy allows no inline script. Renamed when it changes: everything here is cached for ever.
;(() => {
  let choice = 'system'
  try {
    choice = localStorage.getItem('signalbox.theme') || 'system'
  } catch {}
  const dark = choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
