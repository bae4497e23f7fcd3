import { beforeEach, expect, test, vi } from 'vitest'
import { leaveWithCare } from '../../../src/main/leaving.ts'
import { wordsIn } from '../../../src/main/words.ts'
import type { TrainerState } from '../../../src/shared/api/runs.ts'
import { app, BrowserWindow, dialog, powerMonitor } from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))

const idle: TrainerState = { work: null, run: null, state: null }
const training: TrainerState = { work: 'training', run: 'r', state: 'running' }

function leaving(state: TrainerState) {
  const window = new BrowserWindow({})
  const close = vi.fn(() => Promise.resolve())
  leaveWithCare({
    host: { trainerState: () => state, close } as never,
    window: window as never,
    words: () => wordsIn('en'),
  })
  return { window, close }
}

const event = () => ({ preventDefault: vi.fn() })
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

beforeEach(() => {
  app.removeAllListeners()
  powerMonitor.removeAllListeners()
  app.exits.length = 0
  dialog.asked.length = 0
})

test('Closing the window while nothing is trained ends the children, then the app', async () => {
  const { window, close } = leaving(idle)
  window.emit('close', event())
  await settled()
  expect(dialog.asked).toEqual([])
  expect(close).toHaveBeenCalledOnce()
  expect(app.exits).toEqual([0])
})

test('Closing the window while a network is trained asks, and training can go on without it', async () => {
  const { window, close } = leaving(training)
  dialog.response = 0
  const closing = event()
  window.emit('close', closing)
  await settled()
  expect(closing.preventDefault).toHaveBeenCalled()
  expect(dialog.asked).toMatchObject([{ buttons: ['Train in the background', 'Stop and quit', 'Cancel'] }])
  expect(window.calls).toEqual(['hide'])
  expect(close).not.toHaveBeenCalled()
  app.emit('second-instance')
  expect(window.calls).toEqual(['hide', 'show', 'focus'])
})

test('Quitting while a network is trained asks once, and stops it only if told to', async () => {
  const { close } = leaving(training)
  dialog.response = 0
  app.emit('before-quit', event())
  app.emit('before-quit', event())
  await settled()
  expect(dialog.asked).toHaveLength(1)
  expect(app.exits).toEqual([])
  dialog.response = 1
  app.emit('before-quit', event())
  await settled()
  expect(close).toHaveBeenCalledOnce()
  expect(app.exits).toEqual([0])
})

test.each(['session-end', 'shutdown'])(
  'When the system goes down (%s) nobody is asked, and the trainer keeps a checkpoint',
  async (how) => {
    const { window, close } = leaving(training)
    if (how === 'shutdown') powerMonitor.emit(how, event())
    else window.emit(how)
    await settled()
    expect(dialog.asked).toEqual([])
    expect(close).toHaveBeenCalledOnce()
    expect(app.exits).toEqual([0])
  },
)
