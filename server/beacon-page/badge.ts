/** The badge: one line of text as a picture, for pages that allow no script. */

/** `down` is how many blogs are down now. */
export function badgePicture(down: number): string {
  const isCalm = down === 0
  const label = isCalm
    ? 'all blogs of our network are up'
    : down === 1
      ? 'one blog is down: read it here'
      : `${down} blogs are down: read them here`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="220" height="28" role="img" aria-label="${label}"><title>${label}</title><rect width="220" height="28" rx="6" fill="${isCalm ? '#f3f3f0' : '#7a2e1d'}"/><circle cx="15" cy="14" r="5" fill="${isCalm ? '#3b8f4d' : '#fff'}"/><text x="28" y="18" font-family="system-ui,sans-serif" font-size="12" fill="${isCalm ? '#333' : '#fff'}">${label}</text></svg>`
}
