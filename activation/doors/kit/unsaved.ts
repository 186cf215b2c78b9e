/** What would be lost if the page were closed now: the browser then asks first. */
const held = new Set<string>()

addEventListener('beforeunload', (event) => {
  if (held.size > 0) event.preventDefault()
})

/** `what` names it, so that it can be let go. */
export function holdUnsaved(what: string): void {
  held.add(what)
}

export function letGo(what: string): void {
  held.delete(what)
}
