/**
 * A scripted coordinator: it serves the built player and speaks the user leg. It shows states that the real one
 * shows only by chance or not at all: silence after the greeting, a socket that is cut, an offer without media. Where a
 * healthy coordinator shows the state too, the tests of `tests/e2e/` use the real one. Its one
 * worker runs inside the player's page (`page/fake_worker.ts`).
 *
 * @module
 */
import { CLOSE } from "../../protocol/close.ts";
import { answerPing, readPing } from "../../protocol/connection/ping.ts";
import { refuse, refuseFor } from "../../protocol/envelope.ts";
import { extname, join } from "node:path";
import type * as z from "zod/mini";
import { newId, PeerId, SessionId } from "../../protocol/ids.ts";
import { systemClock } from "../../protocol/clock.ts";
import { systemRandom } from "../../protocol/random.ts";
import type { DriveState } from "../../protocol/control/control.ts";
import type { App, Room } from "../../protocol/legs/room.ts";
import type { Recording } from "../../protocol/recording/recording.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../protocol/legs/user_leg.ts";
import { fakeRoom, fakeWorkers, LIBRARY, PLAYED, SESSION } from "./fake_library.ts";
import type { Refusals, RoomReport } from "./page/fake_room.ts";
import type { Order, Report } from "./page/fake_worker.ts";

type Ready = Extract<ToUser, { type: "session.ready" }>["payload"];

type Links = Extract<
  Extract<ToUser, { type: "share.list.response" }>["payload"],
  { links: unknown }
>["links"];

type Send = <T extends ToUser["type"]>(
  type: T,
  payload: Extract<ToUser, { type: T }>["payload"],
  id?: string,
) => void;

/** How the coordinator behaves; a test changes it as it goes. */
export interface Script {
  apps: readonly z.infer<typeof App>[];
  /** What the share link or the resumed session leads to. */
  room: z.infer<typeof Room> | undefined;
  /** The room a start leads to. */
  starts: z.infer<typeof Room>;
  /** The first message on a socket. */
  greeting: "ready" | "silence" | "no_worker" | "turned_away";
  /** The answer to `webrtc.init`. */
  init: "offer" | "silence" | "no_capacity" | "refused";
  /** Whether the worker takes the browser's answer, so that media comes about. */
  takesAnswers: boolean;
  /** The page's person in its room. */
  you: string;
  /** What the room refuses, from the next connection on. */
  refusals: Refusals;
  /** The share links of the room that work. */
  links: readonly Links[number][];
  /** The recordings of the person; `undefined`: the worker keeps none. */
  recordings: readonly Recording[] | undefined;
  /** Whether new sockets are accepted. */
  reachable: boolean;
}

