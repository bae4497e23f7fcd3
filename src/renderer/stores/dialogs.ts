import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { FileKind } from '../../shared/api/files.ts'
import { useApi } from '../api.ts'
import { useSettings } from './settings.ts'

export interface Question {
  title: string
  body: string
  /** The word on the button that does it. */
  act: string
  danger?: boolean
}

interface OpenQuestion extends Question {
  answer: (yes: boolean) => void
}
interface OpenPicker {
  kind: FileKind
  /** The folder to begin in; null: where there is none to prefer. */
  folder: string | null
  /** What a new file is called at first; undefined: something that is there is chosen. */
  name?: string
  answer: (paths: string[]) => void
}

/** With the separator at its end, so that a disk’s own folder is one too. */
const folderOf = (path: string): string => path.replace(/[^\\/]+[\\/]?$/, '')

/** What has to be answered before anything else: one question or picker at a time. */
export const useDialogs = defineStore('dialogs', () => {
  const api = useApi()
  const settings = useSettings()
  const question = shallowRef<OpenQuestion>()
  const picker = shallowRef<OpenPicker>()
  /** Where the last thing that was chosen lies. */
  let lastFolder: string | null = null

  /** Resolves to whether the person said yes. */
  function ask(asked: Question): Promise<boolean> {
    question.value?.answer(false)
    return new Promise((resolve) => {
      question.value = {
        ...asked,
        answer: (yes) => {
          question.value = undefined
          resolve(yes)
        },
      }
    })
  }

  /**
   * Paths on the computer that computes: by its own dialog in the app, by ours in serve mode. Both begin where the last one was left. Empty:
   * nothing was chosen.
   * @param beside ours begins beside this file
   */
  async function pick(kind: FileKind, beside?: string): Promise<string[]> {
    if (settings.info?.mode === 'electron') return (await api.call('files.pick', { kind })).paths
    picker.value?.answer([])
    return new Promise((resolve) => {
      picker.value = {
        kind,
        folder: beside === undefined ? lastFolder : folderOf(beside),
        answer: (paths) => {
          picker.value = undefined
          if (paths[0] !== undefined) lastFolder = folderOf(paths[0])
          resolve(paths)
        },
      }
    })
  }

  /** Where a new file goes, in serve mode: a path on the computer that computes; undefined: nowhere. The app has the system's dialog. */
  async function pickPlaceFor(name: string): Promise<string | undefined> {
    picker.value?.answer([])
    return new Promise((resolve) => {
      picker.value = {
        kind: 'folder',
        folder: lastFolder,
        name,
        answer: ([path]) => {
          picker.value = undefined
          if (path !== undefined) lastFolder = folderOf(path)
          resolve(path)
        },
      }
    })
  }

  /** The person went elsewhere: nothing was chosen, and the answer is no. */
  function dismiss(): void {
    question.value?.answer(false)
    picker.value?.answer([])
  }

  return { question, picker, ask, pick, pickPlaceFor, dismiss }
})
