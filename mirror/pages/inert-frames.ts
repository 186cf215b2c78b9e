/** Frames, videos and objects in a copy: their size, their place, and what stands in it instead. */
import { attribute, type Element, elementsOf, type Node } from '../capture/html-resources.ts'

/** ` width="560"` where the element says so in numbers. */
export function sizeOf(element: Element, name: string): string {
  const value = attribute(element, name)?.trim() ?? ''
  return /^[0-9]{1,4}%?$/.test(value) ? ` ${name}="${value}"` : ''
}

/** The place that a frame took, so that the page keeps its shape. */
export function boxOf(element: Element): string {
  const [width, height] = ['width', 'height'].map((name) => attribute(element, name)?.trim() ?? '')
  if (!/^[0-9]{2,4}$/.test(height ?? '') || !/^[0-9]{2,4}%?$/.test(width ?? '')) return ''
  const wide = width!.endsWith('%') ? width : `${width}px`
  return ` style="display:inline-grid;place-items:center;box-sizing:border-box;width:${wide};max-width:100%;height:${height}px;border:1px solid"`
}

export function hasWords(element: Element): boolean {
  const stack: Node[] = [...element.childNodes]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node && node.value.trim() !== '') return true
    if ('tagName' in node && node.tagName === 'img') return true
    if ('childNodes' in node && !('tagName' in node && /^(script|style|template)$/.test(node.tagName)))
      stack.push(...node.childNodes)
  }
  return false
}

export function sourceOf(element: Element): string | null {
  for (const inner of elementsOf(element)) if (inner.tagName === 'source') return attribute(inner, 'src')
  return null
}
