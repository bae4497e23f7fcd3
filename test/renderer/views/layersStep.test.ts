import { flushPromises } from '@vue/test-utils'
import type { DOMWrapper, VueWrapper } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newDraft, useDraft } from '../../../src/renderer/stores/draft.ts'
import LayersStep from '../../../src/renderer/views/train/LayersStep.vue'
import { presetStages } from '../../../src/shared/model/presets.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { someDataset } from '../support/samples.ts'

beforeAll(layOut)

let room: VueWrapper

beforeEach(async () => {
  const draft = {
    ...newDraft(),
    preset: 'recipe',
    stages: presetStages(networkOf('vgg16'), 'recipe'),
    config: { ...newDraft().config, backbone: 'vgg16' },
  }
  const api = fakeApi({
    'datasets.list': () => ({ datasets: [someDataset] }),
    'datasets.photos': () => ({ total: 0, photos: [] }),
    'draft.get': () => ({ draft: JSON.parse(JSON.stringify(draft)) as never }),
  })
  room = await mountRoom(LayersStep, { api, at: '/train/layers' })
})

const rows = () => room.findAll('[role="treeitem"]')
const row = (id: string): DOMWrapper<Element> => room.find(`[data-node="${id}"][role="treeitem"]`)
const focused = () => document.activeElement?.getAttribute('data-node')
const plan = () => useDraft().draft.stages[0]!.plan

/** Presses keys one after the other where the focus is. */
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    const target = document.activeElement ?? document.body
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    await flushPromises()
  }
}
async function goTo(id: string): Promise<void> {
  await row(id).trigger('click')
  await flushPromises()
}

describe('the tree by keyboard', () => {
  it('has one row that takes the focus, and tells level, place and fold', async () => {
    expect(rows().filter((it) => it.attributes('tabindex') === '0')).toHaveLength(1)
    expect(row('features').attributes()).toMatchObject({
      'aria-level': '2',
      'aria-posinset': '1',
      'aria-setsize': '2',
      'aria-expanded': 'true',
    })
    await goTo('')
    expect(focused()).toBe('')
  })

  it('walks with the arrows, Home and End', async () => {
    await goTo('')
    await press('ArrowDown', 'ArrowDown')
    expect(focused()).toBe('features.0-4')
    await press('End')
    expect(focused()).toBe('classifier.6')
    await press('Home')
    expect(focused()).toBe('')
  })

  it('unfolds with the right arrow and goes in, folds with the left and goes out', async () => {
    await goTo('features.0-4')
    await press('ArrowRight')
    expect(row('features.0-4').attributes('aria-expanded')).toBe('true')
    await press('ArrowRight')
    expect(focused()).toBe('features.0')
    await press('ArrowLeft')
    expect(focused()).toBe('features.0-4')
    await press('ArrowLeft')
    expect(row('features.0-4').attributes('aria-expanded')).toBe('false')
    await press('ArrowLeft')
    expect(focused()).toBe('features')
  })

  it('unfolds all beside with *', async () => {
    await goTo('features.0-4')
    const before = rows().length
    await press('*')
    expect(rows().length).toBeGreaterThan(before)
    expect(row('features.24-30').attributes('aria-expanded')).toBe('true')
  })

  it('finds a row by the letters of its name', async () => {
    await goTo('')
    await press('c', 'l')
    expect(focused()).toBe('classifier')
  })

  it('freezes and thaws with Space', async () => {
    await goTo('features.0-4')
    await press(' ')
    expect(row('features.0-4').attributes('aria-checked')).toBe('false')
    expect(row('features').attributes('aria-checked')).toBe('mixed')
    expect(plan()).toMatchObject({ 'features.0-4': { learningRate: 'frozen' } })
    await press(' ')
    expect(row('features').attributes('aria-checked')).toBe('true')
    expect(useDraft().changes).toBe(0)
  })

  it('sets a rate with L, and Enter gives the focus back', async () => {
    await goTo('classifier.6')
    await press('l')
    const field = row('classifier.6').find('input')
    await field.setValue('0.002')
    await field.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(plan()).toMatchObject({ 'classifier.6': { learningRate: 0.002 } })
    expect(focused()).toBe('classifier.6')
  })

  it('is read out with a space between a name and what it is', () => {
    expect(row('features').element.textContent).toMatch(/features\s+\S/)
  })

  it('opens the field of a rate by the key of L on a keyboard of another script', async () => {
    await goTo('classifier.6')
    const pressed = { key: 'ㅣ', code: 'KeyL', bubbles: true, cancelable: true }
    document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', pressed))
    await flushPromises()
    expect(row('classifier.6').find('input').exists()).toBe(true)
  })

  it('does not take a rate that is none', async () => {
    await goTo('classifier.6')
    await press('l')
    const field = row('classifier.6').find('input')
    await field.setValue('fast')
    expect(field.attributes('aria-invalid')).toBe('true')
    await field.trigger('keydown', { key: 'Enter' })
    await field.trigger('keydown', { key: 'Escape' })
    expect(plan()).toMatchObject({ 'classifier.6': { learningRate: 1e-3 } })
  })

  it('takes back and does again with Ctrl Z and Ctrl Shift Z', async () => {
    await goTo('features')
    await press(' ')
    const chord = (key: string, shiftKey = false) =>
      document.activeElement!.dispatchEvent(
        new KeyboardEvent('keydown', { key, ctrlKey: true, shiftKey, bubbles: true, cancelable: true }),
      )
    chord('z')
    await flushPromises()
    expect(row('features').attributes('aria-checked')).toBe('true')
    chord('Z', true)
    await flushPromises()
    expect(row('features').attributes('aria-checked')).toBe('false')
  })
})

