import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useClassify } from '../stores/classify.ts'
import { useMessages } from '../stores/messages.ts'
import { useSaving } from './useSaving.ts'

/** A table for a spreadsheet: a tab ends a cell, so none may be in one. */
const cell = (text: string | number): string => String(text).replaceAll(/[\t\r\n]/g, ' ')

/** Answers as files, and as a table on the clipboard. */
export function useClassifyFiles() {
  const api = useApi()
  const store = useClassify()
  const messages = useMessages()
  const { t } = useText()
  const { save } = useSaving()

  return {
    save: (format: 'csv' | 'json') => {
      const classification = store.id!
      const name = `${store.summary?.name ?? 'thaw'}.${format}`
      return save(name, () => api.call('classify.export', { classification, format }))
    },
    copy: async (): Promise<void> => {
      const rows = store.answers.map(({ path, answer, verdict, top }) => [
        ...[path, answer ?? '', t(`classify.${verdict}`)],
        ...[top[0]?.class ?? '', top[0]?.probability ?? ''],
      ])
      const head = ['photo', 'answer', 'state', 'likeliest', 'probability'] as const
      const table = [head.map((name) => t(`classify.${name}`)), ...rows]
      await messages.attempt(async () => {
        await navigator.clipboard.writeText(table.map((row) => row.map(cell).join('\t')).join('\n'))
        messages.told(() => t('classify.copied', { n: rows.length, count: rows.length }))
      })
    },
  }
}
