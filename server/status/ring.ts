/** The ring of members in order of placement, and which of them hold which blog: one picture, without a script. */
import { html, type Markup } from '../../mirror/pages/markup.ts'
import type { StatusBlog, StatusMember, StatusModel } from './model.ts'

const size = 520
const height = 420
const middle = size / 2
const ringRadius = 168
const blogRadius = 74
/** More names than this would lie on each other: then only points are drawn, with the name as a tip. */
const namesMax = 36
/** Threads of more blogs than this are a grey disc. Those that are not up come first in the model. */
const blogsMax = 16

type Point = { readonly x: number; readonly y: number; readonly angle: number }

export function ringPicture(model: StatusModel): Markup {
  const places = new Map(model.members.map((member, i) => [member.id, around(i, model.members.length, ringRadius)]))
  const blogs = model.blogs.slice(0, blogsMax)
  const spots = blogs.map((_, i) => (blogs.length === 1 ? centre : around(i, blogs.length, blogRadius)))
  const named = model.members.length <= namesMax
  const unreachable = model.blogs.filter((blog) => blog.state === 'down').length
  return html`<figure class="ring"><svg viewBox="0 ${(size - height) / 2} ${size} ${height}" role="img" aria-label="${model.members.length} members on a ring, ${model.blogs.length} blogs between them, ${unreachable} unreachable">
<circle class="orbit" cx="${middle}" cy="${middle}" r="${ringRadius}"/>
${blogs.flatMap((blog, i) => blog.mirrors.map((key) => thread(blog, spots[i]!, places.get(key))))}
${model.members.map((member) => memberPoint(member, places.get(member.id)!, named))}
${blogs.map((blog, i) => blogPoint(blog, spots[i]!))}</svg>
<figcaption class="small soft">Members in the order of their placement; inside, the blogs and a thread to each mirror.</figcaption></figure>`
}

const centre: Point = { x: middle, y: middle, angle: 0 }

function around(i: number, count: number, radius: number): Point {
  const angle = (i / Math.max(1, count)) * 2 * Math.PI - Math.PI / 2
  return { x: middle + radius * Math.cos(angle), y: middle + radius * Math.sin(angle), angle }
}

function thread(blog: StatusBlog, from: Point, to: Point | undefined): Markup | null {
  if (to === undefined) return null
  return html`<path class="thread ${blog.state}" d="M${at(from)}Q${mid(from, to)} ${at(to)}"/>`
}

function memberPoint(member: StatusMember, point: Point, named: boolean): Markup {
  const right = Math.cos(point.angle) >= -0.01
  const out = {
    x: middle + (ringRadius + 16) * Math.cos(point.angle),
    y: middle + (ringRadius + 16) * Math.sin(point.angle),
  }
  const anchor = Math.abs(Math.cos(point.angle)) < 0.2 ? 'middle' : right ? 'start' : 'end'
  const drop = Math.sin(point.angle) > 0.8 ? 12 : Math.sin(point.angle) < -0.8 ? -2 : 4
  const label = named
    ? html`<text x="${fixed(out.x)}" y="${fixed(out.y + drop)}" text-anchor="${anchor}">${shortened(member.name)}</text>`
    : null
  return html`<g class="member ${member.kind} ${member.standing}${member.self ? ' self' : ''}"><title>${member.name}: ${member.kind}, weight ${member.weight}, mirrors ${member.blogs}</title>
<circle cx="${fixed(point.x)}" cy="${fixed(point.y)}" r="${fixed(5 + Math.sqrt(member.weight) * 1.6)}"/>${label}</g>`
}

function blogPoint(blog: StatusBlog, point: Point): Markup {
  return html`<a href="#blog-${blog.blog.slice(0, 12)}"><g class="blog ${blog.state}"><title>${blog.title}: ${blog.state}</title><circle cx="${fixed(point.x)}" cy="${fixed(point.y)}" r="9"/></g></a>`
}

function shortened(name: string): string {
  return name.length > 14 ? `${name.slice(0, 13)}…` : name
}

function at({ x, y }: Point): string {
  return `${fixed(x)} ${fixed(y)}`
}

/** Threads bend a little towards the centre, so that neighbours can be told apart. */
function mid(from: Point, to: Point): string {
  const x = (from.x + to.x) / 2
  const y = (from.y + to.y) / 2
  return `${fixed(x + (middle - x) * 0.25)} ${fixed(y + (middle - y) * 0.25)}`
}

function fixed(value: number): string {
  return value.toFixed(1)
}
