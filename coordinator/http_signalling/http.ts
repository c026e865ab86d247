/**
 * What WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) have in common on HTTP: media types, preconditions, Link headers,
 * and the status of each refusal.
 *
 * @module
 */
import type { Context } from "hono";
import { type Refusal, refuse } from "../../protocol/envelope.ts";
import type { IceServer } from "../../protocol/legs/webrtc.ts";
import type { RefusalCode } from "../../protocol/legs/refusals.ts";
import { type Fragment, FRAGMENT_TYPE, readFragment } from "../../protocol/sdp/fragment.ts";
import { type Offered, type Purpose, readOffer } from "../../protocol/sdp/offer.ts";
import { MAX_LENGTH } from "../../protocol/sdp/sections.ts";
import { checkOrigin, type OriginRules } from "../listen/origin_check.ts";
import type { AppEnv } from "../routes/app_env.ts";

/** The media type of offers and answers. */
export const SDP_TYPE = "application/sdp";
/** When a program may try again, in seconds. */
const RETRY_AFTER = 5;

/** Statuses of refusals; a code that is not here is 503. */
const STATUS: Partial<Record<RefusalCode, number>> = {
  bad_request: 400,
  unauthenticated: 401,
  access: 401,
  forbidden: 403,
  "room.forbidden": 403,
  origin: 403,
  host: 403,
  not_found: 404,
  "room.unknown": 404,
  "session.none": 404,
  conflict: 409,
  sender_busy: 409,
  too_large: 413,
  "webrtc.refused": 422,
  too_many: 429,
  internal: 500,
  worker_refused: 503,
};

/** A refusal, and its status where the code alone does not name it. */
export type HttpRefusal = Refusal & { readonly status?: number };

/** Answers with a refusal as JSON. */
export function turnAway(c: Context, { code, message, status }: HttpRefusal): Response {
  const answered = status ?? STATUS[code] ?? 503;
  if (answered === 401) c.header("www-authenticate", "Bearer");
  if ([409, 429, 503].includes(answered)) c.header("retry-after", String(RETRY_AFTER));
  if (answered === 415) {
    c.header(c.req.method === "PATCH" ? "accept-patch" : "accept-post", wantedType(c));
  }
  return c.json(refuse(code, message), answered as 400);
}

function wantedType(c: Context): string {
  return c.req.method === "PATCH" ? FRAGMENT_TYPE : SDP_TYPE;
}

/** The body of a POST: an offer for this purpose, and its text. */
export async function offerOf(
  c: Context,
  purpose: Purpose,
): Promise<{ readonly text: string; readonly offer: Offered } | HttpRefusal> {
  const accepts = c.req.header("accept");
  if (accepts !== undefined && !/(^|[\s,])(application\/(sdp|\*)|\*\/\*)/i.test(accepts)) {
    const message = `Cannot answer with ${accepts.slice(0, 80)}: the answer is ${SDP_TYPE}`;
    return { code: "bad_request", status: 406, message };
  }
  const text = await bodyOf(c);
  if (typeof text !== "string") return text;
  const offer = readOffer(text, purpose);
  if (!("fault" in offer)) return { text, offer };
  return offer.fault === "malformed"
    ? { code: "bad_request", message: offer.error }
    : { code: "webrtc.refused", message: offer.error };
}

/** The body of a PATCH: a fragment, whose precondition is checked against the resource. */
export async function fragmentOf(
  c: Context,
  { etag, ufrag }: { readonly etag: string; readonly ufrag: string },
): Promise<Fragment | HttpRefusal> {
  const text = await bodyOf(c);
  if (typeof text !== "string") return text;
  const condition = c.req.header("if-match");
  if (condition === undefined) {
    const message = "Cannot change this session without If-Match: send its ETag";
    return { code: "bad_request", status: 428, message };
  }
  const fragment = readFragment(text);
  if ("error" in fragment) return { code: "bad_request", message: fragment.error };
  const isRestart = fragment.ice.ufrag !== ufrag;
  const isCurrent = condition.split(",").some((each) => each.trim() === etag);
  if (condition.trim() !== "*" && (!isCurrent || isRestart)) {
    const message = "Cannot take these candidates: they belong to another ICE generation";
    return { code: "bad_request", status: 412, message };
  }
  if (isRestart) {
    const message = "Cannot restart ICE: this service does not support it. Send a new offer";
    return { code: "webrtc.refused", message };
  }
  return fragment;
}

/** Adds a Link header for each ICE server (RFC 9725 §4.6). */
export function linkIceServers(c: Context, servers: readonly IceServer[]): void {
  for (const { urls, username, credential } of servers) {
    for (const url of urls) {
      const login = username === undefined || credential === undefined ? "" : (
        `; username="${quoted(username)}"; credential="${quoted(credential)}"; ` +
        `credential-type="password"`
      );
      c.header("link", `<${url}>; rel="ice-server"${login}`, { append: true });
    }
  }
}

/**
 * Refuses pages of other sites, and lets those of listed origins read the answer. The body and the headers of
 * programs that are no browsers are not affected.
 */
export function foreignPage(c: Context<AppEnv>, rules: OriginRules): HttpRefusal | undefined {
  const origin = c.req.header("origin") ?? null;
  const foreign = checkOrigin({ origin, host: c.env.host }, rules);
  if (foreign) return foreign;
  if (origin !== null) {
    c.header("access-control-allow-origin", origin);
    c.header("vary", "origin");
    c.header("access-control-expose-headers", "location, etag, link, accept-patch, retry-after");
  }
  return undefined;
}

/** Answers a preflight request, or the question which methods an address has. */
export function answerOptions(c: Context, methods: string): Response {
  c.header("allow", methods);
  c.header("access-control-allow-methods", methods);
  c.header("access-control-allow-headers", "authorization, content-type, if-match");
  c.header("access-control-max-age", "600");
  if (methods.includes("POST")) c.header("accept-post", SDP_TYPE);
  if (methods.includes("PATCH")) c.header("accept-patch", FRAGMENT_TYPE);
  return c.body(null, 204);
}

async function bodyOf(c: Context): Promise<string | HttpRefusal> {
  const type = wantedType(c);
  const [given = ""] = (c.req.header("content-type") ?? "").split(";");
  if (given.trim().toLowerCase() !== type) {
    return {
      code: "bad_request",
      status: 415,
      message: `Cannot read the body: it must be ${type}`,
    };
  }
  const text = await c.req.text();
  if (text.length <= MAX_LENGTH) return text;
  return { code: "too_large", message: `Cannot read more than ${MAX_LENGTH} characters` };
}

function quoted(text: string): string {
  return text.replace(/[\\"]/g, "\\$&");
}
