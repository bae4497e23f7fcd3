import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { reportPage, writeReport } from '../../../../src/main/engine/report/report.ts'
import { scoreOf, sparseConfusion } from '../../../../src/shared/metrics.ts'
import type { RunEventOf, RunRecord } from '../../../../src/shared/run.ts'

const record = {
  format: 1,
  id: '20261128T101010-abcd',
  name: '<script>alert(1)</script> & "bees"',
  created: '2026-11-28T10:10:10.000Z',
  config: { epochs: 1, seed: 7 },
  network: 'vgg16',
  classes: ['ants', 'bees <b>'],
  preparation: {},
  dataset: { folder: '/photos', layout: 'split-folders', photos: [], unreadable: 0 },
  weights: { file: '/weights/a.pth', sha256: 'ab', headReplaced: true },
  environment: { device: 'CPU', backend: 'wasm', backendVersion: '4', threads: 2, thaw: '1' },
} as unknown as RunRecord

const epoch = (number: number, correct: number): RunEventOf<'epoch'> => ({
  type: 'epoch',
  epoch: number,
  train: null,
  val: scoreOf(3, correct, 10),
  confusion: sparseConfusion([
    [correct - 5, 10 - correct],
    [0, 5],
  ]),
  learningRates: [],
  seconds: 1,
  best: number === 1,
})

test('a report holds the score with its count and interval, and points nowhere outside', () => {
  const page = reportPage(record, [epoch(0, 6), epoch(1, 9)], undefined)
  expect(page).toContain('9 of 10 · 0.900 (95%: 0.596–0.982)')
  expect(page).toContain("default-src 'none'")
  expect(page).not.toMatch(/https?:|src=|href=|url\(|<script/)
})

test('names of runs and classes are text, whatever signs are in them', () => {
  const page = reportPage(record, [epoch(1, 9)], undefined)
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;bees&quot;')
  expect(page).toContain('bees &lt;b&gt;')
})

test('a run that was never evaluated has a report that says so', () => {
  expect(reportPage(record, [], undefined)).toContain('not been evaluated yet')
})

test('large values beside a chart are short, in the person’s language', () => {
  const lost = { ...epoch(1, 9), val: scoreOf(8e9, 9, 10) }
  expect(reportPage(record, [epoch(0, 6), lost], undefined)).toContain('>800M</text>')
  expect(reportPage(record, [epoch(0, 6), lost], undefined, 'ko')).toContain('>8억</text>')
})

test('a report speaks Korean where the person does', () => {
  const page = reportPage(record, [epoch(0, 6), epoch(1, 9)], undefined, 'ko')
  expect(page).toContain('<html lang="ko">')
  expect(page).toContain('10장 중 9장 · 0.900 (95%: 0.596~0.982)')
  expect(page).not.toMatch(/Validation|Confusion|Class by class|Precision/)
})

test('words stay whole, as Korean ones would not by themselves, but for names that no paper is wide enough for', () => {
  const long = '아주 긴 이름의 종류'.repeat(8)
  const page = reportPage({ ...record, classes: ['그물맥', long] }, [epoch(1, 9)], undefined, 'ko')
  expect(page).toMatch(/body\{[^}]*word-break:keep-all/)
  expect(page).toContain('<th scope="col">그물맥</th>')
  expect(page).toContain(`<th scope="col" class="long">${long}</th>`)
  expect(page).toContain(`<th scope="row" class="long">${long}</th>`)
})

test('one epoch is a point, not a division by zero', () => {
  expect(reportPage(record, [epoch(1, 9)], undefined)).not.toContain('NaN')
})

test('the report does not go into the folder of the run, which stays as it is', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-report-'))
  try {
    const file = path.join(folder, 'report.html')
    await expect(writeReport(folder, file)).rejects.toMatchObject({ code: 'usage' })
    await expect(readFile(file)).rejects.toThrow()
  } finally {
    await rm(folder, { recursive: true })
  }
})
