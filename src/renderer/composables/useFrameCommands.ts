import { useRouter } from 'vue-router'
import { useText } from '../i18n/index.ts'
import { useCommands } from '../stores/commands.ts'
import type { AppCommand } from '../stores/commands.ts'
import { useDatasets } from '../stores/datasets.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'
import { useSettings } from '../stores/settings.ts'

const rooms = ['photos', 'train', 'runs', 'classify', 'models', 'settings'] as const

/** What can be done by name from every room: going places, opening datasets and runs, switching theme and language. */
export function useFrameCommands(): void {
  const router = useRouter()
  const { t } = useText()
  const [datasets, runs, settings] = [useDatasets(), useRuns(), useSettings()]
  const [jobs, messages, commands] = [useJobs(), useMessages(), useCommands()]
  const mod = /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl'

  const change = (patch: Parameters<typeof settings.change>[0]) =>
    settings.change(patch).catch(messages.failed)

  commands.offer((): AppCommand[] => [
    ...rooms.map((room, index) => ({
      id: `go-${room}`,
      kind: 'place' as const,
      title: t(`frame.${room}`),
      keys: `Alt ${index + 1}`,
      run: () => router.push({ name: room }),
    })),
    {
      id: 'jobs',
      kind: 'place',
      title: t('commands.openJobs'),
      keys: `${mod} J`,
      run: () => (jobs.isOpen = true),
    },
    {
      id: 'shortcuts',
      kind: 'place',
      title: t('commands.shortcuts'),
      keys: '?',
      run: () => (commands.isSheetOpen = true),
    },
    ...datasets.all.map(({ id, name }) => ({
      id: `dataset-${id}`,
      kind: 'photo' as const,
      title: name,
      run: () => router.push({ name: 'photos', params: { dataset: id } }),
    })),
    ...runs.all.map(({ id, name }) => ({
      id: `run-${id}`,
      kind: 'run' as const,
      title: name,
      run: () => router.push({ name: 'run', params: { run: id } }),
    })),
    ...(['system', 'light', 'dark'] as const).map((theme) => ({
      id: `theme-${theme}`,
      kind: 'setting' as const,
      title: t('commands.themeOf', { theme: t(`settings.${theme}`) }),
      run: () => change({ theme }),
    })),
    ...(['en', 'ko'] as const).map((language) => ({
      id: `language-${language}`,
      kind: 'setting' as const,
      title: t('commands.languageOf', { language: language === 'ko' ? '한국어' : 'English' }),
      run: () => change({ language }),
    })),
  ])
}
