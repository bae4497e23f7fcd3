/** A worker thread that decodes photos and cuts views out of them, a few at a time. Started by pool.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { ThawError } from '../../../../shared/errors.ts'
import { decodePhoto } from '../../photos/decode.ts'
import { lookAt } from '../../photos/look.ts'
import type { Pixels } from '../../photos/pixels.ts'
import { closeRawReader } from '../../photos/raw.ts'
import { cutOut, giveBack } from '../../photos/pixels.ts'
import { SharedMemory } from './memory.ts'
import type { FromWorker, PhotoAnswer, PhotoResult, PhotoTask, ToWorker, WorkerData } from './tasks.ts'

const port = parentPort!
const { memory: cells, member, lanes, inHand } = workerData as WorkerData
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

async function resultOf(task: PhotoTask, lane: number): Promise<PhotoResult> {
  const cell = member * lanes + lane
  try {
    const reserve = (bytes: number) => memory.take(cell, bytes)
    if (task.kind === 'look') {
      const look = await lookAt(task.file, { thumbnail: task.thumbnail, reserve })
      return { width: look.width, height: look.height, look }
    }
    const decoded = await decodePhoto(task.file, { reserve })
    const photo = task.crop ? cutOut(decoded, task.crop) : decoded
    const { width, height } = photo
    const view = await viewOf(photo, task)
    if (view.pixels.buffer !== decoded.data.buffer) giveBack(decoded.data)
    return { width, height, ...view }
  } finally {
    memory.release(cell)
  }
}

async function answerTo(task: PhotoTask, lane: number): Promise<PhotoAnswer> {
  try {
    return { result: await resultOf(task, lane) }
  } catch (error) {
    if (error instanceof ThawError) return { error: { code: error.code, parameters: error.parameters } }
    return { bug: error }
  }
}

type Asked = Extract<ToWorker, { task: PhotoTask }>

const queue: Asked[] = []
const free = Array.from({ length: lanes }, (_, lane) => lane)
let closing = false
let isHeld = false

/** Begins what there is room for. What is to be alone waits for the others' end, and whatever comes after it for its own. */
function work(): void {
  const isIdle = () => free.length === lanes
  for (let next = queue[0]; next && free.length > 0 && !isHeld; next = queue[0]) {
    if (next.alone === true && !isIdle()) return
    queue.shift()
    void answer(next, free.pop()!)
    if (next.alone === true) return
  }
  if (closing && isIdle()) void closeRawReader().then(() => port.close())
}

async function answer({ id, task, alone }: Asked, lane: number): Promise<void> {
  // So long no lane is free.
  const others = alone === true ? free.splice(0) : []
  Atomics.store(inHand, lane, id + 1)
  const found = await answerTo(task, lane)
  const pixels = 'result' in found ? found.result.pixels : undefined
  const message: FromWorker = { id, answer: found }
  port.postMessage(message, pixels ? [pixels.buffer] : [])
  Atomics.store(inHand, lane, 0)
  free.push(lane, ...others)
  work()
}

port.on('message', (message: ToWorker) => {
  if ('task' in message) {
    queue.push(message)
  } else if ('cancel' in message) {
    const gone = new Set(message.cancel)
    queue.splice(0, queue.length, ...queue.filter(({ id }) => !gone.has(id)))
  } else if ('hold' in message) {
    isHeld = message.hold
  } else {
    closing = true
    queue.length = 0
  }
  work()
})

const ready: FromWorker = { ready: true }
port.postMessage(ready)
