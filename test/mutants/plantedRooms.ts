import type { PlantedFault } from './fault.ts'
import { fault } from './fault.ts'

const journal = 'main/engine/datasets/journal'
const decisions = 'main/engine/datasets/decisions.ts'
const decided = 'main/engine/datasets/decisions'
const plan = 'shared/model/planEdit'
const planEdit = 'shared/model/planEdit.ts'
const jobs = 'main/host/jobs'

const resting = 'renderer/composables/restingTop'
const fastScroll = 'renderer/composables/useFastScroll'

const focus = 'renderer/composables/useKeptFocus'

/** Where the keyboard goes on when what had the focus is gone. */
const byKeyboard: readonly PlantedFault[] = [
  fault(
    'the focus follows a pointer too, so that the next key presses what was not meant',
    `${focus}.ts`,
    'const onPointer = () => (isByKey = false)',
    'const onPointer = () => (isByKey = true)',
    focus,
  ),
  fault(
    'a button that was disabled for a moment loses the focus for good',
    `${focus}.ts`,
    'if (lost instanceof HTMLElement && lost.matches(stops)) lost.focus({ preventScroll: true })',
    '',
    focus,
  ),
  fault(
    'what comes instead is passed over',
    `${focus}.ts`,
    'for (const node of instead) {',
    'for (const node of [] as Node[]) {',
    focus,
  ),
  fault(
    'the large photo goes whenever the same answers are read again',
    'renderer/composables/useAnswers.ts',
    '[key, () => loop.evaluation == null]',
    '[key, () => loop.evaluation]',
    'renderer/views/runPhotos',
  ),
  fault(
    'the tile of the photo that was large does not have the focus again',
    'renderer/views/run/RunPhotos.vue',
    '  last = before\n  await goOn()',
    '  last = before',
    'renderer/views/runPhotos',
  ),
  fault(
    'a menu of classes closes and the focus is nowhere',
    'renderer/components/photos/RelabelMenu.vue',
    'before instanceof HTMLElement) before.focus()',
    'before instanceof HTMLElement) before.blur()',
    'renderer/views/runPhotos',
  ),
  fault(
    'a key in a tray with nothing left changes the answer of a photo that nobody sees',
    'renderer/composables/useTray.ts',
    'if (!own || left.value === 0) return',
    'if (!own) return',
    'renderer/views/trayRoom',
  ),
  fault(
    'a run that was stopped after an epoch is said to have been stopped in the next',
    'renderer/stores/runView.ts',
    'batch === 0 && epoch > 1 ? epoch - 1 : undefined',
    'undefined',
    'renderer/composables/useRunMarkers',
  ),
]

/** What is marked in the charts of a run. */
const inCharts: readonly PlantedFault[] = [
  fault(
    'a run that goes on is said to have another plan',
    'renderer/composables/useRunMarkers.ts',
    "event.epoch > 1 && next?.type !== 'started'",
    'event.epoch > 1',
    'renderer/composables/useRunMarkers',
  ),
  fault(
    'which epochs are kept is asked once',
    'renderer/stores/runView.ts',
    'draft.checkpoint = event',
    'draft.checkpoint ??= event',
    'renderer/views/liveRun',
  ),
]

/** What a fork has otherwise. */
const inForks: readonly PlantedFault[] = [
  fault(
    'a fork sends settings that are as they were',
    'shared/fork.ts',
    'JSON.stringify(before[key]) !== JSON.stringify(now[key])',
    "key !== 'labelSmoothing' || JSON.stringify(before[key]) !== JSON.stringify(now[key])",
    'renderer/views/runs',
  ),
  fault(
    'a fork compares losses with accuracies',
    'main/engine/training/progress.ts',
    "(position.goal === 0 || position.goal < 0 === (rule?.metric === 'loss'))",
    'true',
    'main/engine/training/progress',
  ),
]

/** What is done to runs elsewhere. */
const inOtherWindows: readonly PlantedFault[] = [
  fault(
    'each line of a training is told as a change of runs',
    'main/engine/store/watchRuns.ts',
    '(name) => told.has(name)',
    '(name) => name !== recordFile || told.has(name)',
    'main/engine/store/watchRuns',
  ),
  fault(
    'a run that comes later is not watched',
    'main/engine/store/watchRuns.ts',
    'void follow()',
    'if (told.size === 0) void follow()',
    'main/engine/store/watchRuns',
  ),
  fault(
    'a page does not notice that its run was thrown away',
    'renderer/stores/runs.ts',
    'all.value.every(({ id }) => id !== run)',
    'all.value.some(({ id }) => id !== run)',
    'renderer/views/runs',
  ),
]

