import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SetupPart } from './ensure.ts'
import { toolsOnPath } from './tools.ts'

type Failures = Partial<Record<SetupPart, { at: number; tools: string }>>

/** How long a failure counts, so that not each command waits for the same attempts: a day. */
const lasting = 24 * 60 * 60 * 1000

const fileIn = (vendor: string) => join(vendor, 'failures.json')

function read(vendor: string): Failures {
  try {
    return JSON.parse(readFileSync(fileIn(vendor), 'utf8')) as Failures
  } catch {
    return {}
  }
}

/** The parts that failed within a day with the same tools installed. */
export function recentFailures(vendor: string, now = Date.now()): SetupPart[] {
  const entries = Object.entries(read(vendor)) as [SetupPart, { at: number; tools: string }][]
  if (entries.length === 0) return []
  const tools = toolsOnPath().join(' ')
  return entries
    .filter(([, failure]) => now - failure.at < lasting && failure.tools === tools)
    .map(([part]) => part)
}

/** Remembers that a part failed, or forgets it. */
export function recordOutcome(vendor: string, part: SetupPart, failed: boolean, now = Date.now()): void {
  const { [part]: before, ...others } = read(vendor)
  if (!failed && !before) return
  const failures: Failures = failed
    ? { ...others, [part]: { at: now, tools: toolsOnPath().join(' ') } }
    : others
  mkdirSync(vendor, { recursive: true })
  writeFileSync(fileIn(vendor), JSON.stringify(failures))
}
