/** The text, its images and the preview. Says at every change what the draft is now. */

import { postMarkup } from '../../../mirror/pages/post-markup.ts'
import type { Attachment, Hash } from '../../../protocol/objects.ts'
import { canonicalLanguage } from '../language-name.ts'
import { markdownToHtml } from '../markdown.ts'
import { draftProblem, languageProblem } from '../post-assembler.ts'
import { keepImage, keptImage } from './draft-keeper.ts'
import { type Image, takeImage } from './image-intake.ts'
import { make, part, say } from './page-parts.ts'

export type Text = {
  readonly title: string
  readonly source: string
  readonly attachments: readonly Attachment[]
  /** A tag like "pt-BR". Absent: the blog's own. */
  readonly language?: string
  readonly direction?: 'ltr' | 'rtl'
}
export const emptyText: Text = { title: '', source: '', attachments: [] }

export type FetchImage = (blob: Hash) => Promise<Uint8Array | null>

/** A pause in typing after which the preview is drawn and the draft kept. */
const pauseMs = 150

export class Editor {
  readonly #title = part<HTMLInputElement>('title')
  readonly #source = part<HTMLTextAreaElement>('source')
  readonly #language = part<HTMLInputElement>('language')
  readonly #direction = part<HTMLSelectElement>('direction')
  readonly #preview = part('preview')
  readonly #images = part('images')
  readonly #changed: (text: Text) => void
  readonly #fetchImage: FetchImage | null
  #attachments: Attachment[] = []
  readonly #urls = new Map<Hash, string>()
  #base = ''
  #blogLanguage = ''
  #pause = 0

  /** `fetchImage` gets what this device does not have; without it the page's own member shows it. */
  constructor(changed: (text: Text) => void, fetchImage: FetchImage | null = null) {
    this.#changed = changed
    this.#fetchImage = fetchImage
    for (const field of [this.#title, this.#source, this.#language, this.#direction])
      field.addEventListener('input', () => this.#later())
    this.#source.addEventListener('paste', (event) => this.#pasted(event))
    this.#source.addEventListener('dragover', (event) => {
      event.preventDefault()
      this.#source.classList.add('over')
    })
    this.#source.addEventListener('dragleave', () => this.#source.classList.remove('over'))
    this.#source.addEventListener('drop', (event) => this.#dropped(event))
    const files = part<HTMLInputElement>('image-files')
    files.addEventListener('change', () => {
      void this.add([...(files.files ?? [])]).then(() => {
        files.value = ''
      })
    })
    addEventListener('pagehide', () => {
      if (this.#pause !== 0) this.#changed(this.text) // closed in the middle of a word
    })
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-mark]'))
      button.addEventListener('click', () => this.#mark(button.dataset.mark!))
  }

  get text(): Text {
    const direction = this.#direction.value
    return {
      title: this.#title.value,
      source: this.#source.value,
      attachments: this.#attachments,
      language: this.#language.value.trim(),
      ...(direction === 'ltr' || direction === 'rtl' ? { direction } : {}),
    }
  }

  /** Whose draft it is: the blog's address for links like `/about`, and its language. */
  writeFor(address: string, language: string | null): void {
    this.#base = address
    this.#blogLanguage = language ?? ''
  }

  /** Shows another draft. Images that this device does not have are fetched from the member for the preview. */
  async show(text: Text): Promise<void> {
    clearTimeout(this.#pause)
    this.#pause = 0
    this.#language.value = text.language ?? this.#blogLanguage
    this.#direction.value = text.direction ?? ''
    this.#title.value = text.title
    this.#source.value = text.source
    this.#attachments = [...text.attachments]
    for (const { blob, type } of this.#attachments) {
      const bytes = (await keptImage(blob)) ?? (await this.#fetchImage?.(blob)) ?? null
      this.#urls.set(blob, bytes === null ? `/dgos/v1/blobs/${blob}` : urlOf(bytes, type))
    }
    this.#drawImages()
    this.#draw()
  }

  async add(files: readonly File[]): Promise<void> {
    for (const file of files) {
      const image = await takeImage(
        file,
        this.#attachments.map((attachment) => attachment.name),
      )
      if (image === null) say(part('answer'), 'alarm', `"${file.name}" is not an image that this browser can read.`)
      else await this.#take(image)
    }
  }

  focus(): void {
    this.#title.focus()
  }

  async #take({ file, bytes }: Image): Promise<void> {
    await keepImage(file.blob, bytes)
    if (!this.#attachments.some((attachment) => attachment.blob === file.blob)) {
      this.#urls.set(file.blob, urlOf(bytes, file.type))
      this.#attachments.push(file)
      this.#drawImages()
    }
    this.#insert(`![](${this.#attachments.find((attachment) => attachment.blob === file.blob)!.name})`)
  }

  #pasted(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    void this.add(files)
  }

  #dropped(event: DragEvent): void {
    this.#source.classList.remove('over')
    const files = [...(event.dataTransfer?.files ?? [])].filter((file) => file.type.startsWith('image/'))
    if (files.length === 0) return
    event.preventDefault()
    event.stopPropagation()
    void this.add(files)
  }

  /** Through the editing command where there is one, so that undo takes it back. */
  #insert(inserted: string): void {
    const area = this.#source
    area.focus()
    const before = area.value.slice(0, area.selectionStart)
    const text = before === '' || before.endsWith('\n\n') ? `${inserted}\n\n` : `\n\n${inserted}\n\n`
    if (!document.execCommand('insertText', false, text)) {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end')
    }
    this.#later()
  }

