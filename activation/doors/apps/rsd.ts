/** Really Simple Discovery 1.0: how a blogging app that is given a page's address finds the door. */
import type { Apps } from './session.ts'
import { escapeXml } from './xml-rpc.ts'

export function rsdDocument({ xmlrpc, home }: Apps['endpoints'], blog = ''): string {
  const link = escapeXml(xmlrpc)
  const api = (name: string, preferred: boolean) =>
    `<api name="${name}" blogID="${escapeXml(blog)}" preferred="${preferred}" apiLink="${link}" />`
  return `<?xml version="1.0" encoding="UTF-8"?>
<rsd version="1.0" xmlns="http://archipelago.phrasewise.com/rsd"><service>
<engineName>DGOS</engineName><homePageLink>${escapeXml(home)}</homePageLink>
<apis>${api('WordPress', true)}${api('MetaWeblog', false)}${api('Blogger', false)}</apis>
</service></rsd>
`
}
