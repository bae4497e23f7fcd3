import { createRouter, createWebHashHistory } from 'vue-router'
import type { Router, RouterHistory, RouteRecordRaw } from 'vue-router'
import { wizardSteps } from './stores/wizardSteps.ts'

/** Which entry of the rail is lit. */
export type Room = 'photos' | 'train' | 'runs' | 'classify' | 'models' | 'settings'

declare module 'vue-router' {
  interface RouteMeta {
    room?: Room
  }
}

const stepViews = {
  photos: () => import('./views/train/PhotosStep.vue'),
  preparation: () => import('./views/train/PreparationStep.vue'),
  network: () => import('./views/train/NetworkStep.vue'),
  layers: () => import('./views/train/LayersStep.vue'),
  settings: () => import('./views/train/SettingsStep.vue'),
  review: () => import('./views/train/ReviewStep.vue'),
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./views/HomeRoom.vue') },
  {
    path: '/start',
    name: 'start',
    component: () => import('./views/FirstStart.vue'),
    meta: { room: 'photos' },
  },
  {
    path: '/photos/:dataset?',
    name: 'photos',
    component: () => import('./views/PhotosRoom.vue'),
    meta: { room: 'photos' },
  },
  {
    path: '/photos/:dataset/findings',
    name: 'findings',
    component: () => import('./views/FindingsRoom.vue'),
    meta: { room: 'photos' },
  },
  {
    path: '/photos/:dataset/folders',
    name: 'folders',
    component: () => import('./views/FoldersRoom.vue'),
    meta: { room: 'photos' },
  },
  {
    path: '/train',
    name: 'train',
    component: () => import('./views/TrainWizard.vue'),
    meta: { room: 'train' },
    children: wizardSteps.map((step) => ({ path: step, name: `train-${step}`, component: stepViews[step] })),
  },
  { path: '/runs', name: 'runs', component: () => import('./views/RunsRoom.vue'), meta: { room: 'runs' } },
  {
    path: '/compare',
    name: 'compare',
    component: () => import('./views/CompareRuns.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run',
    name: 'run',
    component: () => import('./views/RunDetail.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/photos',
    name: 'run-photos',
    component: () => import('./views/run/RunPhotos.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/certainty',
    name: 'run-certainty',
    component: () => import('./views/run/RunCertainty.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/layers',
    name: 'run-layers',
    component: () => import('./views/run/RunLayers.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/next',
    name: 'run-next',
    component: () => import('./views/run/RunNext.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/why',
    name: 'run-why',
    component: () => import('./views/run/RunWhy.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/live',
    name: 'live',
    component: () => import('./views/LiveRun.vue'),
    meta: { room: 'runs' },
  },
  {
    path: '/classify/:classification?',
    name: 'classify',
    component: () => import('./views/ClassifyRoom.vue'),
    meta: { room: 'classify' },
  },
  {
    path: '/classify/:classification/tray',
    name: 'tray',
    component: () => import('./views/TrayRoom.vue'),
    meta: { room: 'classify' },
  },
  {
    path: '/classify/:classification/file',
    name: 'file',
    component: () => import('./views/FilingRoom.vue'),
    meta: { room: 'classify' },
  },
  {
    path: '/models',
    name: 'models',
    component: () => import('./views/ModelsRoom.vue'),
    meta: { room: 'models' },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./views/SettingsRoom.vue'),
    meta: { room: 'settings' },
  },
  { path: '/:rest(.*)*', redirect: '/' },
]

/** Addresses live behind the #, so that neither a server nor the scheme `app:` has to know them. */
export const createRooms = (history: RouterHistory = createWebHashHistory()): Router =>
  createRouter({ history, routes })
