import type { PlantedFault } from './fault.ts'
import { fault } from './fault.ts'

const addRun = 'main/engine/store/addRun.ts'
const watchRuns = 'main/engine/store/watchRuns'
const forkSettings = 'renderer/components/runs/ForkSettings.vue'
const classGroups = 'renderer/components/classify/ClassGroups.vue'
const namePattern = 'main/engine/datasets/namePattern.ts'
const timely = 'main/serve/timely'
const library = 'main/engine/library/library'
const runs = 'renderer/views/runs'

/** What comes from elsewhere, what several windows do, and what is chosen with it. */
export const plantedInOthers: readonly PlantedFault[] = [
  fault(
    'half a copy stays where the disk is full',
    addRun,
    'await rm(unfinished, { recursive: true, force: true })',
    'if (signal.aborted) await rm(unfinished, { recursive: true, force: true })',
    library,
  ),
  fault(
    'remarks are not watched',
    `${watchRuns}.ts`,
    'begin(path.dirname(runMarks), (name) => name === path.basename(runMarks))',
    'void runMarks',
    watchRuns,
  ),
  fault(
    'a run that was gone and is back is not watched',
    `${watchRuns}.ts`,
    'watchers.get(place)!.folder !== folder',
    'watchers.get(place)!.folder === undefined',
    watchRuns,
  ),
  fault(
    'a run that is trained is thrown away with others',
    'renderer/composables/useRunsActs.ts',
    'all.filter(({ state }) => isOver(state))',
    'all.filter(({ state }) => isOver(state) || state)',
    runs,
  ),
  fault(
    'an act on one selected row is told as one of several',
    'renderer/views/RunsRoom.vue',
    'picked.value.length > 1 && selection.value.chosen.has(run)',
    'picked.value.length > 1',
    runs,
  ),
  fault(
    'a setting of a fork takes the others back',
    forkSettings,
    '{ ...settings.value, ...patch }',
    '{ ...(patch as ForkSettings) }',
    runs,
  ),
  fault(
    'label smoothing of a fork is its weight decay',
    forkSettings,
    'change({ labelSmoothing: $event })',
    'change({ weightDecay: $event })',
    runs,
  ),
  fault(
    'the first step of the wizard takes the focus from the page',
    'renderer/views/TrainWizard.vue',
    'if (now === undefined || before === undefined) return',
    'if (now === undefined) return',
    'renderer/views/trainWizard',
  ),
  fault(
    'a class is in two groups',
    classGroups,
    'classes: i === at ? [...others, name] : others',
    'classes: i === at ? [...others, name] : row.classes',
    'renderer/components/classGroups',
  ),
  fault(
    'Backspace takes a class away while a name is typed',
    classGroups,
    "event.key === 'Backspace' && (event.target as HTMLInputElement).value === ''",
    "event.key === 'Backspace'",
    'renderer/components/classGroups',
  ),
  fault(
    'Enter chooses in the middle of a syllable',
    classGroups,
    "event.key === 'Enter' && !event.isComposing",
    "event.key === 'Enter'",
    'renderer/components/classGroups',
  ),
  fault(
    'a name that is not typed whole comes before the one that is',
    classGroups,
    'const isWholeName = names.some((it) => it.toLowerCase() === typed.value.trim().toLowerCase())',
    'const isWholeName = false',
    'renderer/components/classGroups',
  ),
  fault(
    'anything may be dropped into a group',
    classGroups,
    'if (name && classes.includes(name)) add(at, name)',
    'if (name !== undefined) add(at, name)',
    'renderer/components/classGroups',
  ),
  fault(
    'a pattern that is set may take as long as one that is read',
    namePattern,
    'goOn(searchOf(pattern, paths), mostWhenSet)',
    'goOn(searchOf(pattern, paths), 60 * mostWhenSet)',
    'main/engine/datasets/decide',
  ),
  fault(
    'one name that a pattern takes too long on takes the groups of those behind it',
    namePattern,
    'if (search.next > from) continue',
    'return search.names.length - search.next',
    'main/engine/datasets/groups',
  ),
  fault(
    'groups that a pattern had no time for are kept',
    'main/engine/store/datasets.ts',
    'if (slowNamesOf(dataset) === 0) await',
    'await',
    'main/engine/store/datasets',
  ),
  fault(
    'what a scan has found is read back from its file',
    'main/engine/store/datasets.ts',
    'const current = await this.drawn(stored, state)',
    'const current = await this.read(id, state)',
    'main/engine/store/datasets',
  ),
  fault(
    'a match that is empty makes a group',
    namePattern,
    '(found && (found[1] ?? found[0])) || undefined',
    '(found && (found[1] ?? found[0])) ?? undefined',
    'main/engine/datasets/decide',
    'main/engine/datasets/groups',
  ),
  fault(
    'names that a disk took apart are not found',
    namePattern,
    ".normalize('NFC')",
    '',
    'main/engine/datasets/decide',
    'main/engine/datasets/groups',
  ),
  fault(
    'a body is read before somebody wants it',
    `${timely}.ts`,
    '{ highWaterMark: 0 }',
    '{ highWaterMark: 1 }',
    timely,
  ),
  fault('a trickle begins anew with each piece', `${timely}.ts`, 'began ??= now', 'began = now', timely),
  fault('what has arrived gives no time', `${timely}.ts`, 'bytes += value.length', 'bytes += 0', timely),
  fault(
    'who is cut off goes on sending',
    `${timely}.ts`,
    'void reader.cancel(error).catch(() => undefined)',
    'void error',
    timely,
  ),
  fault(
    'what an API caller hangs up on goes on being read',
    `${timely}.ts`,
    'cancel: (reason) => reader.cancel(reason)',
    'cancel: () => undefined',
    timely,
  ),
  fault(
    'children compile into a folder of the system',
    'main/host/host.ts',
    "path.join(folders.cache, 'compiled')",
    "path.join(folders.home, 'compiled')",
    'main/host/host',
  ),
]
