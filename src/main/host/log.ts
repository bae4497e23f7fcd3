import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { LogLine } from '../../shared/api/app.ts'

export interface Log {
  file: string
  write: (level: LogLine['level'], part: string, message: string) => void
  tail: (lines: number) => LogLine[]
}

/** One older log is kept; together they stay below twice this. */
const largest = 2 ** 21
const longestMessage = 4000

/** The log in the data folder: a line of JSON an entry. A disk that is full or read-only costs the entry, nothing else. */
export function openLog(home: string): Log {
  const file = path.join(home, 'logs', 'thaw.log')
  const append = (line: LogLine) => {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largest) renameSync(file, `${file}.1`)
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 })
  }
  return {
    file,
    write: (level, part, message) => {
      const text = message.trim().slice(0, longestMessage)
      if (text === '') return
      try {
        append({ when: new Date().toISOString(), level, part, message: text })
      } catch {
        // There is no better place to say it.
      }
    },
    tail: (lines) => {
      const texts = [`${file}.1`, file].map((one) => (existsSync(one) ? readFileSync(one, 'utf8') : ''))
      return texts.join('').split('\n').filter(Boolean).slice(-lines).flatMap(asLine)
    },
  }
}

/** A line that was cut off when the machine died is left out. */
function asLine(text: string): LogLine[] {
  try {
    const line = LogLine.safeParse(JSON.parse(text))
    return line.success ? [line.data] : []
  } catch {
    return []
  }
}
