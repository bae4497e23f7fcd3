import { computed } from 'vue'
import type { Exported, ExportFormat } from '../../shared/api/exchange.ts'
import { useText } from '../i18n/index.ts'
import { detailOf } from '../../shared/api/jobs.ts'
import { isEnded, resultOf, useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useSaving } from './useSaving.ts'

/** One of the things that a run can be written as. */
export interface ExportChoice {
  key: 'safetensors' | 'pth' | 'onnx' | 'onnxPhotos' | 'tfjs' | 'pytorch'
  format: ExportFormat
  /** ONNX only: takes photos' bytes and prepares them itself. */
  withPreparation: boolean
  /** What the saved file's name ends with. */
  ending: string
}

const choice = (key: ExportChoice['key'], format: ExportFormat, ending: string): ExportChoice => ({
  key,
  format,
  withPreparation: key === 'onnxPhotos',
  ending,
})

export const exportChoices: readonly ExportChoice[] = [
  choice('safetensors', 'safetensors', '.safetensors'),
  choice('pth', 'pth', '.pth'),
  choice('pytorch', 'pytorch', ' Python.zip'),
  choice('onnx', 'onnx', '.onnx'),
  choice('onnxPhotos', 'onnx', ' photos.onnx'),
  choice('tfjs', 'tfjs', ' web.zip'),
]

type Which = Pick<ExportChoice, 'format' | 'withPreparation'>
const same = (a: Which, b: Which) => a.format === b.format && a.withPreparation === b.withPreparation

/** A run's exports: those at work and those that have ended, from whatever page they were asked for. */
export function useRunExports(run: () => string) {
  const jobs = useJobs()
  const messages = useMessages()
  const { t } = useText()
  const { save } = useSaving()

  const ofRun = computed(() =>
    [...jobs.running, ...jobs.waiting, ...jobs.ended].filter(
      (job) => job.kind === 'export' && detailOf(job).run === run(),
    ),
  )
  const underWay = computed(() => ofRun.value.find((job) => !isEnded(job)))
  /** The newest of each format. */
  const done = computed(() => {
    const results: Exported[] = []
    for (const job of ofRun.value) {
      if (job.state !== 'done') continue
      const result = resultOf('export', job)
      if (!results.some((it) => same(it, result))) results.push(result)
    }
    return results
  })

  async function start({ format, withPreparation, ending }: ExportChoice, name: string): Promise<void> {
    const file = `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}${ending}`
    await save(
      file,
      async () =>
        jobs.result('export', await jobs.start('export', { run: run(), format, withPreparation }, name)),
      () => t('runs.saved'),
    )
  }

  return {
    underWay,
    resultOf: (which: Which) => done.value.find((it) => same(it, which)),
    start,
    saveAgain: ({ name, download }: Exported) => save(name, () => Promise.resolve({ download })),
    stop: (job: string) => void jobs.cancel(job).catch(messages.failed),
  }
}
