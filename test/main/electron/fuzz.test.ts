import { expect, test, vi } from 'vitest'
import { openWindow } from '../../../src/main/window.ts'
import { checkoutRoot } from '../../../src/main/host/engineFiles.ts'
import { wordsIn } from '../../../src/main/words.ts'
import { bridgeChannel } from '../../../src/shared/wire.ts'
import { aHost, bothReady } from '../../support/engine/host.ts'
import { bombard, frameCount, leaksIn } from '../../support/rpc/frames.ts'
import type { BrowserWindow } from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))

test(`${frameCount} random frames over the window’s channel do no harm`, async () => {
  const { host, client } = await aHost()
  const { webContents } = openWindow({
    host,
    preload: 'preload.cjs',
    background: '#fff',
    words: () => wordsIn('en'),
  }) as unknown as BrowserWindow
  const { ipc, mainFrame } = webContents
  const window = {
    send: (frame: unknown) => void ipc.emit(bridgeChannel, { senderFrame: mainFrame }, 'page', frame),
    onFrame: (listener: (frame: unknown) => void) => {
      webContents.send = (_channel, frame) => {
        listener(frame)
        return undefined
      }
      return () => undefined
    },
  }
  await expect.poll(() => host.states()).toMatchObject(bothReady)
  const answers = await bombard(window, () => client.call('settings.get', {}))
  expect(answers.length).toBeGreaterThan(frameCount / 4)
  expect(leaksIn(answers, checkoutRoot())).toEqual([])
  expect(host.states()).toMatchObject(bothReady)
})
