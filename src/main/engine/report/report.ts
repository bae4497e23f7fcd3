import path from 'node:path'
import { fillText, ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { Language } from '../../../shared/language.ts'
import { classScores, denseConfusion, mixUps } from '../../../shared/metrics.ts'
import type { ConfusionMatrix, Score } from '../../../shared/metrics.ts'
import type { RunEventOf, RunRecord } from '../../../shared/run.ts'
import { version } from '../../../shared/version.ts'
import { writeAtomic } from '../files.ts'
import { eventsBetweenSteps, readRecord } from '../store/runFolder.ts'
import { lineChart } from './lineChart.ts'
import { reportWords } from './words.ts'
import type { ReportWords } from './words.ts'

type Epoch = RunEventOf<'epoch'>

/** Classes up to which the whole matrix is printed; of more, the mix-ups are. */
const mostInMatrix = 20
/** Rows of mix-ups that anyone reads. */
const mostMixUps = 50

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign]!)

const counted = (value: number): string => value.toLocaleString('en')
const number = (value: number | null): string => (value === null ? '–' : value.toFixed(3))

const scoreText = (words: ReportWords, { correct, total, accuracy, interval: [low, high] }: Score): string =>
  fillText(words.score, { correct, total, accuracy: number(accuracy), low: number(low), high: number(high) })

type Cell = string | number

/** Letters of a title up to which it stays in one piece: longer ones would make a table wider than its paper. */
const mostWhole = 20
const title = (scope: 'col' | 'row', text: string): string =>
  `<th scope="${scope}"${text.length > mostWhole ? ' class="long"' : ''}>${escape(text)}</th>`

/** A table whose first column names its rows. Cells are escaped here. */
function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const titles = head.map((it) => title('col', it)).join('')
  const lines = rows.map(
    ([name, ...cells]) =>
      `<tr>${title('row', String(name))}${cells.map((it) => `<td>${escape(String(it))}</td>`).join('')}</tr>`,
  )
  return `<div class="wide"><table><thead><tr>${titles}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`
}

const section = (title: string, body: string): string => `<section><h2>${escape(title)}</h2>${body}</section>`

function curves(words: ReportWords, epochs: readonly Epoch[], language: Language): string {
  const line = (style: 'train' | 'val', what: 'loss' | 'accuracy') => ({
    name: style,
    style,
    points: epochs.flatMap((it) => (it[style] ? [{ epoch: it.epoch, value: it[style][what] }] : [])),
  })
  const chart = (what: 'loss' | 'accuracy', title: string) =>
    `<figure><figcaption>${title}</figcaption>${lineChart(title, [line('train', what), line('val', what)], language)}</figure>`
  return (
    `<p class="legend"><span class="train">${words.training}</span> <span class="val">${words.validation}</span></p>` +
    `<div class="pair">${chart('loss', words.lossByEpoch)}${chart('accuracy', words.accuracyByEpoch)}</div>`
  )
}

const epochTable = (words: ReportWords, epochs: readonly Epoch[]): string =>
  table(
    [
      ...[words.epoch, words.trainLoss, words.trainAccuracy],
      ...[words.valLoss, words.valAccuracy, words.seconds, ''],
    ],
    epochs.map(({ epoch, train, val, seconds, best }) => [
      epoch,
      train ? train.loss.toFixed(4) : '–',
      train ? number(train.accuracy) : '–',
      val.loss.toFixed(4),
      scoreText(words, val),
      seconds.toFixed(1),
      best ? words.best : '',
    ]),
  )

function confusionTable(words: ReportWords, matrix: ConfusionMatrix, classes: readonly string[]): string {
  if (classes.length <= mostInMatrix)
    return table(
      [words.showsSaid, ...classes],
      matrix.map((row, i) => [classes[i]!, ...row]),
    )
  const found = mixUps(matrix)
  const rows = found.slice(0, mostMixUps).map((it) => [classes[it.truth]!, classes[it.said]!, it.photos])
  return found.length === 0 ? `<p>${words.noMixUp}</p>` : table([words.shows, words.said, words.photos], rows)
}

const classTable = (words: ReportWords, matrix: ConfusionMatrix, classes: readonly string[]): string =>
  table(
    [words.class, words.precision, words.recall, words.f1, words.photos],
    classScores(matrix).map((it, i) => [
      classes[i]!,
      number(it.precision),
      number(it.recall),
      number(it.f1),
      it.photos,
    ]),
  )

