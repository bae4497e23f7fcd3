import type { Command } from 'commander'
import { Argument } from 'commander'
import type { GpuPack, GpuProgress } from '../../shared/api/gpu.ts'
import { GpuChoice } from '../../shared/gpu.ts'
import { tellError } from '../../shared/tellError.ts'
import { installGpuPack } from '../engine/gpu/install.ts'
import { gpuPack, removeGpuPack } from '../engine/gpu/pack.ts'
import { gpuState, requireUsableCard } from '../engine/gpu/state.ts'
import { throughProxy } from '../engine/proxy.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { changeSettings, readSettings } from '../engine/store/settings.ts'
import { bar } from './bar.ts'
import { interrupted } from './interrupt.ts'
import { spoken } from './language.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)

function told({ supported, installed, received, download, needed }: GpuPack): string {
  if (!supported) return words('packUnsupported')
  if (installed) {
    const { tensorflow, cudnn, bytes, current } = installed
    const text = words('packInstalled', { tensorflow, cudnn, bytes: gigabytes(bytes) })
    return current ? text : `${text} ${words('packRenewal')}`
  }
  const sizes = { download: gigabytes(download), needed: gigabytes(needed) }
  return received > 0
    ? words('packArriving', { ...sizes, received: gigabytes(received) })
    : words('packAbsent', sizes)
}

const choiceText = (choice: GpuChoice): string =>
  choice === 'off' ? words('cardsOff') : words('cardsOn', { mode: choice })

async function status(json: boolean): Promise<void> {
  const paths = dataPaths(currentFolders())
  const { gpu: choice } = await readSettings(paths.settings)
  const state = await gpuState(paths.gpu)
  if (json) {
    line({ ...state, choice })
    return
  }
  const { cards, problems, pack } = state
  if (cards.length === 0 && problems.length === 0) print(words('noCard'))
  for (const { name, memory, driver } of cards)
    print(words('card', { name, memory: memory / 2 ** 20, driver }))
  for (const problem of problems) {
    const { message, advice } = tellError(problem, spoken())
    print(`- ${message} ${advice}`)
  }
  print(told(pack))
  print(choiceText(choice))
}

const stepWords = {
  looking: 'packLooking',
  downloading: 'packDownloading',
  unpacking: 'packUnpacking',
} as const satisfies Record<GpuProgress['step'], string>

async function install(json: boolean, anyway: boolean): Promise<void> {
  const { gpu: folder, settings } = dataPaths(currentFolders())
  const signal = interrupted(words('stoppingDownload'))
  if (!anyway) await requireUsableCard()
  const { proxy } = await readSettings(settings)
  await throughProxy(proxy, () =>
    installGpuPack({
      folder,
      signal,
      onProgress: (progress) => {
        const { step, package: name, received, total } = progress
        bar.show(received, total, words(stepWords[step], { total: gigabytes(total), name }))
      },
    }),
  )
  bar.hide()
  const pack = await gpuPack(folder)
  if (json) line(pack)
  else print(told(pack))
}

async function remove(json: boolean): Promise<void> {
  const folder = dataPaths(currentFolders()).gpu
  await removeGpuPack(folder)
  const pack = await gpuPack(folder)
  if (json) line(pack)
  else print(told(pack))
}

async function use(gpu: GpuChoice, json: boolean): Promise<void> {
  await changeSettings(dataPaths(currentFolders()).settings, { gpu })
  if (json) line({ choice: gpu })
  else print(choiceText(gpu))
}

/** `--json` stands before or behind the word that tells what to do. */
const wantsJson = (command: Command): boolean => command.optsWithGlobals<{ json?: boolean }>().json ?? false

export function addGpu(program: Command): void {
  const gpu = program
    .command('gpu')
    .description(
      'the graphics card, the opt-in GPU pack (Linux with an NVIDIA card), and how a card computes',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  thaw gpu status --json\n  thaw gpu install\n  thaw gpu use autotune\n  thaw gpu remove',
    )
  gpu
    .command('status', { isDefault: true })
    .description('cards, driver, pack and mode')
    .action((_options: object, command: Command) => status(wantsJson(command)))
  gpu
    .command('install')
    .description('fetches the GPU pack with the help of pip; goes on where it was interrupted')
    .option('--anyway', 'also where no usable card is found')
    .action(({ anyway = false }: { anyway?: boolean }, command: Command) =>
      install(wantsJson(command), anyway),
    )
  gpu
    .command('remove')
    .description('deletes the GPU pack and what was fetched for it')
    .action((_options: object, command: Command) => remove(wantsJson(command)))
  gpu
    .command('use')
    .description('how a card computes: the same bits again, as fast as cuDNN can, or not at all')
    .addArgument(new Argument('<mode>').choices(GpuChoice.options))
    .action((mode: GpuChoice, _options: object, command: Command) => use(mode, wantsJson(command)))
}
