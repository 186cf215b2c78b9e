/**
 * The tree of a stranger's html, with an end: a document of a few kilobytes can ask for millions of elements (unclosed
 * formatting is opened again in each paragraph), or for one element in another without end.
 */
import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse, parseFragment, type TreeAdapter } from 'parse5'
import { TooCostly } from '../../lib/workers.ts'

/** The longest real pages have some ten thousand. A tree of so many takes about 100 MiB. */
const elementsMax = 200_000
/** Browsers flatten what is deeper than 512. The parser looks through all open elements at many tags. */
const depthMax = 10_000

type Map = DefaultTreeAdapterMap

/** Throws TooCostly where the document asks for more. */
export function boundedDocument(html: string): Map['document'] {
  return parse(html, { scriptingEnabled: false, treeAdapter: boundedAdapter() })
}

/** The same for a part of a document. */
export function boundedFragment(html: string): Map['documentFragment'] {
  return parseFragment(html, { treeAdapter: boundedAdapter() })
}

function boundedAdapter(): TreeAdapter<Map> {
  let elements = 0
  let depth = 0
  return {
    ...defaultTreeAdapter,
    createElement(name, namespace, attributes) {
      if (++elements > elementsMax) throw new TooCostly(`more than ${elementsMax} elements`)
      return defaultTreeAdapter.createElement(name, namespace, attributes)
    },
    onItemPush() {
      if (++depth > depthMax) throw new TooCostly(`more than ${depthMax} elements in one another`)
    },
    onItemPop() {
      depth--
    },
  }
}
