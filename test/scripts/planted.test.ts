import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { plantedFaults } from '../mutants/planted.ts'

const root = path.join(import.meta.dirname, '../..')

test('Each fault that is planted by name changes something that is there, once', () => {
  const lost = plantedFaults.filter(
    ({ file, from }) => readFileSync(path.join(root, file), 'utf8').split(from).length !== 2,
  )
  expect(lost.map(({ name }) => name)).toEqual([])
})

test('The tests that have to notice are there', () => {
  const tests = [...new Set(plantedFaults.flatMap((it) => it.tests))]
  expect(tests.filter((file) => !existsSync(path.join(root, file)))).toEqual([])
})
