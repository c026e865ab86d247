/**
 * Serves the page for a person at the box, on loopback or on the address that was chosen. It shows the state, takes the
 * enrolment link of a box that is not enrolled, and starts and stops the stream where an operator allowed it.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import { LocalAction } from "../../protocol/legs/agent_leg.ts";
import type { Log } from "../../protocol/log.ts";
import { REFRESH, REFRESH_PATH } from "./assets.ts";
import { type ServedAt, whyRefused } from "./guard.ts";
import { CONTROL_PATH, ENROL_PATH, renderPage } from "./page.ts";
import type { LocalRequests } from "./requests.ts";
import type { PageFacts } from "./words.ts";

/** Longest form that is read, in bytes. */
const MAX_FORM = 8_192;
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** What the page shows and does. */
export interface LocalPageOptions extends ServedAt {
  readonly facts: () => Promise<PageFacts>;
  /** Keeps an enrolment link; the error is a sentence. */
  readonly enrol: (text: string) => Promise<{ error?: string }>;
  /** Asks the coordinator to start or stop the stream. */
  readonly requests: Pick<LocalRequests, "isAllowed" | "ask">;
}

/** The page while it is served. Disposing ends the server. */
export interface LocalPage extends AsyncDisposable {
  readonly port: number;
}

/** Serves the page; `undefined` when the port is taken or the address is not this box's, which is logged. */
export function serveLocalPage(
  { port, log, ...options }: LocalPageOptions & { readonly port: number; readonly log: Log },
): LocalPage | undefined {
  const { address } = options;
  try {
    const server = Deno.serve({
      hostname: address,
      port,
      onListen: () => {},
      onError(error) {
        log.error("local page failed", { error });
        return plain(500, "The page could not be made. The log of the agent says why");
      },
    }, (request) => answer(request, options));
    return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
  } catch (error) {
    log.warn("no local page", { address, port, error: errorText(error) });
    return undefined;
  }
}

/** Answers one request. */
export async function answer(request: Request, options: LocalPageOptions): Promise<Response> {
  const refusal = whyRefused(request, options);
  if (refusal !== undefined) return plain(403, refusal);
  const { pathname } = new URL(request.url);
  if (request.method === "POST") {
    if (pathname === ENROL_PATH) return await enrol(request, options);
    if (pathname === CONTROL_PATH) return await control(request, options);
    return plain(404, "No such form");
  }
  if (pathname === REFRESH_PATH) {
    const type = "text/javascript; charset=utf-8";
    return new Response(REFRESH, { headers: { ...HEADERS, "content-type": type } });
  }
  if (pathname !== "/") return plain(404, "There is only one page, at /");
  return html(200, renderPage(await options.facts()));
}

async function enrol(request: Request, { facts, enrol }: LocalPageOptions): Promise<Response> {
  const before = await facts();
  if (before.senderId !== undefined) {
    const why = "This box is enrolled. To enrol it anew, use farpad-agent enrol on the box";
    return plain(409, why);
  }
  const form = await readForm(request);
  if (form === undefined) return plain(413, "The form is too long");
  const { error } = await enrol(form.get("link") ?? "");
  if (error !== undefined) return html(400, renderPage(before, error));
  return new Response(null, { status: 303, headers: { ...HEADERS, location: "/" } });
}

async function control(request: Request, { requests }: LocalPageOptions): Promise<Response> {
  const action = LocalAction.safeParse((await readForm(request))?.get("action"));
  if (!action.success) return plain(400, "The form asks for neither start nor stop");
  if (!requests.isAllowed) {
    return plain(403, "No operator allowed start and stop at this box, or it is offline");
  }
  requests.ask(action.data);
  return new Response(null, { status: 303, headers: { ...HEADERS, location: "/" } });
}

/** The fields of a form; `undefined` when it is too long. */
async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_FORM) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return new URLSearchParams(text);
}

function html(status: number, text: string): Response {
  const type = "text/html; charset=utf-8";
  return new Response(text, { status, headers: { ...HEADERS, "content-type": type } });
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: HEADERS });
}
