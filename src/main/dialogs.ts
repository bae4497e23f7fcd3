import path from 'node:path'
import type { BrowserWindow, FileFilter, OpenDialogOptions } from 'electron'
import { dialog, shell } from 'electron'
import type { FileKind } from '../shared/api/files.ts'
import { photoExtensions } from '../shared/photoFiles.ts'
import { sourceExtensions } from '../shared/sourceFiles.ts'
import { weightExtensions } from '../shared/weightFiles.ts'
import type { Desktop } from './host/saving.ts'
import type { Words } from './words.ts'

type Properties = NonNullable<OpenDialogOptions['properties']>

interface Picking {
  title: keyof Words
  properties: Properties
  filter?: { name: keyof Words; extensions: string[] }
}

const withoutPoint = (extension: string): string => extension.slice(1)

const pickings: Record<FileKind, Picking> = {
  folder: { title: 'chooseFolder', properties: ['openDirectory'] },
  sources: {
    title: 'chooseSource',
    properties: ['openFile'],
    filter: { name: 'sourceFiles', extensions: sourceExtensions.map(withoutPoint) },
  },
  photos: {
    title: 'choosePhotos',
    properties: ['openFile', 'multiSelections'],
    filter: {
      name: 'photos',
      extensions: photoExtensions.map(withoutPoint),
    },
  },
  weights: {
    title: 'chooseWeights',
    properties: ['openFile'],
    filter: { name: 'weightFiles', extensions: weightExtensions.map(withoutPoint) },
  },
  labels: {
    title: 'chooseLabels',
    properties: ['openFile'],
    filter: { name: 'labelFiles', extensions: ['json', 'txt'] },
  },
}

/** The system's dialogs. They open where the last one was left. */
export function desktopDialogs(window: () => BrowserWindow, words: () => Words): Desktop {
  let lastFolder: string | undefined
  const startingPlace = (name = '') =>
    lastFolder === undefined
      ? name
        ? { defaultPath: name }
        : {}
      : { defaultPath: path.join(lastFolder, name) }

  return {
    pick: async (kind) => {
      const { title, properties, filter } = pickings[kind]
      const filters: FileFilter[] = filter
        ? [{ name: words()[filter.name], extensions: filter.extensions }]
        : []
      const options = { title: words()[title], properties, filters, ...startingPlace() }
      const { canceled, filePaths } = await dialog.showOpenDialog(window(), options)
      const [first] = filePaths
      if (canceled || first === undefined) return []
      lastFolder = path.dirname(first)
      return filePaths
    },
    pickSave: async (name) => {
      // A name of the page's never leads into another folder.
      const options = { title: words().save, ...startingPlace(path.basename(name)) }
      const { canceled, filePath } = await dialog.showSaveDialog(window(), options)
      if (canceled || filePath === '') return undefined
      lastFolder = path.dirname(filePath)
      return filePath
    },
    show: (file) => shell.showItemInFolder(path.resolve(file)),
  }
}

export interface Question<A extends string> {
  message: string
  detail?: string
  /** Answers with their buttons; the first is what Enter presses. */
  choices: readonly (readonly [A, string])[]
  /** The answer of closing the dialog. */
  cancel: A
}

export async function ask<A extends string>(window: BrowserWindow, question: Question<A>): Promise<A> {
  const { message, detail = '', choices, cancel } = question
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message,
    detail,
    buttons: choices.map(([, label]) => label),
    defaultId: 0,
    cancelId: choices.findIndex(([answer]) => answer === cancel),
    noLink: true,
  })
  return choices[response]?.[0] ?? cancel
}

export type LeavingAnswer = 'background' | 'stop' | 'stay'

/** Asked when the window is closed, or the app is quit, while a network is trained. */
export async function askBeforeLeaving(
  window: BrowserWindow,
  words: Words,
  leaving: 'window' | 'app',
): Promise<LeavingAnswer> {
  const choices: [LeavingAnswer, string][] =
    leaving === 'window'
      ? [
          ['background', words.inBackground],
          ['stop', words.stopAndQuit],
          ['stay', words.cancel],
        ]
      : [
          ['stay', words.keepTraining],
          ['stop', words.stopAndQuit],
        ]
  const detail = leaving === 'window' ? words.closeDetail : words.quitDetail
  return ask(window, { message: words.closeQuestion, detail, choices, cancel: 'stay' })
}
