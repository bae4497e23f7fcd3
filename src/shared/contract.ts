/**
 * Everything that a window can ask of Thaw, and everything that it is told: one entry a call or event. Handlers, client and
 * relays are derived from these entries.
 *
 * How src/renderer/api.ts opens the wire:
 *
 *     import '../shared/jitless.ts'                       // first of all imports of the renderer's entry
 *     const wire = window.thaw                             // set by preload, in Electron only (Bridge in wire.ts)
 *       ? bridgeWire(window.thaw)
 *       : socketWire(new WebSocket(`ws://${location.host}/rpc`))      // wait for its `open` event first
 *     const client = createClient(contract, wire)
 *     await client.call('datasets.add', { folder }, { signal, onProgress })   // rejects with a ThawError
 *     const off = client.on('run.events', ({ run, from, events }) => …)
 *
 * When the socket closes, every open call rejects with `engine.gone`: open a new one after a second and reload the lists.
 * Pictures are `<img src="/thumb/ID">`, in Electron too (a page of `app:` asks its own scheme; `?size=96|192|384|1024` for photos,
 * default 192). Files to save are at `/download/ID`.
 * Dropped or pasted photos are sent with `fetch('/upload?batch=BATCH&name=RELATIVE/PATH.jpg', { method: 'POST', body: file })`,
 * BATCH being a random word of the window's own (letters, digits, - and _), and answered with UploadedFile; an error is
 * answered with a PlainFailure. In Electron, `window.thaw.pathForFile(file)` gives the path of a dropped file or folder at
 * once, and nothing needs to be sent.
 */
import './jitless.ts'
import { z } from 'zod'
import { appCalls, EngineState, Settings } from './api/app.ts'
import { nothing } from './api/call.ts'
import { classifyCalls } from './api/classify.ts'
import { datasetCalls } from './api/datasets.ts'
import { evaluationCalls } from './api/evaluation.ts'
import { findingCalls } from './api/findings.ts'
import { featureCalls } from './api/features.ts'
import { fileCalls } from './api/files.ts'
import { filingCalls } from './api/filing.ts'
import { gpuCalls } from './api/gpu.ts'
import { gradCamCalls } from './api/gradCam.ts'
import { jobCalls, jobEvents } from './api/jobs.ts'
import { internalCalls, internalEvents } from './api/internal.ts'
import { meltCalls } from './api/melt.ts'
import { modelCalls } from './api/models.ts'
import { suggestCalls } from './api/suggest.ts'
import { runMarkCalls } from './api/runMarks.ts'
import { runCalls, runEvents, trainCalls } from './api/runs.ts'

const calls = {
  ...appCalls,
  ...fileCalls,
  ...gpuCalls,
  ...datasetCalls,
  ...findingCalls,
  ...featureCalls,
  ...suggestCalls,
  ...modelCalls,
  ...runCalls,
  ...runMarkCalls,
  ...trainCalls,
  ...classifyCalls,
  ...evaluationCalls,
  ...gradCamCalls,
  ...meltCalls,
  ...filingCalls,
  ...jobCalls,
}

/** What a menu of the app asks the window to do. */
export const MenuCommand = z.enum(['add-photos', 'train', 'classify', 'runs', 'models', 'settings', 'about'])
export type MenuCommand = z.infer<typeof MenuCommand>

const events = {
  ...runEvents,
  ...jobEvents,
  'engine.state': EngineState,
  'settings.changed': Settings,
  'datasets.changed': nothing,
  /** Something was decided about a dataset, in whatever window: the newest entry of its journal. */
  'datasets.decided': z.strictObject({ dataset: z.string(), entry: z.int() }),
  /** Another network was chosen to look at a dataset's photos, in whatever window. */
  'features.changed': z.strictObject({ dataset: z.string() }),
  'runs.changed': nothing,
  /** Some run has new events, maybe one that another program trains: at most once a second. Of the one trained here `run.events` tells them. */
  'runs.grew': nothing,
  'models.changed': nothing,
  'classify.changed': nothing,
  'filing.changed': nothing,
  /** The GPU pack was installed or removed. */
  'gpu.changed': nothing,
  'menu.command': z.strictObject({ command: MenuCommand }),
  /** A weight file that the person opened with Thaw from outside: it is shown, no more. */
  'file.opened': z.strictObject({ file: z.string() }),
  /** Photos, or folders of photos, that the person opened with Thaw from outside: they are classified. */
  'photos.opened': z.strictObject({ paths: z.array(z.string()) }),
  /** A dataset that the person chose in the system's menu. */
  'dataset.opened': z.strictObject({ dataset: z.string() }),
  /** A run that a notification told of, and that the person wants to see. */
  'run.opened': z.strictObject({ run: z.string() }),
}

/** Between the window and the host. */
export const contract = { calls, events }

/** Between the host and its children. */
export const innerContract = {
  calls: { ...calls, ...internalCalls },
  events: { ...events, ...internalEvents },
}

/** What `/upload` answers. `folder` is that of the whole batch: it can be added as a dataset. */
export const UploadedFile = z.strictObject({ file: z.string(), folder: z.string(), bytes: z.int() })
export type UploadedFile = z.infer<typeof UploadedFile>

export type Contract = typeof contract
