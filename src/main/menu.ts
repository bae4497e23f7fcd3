import type { MenuItemConstructorOptions } from 'electron'
import { Menu } from 'electron'
import type { MenuCommand } from '../shared/contract.ts'
import type { Words } from './words.ts'

export interface MenuOptions {
  words: Words
  command: (command: MenuCommand) => void
  isMac: boolean
  /** Datasets, the one that was scanned last first. */
  recent?: readonly { id: string; name: string }[]
  openDataset?: (dataset: string) => void
  /** Looks for a newer version; left out where this build knows no place to look. */
  lookForUpdates?: (() => void) | undefined
}

const mostRecent = 8

/** The menu as data. */
export function menuTemplate({
  words,
  command,
  isMac,
  lookForUpdates,
  recent = [],
  openDataset,
}: MenuOptions): MenuItemConstructorOptions[] {
  const item = (label: string, name: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => command(name),
    ...(accelerator !== undefined && { accelerator }),
  })
  const separator = { type: 'separator' } as const
  const quit = { role: 'quit', label: words.quit } as const
  const settings = item(words.settings, 'settings', 'CmdOrCtrl+,')
  const about = item(words.about, 'about')
  const datasets = recent.slice(0, mostRecent).map(({ id, name }) => ({
    // A single “&” would underline the letter behind it.
    label: name.replaceAll('&', '&&'),
    click: () => openDataset?.(id),
  }))
  const updates = lookForUpdates ? [{ label: words.updates, click: lookForUpdates }] : []

  const app: MenuItemConstructorOptions = {
    label: 'Thaw',
    submenu: [
      about,
      ...updates,
      separator,
      settings,
      separator,
      { role: 'hide', label: words.hide },
      separator,
      quit,
    ],
  }
  const file: MenuItemConstructorOptions = {
    label: words.file,
    submenu: [
      item(words.addPhotos, 'add-photos', 'CmdOrCtrl+O'),
      ...(datasets.length > 0 ? [{ label: words.recent, submenu: datasets }] : []),
      item(words.train, 'train', 'CmdOrCtrl+T'),
      item(words.classify, 'classify', 'CmdOrCtrl+L'),
      separator,
      ...(isMac ? [] : [settings, separator]),
      { role: 'close', label: words.close },
      ...(isMac ? [] : [quit]),
    ],
  }
  const edit: MenuItemConstructorOptions = {
    label: words.edit,
    submenu: [
      { role: 'undo', label: words.undo },
      { role: 'redo', label: words.redo },
      separator,
      { role: 'cut', label: words.cut },
      { role: 'copy', label: words.copy },
      { role: 'paste', label: words.paste },
      { role: 'selectAll', label: words.selectAll },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: words.view,
    submenu: [
      item(words.runs, 'runs'),
      item(words.models, 'models'),
      separator,
      { role: 'reload', label: words.reload },
      { role: 'zoomIn', label: words.zoomIn },
      { role: 'zoomOut', label: words.zoomOut },
      { role: 'resetZoom', label: words.resetZoom },
      { role: 'togglefullscreen', label: words.fullScreen },
    ],
  }
  const window: MenuItemConstructorOptions = {
    label: words.window,
    submenu: [{ role: 'minimize', label: words.minimize }],
  }
  const help: MenuItemConstructorOptions = { label: words.help, submenu: [...updates, about] }
  return [...(isMac ? [app] : []), file, edit, view, window, ...(isMac ? [] : [help])]
}

export function setMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)))
}
