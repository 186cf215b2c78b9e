/** What runs in a member's threads: the functions that read foreign documents, each loaded when it is first called. */
import { nodePlatform } from '../../lib/platform.ts'
import { performer } from '../../lib/workers.ts'

const capture = () => import('../../mirror/capture/capture-reader.ts')
const doors = async () => (await import('../../activation/doors/door-reader.ts')).doorJobs
const copies = async () => (await import('../../mirror/pages/copy.ts')).copyJobs(nodePlatform.sha256)

export const perform = performer({
  'read-page': async () => (await import('../../mirror/capture/read-page.ts')).pageJob,
  'read-marks': async () => (await import('../../mirror/capture/read-marks.ts')).marksJob,
  'read-sitemap': async () => (await capture()).sitemapJob,
  'read-feed': async () => (await capture()).feedJob,
  'read-source': async () => (await import('../../mirror/archive/archive-sources.ts')).sourceJob,
  'read-sheet': async () => (await capture()).sheetJob,
  'copy-sheets': async () => (await copies()).sheetsJob,
  'copy-page': async () => (await copies()).pageJob,
  'xml-rpc': async () => (await doors()).callJob,
  'app-text': async () => (await doors()).textJob,
  'clean-image': async () => (await doors()).imageJob,
  mail: async () => (await doors()).mailJob,
  'mail-dkim': async () => (await doors()).dkimJob,
  'mail-openpgp': async () => (await doors()).openpgpJob,
})
