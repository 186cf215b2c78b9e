/**
 * The kit as three files for a web space of the author's own, from where a browser installs it. No keys are in them: they
 * are the same for everyone, and the author brings the sealed data to the device. The worker keeps one page, and takes it
 * only where its SHA-256 is the one that the worker names: the web space can fall away, and cannot slip in another page.
 */
import { utf8 } from '../../../protocol/bytes.ts'
import type { Hash } from '../../../protocol/objects.ts'
import type { ExportFile } from '../exports/export-post.ts'

export const workerName = 'kit-worker.js'
export const manifestName = 'kit.webmanifest'

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 96'%3E%3Crect width='96' height='96' rx='20' fill='%23224a43'/%3E%3Cpath d='M26 70l6-20 30-30 14 14-30 30z' fill='%23fff'/%3E%3C/svg%3E"

const manifest = {
  name: 'DGOS kit',
  short_name: 'Kit',
  id: './',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: '#ffffff',
  theme_color: '#224a43',
  icons: [{ src: icon, sizes: 'any', type: 'image/svg+xml' }],
}

/**
 * Answers for the page itself and for nothing else under its path. It never takes over an open page: another program waits
 * until the author has closed the kit, and the kit says that it waits.
 */
export function workerSource(program: Hash): string {
  return `const program='${program}',page=registration.scope,name='dgos-kit '+page+' '+program
const keep=async()=>{
  const answer=await fetch(page,{cache:'no-store',credentials:'omit',redirect:'error'}),bytes=await answer.arrayBuffer()
  const hash=Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256',bytes)),b=>b.toString(16).padStart(2,'0')).join('')
  if(!answer.ok||hash!==program)throw new Error('another page than the one this worker names: '+hash)
  const headers={'content-type':'text/html; charset=utf-8','content-security-policy':"frame-ancestors 'none'",'referrer-policy':'no-referrer'}
  await(await caches.open(name)).put(page,new Response(bytes,{headers}))
}
const clean=async()=>{
  for(const one of await caches.keys())if(one.startsWith('dgos-kit '+page+' ')&&one!==name)await caches.delete(one)
  await clients.claim()
}
addEventListener('install',event=>event.waitUntil(keep()))
addEventListener('activate',event=>event.waitUntil(clean()))
addEventListener('fetch',event=>{
  const url=event.request.url.split(/[?#]/)[0]
  if(event.request.mode==='navigate'&&(url===page||url===page+'index.html'))
    event.respondWith(caches.open(name).then(kept=>kept.match(page)).then(kept=>kept??fetch(event.request)))
})
`
}

export function installableFiles(program: string, hash: Hash): readonly ExportFile[] {
  return [
    { name: 'index.html', bytes: utf8(program) },
    { name: workerName, bytes: utf8(workerSource(hash)) },
    { name: manifestName, bytes: utf8(JSON.stringify(manifest)) },
  ]
}
