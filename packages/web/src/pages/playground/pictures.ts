/** What a part of a prompt may hold, less some room for its neighbours. */
const MOST_CHARACTERS = 480_000
/** More than this no model looks at. */
const LONGEST_SIDE = 1568
const KEPT = /^image\/(png|jpeg|gif|webp)$/

/** A picture as a data URL. One that is too large is drawn smaller, for no model looks at more. */
export async function pictureOf(file: File): Promise<string> {
  const whole = KEPT.test(file.type) && file.size < MOST_CHARACTERS * 0.74 ? await asDataUrl(file) : ''
  if (whole && whole.length <= MOST_CHARACTERS) return whole
  const bitmap = await createImageBitmap(file).catch(() => null)
  if (!bitmap) throw new Error(`"${file.name}" is no picture that this browser can read.`)
  for (const side of [LONGEST_SIDE, 1024, 640]) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(bitmap.width * scale))
    canvas.height = Math.max(1, Math.round(bitmap.height * scale))
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    const drawn = canvas.toDataURL('image/jpeg', 0.85)
    if (drawn.length <= MOST_CHARACTERS) return drawn
  }
  throw new Error(`"${file.name}" stays too large however it is scaled.`)
}

const asDataUrl = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error(`"${file.name}" cannot be read.`))
    reader.readAsDataURL(file)
  })
