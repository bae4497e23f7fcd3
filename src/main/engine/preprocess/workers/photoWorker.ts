/** A worker thread that decodes photos and cuts views out of them, one after the other. Started by pool.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { ThawError } from '../../../../shared/errors.ts'
import { decodePhoto } from '../../photos/decode.ts'
import { lookAt } from '../../photos/look.ts'
import type { Pixels } from '../../photos/pixels.ts'
import { closeRawReader } from '../../photos/raw.ts'
import { cutOut } from '../../photos/pixels.ts'
import { SharedMemory } from './memory.ts'
import type { FromWorker, PhotoAnswer, PhotoResult, PhotoTask, ToWorker, WorkerData } from './tasks.ts'

const port = parentPort!
const { memory: cells, member } = workerData as WorkerData
const memory = new SharedMemory(cells)

// Photos are decoded on as many threads as the pool has; libvips must not start its own for each, nor keep any.
sharp.concurrency(1)
sharp.cache(false)

/** Loaded with the first view: who looks at photos for the first time waits for none of it. */
const views = async () =>
  Promise.all([import('../augment/augment.ts'), import('../pipeline.ts'), import('../views.ts')])

async function viewOf(photo: Pixels, { request, preparation }: PhotoTask & { kind: 'view' }) {
  const [{ augment }, { evaluationView, resizedWhole }, { randomOf }] = await views()
  if (request.kind === 'evaluation') return { pixels: evaluationView(photo, preparation), drawn: [] }
  if (request.kind === 'resized') return { pixels: resizedWhole(photo, preparation), drawn: [] }
  const { pixels, drawn } = augment(photo, request.transforms, randomOf(request), preparation)
  // Its own memory, so that it can be handed over.
  return { pixels: new Uint8Array(pixels.data), drawn }
}

async function resultOf(task: PhotoTask): Promise<PhotoResult> {
  try {
    const reserve = (bytes: number) => memory.take(member, bytes)
    if (task.kind === 'look') {
      const look = await lookAt(task.file, { thumbnail: task.thumbnail, reserve })
      return { width: look.width, height: look.height, look }
    }
    const decoded = await decodePhoto(task.file, { reserve })
    const photo = task.crop ? cutOut(decoded, task.crop) : decoded
    const { width, height } = photo
    return { width, height, ...(await viewOf(photo, task)) }
  } finally {
    memory.release(member)
  }
}

async function answerTo(task: PhotoTask): Promise<PhotoAnswer> {
  try {
    return { result: await resultOf(task) }
  } catch (error) {
    if (error instanceof ThawError) return { error: { code: error.code, parameters: error.parameters } }
    return { bug: error }
  }
}

const queue: { id: number; task: PhotoTask }[] = []
let working = false
let closing = false

async function work(): Promise<void> {
  if (working) return
  working = true
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const answer = await answerTo(next.task)
    const pixels = 'result' in answer ? answer.result.pixels : undefined
    const message: FromWorker = { id: next.id, answer }
    port.postMessage(message, pixels ? [pixels.buffer] : [])
  }
  working = false
  if (closing) void closeRawReader().then(() => port.close())
}

port.on('message', (message: ToWorker) => {
  if ('task' in message) {
    queue.push(message)
  } else if ('cancel' in message) {
    const gone = new Set(message.cancel)
    queue.splice(0, queue.length, ...queue.filter(({ id }) => !gone.has(id)))
  } else {
    closing = true
    queue.length = 0
  }
  void work()
})

const ready: FromWorker = { ready: true }
port.postMessage(ready)
