import type { ClassifyModel } from '../../shared/api/classify.ts'
import { ReviewSettings } from '../../shared/api/classify.ts'
import type { ClassifiedPhoto } from '../engine/classify/classify.ts'
import { openClassifier } from '../engine/classify/classifier.ts'
import type { Judge, Judgement } from '../engine/classify/judge.ts'
import { judgeBy } from '../engine/classify/judge.ts'
import { calibrationOf } from '../engine/classify/knowledge.ts'
import type { AnsweredPhoto } from '../engine/filing/plan.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { bar } from './bar.ts'
import { say } from './output.ts'
import { words } from './words.ts'

/** A network whose answers are judged as the window judges them before anything is filed. */
export interface Sorting {
  answers: AsyncIterable<ClassifiedPhoto>
  judge: Judge
  close: () => void
}

/** @throws ThawError as `openClassifier` does */
export async function openSorting(
  photos: readonly string[],
  model: ClassifyModel,
  top: number,
  signal: AbortSignal,
): Promise<Sorting> {
  const folders = currentFolders()
  const { knowledge, classify, close } = await openClassifier({
    ...{ home: folders.home, paths: dataPaths(folders), model, signal },
    how: { top, mirrored: false, times: false },
    onKnowing: ({ done, total }) => bar.show(done, total, words('ofOwnPhotos', { total })),
  })
  bar.hide()
  const judge = judgeBy(ReviewSettings.parse({}), knowledge && calibrationOf(knowledge))
  return { answers: classify(photos, signal), judge, close }
}

/** A photo with what is filed of it. */
export interface Sorted {
  file: string
  judgement: Pick<Judgement, 'verdict' | 'answer' | 'set'>
}

/** Photos with what they are filed by; those that are left to a person are named. */
export function sortedPhotos(all: readonly Sorted[]): AnsweredPhoto[] {
  const left = all.filter(({ judgement }) => judgement.answer === null)
  for (const { file, judgement } of left) {
    const classes = judgement.set.map((it) => it.class).join(', ')
    say(words(judgement.verdict === 'stranger' ? 'staysStranger' : 'staysUnsure', { file, classes }))
  }
  if (left.length > 0) say(words('staysInAll', { count: left.length }))
  return all.flatMap(({ file, judgement: { answer } }) => (answer === null ? [] : [{ file, class: answer }]))
}
