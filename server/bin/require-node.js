// Plain JavaScript on purpose: it must run, and speak, on a Node that is too old for the rest. Importing it is the check.
// Node 22.19 is where undici 8 and .ts files both run; better-sqlite3 crashes without a word on Node 20.
const [major, minor] = process.versions.node.split('.').map(Number)
const isEnough = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 19)

if (!isEnough) {
  console.error(`DGOS needs Node 22.19 or newer, and this is Node ${process.versions.node}: see https://nodejs.org/.`)
  process.exit(1)
}
