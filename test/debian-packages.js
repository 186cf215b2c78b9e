// The real components that the tests use, and how to get them. Plain JavaScript: it runs before anything is known to work.
import { spawnSync } from 'node:child_process'

/** Debian's package, and a command that succeeds where the component is there (also on other systems). */
const components = [
  { name: 'chromium', probe: ['chromium', '--version'] },
  { name: 'nginx-light', probe: ['nginx', '-v'] },
  { name: 'caddy', probe: ['caddy', 'version'] },
  { name: 'openssl', probe: ['openssl', 'version'] },
  { name: 'systemd', probe: ['systemd-analyze', '--version'] },
  { name: 'wrk', probe: ['which', 'wrk'] },
  { name: 'bind9', probe: ['named', '-v'] },
  { name: 'bind9-dnsutils', probe: ['nsupdate', '-V'] },
  { name: 'knot', probe: ['knotd', '--version'] },
  { name: 'knot-dnsutils', probe: ['kdig', '-V'] },
  { name: 'nsd', probe: ['nsd', '-v'] },
  { name: 'unbound', probe: ['unbound', '-V'] },
  { name: 'dnsperf', probe: ['which', 'dnsperf'] },
  { name: 'gdnsd', probe: ['which', 'gdnsd'] },
  { name: 'nftables', probe: ['nft', '--version'] },
  { name: 'iproute2', probe: ['ip', '-V'] },
  { name: 'php8.2-fpm', probe: ['php-fpm8.2', '-v'] },
  { name: 'php-cli', probe: ['php', '--version'] },
  { name: 'php-sqlite3', probe: phpHas('pdo_sqlite') },
  { name: 'php-mysql', probe: phpHas('mysqli') },
  { name: 'mariadb-server', probe: ['mariadbd', '--version'] },
  { name: 'php-curl', probe: phpHas('curl') },
  { name: 'php-xml', probe: phpHas('dom') },
  { name: 'php-mbstring', probe: phpHas('mbstring') },
  { name: 'php-zip', probe: phpHas('zip') },
  { name: 'php-gd', probe: phpHas('gd') },
  { name: 'swaks', probe: ['swaks', '--version'] },
  // what swaks says STARTTLS with; Debian only recommends it
  { name: 'libnet-ssleay-perl', probe: ['perl', '-MNet::SSLeay', '-e', '1'] },
  { name: 'exim4-daemon-light', probe: ['exim4', '-bV'] },
  { name: 'gnupg', probe: ['gpg', '--version'] },
  { name: 'python3', probe: ['python3', '--version'] },
  { name: 'jekyll', probe: ['jekyll', '--version'] },
  { name: 'jekyll-theme-minima', probe: ['gem', 'list', '--installed', 'minima'] },
]

function phpHas(extension) {
  return ['php', '-r', `exit(extension_loaded('${extension}') ? 0 : 1);`]
}

/**
 * Installs what is missing where that is possible (Debian, root). Returns the names that are still missing.
 * Installed servers are not started: the tests start their own.
 */
export function installComponents() {
  const missing = namesMissing()
  if (missing.length === 0 || !canInstall()) return missing
  console.log(`Installing what the tests use: ${missing.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...words) => spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env })
  apt('update', '-q')
  apt('install', '-y', '-q', '--no-install-recommends', ...missing)
  return namesMissing()
}

function namesMissing() {
  return components.filter(({ probe }) => !succeeds(probe)).map(({ name }) => name)
}

function canInstall() {
  return process.getuid?.() === 0 && succeeds(['which', 'apt-get'])
}

function succeeds([command, ...words]) {
  return spawnSync(command, words, { stdio: 'ignore' }).status === 0
}
