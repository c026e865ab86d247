/**
 * The service worker of the pages. It keeps nothing: every page and file comes from the server, also after an update.
 * When the server cannot be reached, it answers for a page with one that says so and asks again. It answers for nothing
 * but pages, so it is not on the way of REST, sockets, signalling and media. The browser loads it as it is.
 */

/** The paths of pages below the base path, as the coordinator serves them. */
const PAGE = /^(play\/.*|room\/.*|check|operator(\/.*)?)?$/;

/** Whether a path is one of a page; `scope` is the base path with a slash at its end. */
function isPage(pathname, scope) {
  return pathname.startsWith(scope) && PAGE.test(pathname.slice(scope.length));
}

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;min-height:100dvh;display:grid;place-items:center;font:400 1rem/1.4 system-ui,sans-serif;
background:light-dark(#f6f7f9,#0b0f14);color:light-dark(#11181f,#e9eef3)}
main{box-sizing:border-box;max-width:30rem;padding:1.5rem}
h1{font-size:1.75rem;line-height:1.15;margin:0 0 .75rem}
p{margin:0 0 1.5rem;color:light-dark(#4a5663,#a3b0bd)}
a{display:inline-block;min-height:2.75rem;padding:0 1.5rem;border-radius:.375rem;font-weight:540;line-height:2.75rem;
text-decoration:none;background:light-dark(#0a756f,#2dd4bf);color:light-dark(#fff,#04211e)}
a:focus-visible{outline:2px solid currentColor;outline-offset:2px}`;

/** Loads the page again once the server answers. */
const SCRIPT = `
async function ask(){
  try{if((await fetch(location.href,{method:"HEAD",cache:"no-store"})).status<500)location.reload()}catch{}
}
addEventListener("online",ask);
setInterval(ask,5000)`;

const OFFLINE = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>No connection · Farpad</title><style>${STYLE}</style></head>
<body><main><h1>No connection to Farpad</h1>
<p>The server does not answer, or this device has no network. This page asks again every 5 s and opens by itself.</p>
<a href="">Try again</a></main><script>${SCRIPT}</script></body></html>`;

/** The source of a text in a content security policy. */
async function sourceOf(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

async function offlinePage() {
  const policy = [
    "default-src 'none'",
    `style-src ${await sourceOf(STYLE)}`,
    `script-src ${await sourceOf(SCRIPT)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(OFFLINE, {
    status: 503,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}

async function fromServer(event) {
  try {
    return await event.preloadResponse ?? await fetch(event.request);
  } catch {
    return await offlinePage();
  }
}

self.addEventListener("install", (event) => {
  // A newer script takes the place of this one at once, not when all pages are closed.
  self.skipWaiting();
  // Where the browser can, it asks this script about pages alone; an older browser asks about everything.
  const routed = event.addRoutes?.({
    condition: { not: { requestMode: "navigate" } },
    source: "network",
  });
  event.waitUntil(Promise.resolve(routed).catch(() => {}));
});

self.addEventListener("activate", (event) => {
  // The browser asks the server for a page while it starts this script.
  const preload = self.registration.navigationPreload?.enable();
  event.waitUntil(Promise.all([preload, self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode !== "navigate" || request.method !== "GET") return;
  const scope = new URL(self.registration.scope).pathname;
  if (isPage(new URL(request.url).pathname, scope)) event.respondWith(fromServer(event));
});
