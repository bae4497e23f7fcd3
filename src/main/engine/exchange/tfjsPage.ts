import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Preparation } from '../../../shared/preparation.ts'
import { writeAtomic } from '../files.ts'
import { pageEn, pageKo } from './tfjsPageWords.ts'

export interface PageModel {
  userDefinedMetadata: { classes: readonly string[]; preparation: Preparation; network: string }
}

/**
 * The page's own program. It loads no file by itself, since a page from a file system may not: model and weights come as scripts that
 * hand over what they hold.
 */
const program = `
const { classes, preparation } = thawModel.userDefinedMetadata
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
const joined = () => {
  const parts = thawWeights.map(bytes)
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) { whole.set(part, at); at += part.length }
  return whole.buffer
}
const specs = thawModel.weightsManifest.flatMap((group) => group.weights)
const load = () => tf.loadGraphModel({
  load: async () => ({ ...thawModel, weightSpecs: specs, weightData: joined() }),
})
const words = thawWords[navigator.language.startsWith('ko') ? 'ko' : 'en']
const told = (word, name = '') => words[word].replace('{name}', () => name)
const say = (text) => { document.getElementById('state').textContent = text }
/** Lets the browser draw what was said before it computes. */
const drawn = () => new Promise((done) => setTimeout(done, 20))

function speak() {
  document.documentElement.lang = words === thawWords.ko ? 'ko' : 'en'
  document.title = words.title
  for (const place of document.querySelectorAll('[data-word]')) place.textContent = words[place.dataset.word]
  document.getElementById('files').setAttribute('aria-label', words.files)
}

/** What becomes of a picture as a square: its middle, all of it squashed, or all of it on black. */
function drawSquare(context, source, width, height) {
  const { resize, crop, fit } = preparation
  if (fit === 'squash') return context.drawImage(source, 0, 0, crop, crop)
  if (fit === 'pad') {
    const scale = crop / Math.max(width, height)
    const [across, down] = [width, height].map((it) => Math.max(1, Math.round(it * scale)))
    context.fillRect(0, 0, crop, crop)
    return context.drawImage(source, Math.round((crop - across) / 2), Math.round((crop - down) / 2), across, down)
  }
  const side = Math.min(width, height) * crop / resize
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, crop, crop)
}

/** A picture as a square, normalised: [1, side, side, 3]. */
function prepared(source, width, height) {
  const { crop, mean, std } = preparation
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = crop
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  drawSquare(context, source, width, height)
  return tf.tidy(() => tf.browser.fromPixels(canvas).toFloat().div(255).sub(mean).div(std).expandDims(0))
}

function show(name, source, width, height, model) {
  const logits = tf.tidy(() => {
    const x = prepared(source, width, height)
    return tf.softmax(model.predict(x))
  })
  const values = logits.dataSync()
  logits.dispose()
  const best = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, 5)
  const row = document.createElement('figure')
  const picture = document.createElement('canvas')
  const scale = 240 / Math.max(width, height)
  picture.width = Math.max(1, width * scale)
  picture.height = Math.max(1, height * scale)
  picture.getContext('2d').drawImage(source, 0, 0, picture.width, picture.height)
  const caption = document.createElement('figcaption')
  caption.textContent = name + '\\n' + best.map((c) => classes[c] + '  ' + (100 * values[c]).toFixed(1) + '%').join('\\n')
  row.append(picture, caption)
  document.getElementById('answers').prepend(row)
}

async function start() {
  say(words.loading)
  await tf.ready()
  const model = await load()
  say('')
  const take = async (files) => {
    const unread = []
    for (const file of files) {
      say(told('classifying', file.name))
      await drawn()
      try {
        // Colour profiles are left aside, as they were when it learnt.
        const image = await createImageBitmap(file, { colorSpaceConversion: 'none' })
        show(file.name, image, image.width, image.height, model)
        image.close()
      } catch { unread.push(told('noPhoto', file.name)) }
    }
    say(unread.join('\\n'))
  }
  document.getElementById('files').addEventListener('change', (event) => take(event.target.files))
  document.addEventListener('dragover', (event) => event.preventDefault())
  document.addEventListener('drop', (event) => { event.preventDefault(); take(event.dataTransfer.files) })
  document.getElementById('camera').addEventListener('click', async () => {
    try {
      const video = document.createElement('video')
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true })
      await video.play()
      show(new Date().toLocaleTimeString(), video, video.videoWidth, video.videoHeight, model)
      for (const track of video.srcObject.getTracks()) track.stop()
    } catch ({ name }) {
      // Without mediaDevices (a page by http) there is nothing to ask: a TypeError.
      const problem = { NotFoundError: 'noCamera', NotReadableError: 'cameraBusy', AbortError: 'cameraBusy' }[name]
      say(words[problem ?? 'cameraRefused'])
    }
  })
}
speak()
start().catch((error) => say(told('notLoaded', error.message)))
`

const html = (scripts: readonly string[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${pageEn.title}</title>
<style>
body { max-width: 960px; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color-scheme: light dark }
#answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 1rem }
figure { margin: 0 } figure canvas { max-width: 100% } figcaption, #state { white-space: pre-wrap; overflow-wrap: anywhere }
</style>
<h1 data-word="title">${pageEn.title}</h1>
<p data-word="text">${pageEn.text}</p>
<p><input id="files" type="file" accept="image/*" multiple> <button id="camera" type="button" data-word="camera">${pageEn.camera}</button></p>
<p id="state" role="status"></p>
<div id="answers"></div>
${scripts.map((name) => `<script src="${name}"></script>`).join('\n')}
</html>
`

/** TensorFlow.js as one script, from the package that Thaw itself computes with. */
const library = (): string => createRequire(import.meta.url).resolve('@tensorflow/tfjs/dist/tf.min.js')

/** A page beside the model that works from a file system and from any place that serves files. */
export async function writeTfjsPage(
  folder: string,
  { model, shards }: { model: PageModel; shards: readonly string[] },
): Promise<void> {
  const write = (name: string, text: string) => writeAtomic(path.join(folder, name), [text])
  await writeAtomic(path.join(folder, 'tf.min.js'), [await readFile(library())])
  await write('model.js', `var thawWeights = []\nvar thawModel = ${JSON.stringify(model)}\n`)
  for (const shard of shards) {
    const bytes = await readFile(path.join(folder, shard))
    await write(`${shard}.js`, `thawWeights.push(${JSON.stringify(bytes.toString('base64'))})\n`)
  }
  await write('classify.js', program)
  await write('words.js', `var thawWords = ${JSON.stringify({ en: pageEn, ko: pageKo })}\n`)
  const scripts = [
    'tf.min.js',
    'model.js',
    'words.js',
    ...shards.map((shard) => `${shard}.js`),
    'classify.js',
  ]
  await write('index.html', html(scripts))
}
