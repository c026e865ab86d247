/**
 * Attacks on the coordinator's connections: hold them open, send half of something, read nothing.
 *
 * @module
 */
import { CLOSE_LIMIT, MESSAGE_LIMIT } from "../../coordinator/sockets/transport.ts";
import { PHASE_LIMITS } from "../../coordinator/listen/connections.ts";
import {
  answers,
  ask,
  type Attack,
  type Outcome,
  pause,
  Raw,
  type Target,
  upgradeRequest,
} from "./attack.ts";

/** Limits are checked every five seconds, some twice, and the machine may be busy; in milliseconds. */
const PATIENCE = 15_000;
/** Connections that one address may hold without having shown what it is, and a few of the people. */
const NEW_OF_ONE_ADDRESS = 128 + 32;
/** Connections that people have open in any case. */
const FEW = 32;

/** Opens connections and holds them, while a person sends requests. */
async function flood(
  target: Target,
  { from, count, say = "", most }: {
    from: (n: number) => string;
    count: number;
    say?: string;
    /** How many of them the coordinator may hold at once. */
    most: number;
  },
): Promise<Outcome> {
  await settle(target);
  const held = Array.from({ length: count }, (_, n) => new Raw(target, from(n)));
  await Promise.all(held.map(({ opened }) => opened));
  for (const each of held) each.send(say);
  let [beyond, unanswered] = [0, 0];
  const end = performance.now() + target.duration;
  while (performance.now() < end) {
    if (!await answers(target)) unanswered += 1;
    beyond = Math.max(beyond, await countNew(target) - most);
    await pause(100);
  }
  for (const each of held) each.hangUp();
  return { attempts: count, gotThrough: beyond + unanswered };
}

/** Sends requests over 100 connections at once as fast as they are answered, while a person sends requests. */
async function hurry(target: Target): Promise<Outcome> {
  const end = performance.now() + target.duration;
  let [attempts, unanswered] = [0, 0];
  const attackers = Array.from({ length: 100 }, async () => {
    while (performance.now() < end) {
      await ask(target, "/api/apps", { from: "127.0.0.71" });
      attempts += 1;
    }
  });
  while (performance.now() < end) {
    if (!await answers(target)) unanswered += 1;
    await pause(100);
  }
  await Promise.all(attackers);
  return { attempts, gotThrough: unanswered };
}

/** Waits until the connections of the attack before are gone. */
async function settle(target: Target): Promise<void> {
  for (let n = 0; n < 100 && await countNew(target) > FEW; n++) await pause(100);
}

/** How many connections the coordinator holds whose other end has not shown what it is. */
async function countNew({ url }: Target): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^farpad_connections\{standing="new"\} (\d+)$/m.exec(text)?.[1]);
}

/** Opens a connection, and counts it as got through when the coordinator does not end it in time. */
async function outlast(
  target: Target,
  { limit, act }: { limit: number; act: (raw: Raw) => Promise<void> | void },
): Promise<Outcome> {
  const all = Array.from({ length: 4 }, () => new Raw(target, "127.0.0.67"));
  const outcomes = await Promise.all(all.map(async (raw) => {
    await raw.opened;
    await act(raw);
    const ended = await raw.endsWithin(limit + PATIENCE);
    raw.hangUp();
    return ended;
  }));
  return { attempts: all.length, gotThrough: outcomes.filter((ended) => !ended).length };
}

/** Sends one piece after another, every 200 ms, until the connection ends. */
async function trickle(raw: Raw, piece: string | Uint8Array): Promise<void> {
  while (!raw.isClosed && !raw.socket.destroyed) {
    raw.send(piece);
    await pause(200);
  }
}

/** The head of a masked frame with a zero mask (RFC 6455 §5.2). */
function frame(opcode: number, length: number): Uint8Array {
  const bytes = new Uint8Array(14);
  bytes.set([0x80 | opcode, 0x80 | 127]);
  new DataView(bytes.buffer).setBigUint64(2, BigInt(length));
  return bytes;
}

