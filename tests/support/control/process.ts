/**
 * The real coordinator as a process. Its data folder stays after the process ends.
 *
 * @module
 */
import { coordinatorChild, launchSettings } from "../../../tools/start/children.ts";
import { freePort } from "../stack/stack.ts";
import { PATIENCE } from "../waiting/waiting.ts";

export const WORKER_CREDENTIAL = "test-credential-0123456789abcdef";

export interface Coordinator {
  readonly pid: number;
  readonly url: string;
  /** `ws://host:port` */
  readonly sockets: string;
  /** The token of the first administrator's link; `undefined` once there is one. */
  readonly setupToken: string | undefined;
  end(signal?: Deno.Signal): Promise<void>;
}

/** Starts it; `port` 0: any. */
export async function startCoordinator(
  { data, port = 0, env = {} }: { data: string; port?: number; env?: Record<string, string> },
): Promise<Coordinator> {
  const chosen = port || await freePort();
  const settings = launchSettings(
    { ...Deno.env.toObject(), FARPAD_DATA: data, FARPAD_PORT: String(chosen), ...env },
    WORKER_CREDENTIAL,
  );
  const { args, env: all } = coordinatorChild(settings);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: all,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const limit = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  // The link comes right after the address when there is one; the next line of a later start never comes.
  while (!/Farpad is at [^\n]*\n/.test(text)) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`The coordinator ended before it was ready: ${text}`);
    text += value;
  }
  clearTimeout(limit);
  const url = settings.url;
  const state = await (await fetch(`${url}/api/auth/setup`)).json();
  while (state.needed && !text.includes("#token=")) text += (await lines.read()).value ?? "";
  return {
    pid: child.pid,
    url,
    sockets: url.replace("http", "ws"),
    setupToken: /#token=(\S+)/.exec(text)?.[1],
    async end(signal = "SIGTERM") {
      child.kill(signal);
      await child.status;
      await lines.cancel();
    },
  };
}
