import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const programs = globSync('src/main/**/*.ts', { cwd: root })
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
  .filter(({ text }) => /^import \{[^}]*\} from 'node:child_process'/m.test(text))
const times = (text: string, what: RegExp): number => [...text.matchAll(what)].length

// Windows opens a console for a program that is started by one without any, unless it is told not to.
it('no program that is started opens a console on Windows', () => {
  expect(programs.length).toBeGreaterThan(4)
  const visible = programs.filter(
    ({ text }) =>
      times(text, /(?<!\.)\b(?:spawn|execFile|exec|fork|spawnSync|execFileSync|execSync)\)?\(/g) >
      times(text, /\bwindowsHide: true\b/g),
  )
  expect(visible.map(({ file }) => file)).toEqual([])
})
