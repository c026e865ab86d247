/**
 * A control plane that says what a test wants it to say: it serves the built dashboard, the REST contracts and the
 * operator leg over a made-up fleet, and the preview's worker runs inside the page (`page/fake_worker.ts`).
 *
 * @module
 */
import { refuse } from "../../../protocol/envelope.ts";
import { extname, join } from "node:path";
import { systemClock } from "../../../protocol/clock.ts";
import { newId } from "../../../protocol/ids.ts";
import {
  fromOperator,
  type ToOperator,
  toOperator,
  type Topic,
} from "../../../protocol/legs/operator_leg.ts";
import { systemRandom } from "../../../protocol/random.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { Stream, StreamFigures } from "../../../protocol/rest/streams.ts";
import { busyFleet, type FleetData } from "./fleet_data.ts";
import { ADMIN } from "./owner.ts";
import { figuresAt, receivedAt, sentAt, statusOf } from "./device_data.ts";
import { answerRest, type RestCall, type RestScript } from "./fake_rest.ts";
import { fakePreview } from "./fake_preview.ts";

export interface PlaneScript extends RestScript {
  /** The books everything is answered from. */
  fleet: FleetData;
  /** Whether live connections are accepted. */
  reachable: boolean;
  /** Topics that are subscribed to but never sent. */
  readonly silent: Set<string>;
  /** Figures move once a second. */
  moving: boolean;
}

export interface FakeControlPlane extends AsyncDisposable {
  readonly url: string;
  readonly script: PlaneScript;
  /** REST calls, oldest first. */
  readonly calls: RestCall[];
  /** Topics that are followed now. */
  topics(): readonly string[];
  /** Tells everybody who follows one of these topics. */
  tell<T extends keyof Payloads>(
    topics: readonly string[],
    type: T,
    payload: Payloads[T],
  ): void;
  /** Cuts every live connection with this code. */
  cut(code?: number): void;
}

type Payloads = { [M in ToOperator as M["type"]]: M["payload"] };

