/**
 * The network between the dashboard and the coordinator. It records the page's calls and fails where a test sets it:
 * with a lost connection, a lost snapshot or the answer of a broken installation, which a healthy coordinator never
 * causes.
 *
 * @module
 */
import { refuse } from "../../../protocol/envelope.ts";
import type { Page, Request, Route, WebSocketRoute } from "playwright-core";

/** One REST call of the page. */
export interface Call {
  /** `POST /api/senders` */
  readonly name: string;
  readonly body: unknown;
}

export class PageNetwork {
  /** REST calls, oldest first. */
  readonly calls: Call[] = [];
  /** Topics whose snapshots are lost. */
  readonly silent = new Set<string>();
  /** Whether new live connections are made. */
  reachable = true;
  readonly #refusals = new Map<string, { readonly status: number; readonly message: string }>();
  readonly #open = new Set<WebSocketRoute>();

  async attach(page: Page): Promise<void> {
    await page.route(/\/api\//, (route, request) => this.#answer(route, request));
    await page.routeWebSocket(/\/api\/ws$/, (socket) => this.#connect(socket));
  }

  /** Answers a call with a refusal, until `mend`. `name`: method and path. */
  refuse(name: string, status: number, message: string): void {
    this.#refusals.set(name, { status, message });
  }

  mend(): void {
    this.#refusals.clear();
  }

  /** Breaks the live connections; new ones are made if `reachable`. */
  cut(): void {
    for (const socket of this.#open) void socket.close({ code: 4000 });
    this.#open.clear();
  }

  /** The body of the newest call of this name. */
  lastBody(name: string): unknown {
    return this.calls.findLast((call) => call.name === name)?.body;
  }

  async #answer(route: Route, request: Request): Promise<void> {
    const name = `${request.method()} ${new URL(request.url()).pathname}`;
    this.calls.push({ name, body: request.postData() ? request.postDataJSON() : undefined });
    const refusal = this.#refusals.get(name);
    if (!refusal) return await route.continue();
    const { status, message } = refusal;
    await route.fulfill({ status, json: refuse("conflict", message) });
  }

  #connect(page: WebSocketRoute): void {
    if (!this.reachable) return void page.close({ code: 4000 });
    this.#open.add(page);
    const coordinator = page.connectToServer();
    coordinator.onMessage((text) => {
      const { type, payload } = JSON.parse(String(text));
      if (type !== "snapshot" || !this.silent.has(payload.topic)) page.send(text);
    });
  }
}
