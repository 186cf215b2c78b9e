/**
 * Registers the worker from a page of the blog; never throws into it.
 *
 *   <script src="/dgos-sw-register.js" defer data-network="…" data-blog="…" data-members="https://a.example/=<key>,…"></script>
 *
 * dgos-sw.js lies beside it (`data-worker` names another address of this origin) and serves everything below (`data-scope`
 * names another place). What is pinned goes into the worker's address: other pins are another registration. `data-state`: "registered", "none" or "failed".
 */
type TrustedTypes = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

async function register(own: HTMLScriptElement): Promise<string> {
  const { network = '', blog = '', members = '', scope, worker = 'dgos-sw.js' } = own.dataset
  if (!('serviceWorker' in navigator)) return 'none'
  const url = new URL(worker, own.src)
  const pinned = { network, blog, members: members.replace(/\s+/g, '') }
  for (const [name, value] of Object.entries(pinned)) url.searchParams.set(name, value)
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('dgos-sw', { createScriptURL: (same) => same })
  const place = scope === undefined ? {} : { scope }
  await navigator.serviceWorker.register(policy?.createScriptURL(url.href) ?? url.href, {
    updateViaCache: 'none',
    ...place,
  })
  return 'registered'
}

try {
  const own = document.currentScript as HTMLScriptElement
  register(own)
    .catch(() => 'failed')
    .then((state) => {
      own.dataset.state = state
    })
} catch {
  // The page goes first: a browser without workers has none.
}
