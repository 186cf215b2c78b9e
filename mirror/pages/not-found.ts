/** What readers see where nothing is kept: two sentences and a way on. */
import { html, trusted } from './markup.ts'
import { baseStyle } from './style.ts'

export const notFoundPage = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Not kept here</title>
<meta name="robots" content="noindex"><style>${trusted(baseStyle)}.alone{padding-block:16vh 4rem}</style></head>
<body><main class="alone"><h1>Not kept here</h1><p>This mirror has no page under that address. The blog may be kept by other mirrors, or it has never joined, or its author has withdrawn the page.</p><p><a href="/find">Find a blog</a> · <a href="/">Blogs kept by this mirror</a></p></main></body></html>
`.markup
