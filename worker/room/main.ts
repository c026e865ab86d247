/**
 * A room process: waits as a spare, becomes one room, ends with it. Its parent's death ends it too.
 *
 * @module
 */
import process from "node:process";
import { h264Payloads } from "../sending/h264_payloads.ts";
import type { EncodedFrame } from "../../media/ports.ts";
import { vp8Payloads } from "../sending/vp8_payloads.ts";
import { every, sleep, systemClock } from "../../protocol/clock.ts";
import { stamp } from "../../protocol/envelope.ts";
import { RoomId } from "../../protocol/ids.ts";
import { createLog } from "../../protocol/log.ts";
import { systemRandom } from "../../protocol/random.ts";
import type { FromWorker, TellCoordinator } from "../../protocol/legs/worker_leg.ts";
import { prewarm } from "../werift/prewarm.ts";
import { surviveUnhandledFaults } from "../werift/unhandled_faults.ts";
import { weriftPeers } from "../werift/peer.ts";
import type { PacketizedFrame } from "../sending/ports.ts";
import type { FromRoom, RoomSettings, ToRoom } from "./ipc.ts";
import { Room } from "./room.ts";
import type { SessionMessage } from "./room_state.ts";
import { createSaves } from "./saves.ts";
import { type SourceThread, sourceThreads } from "../playback/source_handle.ts";
import { isIngest, type LiveSource, openLiveSource } from "../ingest/live_source.ts";

/** How often the parent hears that this process does not hang, in milliseconds. */
const LIFE_SIGN = 1_000;
/** Time for the last messages to leave through the pipe, in milliseconds. */
const FAREWELL = 50;
/** Time for the source to keep what it keeps between sessions, in milliseconds. */
const SOURCE_FAREWELL = 1_000;

const ports = { clock: systemClock, random: systemRandom };
const log = createLog({ clock: systemClock, sink: console.log }).with({ process: "room" });
const createPeer = weriftPeers(ports);
const openSource = sourceThreads();
let room: Room | undefined;
let source: SourceThread | undefined;
let live: LiveSource | undefined;

surviveUnhandledFaults(globalThis, { ...ports, log });
process.on("message", (message: ToRoom) => receive(message));
process.on("disconnect", leave);
send({ type: "ready" });
every(systemClock, LIFE_SIGN, () => send({ type: "alive" }));
await prewarm(createPeer);

function receive(message: ToRoom): void {
  switch (message.type) {
    case "configure":
      room = createRoom(message.settings);
      return;
    case "start": {
      const { message: { id, payload }, app, spec } = message;
      return room?.start({ id, session: payload.session_id, app, spec });
    }
    case "ingest":
      return room?.keep(message);
    case "close":
      return room?.close(message.reason, message.message);
    case "message": {
      const { type, payload } = message.message;
      if (type === "ingest.update") return live?.sendTo(payload.destinations);
      return room?.receive(message.message as SessionMessage);
    }
  }
}

function createRoom(settings: RoomSettings): Room {
  return new Room(settings, {
    ...ports,
    createPeer,
    openSource: (options) => {
      if (!isIngest(options)) return source = openSource(options);
      const roomId = RoomId.parse(settings.roomId);
      const viewers = () => room?.viewers ?? 0;
      live = openLiveSource(options, { ...ports, log, roomId, viewers, tell });
      return live;
    },
    packetize,
    saves: createSaves(settings.savesFolder),
    tell,
    ended: () => void sayFarewell(),
  });
}

/** A game's own memory is written as its source closes; one that hangs is not waited for. */
async function sayFarewell(): Promise<void> {
  await Promise.race([source?.closed, sleep(systemClock, SOURCE_FAREWELL)]);
  await sleep(systemClock, FAREWELL);
  leave();
}

/** A native listener that still waits for its caller breaks an orderly exit: libsrt aborts. */
function leave(): void {
  if (live) Deno.kill(Deno.pid, "SIGKILL");
  process.exit(0);
}

function packetize({ codec, data, keyframe, timestamp }: EncodedFrame): PacketizedFrame {
  const payloads = codec === "h264" ? h264Payloads(data) : vp8Payloads(data);
  return { codec, keyframe, timestamp, payloads };
}

function tell(...[type, payload, id]: Parameters<TellCoordinator>): void {
  const { id: fresh, ts } = stamp(ports);
  send({ type: "message", message: { id: id ?? fresh, ts, type, payload } as FromWorker });
}

function send(message: FromRoom): void {
  if (process.connected) process.send!(message);
}
