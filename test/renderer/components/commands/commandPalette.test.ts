import { mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import CommandPalette from '../../../../src/renderer/components/commands/CommandPalette.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import type { AppCommand } from '../../../../src/renderer/stores/commands.ts'

const command = (id: string, title: string, more: Partial<AppCommand> = {}): AppCommand => ({
  id,
  kind: 'place',
  title,
  run: () => undefined,
  ...more,
})
const commands = [
  command('delete', 'Delete the run', { kind: 'room', destructive: true }),
  command('relabel', 'Relabel 5 photos', { kind: 'room' }),
  command('runs', 'Runs'),
  command('run-1', 'Ants and bees', { kind: 'run' }),
  command('dark', 'Theme: dark', { kind: 'setting' }),
]
const lines = () => [...document.querySelectorAll('[role="option"]')].map((line) => line.textContent.trim())
const chosen = () => document.querySelector('[aria-selected="true"]')?.textContent.trim()
const input = () => document.querySelector<HTMLInputElement>('.palette input')!

async function open(lastUsed: string[] = []) {
  const palette = mount(CommandPalette, { props: { commands, lastUsed }, global: { plugins: [i18n] } })
  await nextTick()
  return palette
}
async function type(text: string) {
  input().value = text
  input().dispatchEvent(new Event('input'))
  await nextTick()
}
async function press(key: string) {
  input().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await nextTick()
}

// jsdom lays nothing out and so scrolls nothing.
Element.prototype.scrollIntoView = () => undefined
beforeEach(() => (document.body.innerHTML = ''))

it('shows what was done last before anything is typed', async () => {
  const palette = await open(['dark', 'runs'])
  expect(lines()).toEqual(['Theme: dark', 'Runs'])
  palette.unmount()
})

it('finds while typing, and puts nothing that deletes first', async () => {
  const palette = await open()
  await type('e')
  expect(lines()[0]).toBe('Relabel 5 photos')
  expect(lines().at(-1)).toBe('Delete the run')
  palette.unmount()
})

it('finds while a Korean syllable is being put together', async () => {
  const palette = await open()
  await palette.setProps({ commands: [...commands, command('photos', '사진'), command('settings', '설정')] })
  input().dispatchEvent(new CompositionEvent('compositionstart'))
  await type('ㅅ')
  expect(lines()).toEqual(['사진', '설정'])
  await type('샂')
  expect(lines()).toEqual(['사진'])
  palette.unmount()
})

it('is worked by keys alone: arrows, Tab for a kind, Enter', async () => {
  const palette = await open()
  await type('r')
  await press('ArrowDown')
  expect(chosen()).toBe('Runs')
  await press('ArrowUp')
  await press('ArrowUp')
  expect(chosen()).toBe('Delete the run')
  await press('ArrowDown')
  await press('Enter')
  expect(palette.emitted('run')).toEqual([[commands[1]]])
  await type('')
  await press('Tab')
  expect(lines()).toEqual(['Relabel 5 photos', 'Delete the run'])
  palette.unmount()
})

it('says that nothing has this name, and finds photos by it', async () => {
  const palette = await open()
  await type('wasp')
  expect(document.body.textContent).toContain('Nothing called “wasp”.')
  await press('Enter')
  expect(palette.emitted('findPhotos')).toEqual([['wasp']])
  palette.unmount()
})