/** Runs that are copied in. */
const inCopies: readonly PlantedFault[] = [
  fault(
    'half a run of a killed copy stays',
    'main/engine/store/leftovers.ts',
    'folder === runs && entry.isDirectory() && isLeftOver(entry.name)',
    'folder === gpu && entry.isDirectory() && isLeftOver(entry.name)',
    'main/engine/store/leftovers',
  ),
  fault(
    'a copy is called off only after a file',
    'main/engine/store/addRun.ts',
    'createWriteStream(to, { flush: true }), { signal })',
    'createWriteStream(to, { flush: true }))',
    'main/engine/library/library',
  ),
  fault(
    'an undo throws away a run that lay there before',
    'renderer/composables/useAddedRuns.ts',
    'isNew ? takeBack : undefined',
    'takeBack',
    'renderer/composables/useAddedRuns',
  ),
]

/** Several runs at once. */
const inSelections: readonly PlantedFault[] = [
  fault(
    'a range cannot be drawn back',
    'renderer/format/runSelection.ts',
    'filter((it) => !drawn.has(it))',
    'filter(() => true)',
    'renderer/format/runSelection',
  ),
  fault(
    'an undo takes away what was so before',
    'renderer/composables/useRunsActs.ts',
    'if (keys.length === 0) continue',
    'if (keys.length < 0) continue',
    'renderer/views/runs',
  ),
  fault(
    'one run that cannot be thrown away keeps the others',
    'renderer/composables/useRunsActs.ts',
    'done.push(id)',
    'if (id !== ids[2]) done.push(id)',
    'renderer/views/runs',
  ),
]

/** Charts as tables and as files. */
const inFigures: readonly PlantedFault[] = [
  fault(
    'the histogram counts all answers as right',
    'renderer/components/certainty/CertaintyHistogram.vue',
    'number(photos - correct)',
    'number(photos)',
    'renderer/views/runCertainty',
  ),
  fault(
    'a table is saved as it is rounded',
    'renderer/format/chartTable.ts',
    'row.map(({ value }) => value)',
    'row.map(({ text }) => text)',
    'renderer/format/charts',
  ),
]

const features = 'renderer/stores/features.ts'

/** Whose features the photo room stands on. */
const inFeatures: readonly PlantedFault[] = [
  fault(
    'a run that is gone still looks at photos',
    features,
    'runs.usable.some(({ id }) => id === it.run)',
    'true',
    'renderer/views/featureNetwork',
  ),
  fault(
    'the network of one dataset is forgotten by the choice for another',
    'main/engine/store/featureModels.ts',
    'new Map(Object.entries((await readToChange(this.file, Models)) ?? {}))',
    'new Map<string, ClassifyModel>()',
    'main/engine/store/featureModels',
  ),
]

/** What others send over the wire. */
const inBodies: readonly PlantedFault[] = [
  fault(
    'a request that is silent is waited for without end',
    'main/serve/timely.ts',
    'setTimeout(tooSlow, Math.max(0, due(now)))',
    'setTimeout(() => undefined, Math.max(0, due(now)))',
    'main/serve/timely',
  ),
  fault(
    'a request that trickles is waited for without end',
    'main/serve/timely.ts',
    'Math.min(silence, began! + silence + (bytes / pace) * 1000 - now)',
    'silence',
    'main/serve/timely',
  ),
]

/** Where a flick will come to rest, whose pictures are asked for before it does. */
const inFlicks: readonly PlantedFault[] = [
  fault(
    'a flick that has long to go is foretold',
    `${resting}.ts`,
    'return left <= horizon / slowingSpan ? top',
    'return left > 0 ? top',
    resting,
  ),
  fault(
    'a flick of few frames is foretold',
    `${resting}.ts`,
    'samples.length < least',
    'samples.length < 3',
    resting,
  ),
  fault(
    'a flick rests where it would at full speed',
    `${resting}.ts`,
    'top + now + (speed * left) / 2',
    'top + now + speed * left',
    resting,
  ),
  fault(
    'a flick that runs out is not foretold',
    `${fastScroll}.ts`,
    'if (settled !== undefined) onResting(settled)',
    '',
    fastScroll,
  ),
  fault(
    'it is not told where a flick stands still',
    `${fastScroll}.ts`,
    'onResting(samples.at(-1)!.top)',
    '',
    fastScroll,
  ),
  fault(
    'frames of long ago tell how a flick slows down',
    `${fastScroll}.ts`,
    'samples.filter((it) => at - it.at <= slowingSpan)',
    'samples',
    fastScroll,
  ),
]