function facts(words: ReportWords, record: RunRecord, plan: RunEventOf<'plan'> | undefined): string {
  const { network, dataset, weights, environment, config, created, preparation } = record
  const { device, backend, backendVersion, threads, thaw } = environment
  const inSplit = (split: string) => dataset.photos.filter((photo) => photo.split === split).length
  const rows: [string, string][] = [
    [words.network, network],
    [
      words.photos,
      fillText(words.photosIn, { folder: dataset.folder, train: inSplit('train'), val: inSplit('val') }),
    ],
    [words.begun, created],
    [words.weights, `${path.basename(weights.file)} (SHA-256 ${weights.sha256})`],
    [words.preparation, JSON.stringify(preparation)],
    [words.computedWith, fillText(words.environment, { device, backend, backendVersion, threads, thaw })],
    ...Object.entries(config).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ]
  const groups = (plan?.groups ?? []).map((group) => [group.name, group.learningRate, group.count])
  const learns = plan
    ? `<p>${fillText(words.learns, { learns: counted(plan.learns), total: counted(plan.total) })}</p>${table([words.group, words.learningRate, words.parameters], groups)}`
    : ''
  return learns + table([words.setting, words.value], rows)
}

/** No address in it points outside; the policy says so to the browser too. */
const style = `
body{font:14px/1.5 system-ui,sans-serif;max-width:1000px;margin:24px auto;padding:0 16px;color:#1b1f24;background:#fff;word-break:keep-all}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:28px 0 8px}.muted{color:#57606a}.big{font-size:20px;margin:8px 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:3px 10px;border-bottom:1px solid #d8dee4;text-align:right}
th[scope=row],thead th:first-child{text-align:left;font-weight:500}td:nth-child(2):last-child{overflow-wrap:anywhere}
.long{min-width:5em;word-break:normal;overflow-wrap:anywhere}.wide{overflow-x:auto}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:16px}figure{margin:0}figcaption{font-weight:500}
svg{width:100%;height:auto;font-size:11px;fill:#57606a}.grid{stroke:#d8dee4}
polyline{fill:none;stroke-width:2}polyline.train{stroke:#57606a;stroke-dasharray:5 3}polyline.val{stroke:#0b6bcb}
circle.train{fill:#57606a}circle.val{fill:#0b6bcb}.legend .train::before{content:"- - ";color:#57606a}.legend .val::before{content:"— ";color:#0b6bcb}
@media print{body{margin:0;max-width:none}section{break-inside:avoid}.wide{overflow:visible}}`

/**
 * A run on one page: how well it did, its curves, which classes it mixes up, and all that is needed to do it again. One file
 * without scripts and without a single address, which prints well.
 */
export function reportPage(
  record: RunRecord,
  epochs: readonly Epoch[],
  plan: RunEventOf<'plan'> | undefined,
  language: Language = 'en',
): string {
  const words = reportWords[language]
  const best = epochs.findLast((it) => it.best) ?? epochs.at(-1)
  const { classes } = record
  const outcome = best
    ? `<p class="big">${scoreText(words, best.val)}</p><p class="muted">${fillText(words.outcome, { epoch: best.epoch })}</p>`
    : `<p>${words.notEvaluated}</p>`
  const matrix = best ? denseConfusion(best.confusion) : []
  const parts = best
    ? [
        section(words.curves, curves(words, epochs, language)),
        section(words.classByClass, classTable(words, matrix, classes)),
        section(words.confusion, confusionTable(words, matrix, classes)),
        section(words.epochs, epochTable(words, epochs)),
      ]
    : []
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(record.name)} – Thaw</title><style>${style}</style></head>
<body><h1>${escape(record.name)}</h1><p class="muted">${escape(fillText(words.about, { run: record.id, version }))}</p>
${outcome}${parts.join('\n')}
${section(words.howMade, facts(words, record, plan))}
</body></html>
`
}

/**
 * Writes a run's report; a file that is there is replaced.
 * @param folder of the run
 * @returns its size
 * @throws ThawError run.*, output.unwritable, disk.full, usage
 */
export async function writeReport(
  folder: string,
  file: string,
  language: Language = 'en',
): Promise<{ file: string; bytes: number }> {
  if (path.dirname(file) === folder) throw new ThawError('usage', because('keep-run-folder'))
  const record = await readRecord(folder)
  const epochs = new Map<number, Epoch>()
  let plan: RunEventOf<'plan'> | undefined
  // An epoch that was done again after a resume stands once.
  for await (const event of eventsBetweenSteps(folder)) {
    if (event.type === 'epoch') epochs.set(event.epoch, event)
    if (event.type === 'plan') plan = event
  }
  const page = Buffer.from(reportPage(record, [...epochs.values()], plan, language))
  await writeAtomic(file, [page])
  return { file, bytes: page.length }
}
