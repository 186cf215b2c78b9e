// Asks now and then how far the set-up is, and shows what has changed. Without it "Look again" does the same.
;(() => {
  const place = document.getElementById('dgos-setup')
  if (place === null || place.dataset.ends === '1') return
  const pauseMs = 4000

  async function look() {
    const body = new URLSearchParams({ action: 'dgos_setup', nonce: place.dataset.nonce })
    const answer = await fetch(window.ajaxurl, { method: 'POST', credentials: 'same-origin', body })
    if (answer.status === 403) return // logged out elsewhere: the page's own links tell
    const { data } = await answer.json()
    if (data.mark !== place.dataset.mark && !isUsed()) {
      place.innerHTML = data.html // made by this site's own admin page
      place.dataset.mark = data.mark
      for (const old of document.querySelectorAll('.wrap > .notice.is-dismissible')) old.remove() // said of the step before
      const said = document.getElementById('dgos-setup-said')
      said.textContent = place.querySelector('.is-now h2, .dgos-lead')?.textContent ?? ''
    }
    if (!data.ends) later()
  }

  /** Whether the owner has begun to fill something in: that is left alone until it is sent. */
  function isUsed() {
    const changed = [...place.querySelectorAll('input, textarea')].some((one) =>
      one.type === 'checkbox' ? one.checked : one.type !== 'hidden' && !one.readOnly && one.value !== one.defaultValue,
    )
    return changed
  }

  function later() {
    setTimeout(() => look().catch(later), pauseMs)
  }

  later()
})()