export interface FakeCoordinator extends AsyncDisposable {
  readonly url: string;
  readonly script: Script;
  /** Messages of the browser, oldest first. */
  readonly received: FromUser[];
  /** What the page asked the room, oldest first. */
  readonly asked: RoomReport[];
  /** Pads that the worker received, oldest first. */
  readonly pads: number[];
  /** Commands that the vehicle received, and the newest wish of its driver. */
  readonly commands: string[];
  wish: DriveState | undefined;
  send: Send;
  order(order: Order): void;
  /** Cuts the browser's socket. */
  cut(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const PORTS = { clock: systemClock, random: systemRandom };
/** The product's content security policy, so that the tests run the player under it. */
const POLICY = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; " +
  "connect-src 'self' ws: http: https:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export function startFakeCoordinator(dist: string): FakeCoordinator {
  const script: Script = {
    apps: LIBRARY,
    room: undefined,
    starts: fakeRoom(),
    greeting: "ready",
    init: "offer",
    takesAnswers: true,
    you: "p1",
    refusals: { "app.load": "save.none", "record.clip": "record.unavailable" },
    links: [],
    recordings: [],
    reachable: true,
  };
  const arrived: FromUser[] = [];
  const asked: RoomReport[] = [];
  const pads: number[] = [];
  const commands: string[] = [];
  const send: Send = speak;
  let user: WebSocket | undefined;
  let worker: WebSocket | undefined;
  let peer = PeerId.parse("peer_none");

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/ws":
        if (!script.reachable) return new Response(null, { status: 503 });
        return accept(request, (socket) => (user = socket), receiveUser, greet);
      case "/fake-worker":
        return accept(request, (socket) => (worker = socket), receiveWorker);
      case "/ping":
        return ping(Number(searchParams.get("ms")));
      default:
        return serveFile(dist, pathname);
    }
  });
  const url = `http://127.0.0.1:${server.addr.port}`;

  function greet() {
    if (script.greeting === "silence") return;
    if (script.greeting === "turned_away") return user?.close(CLOSE.unauthenticated, "Sign in");
    if (script.greeting === "no_worker") {
      return send("session.no_capacity", { zone: null, workers: 0, waited_ms: 3_000 });
    }
    const workers = [...fakeWorkers(`${url}/ping`)];
    send("latency.check", { workers });
  }

  function receiveUser(text: string) {
    const ping = readPing(text);
    if (ping) return void (ping.type === "ping" && user?.send(answerPing(ping, PORTS)));
    const decoded = fromUser.decode(text);
    if (!decoded.ok) throw new Error(`The player sent: ${decoded.refusal.message}`);
    const { message } = decoded;
    arrived.push(message);
    answer(message);
  }

  function answer(message: FromUser) {
    switch (message.type) {
      case "latency.check.response":
        return send("session.ready", ready());
      case "webrtc.init":
        return init(message);
      case "webrtc.answer":
        if (script.takesAnswers) order({ type: "answer", sdp: message.payload.sdp });
        return;
      case "webrtc.candidate": {
        const { candidate, sdp_mid, sdp_m_line_index } = message.payload;
        if (!script.takesAnswers || candidate === "") return;
        return order({
          type: "candidate",
          candidate: {
            candidate,
            sdpMid: sdp_mid ?? null,
            sdpMLineIndex: sdp_m_line_index ?? null,
          },
        });
      }
      case "app.start":
        if (script.init !== "offer") return;
        return send("app.start.response", { room: script.starts, seat: 0 }, message.id);
      case "share.create": {
        const { role } = message.payload;
        const share_id = `shr_${script.links.length + 1}`;
        const path = `/?room=${script.starts.room_id}&share=${share_id}.${role}`;
        const expires_at = Date.now() + 86_400_000;
        script.links = [{ share_id, role, created_at: Date.now(), expires_at }, ...script.links];
        return send("share.create.response", { path, expires_at, share_id }, message.id);
      }
      case "share.list":
        return send("share.list.response", { links: [...script.links] }, message.id);
      case "share.revoke": {
        const { share_id } = message.payload;
        script.links = script.links.filter((link) => link.share_id !== share_id);
        return send("share.revoke.response", {}, message.id);
      }
      case "workers.list":
        return send(
          "workers.list.response",
          { workers: [...fakeWorkers(`${url}/ping`)] },
          message.id,
        );
      case "rooms.list":
        return send("rooms.list.response", { rooms: [...PLAYED] }, message.id);
      case "recording.open": {
        const { recording_id } = message.payload;
        const isKept = script.recordings?.some((each) => each.recording_id === recording_id);
        const answer = isKept
          ? { url: `${url}/recordings/${recording_id}` }
          : refuse("record.unavailable", "This worker keeps no recordings");
        return send("recording.open.response", answer, message.id);
      }
      case "recording.remove": {
        const { recording_id } = message.payload;
        script.recordings = script.recordings?.filter((each) => each.recording_id !== recording_id);
        return send("recording.remove.response", {}, message.id);
      }
      case "recordings.list":
        return send(
          "recordings.list.response",
          { recordings: [...script.recordings ?? []] },
          message.id,
        );
      case "app.quit":
        return;
    }
  }

  function ready(): Ready {
    return {
      session_id: SessionId.parse(SESSION),
      resume_token: "token",
      worker: fakeWorkers(`${url}/ping`)[0]!,
      ice_servers: [],
      apps: [...script.apps],
      room: script.room ?? null,
      resumed: false,
    };
  }

  function init({ id, payload: { room_id } }: Extract<FromUser, { type: "webrtc.init" }>) {
    if (room_id && room_id !== script.room?.room_id && room_id !== script.starts.room_id) {
      return send("webrtc.init.response", refuse("room.unknown", "It is not open"), id);
    }
    switch (script.init) {
      case "offer":
        return order({ type: "init", you: script.you, refusals: script.refusals });
      case "silence":
        return;
      case "no_capacity": {
        const { zone } = ready().worker;
        return send("session.no_capacity", { zone, workers: 1, waited_ms: 3_000 });
      }
      case "refused": {
        const cause = "No Nintendo 64 core is installed on this worker.";
        return send("webrtc.init.response", refuseFor("app.unavailable", cause), id);
      }
    }
  }

  function receiveWorker(text: string) {
    const report = JSON.parse(text) as Report;
    switch (report.type) {
      case "offer":
        peer = PeerId.parse(`peer_${newId(PORTS)}`);
        return send("webrtc.offer", { peer_id: peer, sdp: report.sdp });
      case "candidate":
        return send("webrtc.candidate", {
          peer_id: peer,
          candidate: report.candidate.candidate ?? "",
          sdp_mid: report.candidate.sdpMid ?? null,
          sdp_m_line_index: report.candidate.sdpMLineIndex ?? null,
        });
      case "pad":
        return void pads.push(report.buttons);
      case "command":
        return void commands.push(report.command);
      case "asked":
        asked.push(report);
        return changeRoom(report);
      case "wish":
        fake.wish = report.wish;
    }
  }

  /** What the coordinator reports of a room after a request to it. */
  function changeRoom({ verb, body }: RoomReport) {
    const { paused, active } = body as { readonly paused?: boolean; readonly active?: boolean };
    const { recorded_since: _, ...room } = script.starts;
    if (verb === "app.pause") script.starts = { ...script.starts, paused: paused === true };
    else if (verb === "record.set") {
      script.starts = { ...room, ...(active && { recorded_since: Date.now() }) };
    } else return;
    send("room.changed", { room: script.starts });
  }

  function order(message: Order) {
    worker?.send(JSON.stringify(message));
  }

  function speak(
    type: ToUser["type"],
    payload: ToUser["payload"],
    id = newId(PORTS),
  ) {
    if (user?.readyState !== WebSocket.OPEN) return;
    user.send(toUser.encode({ id, type, payload } as ToUser));
  }

  const fake: FakeCoordinator = {
    url,
    script,
    received: arrived,
    asked,
    pads,
    commands,
    wish: undefined,
    send,
    order,
    cut: () => user?.close(1001),
    async [Symbol.asyncDispose]() {
      user?.close();
      worker?.close();
      await server.shutdown();
    },
  };
  return fake;
}

function accept(
  request: Request,
  take: (socket: WebSocket) => void,
  receive: (text: string) => void,
  opened: () => void = () => {},
): Response {
  const { socket, response } = Deno.upgradeWebSocket(request);
  take(socket);
  socket.onopen = opened;
  socket.onmessage = ({ data }) => receive(String(data));
  return response;
}

async function ping(ms: number): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return new Response("pong");
}

/** A file of the build; every other address is the player's. */
async function serveFile(dist: string, pathname: string): Promise<Response> {
  const name = extname(pathname) === "" ? "/index.html" : pathname;
  try {
    const body = await Deno.readFile(join(dist, name));
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    const headers = { "content-type": type, "content-security-policy": POLICY };
    return new Response(body, { headers });
  } catch {
    return new Response("Nothing is here\n", { status: 404 });
  }
}
