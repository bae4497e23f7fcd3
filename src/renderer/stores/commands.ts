import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowReactive, toValue } from 'vue'
import type { MaybeRefOrGetter } from 'vue'

export type CommandKind = 'room' | 'place' | 'photo' | 'run' | 'setting'

/** Something that can be done from anywhere by its name. */
export interface AppCommand {
  /** The same in both languages and for good: the last used are remembered by it. */
  id: string
  kind: CommandKind
  title: string
  /** The keys that do the same: "Ctrl J". */
  keys?: string
  /** Deletes something or stops what runs: never the first of what is found. */
  destructive?: boolean
  run: () => unknown
}

const mostRemembered = 5

/** What the palette and the sheet of shortcuts offer: what the frame always can, and what the room in sight adds. */
export const useCommands = defineStore('commands', () => {
  const sources = shallowReactive(new Set<MaybeRefOrGetter<readonly AppCommand[]>>())
  const isOpen = ref(false)
  const isSheetOpen = ref(false)
  /** Ids of what was done last, newest first. */
  const lastUsed = ref<string[]>([])

  const all = computed(() => [...sources].flatMap((source) => [...toValue(source)]))

  /** Offers commands for as long as the component or store that calls this is there. */
  function offer(commands: MaybeRefOrGetter<readonly AppCommand[]>): void {
    sources.add(commands)
    onScopeDispose(() => sources.delete(commands))
  }

  function run(command: AppCommand): void {
    isOpen.value = false
    lastUsed.value = [command.id, ...lastUsed.value.filter((id) => id !== command.id)].slice(
      0,
      mostRemembered,
    )
    void command.run()
  }

  return { all, isOpen, isSheetOpen, lastUsed, offer, run }
})
