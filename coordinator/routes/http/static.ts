/**
 * Serves the web client: its pages, and the files whose names contain a hash of their content.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import type { AppEnv } from "../app_env.ts";
import { PlacedPages } from "./page_place.ts";
import { WebFolder } from "./web_folder.ts";

/** Paths of the two pages; each page reads the rest of the path itself. */
const PLAYER = /^\/(play\/.*|room\/.*|check)?$/;
const OPERATOR = /^\/operator(\/.*)?$/;
/** Files whose names contain a hash of their content. */
const HASHED = /^\/assets\//;

/**
 * The routes of the web client, to be mounted at `/`. `folder` contains the built client; `publicUrl` is
 * `FARPAD_PUBLIC_URL`, which pages use in links for people on other machines.
 */
export function staticRoutes(folder: string, publicUrl?: string): Hono<AppEnv> {
  const files = new WebFolder(folder);
  const pages = new PlacedPages();
  const app = new Hono<AppEnv>();
  app.get("*", async (c) => {
    const path = decode(c.req.path);
    const page = pageOf(path);
    const found = path === undefined ? undefined : await files.find(page ?? path);
    if (!found) return page ? notBuilt(c) : notFound(c);
    const file = page ? pages.at(found, { base: baseOf(c), publicUrl }) : found;
    c.header("etag", file.etag);
    c.header("vary", "accept-encoding");
    c.header("cache-control", HASHED.test(c.req.path) ? IMMUTABLE : "no-cache");
    if (c.req.header("if-none-match")?.includes(file.etag)) return c.body(null, 304);
    const gzip = c.req.header("accept-encoding")?.includes("gzip") ? file.gzip : undefined;
    if (gzip) c.header("content-encoding", "gzip");
    const body = gzip ?? file.body;
    c.header("content-type", file.type);
    c.header("content-length", String(body.length));
    return c.body(body);
  });
  return app;
}

/** The path below which the coordinator is served; empty for the root. */
function baseOf(c: Context<AppEnv>): string {
  return c.env?.publicAddress?.base ?? "";
}

const IMMUTABLE = "public, max-age=31536000, immutable";

function pageOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (PLAYER.test(path)) return "/index.html";
  return OPERATOR.test(path) ? "/operator.html" : undefined;
}

/** The path with its percent-encoding decoded; `undefined` when the encoding is malformed. */
function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function notFound(c: Context<AppEnv>): Response {
  return c.html(
    sentencePage("Page not found", "There is no such page. Check its address.", baseOf(c)),
    404,
  );
}

function notBuilt(c: Context<AppEnv>): Response {
  const how = "The pages are not built yet. Run <code>npm start</code>, which builds them, or " +
    "<code>deno task build</code>, and load this page again.";
  c.header("cache-control", "no-store");
  return c.html(sentencePage("Farpad is running", how, baseOf(c)), 503);
}

function sentencePage(title: string, sentence: string, base: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title} · Farpad</title><h1>${title}</h1><p>${sentence}</p><p><a href="${base}/">To the library</a></p></html>
`;
}
