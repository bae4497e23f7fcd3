import type { PlantedFault } from './fault.ts'
import { fault } from './fault.ts'

const useLearning = 'renderer/composables/useLearning.ts'
const learn = 'renderer/components/learnFromAnswers'
const plan = 'main/engine/filing/plan.ts'
const filings = 'main/engine/filing/filings.ts'
const api = 'main/serve/api.ts'
const kept = 'main/engine/library/classifications'

/** Classifying, filing and what other programs ask. */
export const plantedInClassifying: readonly PlantedFault[] = [
  fault(
    'strangers vote in a burst',
    'main/engine/classify/bursts.ts',
    'burst.filter(({ distance }) => !isStranger(distance))',
    'burst',
    'main/engine/classify/judge',
    kept,
  ),
  fault(
    'a burst is no longer than two seconds',
    'main/engine/classify/bursts.ts',
    'photo.taken! - last.taken! > together',
    'photo.taken! - burst[0]!.taken! > together',
    'main/engine/classify/judge',
  ),
  fault(
    'what was added from the tray is added again',
    useLearning,
    'if (done === plan.acts) know(id, going)',
    '',
    learn,
  ),
  fault(
    'photos that could not be added are told as added',
    useLearning,
    "messages.told(\n        () => t('tray.learnt', told(done)),",
    "messages.told(\n        () => t('tray.learnt', told(plan.acts)),",
    learn,
  ),
  fault(
    'a photo that is gone counts as one that the dataset has',
    useLearning,
    'photos.filter(({ path }) => !staysAt.has(path))',
    'photos',
    learn,
  ),
  fault(
    'a group is something to learn from',
    'renderer/views/TrayRoom.vue',
    'answer !== null && !groups.has(answer)',
    'answer !== null',
    'renderer/views/trayRoom',
  ),
  fault(
    'any number of programs’ calls are answered at a time',
    api,
    'running >= mostAtOnce ? 1 : limit.take()',
    'limit.take()',
    'main/serve/api',
  ),
  fault(
    'a photo that was sent is named by its place here',
    'main/serve/sentPhoto.ts',
    '(text === file ? name : text)',
    'text',
    'main/serve/api',
  ),
  fault(
    'lines that are no messages are passed over in silence',
    'main/serve/mcp.ts',
    'server.onerror = onNoMessage',
    '',
    'main/serve/mcp',
  ),
  fault(
    'a photo that cannot be read counts as answered wrongly',
    'main/engine/classify/kept.ts',
    'if (truth === undefined || error) continue',
    'if (truth === undefined) continue',
    kept,
  ),
  fault(
    'a photo of the list is set aside for another one',
    plan,
    "there?.kind === 'file' && !this.filed.has(wanted)",
    "there?.kind === 'file'",
    'main/engine/filing/clashes',
  ),
  fault(
    'a folder is replaced by a photo where a person says so',
    plan,
    "chosen === 'replace' && !replaceable ? rule : chosen",
    'chosen',
    'main/engine/filing/clashes',
  ),
  fault(
    'a photo that is there already gets a number beside it',
    plan,
    'there.bytes !== bytes) return',
    'there.bytes === bytes) return',
    'main/engine/filing/filings',
  ),
  fault(
    'moves of before a classification lead its photos astray',
    filings,
    'known && known.created >= since && known.moved.size > 0',
    'known && known.moved.size > 0',
    'main/engine/filing/filings',
  ),
  fault(
    'photos are filed onto a disk that has no room for them',
    filings,
    'if (free < left)',
    'if (free < 0)',
    'main/engine/filing/filings',
  ),
  fault(
    'an answer that is as sure as the threshold is not taken',
    'shared/evaluation/thresholds.ts',
    'sorted[taken]!.probability >= from',
    'sorted[taken]!.probability > from',
    'shared/evaluation/looking',
  ),
  fault(
    'two photos are a slice of their own',
    'shared/evaluation/slices.ts',
    "by !== 'group' || total >= leastGroup",
    'total > 0',
    'shared/evaluation/looking',
  ),
  fault(
    'a class that is dragged into a group stays in the one before',
    'renderer/components/classify/ClassGroups.vue',
    'classes: i === at ? [...others, name] : others',
    'classes: i === at ? [...others, name] : row.classes',
    'renderer/components/classGroups',
  ),
  fault(
    'classifications without a photo in common are offered to compare',
    'main/engine/library/classifications.ts',
    'if (photos > 0) shared.push',
    'if (photos >= 0) shared.push',
    'main/engine/library/classifications',
  ),
  fault(
    'a photo that is still being copied is listed as unreadable',
    'main/engine/trainer/classifying.ts',
    'if (answer.error && (await comesLater(answer.path))) this.takeOff()',
    'if (answer.error && !(await comesLater(answer.path))) this.takeOff()',
    'main/engine/trainer/watching',
  ),
  fault(
    'answers behind a photo that comes later are those of others after a crash',
    'main/engine/trainer/classifying.ts',
    'await this.log.list(this.photos)\n  }\n\n  private get',
    '}\n\n  private get',
    'main/engine/trainer/watching',
  ),
  fault(
    'what never will be a photo is waited for for ever',
    'main/engine/trainer/arrivals.ts',
    'if (Date.now() - since >= this.standstill) return false',
    '',
    'main/engine/trainer/arrivals',
  ),
  fault(
    'a class of one’s own gets the name of ImageNet’s at its number',
    'shared/imagenetClass.ts',
    'found?.[1] === of.class ? found : undefined',
    'found',
    'shared/imagenetClass',
  ),
]
