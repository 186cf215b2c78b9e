/** Debian's unbound for one test: a resolver that asks one zone's server on this machine, and nobody else. */

export type UnboundConfigOptions = {
  readonly folder: string
  /** Where it listens: "address" or "address@port". */
  readonly interface: string
  readonly zone: string
  /** Who answers for the zone: "address@port". */
  readonly server: string
  /** Further lines of its "server" clause. */
  readonly more: readonly string[]
}

export function unboundConfig(options: UnboundConfigOptions): string {
  const { folder, zone, server, more } = options
  return `server:
  interface: ${options.interface}
  directory: "${folder}"
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  do-ip6: no
  do-not-query-localhost: no
${more.map((line) => `  ${line}\n`).join('')}remote-control:
  control-enable: no
stub-zone:
  name: "${zone}"
  stub-addr: ${server}
`
}
