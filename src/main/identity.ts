import os from 'node:os'
import path from 'node:path'
import { app } from 'electron'
import { dataFolders } from '../shared/folders.ts'

/** As in electron-builder.yml. */
const appId = 'org.thaw.app'

/**
 * What the system knows the app by. Chromium's profile (window state, caches) gets a folder of its own: without that it would lie
 * among a person's runs, since the system's place for both has the app's name. To be called before anything asks for the profile.
 */
export function identify(): void {
  // Windows groups windows, notifications and the taskbar's list by this.
  if (process.platform === 'win32') app.setAppUserModelId(appId)
  const { home } = dataFolders({ env: process.env, platform: process.platform, userHome: os.homedir() })
  app.setPath('userData', path.join(path.resolve(home), 'window'))
}
