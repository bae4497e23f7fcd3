/** What other programs may ask: the HTTP API, its OpenAPI document and the tools of `thaw mcp` are derived from these rows. */
import type { CallName } from '../rpc.ts'
import type { Contract } from '../contract.ts'

export interface ProgramCall {
  /** One sentence of what it does. */
  summary: string
  /** Changes nothing on the disk but Thaw's own notes. */
  readOnly: boolean
  /** Moves, copies or tags photos, or takes that back. */
  touchesPhotos?: true
}

const reads = (summary: string): ProgramCall => ({ summary, readOnly: true })
const changes = (summary: string): ProgramCall => ({ summary, readOnly: false })
const files = (summary: string): ProgramCall => ({ summary, readOnly: false, touchesPhotos: true })

/** Nothing here files a photo but by the id of a list that `filing.plan` has made: nobody files what nobody could see. */
export const programCalls = {
  classify: reads(
    'Answers up to 64 photos at once and keeps nothing; tells the network’s own probabilities, which classify.answers tells calibrated',
  ),
  'classify.begin': changes('Begins to classify photos or whole folders as a job; the answers are kept'),
  'classify.again': changes('Lets another network answer the photos of a classification, to compare the two'),
  'classify.list': reads('Lists the classifications that are kept'),
  'classify.get': reads(
    'Tells how far a classification has come, and its accuracy where folders name the classes',
  ),
  'classify.answers': reads('Gives answers of a classification, also of one under way'),
  'classify.review': reads(
    'Tells how many photos are sure, unsure or strangers, and what each promise costs',
  ),
  'classify.decide': changes('Says what photos show in a person’s place'),
  'classify.compare': reads('Compares two networks’ answers on the photos that both answered'),
  'runs.list': reads('Lists the networks that were trained here'),
  'models.list': reads('Lists published networks and weight files that are at hand'),
  'datasets.list': reads('Lists the sets of photos to train on'),
  'jobs.list': reads('Lists long work that runs, waits or has ended'),
  'jobs.get': reads('Tells how far a job has come'),
  'jobs.cancel': changes('Cancels a job'),
  'filing.plan': changes('Dry run: lists everything that filing would do, and does none of it'),
  'filing.list': reads('Lists dry runs and filings'),
  'filing.get': reads('Tells of one dry run or filing'),
  'filing.acts': reads('Gives the acts of a dry run or filing, and what became of each'),
  'filing.left': reads('Gives the photos that a dry run leaves where they are, and why'),
  'filing.file': files('Carries out a dry run by its id, as a job'),
  'filing.undo': files('Takes a filing back, or some of its acts, as a job'),
} as const satisfies Partial<Record<CallName<Contract>, ProgramCall>>

export type ProgramCallName = keyof typeof programCalls

export const programCallNames = Object.keys(programCalls) as ProgramCallName[]
