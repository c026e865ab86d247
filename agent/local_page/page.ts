/**
 * The local page as HTML. Every text of the device and of people is escaped. Without scripts it works as well and shows
 * the moment at which it was opened.
 *
 * @module
 */
import { REFRESH_PATH, STYLE } from "./assets.ts";
import {
  clockWords,
  headlineOf,
  offlineWords,
  type PageFacts,
  signalOf,
  streamWords,
} from "./words.ts";

/** The path that the enrolment form is sent to. */
export const ENROL_PATH = "/enrol";

/** The path that a start or stop is sent to. */
export const CONTROL_PATH = "/stream";

/** The page of the box. `fault`: why the form was refused. */
export function renderPage(facts: PageFacts, fault?: string): string {
  const { tone, text } = headlineOf(facts);
  const { stream, interfaces, senderId, login } = facts;
  const asksForLink = senderId === undefined && login.state !== "online";
  return frame(
    `<div data-live="state"><p class="headline ${tone}" role="status">${escape(text)}</p>${
      paragraphs(offlineWords(facts))
    }</div>
${asksForLink ? enrolForm(fault) : ""}
<section aria-labelledby="stream"><h2 id="stream">Stream</h2><div data-live="stream">${
      paragraphs(streamWords(stream))
    }</div><div data-live="control">${controlForm(facts)}</div></section>
<section aria-labelledby="links"><h2 id="links">Networks</h2><ul data-live="links">${
      interfaces.map(linkItem).join("") || "<li>The box has no network.</li>"
    }</ul></section>
<section aria-labelledby="box"><h2 id="box">Box</h2><dl data-live="box">${
      factRows(facts)
    }</dl></section>`,
  );
}

function paragraphs(sentences: readonly string[]): string {
  return sentences.map((words) => `<p>${escape(words)}</p>`).join("");
}

function factRows(facts: PageFacts): string {
  const { login, senderId, coordinator, update, version, hostname } = facts;
  const rows: [string, string | undefined][] = [
    ["Sender", login.state === "online" ? `${login.config.name} (${login.senderId})` : senderId],
    ["Coordinator", coordinator ?? "not set"],
    ["Clock", clockWords(login)],
    [
      "Update",
      update ? `${update.state} ${update.version ?? ""} ${update.detail ?? ""}` : undefined,
    ],
    ["Agent", `${version} on ${hostname}`],
  ];
  return rows.flatMap(([name, value]) =>
    value ? [`<div><dt>${name}</dt><dd>${escape(value.trim())}</dd></div>`] : []
  ).join("");
}

function linkItem(link: PageFacts["interfaces"][number]): string {
  const { name, type, state, ip, carrier, technology } = link;
  const signal = signalOf(link);
  const about = [[carrier, technology].filter(Boolean).join(" ") || type, state, ip];
  return `<li><span class="link-name">${escape(name)}</span>${
    signal ? signalBars(signal.bars, signal.figure) : ""
  }<span class="soft">${escape(about.filter(Boolean).join(" · "))}</span></li>`;
}

function signalBars(bars: number, figure: string): string {
  const each = [0, 1, 2, 3].map((step) =>
    `<rect x="${step * 6}" y="${12 - step * 4}" width="4" height="${4 + step * 4}"${
      step < bars ? "" : ' class="unlit"'
    }/>`
  );
  return `<span class="signal"><svg viewBox="0 0 22 16" role="img" aria-label="Signal: ${bars} of 4 bars">${
    each.join("")
  }</svg>${escape(figure)}</span>`;
}

/** The button that starts or stops the stream, where an operator allowed it. */
function controlForm({ request, stream }: PageFacts): string {
  if (!request) return "";
  if (request.state === "asked") {
    return `<p role="status">Asking the coordinator to ${request.action} the stream…</p>`;
  }
  const [action, word] = stream.state === "idle"
    ? ["start", "Start the stream"]
    : ["stop", "Stop the stream"];
  const fault = request.state === "refused"
    ? `<p class="fault" role="alert">${escape(request.message)}</p>`
    : "";
  return `${fault}<form class="bare" method="post" action="${CONTROL_PATH}"><button name="action" value="${action}">${word}</button></form>`;
}

function enrolForm(fault: string | undefined): string {
  const described = fault === undefined ? "enrol-hint" : "enrol-hint enrol-fault";
  return `<form method="post" action="${ENROL_PATH}"><label for="link">Enrolment link</label>
<p class="soft" id="enrol-hint">In the dashboard choose Senders, New sender. Scan its QR code with a telephone, copy the text, and paste it here.</p>
<textarea id="link" name="link" rows="4" required maxlength="2048" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="${described}"${
    fault === undefined ? "" : ' aria-invalid="true"'
  }></textarea>${
    fault === undefined ? "" : `<p class="fault" id="enrol-fault" role="alert">${escape(fault)}</p>`
  }
<button>Enrol this box</button></form>`;
}

function frame(content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Farpad box</title><style>${STYLE}</style><script src="${REFRESH_PATH}" defer></script></head>
<body><main><h1>farpad box</h1>
${content}</main></body></html>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
