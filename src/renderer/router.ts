import type { Component } from 'vue'
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

/** The files of a room did not come: they have been renewed since the page was opened, or the server is gone. */
export class RoomUnloaded extends Error {}

type View = () => Promise<{ default: Component }>

export const room =
  (load: View): View =>
  () =>
    load().catch((cause: unknown) => {
      throw new RoomUnloaded('The files of a room did not come', { cause })
    })

const stepViews = {
  photos: room(() => import('./views/train/PhotosStep.vue')),
  preparation: room(() => import('./views/train/PreparationStep.vue')),
  network: room(() => import('./views/train/NetworkStep.vue')),
  layers: room(() => import('./views/train/LayersStep.vue')),
  settings: room(() => import('./views/train/SettingsStep.vue')),
  review: room(() => import('./views/train/ReviewStep.vue')),
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: room(() => import('./views/HomeRoom.vue')) },
  {
    path: '/start',
    name: 'start',
    component: room(() => import('./views/FirstStart.vue')),
    meta: { room: 'photos' },
  },
  {
    path: '/photos/:dataset?',
    name: 'photos',
    component: room(() => import('./views/PhotosRoom.vue')),
    meta: { room: 'photos' },
  },
  {
    path: '/photos/:dataset/findings',
    name: 'findings',
    component: room(() => import('./views/FindingsRoom.vue')),
    meta: { room: 'photos' },
  },
  {
    path: '/photos/:dataset/folders',
    name: 'folders',
    component: room(() => import('./views/FoldersRoom.vue')),
    meta: { room: 'photos' },
  },
  {
    path: '/train',
    name: 'train',
    component: room(() => import('./views/TrainWizard.vue')),
    meta: { room: 'train' },
    children: wizardSteps.map((step) => ({ path: step, name: `train-${step}`, component: stepViews[step] })),
  },
  {
    path: '/runs',
    name: 'runs',
    component: room(() => import('./views/RunsRoom.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/compare',
    name: 'compare',
    component: room(() => import('./views/CompareRuns.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run',
    name: 'run',
    component: room(() => import('./views/RunDetail.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/photos',
    name: 'run-photos',
    component: room(() => import('./views/run/RunPhotos.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/certainty',
    name: 'run-certainty',
    component: room(() => import('./views/run/RunCertainty.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/layers',
    name: 'run-layers',
    component: room(() => import('./views/run/RunLayers.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/next',
    name: 'run-next',
    component: room(() => import('./views/run/RunNext.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/why',
    name: 'run-why',
    component: room(() => import('./views/run/RunWhy.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/runs/:run/live',
    name: 'live',
    component: room(() => import('./views/LiveRun.vue')),
    meta: { room: 'runs' },
  },
  {
    path: '/classify/:classification?',
    name: 'classify',
    component: room(() => import('./views/ClassifyRoom.vue')),
    meta: { room: 'classify' },
  },
  {
    path: '/classify/:classification/tray',
    name: 'tray',
    component: room(() => import('./views/TrayRoom.vue')),
    meta: { room: 'classify' },
  },
  {
    path: '/classify/:classification/file',
    name: 'file',
    component: room(() => import('./views/FilingRoom.vue')),
    meta: { room: 'classify' },
  },
  {
    path: '/models',
    name: 'models',
    component: room(() => import('./views/ModelsRoom.vue')),
    meta: { room: 'models' },
  },
  {
    path: '/settings',
    name: 'settings',
    component: room(() => import('./views/SettingsRoom.vue')),
    meta: { room: 'settings' },
  },
  { path: '/:rest(.*)*', redirect: '/' },
]

/** Addresses live behind the #, so that neither a server nor the scheme `app:` has to know them. */
export const createRooms = (history: RouterHistory = createWebHashHistory()): Router =>
  createRouter({ history, routes })