  #mark(mark: string): void {
    const area = this.#source
    const chosen = area.value.slice(area.selectionStart, area.selectionEnd)
    const lines = (lead: string) => (chosen === '' ? `${lead}text` : chosen.replace(/^/gm, lead))
    const texts: Readonly<Record<string, string>> = {
      bold: `**${chosen || 'bold'}**`,
      italic: `*${chosen || 'italic'}*`,
      link: `[${chosen || 'text'}](https://)`,
      heading: lines('# '),
      list: lines('- '),
      quote: lines('> '),
    }
    area.focus()
    if (!document.execCommand('insertText', false, texts[mark]!)) area.setRangeText(texts[mark]!)
    this.#later()
  }

  #later(): void {
    clearTimeout(this.#pause)
    this.#pause = window.setTimeout(() => {
      this.#pause = 0
      this.#draw()
      this.#changed(this.text)
    }, pauseMs)
  }

  #draw(): void {
    const { title, source } = this.text
    const html = markdownToHtml(source, { attachments: this.#attachments, base: this.#base })
    const shown = document.createElement('template') // loads nothing until it is put into the page
    shown.innerHTML = postMarkup(html, this.#attachments, { base: '', idPrefix: 'preview-' }).markup
    for (const image of shown.content.querySelectorAll('img')) {
      const blob = image.getAttribute('src')!.slice('blob/'.length)
      image.src = this.#urls.get(blob) ?? ''
    }
    const heading = title.trim() === '' ? [] : [make('h1', {}, title)]
    this.#preview.replaceChildren(...heading, shown.content)
    this.#showLimits(html)
  }

  /** What would be refused is said while there is time to change it. */
  #showLimits(html: string): void {
    const { title, source, attachments, language = '', direction = 'auto' } = this.text
    const written = title.trim() !== '' || source.trim() !== ''
    const problem = written ? draftProblem({ title, source, attachments }, html) : null
    const code = canonicalLanguage(language, navigator.language)
    part('limits').textContent = problem ?? (code === null ? languageProblem : '')
    part('language-name').textContent = code === null || code === '' ? '' : nameOf(code)
    for (const place of [this.#title, this.#source, this.#preview]) {
      place.lang = code ?? ''
      place.dir = direction
    }
  }

  #drawImages(): void {
    this.#images.replaceChildren(...this.#attachments.map((file, i) => this.#imageRow(file, i)))
  }

  #imageRow(file: Attachment, i: number): HTMLElement {
    const alt = make('input', { id: `alt-${i}`, maxlength: '300', value: file.alt }) as HTMLInputElement
    alt.addEventListener('input', () => {
      this.#attachments[i] = { ...this.#attachments[i]!, alt: alt.value }
      this.#later()
    })
    const remove = () => {
      this.#attachments = this.#attachments.filter((attachment) => attachment.blob !== file.blob)
      this.#source.value = withoutImage(this.#source.value, [file.name, `blob:${file.blob}`])
      this.#drawImages()
      this.#later()
    }
    return make(
      'div',
      { class: 'image' },
      make('img', { src: this.#urls.get(file.blob) ?? '', alt: '' }),
      make(
        'div',
        {},
        make('label', { for: alt.id }, 'What the image shows'),
        alt,
        make('p', { class: 'small soft' }, `${file.name}, ${Math.ceil(file.bytes / 1024)} kB`),
      ),
      make(
        'button',
        { type: 'button', class: 'quiet small', 'aria-label': `Remove ${file.name}`, click: remove },
        'Remove',
      ),
    )
  }
}

function urlOf(bytes: Uint8Array, type: string): string {
  return URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }))
}

/** "Portuguese (Brazil)", in the words of this page. */
function nameOf(language: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(language) ?? language
  } catch {
    return language // a tag that posts may carry and no browser knows
  }
}

/** The text without the mentions of an image, `![…](name)`, and the blank lines around each. */
function withoutImage(source: string, names: readonly string[]): string {
  const kept: string[] = []
  let at = 0
  for (const { 0: mention, 1: name, index } of source.matchAll(/!\[[^[\]]*\]\(([^()]*)\)/g)) {
    if (!names.includes(name!)) continue
    kept.push(source.slice(at, index).trimEnd())
    at = index + mention.length
  }
  return kept.length === 0 ? source : [...kept, source.slice(at).trimStart()].join('\n\n')
}
