/** A process that is watched, and then never comes back from a loop: run it with a limit in milliseconds. */
import { systemClock } from '../../../lib/clock.ts'
import { silentLog } from '../../../lib/log.ts'
import { startWatchdog } from '../../../server/machine/watchdog.ts'

const limitMs = Number(process.argv[2])
startWatchdog({ clock: systemClock, log: silentLog }, { env: {}, limitMs })
// the thread needs a moment to begin; a loop that turns is left alone meanwhile
setTimeout(() => {
  process.stdout.write('stuck')
  for (;;);
}, 2 * limitMs)
