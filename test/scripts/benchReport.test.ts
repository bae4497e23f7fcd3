import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { reportText } from '../../bench/report.ts'
import { readResults } from '../../bench/results.ts'

test('RESULTS.md is what `npm run bench` would write of its figures: nothing in it is by hand, to be lost with the next run', () => {
  const file = new URL('../../bench/RESULTS.md', import.meta.url)
  expect(readFileSync(file, 'utf8')).toBe(reportText(readResults()))
})
