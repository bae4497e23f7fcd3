import { host, library, nothing, trainer } from './call.ts'
import { z } from 'zod'
import { GpuChoice, GpuMode } from '../gpu.ts'
import { ClassifyModel } from './classify.ts'
import { PlainFailure, Problem } from './errors.ts'

/** An address by http or https, as a mirror or a proxy has; it may hold a name and a password. */
export const WebAddress = z.url({ protocol: /^https?$/ }).max(500)

export const Settings = z.strictObject({
  /** `system`: the first of the person's languages that is there. */
  language: z.enum(['system', 'en', 'ko']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** `auto`: the fastest that works. */
  backend: z.enum(['auto', 'tensorflow', 'wasm']).default('auto'),
  /** null: as many as the machine has cores. */
  threads: z.int().min(1).max(1024).nullable().default(null),
  gpu: GpuChoice.default('deterministic'),
  /** Where published weights lie under their own names, instead of their publishers' addresses. */
  mirror: WebAddress.nullable().default(null),
  /** What downloads go through; null: what the environment says. */
  proxy: WebAddress.nullable().default(null),
  /** Who answers where nobody is named: photos opened from outside, and programs. null: the newest run, else the starter weights. */
  classifyWith: ClassifyModel.nullable().default(null),
  /** The last layer learns each time that corrected photos were added to a dataset. */
  learnHead: z.boolean().default(false),
})
export type Settings = z.infer<typeof Settings>

/** Without the defaults: `partial()` alone would fill them in, and one change would set all other settings back. */
const { language, theme, backend, threads, gpu, mirror, proxy, classifyWith, learnHead } = Settings.shape
export const SettingsChange = z
  .strictObject({
    language: language.unwrap(),
    theme: theme.unwrap(),
    backend: backend.unwrap(),
    threads: threads.unwrap(),
    gpu: gpu.unwrap(),
    mirror: mirror.unwrap(),
    proxy: proxy.unwrap(),
    classifyWith: classifyWith.unwrap(),
    learnHead: learnHead.unwrap(),
  })
  .partial()
export type SettingsChange = z.infer<typeof SettingsChange>

export const AppInfo = z.strictObject({
  version: z.string(),
  mode: z.enum(['electron', 'serve']),
  platform: z.string(),
  node: z.string(),
  /** The data folder and the folder of what can be computed again; read-only (THAW_HOME, THAW_CACHE). */
  home: z.string(),
  cache: z.string(),
  cores: z.int(),
})
export type AppInfo = z.infer<typeof AppInfo>

/** A child process as a person needs to know it. */
export const EngineState = z.strictObject({
  part: z.enum(['library', 'trainer']),
  state: z.enum(['starting', 'ready', 'crashed', 'hung', 'failed']),
  /** What went wrong last; null while nothing did. */
  why: PlainFailure.nullable(),
})
export type EngineState = z.infer<typeof EngineState>

/** A connection to the internet that Thaw made. */
export const Connection = z.strictObject({ when: z.string(), url: z.string(), why: z.string() })
export type Connection = z.infer<typeof Connection>

export const LogLine = z.strictObject({
  when: z.string(),
  level: z.enum(['info', 'warn', 'error']),
  part: z.string(),
  message: z.string(),
})
export type LogLine = z.infer<typeof LogLine>

/** What the machine has for Thaw: the same as `thaw doctor`. */
export const Diagnosis = z.strictObject({
  backend: z.enum(['tensorflow', 'wasm', 'cpu']).nullable(),
  backendVersion: z.string().nullable(),
  threads: z.int(),
  device: z.string(),
  /** Bytes. */
  memory: z.strictObject({ total: z.number(), available: z.number() }),
  node: z.string(),
  /** How a graphics card computes; null: the processor does. */
  gpu: GpuMode.nullable(),
  /** Cards by name, with their memory in bytes if it is known. */
  gpus: z.array(z.strictObject({ name: z.string(), memory: z.number().nullable() })),
  problems: z.array(Problem),
})
export type Diagnosis = z.infer<typeof Diagnosis>

export const appCalls = {
  'app.info': host(nothing, AppInfo),
  /** How the children are now; changes come as `engine.state`. */
  'engine.states': host(nothing, z.strictObject({ states: z.array(EngineState) })),
  /** Starts a child again that was given up on (`failed`). */
  'engine.restart': host(z.strictObject({ part: EngineState.shape.part }), nothing),
  'settings.get': library(nothing, Settings),
  'settings.set': library(SettingsChange, Settings),
  /** What the wizard had when it was left. Its form is the window's own affair. */
  'draft.get': library(nothing, z.strictObject({ draft: z.json().nullable() })),
  'draft.set': library(z.strictObject({ draft: z.json().nullable() }), nothing),
  'connections.list': library(nothing, z.strictObject({ connections: z.array(Connection) })),
  /** The last lines of the log, oldest first. */
  'log.tail': host(
    z.strictObject({ lines: z.int().min(1).max(1000).default(200) }),
    z.strictObject({ file: z.string(), lines: z.array(LogLine) }),
  ),
  /** While the trainer is at work this is what it found last. @throws busy */
  doctor: trainer(nothing, Diagnosis),
}
