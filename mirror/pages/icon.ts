/** The sign of a member in a browser's tab: ten small points that hold one. */
const points = Array.from({ length: 10 }, (_, i) => {
  const angle = (i / 10) * 2 * Math.PI
  const [x, y] = [32 + 24 * Math.sin(angle), 32 - 24 * Math.cos(angle)].map((value) => value.toFixed(1))
  return `<circle cx="${x}" cy="${y}" r="4.5"/>`
})

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><g fill="#2a8a6e">${points.join('')}<circle cx="32" cy="32" r="10"/></g></svg>`
