/**
 * A newer version, for who asks for one: nothing is looked for, fetched or installed without a click, and each click is asked
 * for with the address in sight.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { BrowserWindow } from 'electron'
import { app } from 'electron'
import type { AppUpdater } from 'electron-updater'
import { fillText } from '../shared/errors.ts'
import { version } from '../shared/version.ts'
import { ask } from './dialogs.ts'
import type { Host } from './host/host.ts'
import type { Leave } from './leaving.ts'
import type { Words } from './words.ts'

/** As much of electron-updater as is used here. */
export type Updater = Pick<
  AppUpdater,
  | 'autoDownload'
  | 'autoInstallOnAppQuit'
  | 'disableWebInstaller'
  | 'disableDifferentialDownload'
  | 'requestHeaders'
  | 'checkForUpdates'
  | 'downloadUpdate'
  | 'quitAndInstall'
  | 'on'
>

/** Where this build looks: packaging writes it beside the app (THAW_RELEASES, scripts/package.ts). undefined: nowhere. */
export function updateAddress(resources: string): string | undefined {
  try {
    const text = readFileSync(path.join(resources, 'app-update.yml'), 'utf8')
    return /^url: ['"]?(https:[^'"\s]+)/m.exec(text)?.[1]
  } catch {
    return undefined
  }
}

/** electron-updater, which is not even loaded before the first click. */
export async function loadUpdater(): Promise<Updater> {
  const { default: updates } = await import('electron-updater')
  return updates.autoUpdater
}

/** The list that electron-updater asks for below that address (electron.build/auto-update). */
export function listName(platform: NodeJS.Platform, arch: string): string {
  if (platform === 'win32') return 'latest.yml'
  if (platform === 'darwin') return 'latest-mac.yml'
  return arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${arch}.yml`
}

export interface UpdatesOptions {
  address: string
  host: Host
  window: BrowserWindow
  words: () => Words
  leave: Leave
  load: () => Promise<Updater>
}

/** @returns what the menu's item does */
export function lookingForUpdates(options: UpdatesOptions): () => Promise<void> {
  const { host, window, words, leave, load } = options
  const address = new URL(listName(process.platform, process.arch), options.address.replace(/\/?$/, '/')).href
  let isAtWork = false
  /** The version that has been fetched. */
  let fetched: string | undefined

  const confirm = async (message: string, detail: string, yes: string): Promise<boolean> => {
    const choices = [['yes', yes] as const, ['no', words().later] as const]
    return (await ask(window, { message, detail, choices, cancel: 'no' })) === 'yes'
  }
  const tell = (message: string, detail = '') =>
    ask(window, { message, detail, choices: [['ok', words().ok]], cancel: 'ok' })

  /** Kept in the list of connections first: without that nothing is fetched. */
  const announce = async (url: string) => {
    const library = await host.library()
    await library.call('connections.add', { url, why: `Thaw ${version}` })
  }

  const opened = async (): Promise<Updater> => {
    const updater = await load()
    updater.autoDownload = false
    updater.autoInstallOnAppQuit = false
    updater.disableWebInstaller = true
    // The whole file from the one address, and not parts of two.
    updater.disableDifferentialDownload = true
    // electron-updater makes up a number for each installation, keeps it and sends it along: here all send the same nothing.
    updater.requestHeaders = { 'x-user-staging-id': '00000000-0000-0000-0000-000000000000' }
    return updater
  }

  /** @returns whether there is something to install */
  const fetch = async (updater: Updater): Promise<boolean> => {
    const says = words()
    const detail = fillText(says.updatesDetail, { version, address })
    if (!(await confirm(says.updatesQuestion, detail, says.updatesLook))) return false
    await announce(address)
    const found = await updater.checkForUpdates()
    // It answers null where it has asked nobody: then nothing is known of newer versions.
    if (found === null) throw new Error('electron-updater asked nobody')
    if (!found.isUpdateAvailable) {
      await tell(says.updatesNone)
      return false
    }
    const { version: newer, files } = found.updateInfo
    const file = new URL(files[0]?.url ?? '', address).href
    const message = fillText(says.updatesFound, { version: newer })
    if (!(await confirm(message, fillText(says.updatesFoundDetail, { address: file }), says.updatesDownload)))
      return false
    await announce(file)
    updater.on('download-progress', ({ percent }) => window.setProgressBar(percent / 100))
    await updater.downloadUpdate().finally(() => window.setProgressBar(-1))
    fetched = newer
    return true
  }

  const startAgain = (error: unknown) => {
    host.log.write('error', 'updates', String(error))
    void tell(words().updatesInstallFailed).then(() => {
      app.relaunch()
      app.exit(0)
    })
  }

  const isTraining = async () => {
    if (host.trainerState().work !== 'training') return false
    await tell(words().updatesWait, words().updatesWaitDetail)
    return true
  }

  const look = async () => {
    if (await isTraining()) return
    const updater = await opened()
    if (fetched === undefined && !(await fetch(updater))) return
    // Training may have begun meanwhile.
    if (await isTraining()) return
    const { updatesReady, updatesReadyDetail, updatesInstall } = words()
    const message = fillText(updatesReady, { version: fetched! })
    if (!(await confirm(message, updatesReadyDetail, updatesInstall))) return
    await leave(() => {
      // The engine has ended already: where installing fails, the app starts again as it was.
      updater.on('error', startAgain)
      try {
        updater.quitAndInstall()
      } catch (error) {
        startAgain(error)
      }
    })
  }

  return async () => {
    if (isAtWork) return
    isAtWork = true
    try {
      await look()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      host.log.write('error', 'updates', reason)
      await tell(words().updatesFailed, `${address}\n${reason.split('\n')[0]}`)
    } finally {
      isAtWork = false
    }
  }
}
