/**
 * What a blog serves as dgos-sw.js when it no longer wants the worker: browsers update to it, and it removes itself and all
 * that its forerunner kept. Leave it there for at least 90 days; a missing file alone does not end a worker.
 */
import { scope } from './scope.ts'
import { forget } from './state.ts'

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))
scope.addEventListener('activate', (event) => event.waitUntil(forget().then(() => scope.registration.unregister())))
