/**
 * The fields in which a post is written, with preview and images: alike in the form of a member and in the kit. On a telephone
 * title, text and picture come first; what is needed less often lies behind one line.
 */
import { html, type Markup } from '../../mirror/pages/markup.ts'

export function editorFields(): Markup {
  return html`<p class="notice" id="editing" hidden></p>
<label for="title">Title</label><input id="title" maxlength="300" autocomplete="off" dir="auto">
<div class="panes"><div><label for="source">Text</label>
<textarea id="source" aria-describedby="saved" spellcheck="true" dir="auto"></textarea>
<div id="images" aria-live="polite"></div>
<p class="row tight"><label class="button quiet small" for="image-files">Add a picture</label>
<input class="hide" id="image-files" type="file" accept="image/*" multiple> <span class="small soft" id="saved" aria-live="polite"></span></p>
<p class="notice warn" id="limits" role="status"></p></div>
<details id="more-writing"><summary>Preview, formatting, language</summary>
<div class="tools" role="toolbar" aria-label="Formatting" aria-controls="source">
<button type="button" class="quiet" data-mark="bold" title="Bold"><b>B</b><span class="hide">old</span></button>
<button type="button" class="quiet" data-mark="italic" title="Italic"><i>I</i><span class="hide">talic</span></button>
<button type="button" class="quiet" data-mark="link">Link</button><button type="button" class="quiet" data-mark="heading">Heading</button>
<button type="button" class="quiet" data-mark="list">List</button><button type="button" class="quiet" data-mark="quote">Quote</button></div>
<p class="label" id="preview-title">Preview</p>
<article class="prose preview" id="preview" aria-labelledby="preview-title" tabindex="0"></article>
<div class="row"><div><label for="language">Language</label>
<input id="language" maxlength="35" size="12" placeholder="English" autocapitalize="none" spellcheck="false" aria-describedby="language-name">
<span class="small soft" id="language-name"></span></div>
<div><label for="direction">Direction</label><select id="direction"><option value="">as the text begins</option>
<option value="ltr">left to right</option><option value="rtl">right to left</option></select></div></div>
<p class="small soft">Markdown, at most 256 kB. Paste or drop pictures anywhere in the text, at most 20.</p></details></div>`
}