describe('beside the tree', () => {
  it('says own and inherited rates apart', () => {
    expect(row('features').find('.rate-own').text()).toBe('1e-4')
    expect(row('features.0-4').find('.rate-inherited').text()).toBe('1e-4')
    expect(row('').find('.rate-mixed').text()).toBe('set below')
  })

  it('freezes what a pattern finds', async () => {
    await room.find('input[type="search"]').setValue('*.bias')
    expect(rows().length).toBeGreaterThan(16)
    await room
      .findAll('button')
      .find((it) => it.text() === 'Freeze them')!
      .trigger('click')
    expect(plan()).toMatchObject({ 'features.0.bias': { learningRate: 'frozen' } })
    expect(room.find('.badge-accent').text()).toBe('16 changes')
  })

  it('spreads no rates where nothing learns, or a single part, and says why to who reads and who listens', async () => {
    const spread = () => room.findAll('button').find((it) => it.text() === 'Spread rates')!
    const why = () => room.get(`[id="${spread().attributes('aria-describedby')}"]`).text()
    expect(spread().attributes('aria-disabled')).toBe('false')
    await goTo('')
    await press(' ')
    if (row('').attributes('aria-checked') !== 'false') await press(' ')
    expect(row('').attributes('aria-checked')).toBe('false')
    expect([spread().attributes('aria-disabled'), why()]).toEqual([
      'true',
      expect.stringContaining('Nothing learns'),
    ])
    const before = plan()
    await spread().trigger('click')
    expect(plan()).toEqual(before)
    await room.get('[data-preset="quick"] input').trigger('click')
    expect(why()).toContain('only one does')
  })

  it('resets to the preset', async () => {
    await goTo('features')
    await press(' ')
    expect(useDraft().changes).toBe(1)
    await room
      .findAll('button')
      .find((it) => it.text().startsWith('Reset'))!
      .trigger('click')
    expect(useDraft().changes).toBe(0)
  })

  it('freezes up to the chosen part', async () => {
    await goTo('features.10-16')
    await room
      .findAll('button')
      .find((it) => it.text() === 'Freeze up to here')!
      .trigger('click')
    expect(row('features.5-9').attributes('aria-checked')).toBe('false')
    expect(row('features.17-23').attributes('aria-checked')).toBe('true')
    expect(room.text()).toContain('Blocks 1–3 stay frozen')
  })

  it('says of which photos the output of frozen layers is kept', async () => {
    await room.get('[data-preset="quick"] input').trigger('click')
    expect(room.text()).toContain('what they make of the validation photos is kept')
    useDraft().changeConfig({ augmentation: 'none' })
    await flushPromises()
    expect(room.text()).toContain('Every photo passes the frozen layers once')
    useDraft().changeConfig({ cache: false })
    await flushPromises()
    expect(room.text()).toContain('anew in each epoch, since keeping')
  })

  it('chooses a preset, and the chosen one anew', async () => {
    const quick = room.get<HTMLInputElement>('[data-preset="quick"] input')
    const whole = { '': { learningRate: 'frozen' }, 'classifier.6': { learningRate: 1e-3 } }
    await quick.trigger('click')
    expect(quick.element.checked).toBe(true)
    expect(plan()).toEqual(whole)
    await goTo('features')
    await press(' ')
    expect(plan()).not.toEqual(whole)
    await quick.trigger('click')
    expect(plan()).toEqual(whole)
  })
})
