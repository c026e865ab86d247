/**
 * Style and script of the local page.
 *
 * @module
 */

/** The path of {@linkcode REFRESH}. */
export const REFRESH_PATH = "/refresh.js";

/** Replaces the parts that changed every three seconds; a form keeps what was typed. */
export const REFRESH = `
const parts = (of) => [...of.querySelectorAll("[data-live]")];
const names = (of) => parts(of).map((part) => part.dataset.live).join() +
  of.querySelectorAll("main > form").length;
setInterval(async () => {
  try {
    const text = await (await fetch("/", { cache: "no-store" })).text();
    const page = new DOMParser().parseFromString(text, "text/html");
    if (names(page) !== names(document)) {
      // Another form is due. A person who types keeps the one on the screen.
      if (!document.activeElement?.closest("form")) location.replace("/");
      return;
    }
    const fresh = parts(page);
    parts(document).forEach((part, at) => {
      if (part.innerHTML !== fresh[at].innerHTML) part.innerHTML = fresh[at].innerHTML;
    });
    document.body.classList.remove("away");
  } catch {
    document.body.classList.add("away");
  }
}, 3000);
`;

/** The style, light and dark, from a width of 320 pixels on. */
export const STYLE = `
:root{color-scheme:light dark;font:100%/1.4 Inter,system-ui,sans-serif;
--ink:light-dark(#1a2228,#e6ebee);--paper:light-dark(#fafbfb,#12181d);--line:light-dark(#d5dbdf,#2b353c);
--live:light-dark(#0b6b36,#4cc984);--attention:light-dark(#7d5200,#e8b04b);--off:light-dark(#525f67,#9fadb6);
--lost:light-dark(#b3261e,#ff8a80)}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:var(--paper)}
main{max-width:40rem;margin:0 auto;padding:1rem}
h1{font-size:1rem;color:var(--off);margin:0}h2{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.25rem 0;overflow-wrap:anywhere}.soft{color:var(--off)}.fault{color:var(--lost)}
.headline{font-size:1.6rem;line-height:1.15;margin:.5rem 0}
.headline::before{content:"";display:inline-block;width:.8rem;height:.8rem;margin-right:.6rem;background:currentColor}
.live{color:var(--live)}.live::before{border-radius:50%}
.attention{color:var(--attention)}.attention::before{clip-path:polygon(50% 0,100% 100%,0 100%)}
.off{color:var(--off)}
ul{list-style:none;margin:0;padding:0}
li{display:flex;flex-wrap:wrap;gap:0 .75rem;align-items:center;padding:.5rem 0;border-top:1px solid var(--line)}
li .soft{flex-basis:100%;overflow-wrap:anywhere}
.link-name{font-weight:600;overflow-wrap:anywhere}
.signal{display:inline-flex;gap:.4rem;align-items:center;margin-left:auto;font-variant-numeric:tabular-nums}
.signal svg{width:1.4rem;height:1rem;fill:currentColor}.signal .unlit{opacity:.25}
dl{margin:0}dl div{padding:.4rem 0;border-top:1px solid var(--line)}
dt{color:var(--off)}dd{margin:0;overflow-wrap:anywhere}
form{margin:1rem 0;padding:1rem;border:1px solid var(--line);border-radius:.5rem}
form.bare{padding:0;border:0}
label{font-weight:600}
textarea{width:100%;margin:.5rem 0;padding:.5rem;font:inherit;color:inherit;background:transparent;
border:1px solid var(--off);border-radius:.25rem}
button{width:100%;min-height:2.75rem;font:inherit;font-weight:600;color:var(--paper);background:var(--ink);
border:0;border-radius:.25rem}
:focus-visible{outline:3px solid var(--live);outline-offset:2px}
.away [data-live]{opacity:.5}
.away main::before{content:"The box does not answer.";color:var(--lost)}
`;
