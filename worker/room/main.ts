/**
 * The entry point of a room process: connects the host to the parent's pipe, to werift and to threads.
 *
 * @module
 */
import { Socket } from "node:net";
import process from "node:process";
import { every, systemClock } from "../../protocol/clock.ts";
import { createLog, readStyle } from "../../protocol/log.ts";
import { connectParent, type Parent } from "../../protocol/process/parent.ts";
import { collectGarbage } from "../../protocol/process/small_memory.ts";
import { systemRandom } from "../../protocol/random.ts";
import { chooseOnce } from "../fast_send/fast_send.ts";
import { openPacketPipe } from "../ingest/egress/packet_pipe.ts";
import { openLiveSource } from "../ingest/live_source.ts";
import { readToRoom } from "../ipc/to_room.ts";
import { MEDIA_PIPE } from "../media_socket/pipe_messages.ts";
import { serveMediaPipe } from "../media_socket/room_end.ts";
import { recordingsOf } from "../recording/open_recording.ts";
import { sourceThreads } from "../playback/source_handle.ts";
import { answeringPeers } from "../werift/answering/viewer_peer.ts";
import { weriftPeers } from "../werift/peer.ts";
import { prewarm } from "../werift/prewarm.ts";
import { surviveUnhandledFaults } from "../werift/unhandled_faults.ts";
import { RoomHost } from "./host.ts";
import type { FromRoom } from "./ipc.ts";
import { folderStore } from "../saves/folder_store.ts";
import { RelayedStore } from "../saves/relay/relayed_store.ts";
import { openSaves } from "../saves/saves.ts";

/** Time between two `alive` messages to the parent, in milliseconds. */
const ALIVE_PERIOD = 1_000;

await run();

async function run(): Promise<void> {
  const ports = { clock: systemClock, random: systemRandom };
  const style = readStyle(Deno.args);
  const log = createLog({ clock: systemClock, sink: console.log, ...style })
    .with({ process: "room" });
  surviveUnhandledFaults(globalThis, { ...ports, log });
  const peerPorts = { ...ports, fastSend: chooseOnce({ log }) };
  const createPeer = weriftPeers(peerPorts);
  let relayed: RelayedStore | undefined;
  const parent: Parent<FromRoom> = connectParent({
    receive(value: unknown) {
      const read = readToRoom(value);
      if ("message" in read) host.receive(read.message);
      else log.error("a message of the worker was dropped", { fault: read.fault });
    },
    gone: () => host.parentGone(),
  });
  const host = new RoomHost({
    ...ports,
    log,
    createPeer,
    createAnsweringPeer: answeringPeers(peerPorts),
    openStepped: sourceThreads(),
    openLive: openLiveSource,
    pass: openPacketPipe(log),
    openRecording: recordingsOf(Deno.args),
    openSaves: ({ savesFolder, relaysSaves = false }) => {
      if (!relaysSaves) return openSaves(folderStore(savesFolder, systemClock));
      relayed = new RelayedStore(savesFolder, (request) => parent.send(request), ports);
      return openSaves(relayed);
    },
    stored: (answer) => relayed?.answered(answer),
    send: (message) => parent.send(message),
    exit,
  });
  serveMediaPipe(new Socket({ fd: MEDIA_PIPE, readable: true, writable: true }), {
    log,
    take: (target, socket) => host.takeSocket(target, socket),
  });
  parent.send({ type: "ready" });
  every(
    systemClock,
    ALIVE_PERIOD,
    () => parent.send({ type: "alive", memory: Deno.memoryUsage().rss }),
  );
  await prewarm(createPeer);
  // It takes as long as a picture or two.
  if (!host.hasSource) collectGarbage();
}

function exit(how: "orderly" | "at once"): void {
  if (how === "at once") Deno.kill(Deno.pid, "SIGKILL");
  process.exit(0);
}
