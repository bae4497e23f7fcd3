import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watchEffect } from 'vue'
import type { AppInfo } from '../../shared/api/app.ts'
import { Settings } from '../../shared/api/app.ts'
import { useApi } from '../api.ts'
import { i18n } from '../i18n/index.ts'
import { languageOf } from '../../shared/language.ts'

/** Language, theme and what else a person has chosen; and what kind of Thaw this is. */
export const useSettings = defineStore('settings', () => {
  const api = useApi()
  const settings = shallowRef(Settings.parse({}))
  const info = shallowRef<AppInfo>()
  const loaded = ref(false)

  const language = computed(() => languageOf(settings.value.language, api.languages))

  watchEffect(() => {
    i18n.global.locale.value = language.value
    document.documentElement.lang = language.value
    if (settings.value.theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = settings.value.theme
  })

  api.on('settings.changed', (changed) => (settings.value = changed))

  async function load(): Promise<void> {
    const [loadedSettings, loadedInfo] = await Promise.all([
      api.call('settings.get', {}),
      api.call('app.info', {}),
    ])
    settings.value = loadedSettings
    info.value = loadedInfo
    loaded.value = true
  }

  /** Shown at once; kept by the library. @throws ThawError */
  async function change(patch: Partial<Settings>): Promise<void> {
    settings.value = { ...settings.value, ...patch }
    settings.value = await api.call('settings.set', patch)
  }

  return { settings, info, loaded, language, load, change }
})
