"""Script-injection payloads: what has got through escaping somewhere, in every context this workbench writes text in."""

from __future__ import annotations

_CORE = [
    "<script>{x}</script>", "<ScRiPt>{x}</sCrIpT>", "<script src=data:text/javascript,{x}></script>", "</script><script>{x}</script>",
    "<img src=x onerror={x}>", "<img src=x onerror='{x}'>", '"><img src=x onerror={x}>', "'><img src=x onerror={x}>", "`><img src=x onerror={x}>",
    "<svg onload={x}>", "<svg/onload={x}>", "<svg><script>{x}</script></svg>", "<svg><animate onbegin={x} attributeName=x dur=1s>",
    "<svg><set attributeName=onmouseover to={x}>", "<math><mi xlink:href='javascript:{x}'>x</mi></math>", "<body onload={x}>", "<iframe srcdoc='<script>parent.{x}</script>'>",
    "<iframe src=javascript:{x}>", "<object data=javascript:{x}>", "<embed src=javascript:{x}>", "<a href=javascript:{x}>x</a>", "<a href='java\tscript:{x}'>x</a>",
    "<details open ontoggle={x}>", "<video><source onerror={x}></video>", "<audio src=x onerror={x}>", "<input autofocus onfocus={x}>", "<select autofocus onfocus={x}>",
    "<textarea autofocus onfocus={x}>", "<marquee onstart={x}>", "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=javascript:{x}'>",
    "<link rel=stylesheet href=data:,*{{x:expression({x})}}>", "<style>@import 'javascript:{x}';</style>", "<form action=javascript:{x}><button autofocus>x</button></form>",
    "<template><script>{x}</script></template>", "<noscript><p title='</noscript><img src=x onerror={x}>'>", "<xmp><p title='</xmp><img src=x onerror={x}>'>",
    "<title><img src=x onerror={x}></title>", "--><img src=x onerror={x}><!--", "]]><img src=x onerror={x}>", "*/</style><img src=x onerror={x}>",
    "javascript:{x}", "JaVaScRiPt:{x}", "data:text/html,<script>{x}</script>", "vbscript:{x}", "' onmouseover={x} x='", '" onmouseover={x} x="', '" autofocus onfocus={x} x="',
    "' style=animation-name:x onanimationstart={x} x='", "{{{{constructor.constructor('{x}')()}}}}", "${{{x}}}", "#{{{x}}}", "<%= {x} %>", "{{% raw %}}<script>{x}</script>",
    "';{x};//", '";{x};//', "\\';{x};//", "</textarea><script>{x}</script>", "</select><script>{x}</script>", "</option></select><img src=x onerror={x}>",
    "</title><script>{x}</script>", "</svg><script>{x}</script>", "</blockquote><script>{x}</script>", "<x onclick={x} tabindex=1 autofocus onfocus={x}>",
    "&lt;script&gt;{x}&lt;/script&gt;", "&#60;img src=x onerror={x}&#62;", "%3Cscript%3E{x}%3C/script%3E", "\\u003cscript\\u003e{x}\\u003c/script\\u003e", "\\x3cscript\\x3e{x}",
    "+ADw-script+AD4-{x}+ADw-/script+AD4-", "<\x00script>{x}</script>", "<scr\x00ipt>{x}</script>", "＜script＞{x}＜/script＞", "‹script›{x}", "<script\u2028>{x}</script>",
    "\u202e<script>{x}</script>", "\u2066<img src=x onerror={x}>\u2069", "<img\u200b src=x onerror={x}>", "\ufeff<svg onload={x}>",
]  # fmt: skip
_CALLS = ["alert(1)", "window.__hit=1"]
# Every core payload with one call, and the first ones with the other: 120 or more, no two alike.
PAYLOADS = [core.format(x=_CALLS[0]) for core in _CORE] + [core.format(x=_CALLS[1]) for core in _CORE[:44]]
