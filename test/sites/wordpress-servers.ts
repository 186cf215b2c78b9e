/** The web servers of a test's WordPress: PHP's own, and nginx with php-fpm as hosts have it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listening, silent } from './workshop.ts'

export type WebServer = {
  /** At the same address as before. */
  start(): Promise<void>
  /** As a power cut: server and workers at once. */
  stop(): Promise<void>
  /** Takes connections and answers none, as a host that is cut off or overloaded, until it is thawed. */
  freeze(): void
  thaw(): void
}

export type Served = {
  /** For configuration, logs and sockets. */
  readonly dir: string
  /** The address of the WordPress. */
  readonly site: string
  readonly port: number
  readonly workers: number
  /** More words for PHP. */
  readonly words: readonly string[]
}

/** What most hosts give to a request. */
const memory = '128M'

export async function phpServer({ dir, site, port, workers, words }: Served): Promise<WebServer> {
  const script = join(dir, 'router.php')
  await writeFile(script, router)
  const all = [...words, '-d', `memory_limit=${memory}`, '-S', `127.0.0.1:${port}`, '-t', site, script]
  return processGroup('php', all, port, { PHP_CLI_SERVER_WORKERS: `${workers}` })
}

export async function nginxServer(served: Served): Promise<WebServer> {
  const dir = join(served.dir, 'nginx')
  await mkdir(dir)
  const socket = join(dir, 'fpm.sock')
  const configuration = join(dir, 'fpm.conf')
  await writeFile(configuration, fpmConfiguration(dir, socket, served.workers))
  const asRoot = process.getuid?.() === 0 ? ['--allow-to-run-as-root'] : []
  const words = [...served.words, '--nodaemonize', ...asRoot, '--fpm-config', configuration]
  const both = [processGroup('php-fpm8.2', words, socket), await nginx(dir, served.port, siteRules(served, socket))]
  return {
    start: async () => void (await Promise.all(both.map((webServer) => webServer.start()))),
    stop: async () => void (await Promise.all(both.map((webServer) => webServer.stop()))),
    freeze: () => both.map((webServer) => webServer.freeze()),
    thaw: () => both.map((webServer) => webServer.thaw()),
  }
}

/** nginx with these rules inside of `http`. Everything that it writes lies in the folder. */
export async function nginx(dir: string, port: number, rules: string): Promise<WebServer> {
  const configuration = join(dir, 'nginx.conf')
  await writeFile(configuration, nginxConfiguration(dir, rules))
  return processGroup('nginx', ['-p', dir, '-e', join(dir, 'error.log'), '-c', configuration], port)
}

/** A server and its workers. `at` is where it listens: a port of loopback, or a socket. */
function processGroup(command: string, words: readonly string[], at: number | string, env = {}): WebServer {
  let child: ChildProcess | null = null
  const signal = (name: NodeJS.Signals) => void process.kill(-child!.pid!, name)
  return {
    start: async () => {
      child = spawn(command, [...words], { env: { ...process.env, ...env }, stdio: 'ignore', detached: true })
      child.once('error', () => {}) // not installed: nobody will listen
      await listening(at)
    },
    stop: async () => {
      const ended = child
      if (ended?.pid === undefined || ended.exitCode !== null || ended.signalCode !== null) return
      const gone = new Promise<void>((resolve) => ended.once('exit', () => resolve()))
      signal('SIGKILL')
      await gone
      await silent(at) // the workers hold the port until they are gone, too
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  }
}

/** Existing files, folders with an index.php (wp-admin), and everything else to WordPress. */
const router = `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if ($path !== '/' && is_file($file)) return false;
if (is_dir($file) && is_file($file . '/index.php') && $path !== '/') { chdir($file); require $file . '/index.php'; return; }
chdir($_SERVER['DOCUMENT_ROOT']);
$_SERVER['SCRIPT_NAME'] = '/index.php';
require 'index.php';
`

function fpmConfiguration(dir: string, socket: string, workers: number): string {
  return `[global]
error_log = ${dir}/fpm.log
[www]
${process.getuid?.() === 0 ? 'user = root' : ''}
listen = ${socket}
pm = static
pm.max_children = ${workers}
catch_workers_output = yes
php_admin_value[memory_limit] = ${memory}
`
}

function nginxConfiguration(dir: string, rules: string): string {
  const written = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  )
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
events {}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  sendfile on;
  ${written.join(' ')}
${rules}
}
`
}

/** The rules of WordPress's handbook for nginx: https://developer.wordpress.org/advanced-administration/server/web-server/nginx/ */
function siteRules({ site, port }: Served, socket: string): string {
  return `server {
  listen 127.0.0.1:${port};
  root ${site};
  index index.php;
  client_max_body_size 16m;
  location = /favicon.ico { log_not_found off; access_log off; }
  location ~ /\\. { deny all; }
  location ~* /(?:uploads|files)/.*\\.php$ { deny all; }
  location / { try_files $uri $uri/ /index.php?$args; }
  location ~ \\.php$ {
    include /etc/nginx/fastcgi_params;
    fastcgi_intercept_errors on;
    fastcgi_param HTTP_HOST $http_host;
    fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
    fastcgi_pass unix:${socket};
  }
  location ~* \\.(js|css|png|jpg|jpeg|gif|ico)$ { expires max; log_not_found off; }
}
`
}
