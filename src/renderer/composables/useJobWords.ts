import type { RouteLocationRaw } from 'vue-router'
import type { Job } from '../../shared/api/jobs.ts'
import { detailOf, jobKinds } from '../../shared/api/jobs.ts'
import { architectures, networkOf } from '../../shared/model/registry.ts'
import { useText } from '../i18n/index.ts'
import { resultOf, useJobs } from '../stores/jobs.ts'
import { useRuns } from '../stores/runs.ts'
import { useFormat } from './useFormat.ts'

/** How jobs are spoken of, and where they lead. */
export function useJobWords() {
  const { t, tellError } = useText()
  const format = useFormat()
  const jobs = useJobs()
  const runs = useRuns()

  const runOf = (job: Job): string | undefined =>
    detailOf(job).run ??
    (job.kind === 'addRun' && job.state === 'done' ? resultOf('addRun', job).run : undefined) ??
    (job.kind === 'train' && runs.all.some(({ id }) => id === job.subject) ? job.subject : undefined)

  function subjectOf(job: Job): string {
    const run = job.kind === 'train' ? runs.all.find(({ id }) => id === runOf(job)) : undefined
    if (run) return run.name
    if ((job.kind === 'download' || job.kind === 'speed') && Object.hasOwn(architectures, job.subject))
      return networkOf(job.subject).title
    return job.subject
  }

  const titleOf = (job: Job): string => t(`jobs.kind_${job.kind}`, { subject: subjectOf(job) }).trim()

  /** The room that shows what it is about. */
  function routeOf(job: Job): RouteLocationRaw | undefined {
    const run = runOf(job)
    switch (job.kind) {
      case 'scan':
      case 'sample':
      case 'recipePhotos': {
        const made =
          job.result && typeof job.result === 'object' && !Array.isArray(job.result) && job.result['id']
        return typeof made === 'string' ? { name: 'photos', params: { dataset: made } } : { name: 'photos' }
      }
      case 'thumbnails':
        return { name: 'photos' }
      case 'download':
      case 'speed':
        return { name: 'models' }
      case 'gpuPack':
        return { name: 'settings' }
      case 'classify':
      case 'watch':
        return { name: 'classify', params: { classification: job.id } }
      case 'file':
      case 'undo':
        return { name: 'classify' }
      case 'forecast':
      case 'precisions':
        return { name: 'train-review' }
      case 'train':
        return run === undefined ? { name: 'runs' } : { name: 'live', params: { run } }
      case 'export':
      case 'addRun':
        return run === undefined ? { name: 'runs' } : { name: 'run', params: { run } }
      default:
        return { name: 'runs' }
    }
  }

  function trained(job: Job): string[] {
    const { epoch, epochs, correct, of } = detailOf(job)
    const words: string[] = []
    if (epoch !== undefined && epochs !== undefined)
      words.push(t('jobs.epochOf', { epoch: Math.max(1, epoch), epochs }))
    if (correct !== undefined && of)
      words.push(
        t('jobs.soFar', {
          accuracy: format.decimal(correct / of),
          correct: format.count(correct),
          total: format.count(of),
        }),
      )
    return words
  }

  /** How far it is, in figures. */
  function countOf(job: Job): string[] {
    const { progress, kind } = job
    const words: string[] = []
    if (kind === 'train') return trained(job)
    if (progress && jobKinds[kind].unit === 'bytes')
      words.push(
        t('jobs.bytesOf', { done: format.bytes(progress.done), total: format.bytes(progress.total) }),
      )
    else if (progress && jobKinds[kind].unit === 'photos')
      words.push(
        t('jobs.photosOf', { done: format.count(progress.done), total: format.count(progress.total) }),
      )
    const { failed = 0 } = detailOf(job)
    if (failed > 0) words.push(t('jobs.unreadable', { n: failed }))
    return words
  }

  /** Seconds until the first in the queue can begin; undefined where nobody knows. */
  const secondsUntil = (job: Job): number | undefined =>
    job.place === 1 && jobKinds[job.kind].lane === 'training'
      ? (jobs.training?.secondsLeft ?? undefined)
      : undefined

  function waits(job: Job): string {
    if (job.paused) return t('jobs.paused')
    const seconds = secondsUntil(job)
    if (seconds === undefined) return ''
    return t('jobs.startsAbout', { time: format.clock(new Date(Date.now() + seconds * 1000)) })
  }

  function sharing(job: Job): string | undefined {
    const { training } = jobs
    if (job.crowded) return t('jobs.crowded')
    if (!training || training.paused || jobKinds[job.kind].lane !== 'beside') return undefined
    return t('jobs.shares', { run: subjectOf(training) })
  }

  /** The line under its name. */
  function toldOf(job: Job): string {
    switch (job.state) {
      case 'waiting':
        return waits(job)
      case 'running': {
        const words = [...countOf(job), sharing(job), job.paused ? t('jobs.paused') : undefined]
        return words.filter(Boolean).join(' · ') || t('jobs.beginning')
      }
      case 'done':
        return countOf(job).join(' · ') || t('jobs.done')
      case 'cancelled':
        return t('jobs.cancelled')
      default: {
        if (!job.error) return t('jobs.interrupted')
        const { message, advice } = tellError(job.error)
        return `${message} ${advice}`
      }
    }
  }

  const placeWord = ({ place }: Job): string => {
    if (place === 1) return t('jobs.next')
    return place === 2 ? t('jobs.after') : place === null ? '' : t('jobs.place', { place })
  }

  return { titleOf, toldOf, routeOf, placeWord }
}
