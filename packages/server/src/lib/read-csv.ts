const [COMMA, QUOTE, CR, LF] = [44, 34, 13, 10] as const

/** Where the records of a CSV file are (RFC 4180): a line feed inside quotes ends nothing. Fed chunk by chunk. */
export class CsvRecords {
  #inQuotes = false
  #start = 0
  #at = 0

  /** Calls back for each record that ends in the chunk, with its first byte and the one after its last. */
  push(chunk: Buffer, record: (from: number, to: number) => void): void {
    const base = this.#at
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      // A doubled quote closes and opens again, which comes out the same.
      if (byte === QUOTE) this.#inQuotes = !this.#inQuotes
      else if (byte === LF && !this.#inQuotes) {
        record(this.#start, base + at)
        this.#start = base + at + 1
      }
    }
    this.#at = base + chunk.length
  }

  /** The last record may have no line feed. */
  end(record: (from: number, to: number) => void): { open: boolean } {
    if (this.#start < this.#at) record(this.#start, this.#at)
    return { open: this.#inQuotes }
  }
}

/** The cells of one record. */
export function csvCells(bytes: Buffer): string[] {
  const last = bytes.length > 0 && bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length
  const cells: string[] = []
  for (let at = 0; ; at++) {
    if (bytes[at] === QUOTE) {
      let end = at + 1
      while (end < last && (bytes[end] !== QUOTE || bytes[end + 1] === QUOTE)) end += bytes[end] === QUOTE ? 2 : 1
      cells.push(bytes.toString('utf8', at + 1, Math.min(end, last)).replaceAll('""', '"'))
      at = end + 1
      // What stands between a closing quote and the comma is no part of the cell.
      while (at < last && bytes[at] !== COMMA) at++
    } else {
      let end = bytes.indexOf(COMMA, at)
      if (end === -1 || end > last) end = last
      cells.push(bytes.toString('utf8', at, end))
      at = end
    }
    if (at >= last) return cells
  }
}

/** All records of a text, each as its cells. Lines without anything are left out. */
export function csvTable(text: string): { cells: string[][]; open: boolean } {
  const bytes = Buffer.from(text.replace(/^\uFEFF/, ''))
  const cells: string[][] = []
  const take = (from: number, to: number) => {
    const record = bytes.subarray(from, to)
    if (!/^[ \t\r]*$/.test(record.toString('latin1'))) cells.push(csvCells(record))
  }
  const records = new CsvRecords()
  records.push(bytes, take)
  return { cells, ...records.end(take) }
}
