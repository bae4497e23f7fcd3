import { randomUUID } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import type { AppInfo, EngineState } from '../../shared/api/app.ts'
import type { TrainerState } from '../../shared/api/runs.ts'
import { contract } from '../../shared/contract.ts'
import type { Folders } from '../../shared/folders.ts'
import { dataFolders } from '../../shared/folders.ts'
import type { Server } from '../../shared/rpc.ts'
import { createServer } from '../../shared/rpc.ts'
import { version } from '../../shared/version.ts'
import type { InnerClient, Part } from './child.ts'
import { classifyHandlers } from './classify.ts'
import type { EngineFiles } from './engineFiles.ts'
import type { Log } from './log.ts'
import { openLog } from './log.ts'
import type { HostHandlers } from './relay.ts'
import { relays } from './relay.ts'
import { keepPrivate } from './private.ts'
import { jobHandlers } from './jobs/handlers.ts'
import { Jobs } from './jobs/jobs.ts'
import { trainingHandlers } from './jobs/training.ts'
import { Renewal } from './renewal.ts'
import type { Desktop } from './saving.ts'
import { dialogHandlers } from './saving.ts'
import type { SupervisorOptions } from './supervisor.ts'
import { Supervisor } from './supervisor.ts'
import type { UploadLimits } from './uploads.ts'
import { Uploads } from './uploads.ts'

export interface HostOptions {
  mode: AppInfo['mode']
  engine: EngineFiles
  env?: NodeJS.ProcessEnv
  /** Serve mode has none. */
  desktop?: Desktop
  uploadLimits?: Partial<UploadLimits>
  supervision?: Pick<SupervisorOptions, 'heartbeat' | 'backOff'>
}

export interface Host {
  folders: Folders
  log: Log
  uploads: Uploads
  attach: Server<typeof contract>['attach']
  emit: Server<typeof contract>['emit']
  /** @throws ThawError engine.gone */
  library: () => Promise<InnerClient>
  states: () => EngineState[]
  /** Number of a child's process, for tests that end it. */
  pid: (part: Part) => number | undefined
  trainerState: () => TrainerState
  close: () => Promise<void>
}

/** A minute or two of a training that is told of: what a page misses while its socket is opened anew. */
const rememberedEvents = 1000

const idle: TrainerState = { work: null, run: null, state: null }

/** Starts both children and answers windows: by itself, or by handing their calls on. */
export function startHost(options: HostOptions): Host {
  const { mode, engine, env = process.env, desktop, uploadLimits, supervision } = options
  const given = dataFolders({ env, platform: process.platform, userHome: os.homedir() })
  const folders = { home: path.resolve(given.home), cache: path.resolve(given.cache) }
  keepPrivate(folders.home)
  const log = openLog(folders.home)
  const childEnv: NodeJS.ProcessEnv = {
    // Node keeps there what it has compiled, types already taken away: children start in half the time.
    NODE_COMPILE_CACHE: path.join(folders.cache, 'compiled'),
    ...env,
    THAW_HOME: folders.home,
    THAW_CACHE: folders.cache,
  }

  /** The run whose end has not been told. */
  let openRun: string | undefined
  /** What the trainer does, as it told last: one that is gone does nothing. */
  let trainerState = idle
  const renewal = new Renewal(
    async () => {
      const trainer = await parts.trainer.ready()
      return (await trainer.call('trainer.ping', {})).isFree
    },
    () => void parts.trainer.renew(),
  )

  const forward = (client: InnerClient) => {
    for (const event of Object.keys(contract.events) as (keyof typeof contract.events)[])
      client.on(event, (data) => server.emit(event, data))
  }

  const supervisor = (part: Part, more: Pick<SupervisorOptions, 'onState' | 'onReady'>) =>
    new Supervisor({
      part,
      node: engine.node,
      entry: engine[part],
      env: childEnv,
      log,
      ...supervision,
      ...more,
    })
  const parts: Record<Part, Supervisor> = {
    library: supervisor('library', {
      onState: (state) => server.emit('engine.state', state),
      onReady: (client) => {
        forward(client)
        renewal.follow(client)
        // A library that is gone again inherits at its next start.
        jobs.inherit(client).catch(() => undefined)
      },
    }),
    trainer: supervisor('trainer', {
      onState: (state) => {
        server.emit('engine.state', state)
        if (state.state !== 'ready') trainerState = idle
        if (state.state === 'ready' || state.state === 'starting' || openRun === undefined) return
        server.emit('run.state', { run: openRun, state: 'interrupted', why: state.why })
        openRun = undefined
        server.emit('runs.changed', {})
      },
      onReady: (client) => {
        forward(client)
        client.on('trainer.state', (state) => (trainerState = state))
        client.on('run.state', ({ run, state }) => {
          openRun = state === 'running' || state === 'paused' ? run : undefined
        })
        // Told at the beginning and the end of each piece of work.
        client.on('trainer.silence', () => renewal.tryNow())
      },
    }),
  }

  const jobs = new Jobs({
    clientOf: (part) => parts[part].ready(),
    onChange: (job) => server.emit('job.changed', job),
    onCleared: (ids) => server.emit('jobs.cleared', { jobs: ids }),
  })

  const ownHandlers: HostHandlers = {
    'app.info': () => ({
      version,
      mode,
      platform: process.platform,
      node: process.versions.node,
      ...folders,
      cores: os.availableParallelism(),
    }),
    'train.state': async () => {
      await parts.trainer.ready()
      return trainerState
    },
    'engine.states': () => ({ states: Object.values(parts).map(({ state }) => state) }),
    'engine.restart': ({ part }) => {
      parts[part].restart()
      return {}
    },
    'log.tail': ({ lines }) => ({ file: log.file, lines: log.tail(lines) }),
    ...jobHandlers(jobs),
    ...trainingHandlers(
      jobs,
      () => openRun,
      async (run) => {
        try {
          const library = await parts.library.ready()
          return (await library.call('runs.get', { run })).summary.state === 'finished'
        } catch {
          return false
        }
      },
    ),
    ...classifyHandlers(jobs, (part) => parts[part].ready()),
    ...dialogHandlers(desktop, () => parts.library.ready()),
  }
  const server = createServer(
    contract,
    { ...relays((part) => parts[part].ready()), ...ownHandlers },
    {
      onBug: (call, error) => log.write('error', 'host', `${call}: ${describe(error)}`),
      session: randomUUID(),
      remembers: rememberedEvents,
      // What children say was checked when it came in: it is not again, nor by the page.
      trustsHandlers: true,
    },
  )

  log.write('info', 'host', `Thaw ${version} (${mode}) on Node ${process.versions.node}, ${process.platform}`)
  for (const part of Object.values(parts)) part.start()

  return {
    folders,
    log,
    uploads: new Uploads(folders.home, uploadLimits),
    attach: server.attach,
    emit: server.emit,
    library: () => parts.library.ready(),
    states: () => Object.values(parts).map(({ state }) => state),
    pid: (part) => parts[part].pid,
    trainerState: () => trainerState,
    close: async () => {
      await jobs.close()
      await Promise.all(Object.values(parts).map((part) => part.close()))
    },
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
