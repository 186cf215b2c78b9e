/** What the WordPress plugin carries for browsers, in its folder `assets`. */
import { postSteps } from '../../activation/doors/form-page.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { allBrowserFiles } from './browser-files.ts'

/** Name → bytes. Besides what every member serves: the parts of the form's page, which the plugin puts into its own. */
export async function pluginFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = await allBrowserFiles()
  const steps = postSteps({ host: null, down: [] }).markup
  return new Map([...files.map(({ name, bytes }) => [name, bytes] as const), ['form.html', utf8(steps)]])
}
