/**
 * All of Farpad as `npm start` runs it, with its first administrator and the demonstration camera: launched as one
 * process on a free port, with a data folder of its own, every log line kept.
 *
 * @module
 */
import { join } from "node:path";
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { freePort } from "../stack/stack.ts";
import { taskCommand } from "../stack/task.ts";

/** How long each step of the start may take, in milliseconds. */
const LIMIT = 60_000;

export const ADMINISTRATOR = {
  email: "ana@example.org",
  name: "Ana",
  password: "correct horse battery",
} as const;

export interface Installation extends AsyncDisposable {
  readonly url: string;
  /** The launcher; every other process descends from it. */
  readonly pid: number;
  readonly dataFolder: string;
  /** The lines that were printed so far, oldest first. */
  readonly lines: readonly string[];
  /** An access token of the administrator, made new when the last one is about to expire. */
  token(): Promise<string>;
  /** The demonstration camera. */
  camera(): Promise<Sender>;
  /** Starts the camera's stream; waits until it is live. Returns it. */
  startStream(): Promise<Stream>;
}

/** Launches Farpad and waits until the demonstration camera is online. `env` comes on top of the usual settings. */
export async function launch(env: Readonly<Record<string, string>> = {}): Promise<Installation> {
  const port = await freePort();
  const dataFolder = await Deno.makeTempDir({ prefix: "farpad-endurance-" });
  const temporary = join(dataFolder, "tmp");
  await Deno.mkdir(temporary);
  const launcher = new Deno.Command(Deno.execPath(), {
    args: taskCommand("start"),
    env: {
      FARPAD_PORT: String(port),
      FARPAD_DATA: dataFolder,
      FARPAD_ROMS: join(dataFolder, "roms"),
      TMPDIR: temporary,
      ...env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const reading = Promise.all([collect(launcher.stdout, lines), collect(launcher.stderr, lines)]);
  const url = `http://127.0.0.1:${port}`;
  const access = new Access(url);
  const installation: Installation = {
    url,
    pid: launcher.pid,
    dataFolder,
    lines,
    token: () => access.token(),
    async camera() {
      const { items } = value(await call(api.senders.list, {}, await options()));
      const [sender] = items;
      if (!sender) throw new Error("There is no demonstration camera in the list of senders");
      return sender;
    },
    async startStream() {
      const { sender_id: id } = await installation.camera();
      const body = { source: { mode: "test" as const }, encoder: { bitrate_kbps: 1_500 } };
      value(await call(api.senders.start, { params: { id }, body }, await options()));
      return await until("a live stream", async () => {
        const { stream } = await installation.camera();
        if (stream?.state !== "live") return undefined;
        const found = await call(
          api.streams.get,
          { params: { id: stream.stream_id } },
          await options(),
        );
        return value(found).room_id === undefined ? undefined : value(found);
      });
    },
    async [Symbol.asyncDispose]() {
      launcher.kill("SIGTERM");
      await launcher.status;
      await reading;
      await Deno.remove(dataFolder, { recursive: true });
    },
  };
  const options = async () => ({ base: url, token: await access.token() });
  try {
    const token = await until(
      "a setup link",
      () => /\/operator\/setup#token=(\S+)/.exec(lines.join("\n"))?.[1],
    );
    await access.setUp(token);
    await until("a worker", async () => {
      const { workers } = await (await fetch(`${url}/api/workers`)).json();
      return workers.length > 0 ? true : undefined;
    });
    await until("an online camera", async () => (await installation.camera()).online || undefined);
    return installation;
  } catch (cause) {
    await installation[Symbol.asyncDispose]();
    throw new Error(`Farpad did not start. It printed:\n${lines.join("\n")}`, { cause });
  }
}

/** The administrator's access token, which lives ten minutes. */
class Access {
  readonly #url: string;
  #held: { readonly token: string; readonly at: number } | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async setUp(token: string): Promise<void> {
    const body = { ...ADMINISTRATOR, token };
    this.#hold(value(await call(api.auth.setup, { body }, { base: this.#url })).token);
  }

  async token(): Promise<string> {
    if (this.#held && performance.now() - this.#held.at < 5 * 60_000) return this.#held.token;
    const { email, password } = ADMINISTRATOR;
    const body = { email, password };
    this.#hold(value(await call(api.auth.login, { body }, { base: this.#url })).token);
    return this.#held!.token;
  }

  #hold(token: string): void {
    this.#held = { token, at: performance.now() };
  }
}

/** Waits until `read` gives something; a throw counts as nothing. */
export async function until<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  limit = LIMIT,
): Promise<T> {
  const deadline = performance.now() + limit;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const found = await read();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited ${limit / 1000} s for ${what}`, { cause: last });
}

/** The value of a successful call. @throws {Error} with the refusal's sentence. */
export function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}

async function collect(
  pipe: ReadableStream<Uint8Array<ArrayBuffer>>,
  lines: string[],
): Promise<void> {
  let rest = "";
  for await (const text of pipe.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  }
  if (rest) lines.push(rest);
}
