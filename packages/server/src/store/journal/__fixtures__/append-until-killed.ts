import { writeSync } from 'node:fs'
import { FRAME } from '@signalbox/schema'
import { Journal } from '../journal.ts'

const [folder = '', round = ''] = process.argv.slice(2)
const journal = new Journal({ folder })
journal.open(() => ({ header: '{}' }))
let n = 0
const next = () => {
  const header = JSON.stringify({ round, n: n++ })
  journal.append({ kind: FRAME.ingest, id: n.toString(16).padStart(16, '0'), header, body: [Buffer.alloc(n % 5000)] }, (error) => {
    if (!error) writeSync(1, `${header}\n`)
    next()
  })
}
for (let i = 0; i < 8; i++) next()
