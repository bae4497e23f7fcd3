import { computed } from 'vue'
import type { ShortcutGroup } from '../components/commands/ShortcutSheet.vue'
import { useText } from '../i18n/index.ts'

/** The sheet of shortcuts: what holds everywhere, in lists, and in the rooms that have keys of their own. */
export function useShortcutGroups() {
  const { t } = useText()
  const mod = /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl'
  return computed((): ShortcutGroup[] => [
    {
      title: 'commands.everywhere',
      rows: [
        { keys: [mod, 'K'], does: t('commands.openPalette') },
        { keys: [mod, 'J'], does: t('commands.openJobs') },
        { keys: ['?'], does: t('commands.openSheet') },
        { keys: [mod, 'Z'], does: t('commands.undo') },
        { keys: ['F8'], does: t('commands.toMessages') },
        { keys: ['Esc'], does: t('commands.closeOpen') },
        ...(['photos', 'train', 'runs', 'classify', 'models', 'settings'] as const).map((room, index) => ({
          keys: ['Alt', String(index + 1)],
          does: t(`frame.${room}`),
        })),
      ],
    },
    {
      title: 'commands.inLists',
      rows: [
        { keys: ['↓', '↑'], does: t('commands.moveTo') },
        { keys: ['Home', 'End'], does: t('commands.firstLast') },
        { keys: ['↵'], does: t('commands.open') },
      ],
    },
    {
      title: 'runs.title',
      rows: [
        { keys: ['Space'], does: t('commands.select') },
        { keys: ['Shift', '↓'], does: t('commands.selectRange') },
        { keys: [mod, 'A'], does: t('commands.selectAll') },
        { keys: ['S'], does: t('runTable.star') },
        { keys: ['N'], does: t('runTable.remarks') },
        { keys: ['A'], does: t('runTable.archive') },
        { keys: ['F2'], does: t('runs.rename') },
        { keys: ['Del'], does: t('runs.remove') },
        { keys: ['C'], does: t('runTable.compare') },
      ],
    },
    {
      title: 'train.stepLayers',
      rows: [
        { keys: ['Space'], does: t('layers.keySpace') },
        { keys: ['L'], does: t('layers.keyRate') },
        { keys: ['→', '←'], does: t('layers.keyFold') },
        { keys: ['*'], does: t('layers.keyAll') },
      ],
    },
  ])
}
