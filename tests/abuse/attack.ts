/**
 * The frame of the attacks in this folder. Each file `*_attacks.ts` exports a list `attacks`; the gate runs them for a
 * short time (`abuse_test.ts`), `npm run bench -- abuse` for long.
 *
 * @module
 */
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import type { Installation } from "../support/endurance/installation.ts";

/** The installation that is attacked. People on 127.0.0.1 use it meanwhile. */
export interface Target extends Installation {
  /** The credential of its worker. */
  readonly workerCredential: string;
  /** How long an attack with no end of its own goes on, in milliseconds. */
  readonly duration: number;
}

/** The result of an attack. */
export interface Outcome {
  /** How many times the attacker tried. */
  readonly attempts: number;
  /** How many attempts reached their goal; 0: the attack failed. */
  readonly gotThrough: number;
}

/** One attack. */
export interface Attack {
  /** What the attacker does, as a sentence without a subject. */
  readonly name: string;
  /** It only waits for a limit of time: all such attacks run at once, before the others. */
  readonly patient?: boolean;
  run(target: Target): Promise<Outcome>;
}

/** All attacks of this folder, sorted by file. */
export async function allAttacks(): Promise<Attack[]> {
  const folder = new URL("./", import.meta.url);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith("_attacks.ts")).sort();
  const modules: { attacks: readonly Attack[] }[] = await Promise.all(
    files.map((name) => import(new URL(name, folder).href)),
  );
  return modules.flatMap(({ attacks }) => attacks);
}

/** Counts the results of an attempt that is repeated, one after another, until the time is over. */
export async function repeat(
  { duration }: Target,
  attempt: (n: number) => Promise<boolean>,
): Promise<Outcome> {
  const end = performance.now() + duration;
  let [attempts, gotThrough] = [0, 0];
  while (performance.now() < end) {
    if (await attempt(attempts++)) gotThrough += 1;
  }
  return { attempts, gotThrough };
}

/** An attacker's TCP connection. */
export class Raw {
  readonly socket: Socket;
  /** What came, as text. */
  received = "";
  readonly opened: Promise<void>;
  /** Resolves when the coordinator has ended the connection. */
  readonly closed: Promise<void>;
  isClosed = false;

  /** `from`: an address of this machine, such as `127.0.0.66`. */
  constructor({ url }: Pick<Target, "url">, from: string) {
    const { hostname, port } = new URL(url);
    const opened = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    this.opened = opened.promise;
    this.closed = closed.promise;
    this.socket = connect({
      host: hostname,
      port: Number(port),
      localAddress: from,
      allowHalfOpen: true,
    });
    this.socket.on("connect", () => opened.resolve());
    this.socket.on("data", (data) => this.received += data.toString("latin1"));
    this.socket.on("error", () => {});
    // A half-closed end counts: the coordinator sends nothing more.
    for (const event of ["end", "close"]) {
      this.socket.on(event, () => {
        this.isClosed = true;
        opened.resolve();
        closed.resolve();
      });
    }
  }

  send(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Whether the coordinator ends the connection within so many milliseconds. */
  endsWithin(ms: number): Promise<boolean> {
    return Promise.race([this.closed.then(() => true), pause(ms).then(() => this.isClosed)]);
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

/** What a request was answered. */
export interface Answer {
  /** 0: the connection ended without an answer. */
  readonly status: number;
  readonly cookies: readonly string[];
}

/** Sends a request from an address of this machine, such as `127.0.0.66`. */
export function ask(
  { url }: Pick<Target, "url">,
  path: string,
  { from, method = "GET", headers = {}, body, signal }: {
    from: string;
    method?: string;
    headers?: Readonly<Record<string, string>>;
    body?: string;
    signal?: AbortSignal | undefined;
  },
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = {
      method,
      headers,
      localAddress: from,
      agent: false,
      ...(signal && { signal }),
    };
    const sent = request(`${url}${path}`, options, (response) => {
      response.resume();
      const cookies = (response.headers["set-cookie"] ?? []).map((text) => text.split(";")[0]!);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, cookies }));
    });
    sent.on("error", () => resolve({ status: 0, cookies: [] }));
    sent.end(body);
  });
}

/** A request for a WebSocket. */
export function upgradeRequest({ url }: Pick<Target, "url">, path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "",
    "",
  ].join("\r\n");
}

/** Whether a person on 127.0.0.1 gets an answer within five seconds. */
export async function answers({ url }: Pick<Target, "url">): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
