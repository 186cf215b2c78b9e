/** The worker's global scope, as far as it is used here: the project's types are those of pages. */
export type ExtendableEvent = Event & { waitUntil(work: Promise<unknown>): void }
export type FetchEvent = ExtendableEvent & {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
export type Scope = {
  readonly location: { readonly href: string }
  readonly registration: { readonly scope: string; unregister(): Promise<boolean>; update(): Promise<unknown> }
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void
}
export const scope = self as unknown as Scope