const TEXT = 1;
const BINARY = 2;

async function openSocket(raw: Raw, target: Target, path: string): Promise<void> {
  raw.send(upgradeRequest(target, path));
  for (let n = 0; n < 100 && !raw.received.includes("\r\n\r\n") && !raw.isClosed; n++) {
    await pause(20);
  }
}

/** The attacks of this file. */
export const attacks: readonly Attack[] = [
  {
    name: "hold 400 idle connections of one address open",
    run: (target) =>
      flood(target, { from: () => "127.0.0.66", count: 400, most: NEW_OF_ONE_ADDRESS }),
  },
  {
    name: "hold 2,500 idle connections of 50 addresses open",
    run: (target) =>
      flood(target, { from: (n) => `127.0.1.${1 + n % 50}`, count: 2_500, most: 2_048 }),
  },
  {
    name: "hold 300 half heads of one address open",
    run: (target) =>
      flood(target, {
        from: () => "127.0.0.66",
        count: 300,
        say: "GET / HTTP/1.1\r\nHost: a\r\n",
        most: NEW_OF_ONE_ADDRESS,
      }),
  },
  {
    name: "hold 300 sockets open without a hello",
    run: (target) =>
      flood(target, {
        from: () => "127.0.0.66",
        count: 300,
        say: upgradeRequest(target, "/agent/ws"),
        most: NEW_OF_ONE_ADDRESS,
      }),
  },
  {
    name: "send a request's head without end",
    patient: true,
    run: (target) =>
      outlast(target, {
        limit: PHASE_LIMITS.firstHead,
        act: (raw) => {
          raw.send("GET / HTTP/1.1\r\n");
          void trickle(raw, "a: b\r\n");
        },
      }),
  },
  {
    name: "send a request's body without end",
    patient: true,
    run: (target) =>
      outlast(target, {
        limit: PHASE_LIMITS.body,
        act: (raw) => {
          raw.send(
            "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" +
              "Content-Length: 60000\r\n\r\n{",
          );
          void trickle(raw, " ");
        },
      }),
  },
  {
    name: "send thousands of requests without waiting for an answer",
    run: (target) =>
      outlast(target, {
        limit: 1_000,
        act: (raw) => raw.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5_000)),
      }),
  },
  { name: "send requests over 100 connections as fast as they are answered", run: hurry },
  {
    name: "announce a message of 60 MiB",
    run: (target) =>
      outlast(target, {
        limit: CLOSE_LIMIT,
        act: async (raw) => {
          await openSocket(raw, target, "/ws");
          raw.send(frame(TEXT, 60 * 1024 * 1024));
        },
      }),
  },
  {
    name: "send half a message and then nothing",
    patient: true,
    run: (target) =>
      outlast(target, {
        limit: MESSAGE_LIMIT + CLOSE_LIMIT,
        act: async (raw) => {
          await openSocket(raw, target, "/ws");
          raw.send(frame(TEXT, 60_000));
          raw.send("x".repeat(30_000));
        },
      }),
  },
  {
    name: "send a message byte by byte",
    patient: true,
    run: (target) =>
      outlast(target, {
        limit: MESSAGE_LIMIT + CLOSE_LIMIT,
        act: async (raw) => {
          await openSocket(raw, target, "/ws");
          raw.send(frame(TEXT, 60_000));
          void trickle(raw, "x");
        },
      }),
  },
  {
    name: "ignore the close of a socket",
    patient: true,
    run: (target) =>
      outlast(target, {
        limit: CLOSE_LIMIT,
        act: async (raw) => {
          await openSocket(raw, target, "/ws");
          raw.send(frame(BINARY, 1));
          raw.send("x");
        },
      }),
  },
  ...["/api/ws", "/agent/ws", "/wso"].map((path): Attack => ({
    name: `open ${path} and say nothing`,
    patient: true,
    run: (target) =>
      outlast(target, { limit: 10_000 + CLOSE_LIMIT, act: (raw) => openSocket(raw, target, path) }),
  })),
];
