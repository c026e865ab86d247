/**
 * A client of the user leg: joins as the browser does and prints what can be played. Every message is parsed by
 * the leg that declares it, so a wrong one cannot be sent, and an odd one not be taken.
 *
 * `deno run --allow-net examples/list_library.ts http://localhost:8000`
 *
 * @module
 */
import { systemClock } from "../protocol/clock.ts";
import { stamp } from "../protocol/envelope.ts";
import { errorText } from "../protocol/error_text.ts";
import type { App } from "../protocol/legs/room.ts";
import { type FromUser, fromUser, toUser } from "../protocol/legs/user_leg.ts";
import { systemRandom } from "../protocol/random.ts";

/**
 * The library as a player gets it.
 *
 * @param url Address of the pages, `http://…` or `https://…`.
 * @throws When the coordinator cannot be reached or refuses.
 */
export function listLibrary(url: string): Promise<readonly App[]> {
  const socket = new WebSocket(new URL("/ws", url.replace(/^http/, "ws")));
  const send = <T extends FromUser["type"]>(
    type: T,
    payload: Extract<FromUser, { type: T }>["payload"],
  ) => {
    const envelope = stamp({ clock: systemClock, random: systemRandom });
    socket.send(fromUser.encode({ ...envelope, type, payload } as FromUser));
  };
  return new Promise<readonly App[]>((resolve, reject) => {
    socket.onerror = () => reject(new Error(`Cannot reach ${url}: the connection failed`));
    socket.onclose = ({ reason }) => reject(new Error(`Cannot list the library: ${reason}`));
    socket.onmessage = ({ data }) => {
      const decoded = toUser.decode(String(data));
      if (!decoded.ok) return reject(new Error(decoded.refusal.message));
      const { message } = decoded;
      // A browser measures its round trip to each worker here; without results any worker will do.
      if (message.type === "latency.check") send("latency.check.response", { results: [] });
      if (message.type === "session.ready") resolve(message.payload.apps);
    };
  }).finally(() => socket.close());
}

if (import.meta.main) {
  try {
    const [url] = Deno.args;
    if (!URL.canParse(url ?? "")) throw new Error("Usage: list_library.ts http://localhost:8000");
    for (const { title, system, players } of await listLibrary(url!)) {
      console.log(`${title} (${system}, ${players} players)`);
    }
  } catch (error) {
    console.error(errorText(error));
    Deno.exit(1);
  }
}