interface Seat {
  readonly socket: WebSocket;
  readonly topics: Set<string>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
/** The product's own policy, so that the dashboard is seen to live with it. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob: mediastream:; font-src 'self'; connect-src 'self' http: https: ws: wss:; " +
  "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const MOVE = 1_000;
/** Rows of a list that have a past. */
const PAST_ROWS = 40;

export function startFakeControlPlane(
  dist: string,
  { port = 0 }: { port?: number } = {},
): FakeControlPlane {
  const calls: RestCall[] = [];
  const seats = new Set<Seat>();
  const script: PlaneScript = {
    fleet: busyFleet(Date.now()),
    reachable: true,
    silent: new Set(),
    moving: true,
    user: ADMIN,
    signedIn: true,
    setupNeeded: false,
    token: 1,
    answers: new Map(),
    held: new Set(),
  };
  const preview = fakePreview();
  const moving = setInterval(() => script.moving && move(), MOVE);

  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/api/ws") return seatIn(request);
      if (pathname === "/ws" || pathname === "/fake-worker") return preview.accept(request);
      if (pathname.startsWith("/api/")) {
        return answerRest(request, { script, calls, fleet: script.fleet });
      }
      return serveFile(dist, pathname);
    },
  );

  function seatIn(request: Request): Response {
    if (!script.reachable) return new Response(null, { status: 503 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    const seat: Seat = { socket, topics: new Set() };
    socket.onmessage = ({ data }) => hear(seat, String(data));
    socket.onclose = () => seats.delete(seat);
    return response;
  }

  function hear(seat: Seat, text: string): void {
    const decoded = fromOperator.decode(text);
    if (!decoded.ok) throw new Error(`The dashboard sent: ${decoded.refusal.message}`);
    const { message } = decoded;
    switch (message.type) {
      case "auth.login":
        if (!script.signedIn || message.payload.token !== `token-${script.token}`) {
          const { error } = refuse("unauthenticated", "The token is wrong or expired.");
          say(seat, "auth.login.response", { error }, message.id);
          return seat.socket.close(4401);
        }
        seats.add(seat);
        return say(seat, "auth.login.response", {
          user: script.user,
          expires_at: Date.now() + 600_000,
          server_time: Date.now(),
        }, message.id);
      case "subscribe": {
        const unknown: string[] = [];
        for (const topic of message.payload.topics) {
          seat.topics.add(topic);
          if (!script.silent.has(topic) && !sendTopic(seat, topic)) unknown.push(topic);
        }
        return say(
          seat,
          "subscribe.response",
          { topics: [...seat.topics] as Topic[], unknown },
          message.id,
        );
      }
      case "unsubscribe":
        for (const topic of message.payload.topics) seat.topics.delete(topic);
        return say(
          seat,
          "unsubscribe.response",
          { topics: [...seat.topics] as Topic[] },
          message.id,
        );
    }
  }

  /** The past first, so that sparklines and charts are not empty on a picture; then the snapshot. */
  function sendTopic(seat: Seat, topic: string): boolean {
    const { fleet } = script;
    const now = Date.now();
    const [kind, id] = topic.split(":");
    switch (topic) {
      case "senders":
        for (const sender of fleet.senders.filter(isLive).slice(0, PAST_ROWS)) {
          for (const figures of pastFigures(sender.stream!, now)) {
            const stream = { ...sender.stream!, figures };
            say(seat, "sender.changed", { sender: { ...sender, stream } });
          }
        }
        return snapshot(seat, topic, "senders", fleet.senders);
      case "streams": {
        const active = fleet.streams.filter(({ state }) => state !== "ended");
        for (const stream of active.filter(({ figures }) => figures).slice(0, PAST_ROWS)) {
          for (const figures of pastFigures(stream, now)) {
            say(seat, "stream.changed", { stream: { ...stream, figures } });
          }
        }
        return snapshot(seat, topic, "streams", active);
      }
      case "workers":
        return snapshot(seat, topic, "workers", fleet.workers);
      case "rooms":
        return snapshot(seat, topic, "rooms", fleet.rooms);
      case "alerts":
        return snapshot(seat, topic, "alerts", fleet.alerts);
    }
    if (kind === "sender") {
      const sender = fleet.senders.find(({ sender_id }) => sender_id === id);
      if (!sender) return false;
      const streams = fleet.streams.filter((stream) =>
        stream.sender_id === id && stream.state !== "ended"
      );
      const { sender_id } = sender;
      if (sender.enrolled_at !== undefined) {
        for (let age = 600; age > 0; age -= 10) {
          const at = now - age * 1000;
          say(seat, "sender.status", { sender_id, at, status: statusOf(sender, at) });
        }
      }
      const at = sender.last_seen_at ?? now;
      const status = { sender_id, at, status: statusOf(sender, at) };
      const payload = { topic: topic as Topic, part: 0, final: true, senders: [sender], streams };
      say(seat, "snapshot", sender.enrolled_at === undefined ? payload : { ...payload, status });
      return true;
    }
    if (kind === "stream") {
      const stream = fleet.streams.find(({ stream_id }) => stream_id === id);
      if (!stream) return false;
      const live = stream.state === "live";
      const { stream_id } = stream;
      const newest = stream.figures?.at ?? now;
      for (let age = 300; live && age > 0; age--) {
        // A minute ago nothing came for a while.
        if (age > 70 && age < 92) continue;
        const at = newest - age * 1000;
        say(seat, "stream.stats", { stream_id, at, sent: sentAt(stream, at) });
        say(seat, "stream.stats", { stream_id, at: at + 300, received: receivedAt(stream, at) });
      }
      const stats = {
        stream_id,
        at: newest,
        sent: sentAt(stream, newest),
        received: receivedAt(stream, newest),
      };
      const payload = { topic: topic as Topic, part: 0, final: true, streams: [stream] };
      say(seat, "snapshot", live ? { ...payload, stats } : payload);
      return true;
    }
    if (kind === "worker") {
      const worker = fleet.workers.find(({ worker_id }) => worker_id === id);
      const rooms = fleet.rooms.filter(({ worker_id }) => worker_id === id);
      if (!worker) return false;
      say(seat, "snapshot", {
        topic: topic as Topic,
        part: 0,
        final: true,
        workers: [worker],
        rooms,
      });
      return true;
    }
    return false;
  }

  function snapshot(seat: Seat, topic: string, list: string, items: readonly unknown[]): true {
    const size = 50;
    const parts = Math.max(1, Math.ceil(items.length / size));
    for (let part = 0; part < parts; part++) {
      say(
        seat,
        "snapshot",
        {
          topic: topic as Topic,
          part,
          final: part === parts - 1,
          [list]: items.slice(part * size, (part + 1) * size),
        },
      );
    }
    return true;
  }

  /** A second passes in the fleet. */
  function move(): void {
    const now = Date.now();
    const { fleet } = script;
    fleet.senders = fleet.senders.map((sender) => {
      if (!sender.online || sender.stream?.state !== "live") return sender;
      const stream = fleet.streams.find(({ stream_id }) => stream_id === sender.stream?.stream_id);
      if (!stream) return sender;
      const noPicture = sender.stream.figures?.picture === false;
      const figures = noPicture
        ? { ...figuresAt(stream, { now }), ...withoutPicture(sender.stream.figures) }
        : figuresAt(stream, { now });
      const next = { ...sender, last_seen_at: now, stream: { ...sender.stream, figures } };
      tell(["senders", `sender:${sender.sender_id}`], "sender.changed", { sender: next });
      const { stream_id } = stream;
      const topics = [`stream:${stream_id}`, `sender:${sender.sender_id}`];
      tell(topics, "stream.stats", { stream_id, at: now, sent: sentAt(stream, now) });
      tell(topics, "stream.stats", { stream_id, at: now, received: receivedAt(stream, now) });
      return next;
    });
  }

  function say<T extends keyof Payloads>(
    { socket }: Seat,
    type: T,
    payload: Payloads[T],
    id = newId({ clock: systemClock, random: systemRandom }),
  ): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(toOperator.encode({ id, type, payload } as ToOperator));
  }

  function tell<T extends keyof Payloads>(
    topics: readonly string[],
    type: T,
    payload: Payloads[T],
  ): void {
    for (const seat of seats) {
      if (topics.some((topic) => seat.topics.has(topic))) say(seat, type, payload);
    }
  }

  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    script,
    calls,
    tell,
    topics: () => [...seats].flatMap(({ topics }) => [...topics]),
    cut: (code = 1001) => seats.forEach(({ socket }) => socket.close(code)),
    async [Symbol.asyncDispose]() {
      clearInterval(moving);
      preview.close();
      for (const { socket } of seats) socket.close();
      for (const release of script.held) release();
      await server.shutdown();
    },
  };
}

function isLive({ stream }: Sender): boolean {
  return stream?.figures !== undefined;
}

/** The last minute of a stream, as lists tell it. */
function pastFigures(stream: Pick<Stream, "stream_id">, now: number): StreamFigures[] {
  return Array.from(
    { length: 30 },
    (_, i) => figuresAt(stream, { now: now - (60 - 2 * i) * 1_000 }),
  );
}

/** A picture that was missing still is. */
function withoutPicture(before: StreamFigures | undefined): Partial<StreamFigures> {
  const since = before?.last_picture_at;
  return { picture: false, ...(since === undefined ? {} : { last_picture_at: since }) };
}

/** A file of the build; every other address is the dashboard's. */
async function serveFile(dist: string, pathname: string): Promise<Response> {
  const name = extname(pathname) === "" ? "/operator.html" : pathname;
  try {
    const body = await Deno.readFile(join(dist, name));
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    const headers = { "content-type": type, "content-security-policy": POLICY };
    return new Response(body, { headers });
  } catch {
    return new Response("Nothing is here\n", { status: 404 });
  }
}
