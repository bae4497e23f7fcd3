import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import type { Evaluation } from '../../../src/shared/api/evaluation.ts'
import { evaluationReport } from '../../../src/shared/evaluation/report.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import RunCertainty from '../../../src/renderer/views/run/RunCertainty.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, text } from '../support/page.ts'
import { someDetails, someRun } from '../support/samples.ts'

const classes = ['ants', 'bees']
const targets = [0, 1, 1, 0]

async function open(logits: readonly number[], temperature: number | null = null): Promise<void> {
  const report = evaluationReport(logits, targets, classes)
  const evaluation: Evaluation = {
    ...{ part: 'val', classes, photos: 4, failed: 0, report, slices: [], thresholds: [] },
    ...{ hasHistory: true, dataset: 'garden', temperature, isOld: false },
  }
  const api = fakeApi({
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'runs.get': () => someDetails(someRun),
    'datasets.list': () => ({ datasets: [] }),
    'evaluations.get': () => ({ evaluation }),
  })
  await mountRoom(RunCertainty, { api, at: `/runs/${someRun.id}/certainty` })
}

describe('the certainty of a run', () => {
  it('is offered to be corrected by the temperature that its photos tell', async () => {
    await open([2, 0, 1, 0, 0, 1, 3, 0])
    expect(text()).toContain('with the temperature')
    expect(text()).toContain('Correct it')
    expect(text()).toContain('after one temperature')
  })

  it('is left alone where all answers are right, and says why', async () => {
    await open([2, 0, 0, 1, 0, 1, 3, 0])
    expect(text()).toContain('these photos tell no temperature')
    expect(text()).not.toContain('Correct it')
    expect(document.querySelector('.reliability polyline')).toBeNull()
    expect(text()).not.toContain('after one temperature')
  })

  it('counts photos as one does, one and more', async () => {
    await open([2, 0, 1, 0, 0, 1, 3, 0])
    const bars = [...document.querySelectorAll('[aria-label*=", certainty"]')]
    const told = bars.map((it) => it.getAttribute('aria-label')!)
    expect(told.length).toBeGreaterThan(10)
    for (const it of told) expect(it).toMatch(/^1 photo, |^(?!1 )\d+ photos, /)
  })

  it('has bars that are one stop a row, with arrows along all of them; an empty one opens nothing', async () => {
    await open([2, 0, 1, 0, 0, 1, 3, 0])
    const [right, wrong] = all('.bars')
    const bars = [...right!.querySelectorAll('button')]
    const stops = () => bars.filter((it) => it.tabIndex === 0)
    expect(stops()).toHaveLength(1)
    expect(wrong!.querySelectorAll('button[tabindex="0"]')).toHaveLength(1)
    const key = async (name: string) => {
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }))
      await flushPromises()
    }
    const [first] = stops()
    expect(first!.ariaDisabled ?? first!.getAttribute('aria-disabled')).toBe('false')
    first!.focus()
    await key('Home')
    expect(document.activeElement).toBe(bars[0])
    await key('ArrowLeft')
    expect(document.activeElement).toBe(bars[0])
    await key('ArrowRight')
    expect(document.activeElement).toBe(bars[1])
    expect(stops()).toEqual([bars[1]])
    expect(bars[1]!.getAttribute('aria-disabled')).toBe('true')
    bars[1]!.click()
    await flushPromises()
    expect(text()).toContain('Correct it')
    await key('End')
    expect(document.activeElement).toBe(bars.at(-1))
  })

  it('writes spans as the language does', async () => {
    await open([2, 0, 1, 0, 0, 1, 3, 0])
    const spans = () => all('[title]').map((it) => it.title)
    expect(spans().some((it) => it.startsWith('.67–.73: '))).toBe(true)
    i18n.global.locale.value = 'ko'
    try {
      await flushPromises()
      expect(spans().some((it) => it.startsWith('0.67~0.73: '))).toBe(true)
      expect(spans().filter((it) => /\d–\d/.test(it))).toEqual([])
    } finally {
      i18n.global.locale.value = 'en'
    }
  })

  it('can be taken back where it was corrected by such photos before', async () => {
    await open([2, 0, 0, 1, 0, 1, 3, 0], 0.01)
    expect(text()).toContain('Take the correction away')
  })

  it('has each chart as a table too, to read and to save', async () => {
    const saved: string[] = []
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      void (blob as Blob).text().then((it) => saved.push(it))
      return 'blob:a'
    })
    vi.stubGlobal('URL', Object.assign(URL, { revokeObjectURL: () => undefined }))
    await open([2, 0, 1, 0, 0, 1, 3, 0])
    const figures = all('.figure, section.card:has(.matrix)')
    expect(figures).toHaveLength(4)
    for (const figure of figures) {
      const [csv, png] = figure.querySelectorAll<HTMLElement>('[role=group] button')
      expect(png!.title).toBe('Save as PNG')
      csv!.click()
    }
    await vi.waitFor(() => expect(saved).toHaveLength(4))
    const [reliability, histogram, thresholds, confusion] = saved.map((it) => it.split('\r\n'))
    expect(reliability![0]).toContain('how sure it was,right,photos,share,95%')
    expect(histogram![0]).toContain('how sure it was,right,wrong')
    // Of four answers one is wrong, sure by 1 / (1 + e^-1).
    expect(histogram!.find((line) => line.startsWith('.67'))).toMatch(/,1,1$/)
    expect(thresholds![0]).toContain('From certainty,photos,answered')
    expect(confusion!.slice(1, 3)).toEqual(['ants,2,0', 'bees,1,1'])
  })
})
