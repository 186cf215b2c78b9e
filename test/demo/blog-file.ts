/** The file that a demonstration blog lives from. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BlogPost } from './blog-pages.ts'

export type BlogFile = {
  readonly port: number
  readonly title: string
  readonly tagline: string
  readonly seed: number
  readonly posts: readonly BlogPost[]
  /** Set by the demonstration once the blog is enrolled. */
  readonly blog: string | null
  readonly network: string | null
  readonly onlineSeed: string
  readonly mirrors: readonly string[]
  /** Markup for the end of each page: the beacon's tag. */
  readonly tail: string
}

export function readBlog(dir: string): BlogFile {
  return JSON.parse(readFileSync(join(dir, 'blog.json'), 'utf8'))
}

/** Written beside and renamed: a killed blog never leaves half a file. */
export function writeBlog(dir: string, file: BlogFile): void {
  writeFileSync(join(dir, 'blog.json.new'), JSON.stringify(file, null, 2))
  renameSync(join(dir, 'blog.json.new'), join(dir, 'blog.json'))
}

export function addressOf(file: Pick<BlogFile, 'port'>): string {
  return `http://127.0.0.1:${file.port}/`
}