/** Faults in what a person decides, and in what the rooms let her do: acts and their undo, groups and splits, plans, jobs, numbers. */
export const plantedInRooms: readonly PlantedFault[] = [
  fault(
    'of a journal that lost an act, its undo takes back another one',
    decisions,
    'if (step?.entry.n !== entry.of) return',
    'if (!step) return',
    journal,
  ),
  fault(
    'what was undone can be done again after another act',
    decisions,
    'this.undone = []\n',
    '\n',
    decided,
  ),
  fault('an old state has the group rules of now', decisions, ' rules: then.groupRules,', '', decided),
  fault(
    'renaming twice forgets what the folder is called',
    decisions,
    '[given, name === from ? to : name]',
    '[given, name]',
    decided,
  ),
  fault(
    'one photo that was moved takes the rest of its group along',
    'main/engine/datasets/browse.ts',
    'decided.length * 2 >= members.length',
    'decided.length > 0',
    decided,
  ),
  fault(
    'the test part takes a class’s last group from training',
    'main/engine/datasets/split.ts',
    'Math.max(0, left.length - 1)',
    'left.length',
    decided,
  ),
  fault(
    'a group is parted by who has fewest of it',
    'main/engine/datasets/split.ts',
    'y.length - x.length || a - b',
    'x.length - y.length || a - b',
    decided,
  ),
  fault(
    'a pattern’s first group is not looked at',
    'main/engine/datasets/namePattern.ts',
    'found[1] ?? found[0]',
    'found[0]',
    decided,
  ),
  fault(
    'near-duplicates are looked for in too few pieces',
    'main/engine/datasets/nearDuplicates.ts',
    'mostDifferent + 1',
    'mostDifferent - 1',
    decided,
  ),
  fault(
    'a photo ten bits away is no near-duplicate',
    'main/engine/datasets/nearDuplicates.ts',
    'bits <= mostDifferent',
    'bits < mostDifferent',
    decided,
  ),
  fault(
    'numbered characters of a sidecar are read as other ones',
    'main/engine/photos/facts.ts',
    'parseInt(String(hex), 16)',
    'parseInt(String(hex), 10)',
    'main/engine/photos/facts',
  ),
  fault(
    'a level of a hierarchy is told twice',
    'main/engine/photos/facts.ts',
    'flat.filter((word) => !levels.has(word))',
    'flat',
    'main/engine/photos/facts',
  ),
  fault(
    'a photo is taken when it was digitized',
    'main/engine/photos/facts.ts',
    'exif?.DateTimeOriginal ?? exif?.CreateDate',
    'exif?.CreateDate ?? exif?.DateTimeOriginal',
    'main/engine/photos/facts',
  ),
  fault(
    'a job is put behind the one it should come before',
    'main/host/jobs/jobs.ts',
    'target ? others.indexOf(target) :',
    'target ? others.indexOf(target) + 1 :',
    jobs,
  ),
  fault(
    'jobs that waited forget their order with a restart',
    'main/host/jobs/jobs.ts',
    'left.toSorted(byPlace)',
    'left',
    jobs,
  ),
  fault(
    'changing one setting resets the others',
    'main/engine/store/settings.ts',
    '...(await readSettings(file)), ...change',
    '...Settings.parse({}), ...change',
    'main/engine/store/settings',
  ),
  fault(
    'rates grow beyond what an optimizer takes',
    planEdit,
    'Math.min(100, undusted(learningRate * factor))',
    'undusted(learningRate * factor)',
    plan,
  ),
  fault(
    'freezing up to a node freezes what goes on behind it',
    planEdit,
    'if (span[1] <= end) frozen',
    'if (span[0] <= end) frozen',
    plan,
  ),
  fault(
    'parts that learn in part get no rate of the spread',
    planEdit,
    "?.state !== 'frozen')\n  let",
    "?.state === 'learns')\n  let",
    plan,
  ),
  fault(
    'a node that is thawed again forgets its own rate',
    planEdit,
    "own !== undefined && own !== 'frozen' ? own : inherited",
    'inherited',
    plan,
  ),
  fault(
    'what BatchNorm does is no change of a plan',
    planEdit,
    ' || a[id]?.statistics !== b[id]?.statistics',
    '',
    plan,
  ),
  fault(
    'a number is refused at its very limit',
    'renderer/components/train/NumberField.vue',
    'typed >= min',
    'typed > min',
    'renderer/components/train/numberField',
  ),
  fault(
    'a number with its thousands parted is a thousandth',
    'renderer/components/train/NumberField.vue',
    'whole ? ungrouped(text.value)',
    "whole ? text.value.replace(',', '.')",
    'renderer/components/train/numberField',
  ),
  ...byKeyboard,
  fault(
    'rates are spread over parts of which none learns',
    'renderer/components/train/LayerInspector.vue',
    'if (learning > 1) return undefined',
    'if (learning !== 1) return undefined',
    'renderer/views/layersStep',
  ),
  fault(
    'why a photo is answered so is not asked again once the run is back',
    'renderer/views/run/RunWhy.vue',
    'if (!gone && !why.value',
    'if (gone && !why.value',
    'renderer/views/runWhy',
  ),
  fault(
    'the picture of a chart is as wide as its column',
    'renderer/components/charts/figurePicture.ts',
    'node instanceof SVGSVGElement || (node instanceof Element && !node.hasChildNodes())',
    'node instanceof Element',
    'renderer/components/charts/figurePicture',
  ),
  ...inCharts,
  ...inForks,
  ...inCopies,
  ...inOtherWindows,
  ...inSelections,
  ...inFigures,
  ...inFlicks,
  ...inFeatures,
  ...inBodies,
]
