import '../shared/jitless.ts'
import './styles/index.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { apiKey, connect } from './api.ts'
import App from './App.vue'
import { i18n } from './i18n/index.ts'
import { createRooms } from './router.ts'

createApp(App).provide(apiKey, connect()).use(createPinia()).use(i18n).use(createRooms()).mount('#app')
