/**
 * `/api/openapi.json`, the OpenAPI document, and `/api/docs`, which shows the document as a page. The page loads
 * nothing from other hosts.
 *
 * @module
 */
import { Hono } from "hono";
import { html } from "hono/html";
import { api } from "../../../protocol/rest/api.ts";
import type { Contract } from "../../../protocol/rest/contract.ts";
import { VERSION } from "../../../protocol/version.ts";
import type { RequestFacts } from "../../listen/request_facts.ts";
import type { AppEnv } from "../app_env.ts";
import { openApi } from "./openapi.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 24px; }
h1 { font-size: 28px; } h2 { font-size: 20px; text-transform: capitalize; margin-top: 32px; }
details { border: 1px solid light-dark(#ccd3d8, #37424a); border-radius: 6px; margin: 8px 0; }
summary { padding: 8px 12px; cursor: pointer; }
summary:focus-visible { outline: 2px solid light-dark(#0b7a75, #4fd1c5); }
code, pre { font: 14px/1.4 ui-monospace, monospace; }
pre { overflow: auto; margin: 0; padding: 12px; background: light-dark(#f3f6f7, #161c20); }
.method { display: inline-block; min-width: 4rem; font-weight: 600; }
.note { padding: 0 12px; }
`;

type Operation = {
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: unknown }[];
  readonly requestBody?: { content: { "application/json": { schema: unknown } } };
  readonly responses: Record<string, { content: { "application/json": { schema: unknown } } }>;
};

/** The routes of the OpenAPI document and its page, to be mounted at `/api`. */
export function apiDocs(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const document = openApi(api, { version: VERSION });

  app.get("/openapi.json", (c) => c.json({ servers: [{ url: serverOf(c.env) }], ...document }));
  app.get("/docs/style.css", (c) => c.body(STYLE, 200, { "content-type": "text/css" }));
  app.get("/docs", (c) =>
    c.html(html`
      <!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width">
          <title>Farpad API</title>
          <link rel="stylesheet" href="docs/style.css">
        </head>
        <body>
      <h1>Farpad API</h1>
      <p>Sign in with <code>POST /api/auth/login</code> and send the token as
      <code>Authorization: Bearer …</code>. Errors are <code>{ "error": { "code", "message" } }</code>.
      For tools: <a href="openapi.json">OpenAPI 3.1</a>.</p>
      ${Object.entries(api).map(([area, contracts]) => section(area, contracts, document))}
        </body>
      </html>
    `));
  return app;
}

/** The URL that the document's paths are relative to. */
function serverOf(facts: RequestFacts | undefined): string {
  const { origin = "", base = "" } = facts?.publicAddress ?? {};
  return `${origin}${base}` || "/";
}

function section(
  area: string,
  contracts: Readonly<Record<string, Contract>>,
  document: Record<string, unknown>,
) {
  const calls = Object.values(contracts).map((contract) => call(contract, document));
  return html`<h2>${area}</h2>${calls}`;
}

function call({ method, path, summary, access, status = 200 }: Contract, document: unknown) {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> };
  const operation = paths[path.replaceAll(/:([a-z_]+)/g, "{$1}")]![method.toLowerCase()]!;
  const roles = access === "public" ? "everyone" : access.join(", ");
  const parts = [
    ...operation.parameters.map((each) => [`${each.in}: ${each.name}`, each.schema] as const),
    ...(operation.requestBody
      ? [["Body", operation.requestBody.content["application/json"].schema] as const]
      : []),
    [`Answer ${status}`, operation.responses[status]!.content["application/json"].schema] as const,
  ];
  return html`<details><summary><span class="method">${method}</span> <code>${path}</code>
– ${summary}</summary><p class="note">For ${roles}.</p>${
    parts.map(([title, schema]) =>
      html`
        <p class="note">${title}</p>
        <pre>${JSON.stringify(schema, undefined, 2)}</pre>
      `
    )
  }</details>`;
}
