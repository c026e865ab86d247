import { deepEqual, equal, throws } from "node:assert/strict";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { PeerId, SessionId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import {
  encodePipe,
  type PipeMessage,
  pipeReader,
  type SocketTarget,
} from "../../../../worker/media_socket/pipe_messages.ts";
import { serveMediaPipe, type TakeSocket } from "../../../../worker/media_socket/room_end.ts";
import { roomSockets } from "../../../../worker/media_socket/room_sockets.ts";
import type { MediaSocket } from "../../../../worker/media_socket/socket_peer.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { duplexPair } from "../../../support/media/duplex_pair.ts";

const target: SocketTarget = {
  session: SessionId.parse("ana"),
  peer: PeerId.parse("peer_1"),
  codecs: ["h264"],
};
const log = createLog({ clock: new FakeClock(), sink: () => {} });
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("[TCP11] messages of the pipe survive, however its bytes are cut", () => {
  const socket = fc.integer({ min: 0, max: 0xffff });
  const messages = fc.array(fc.oneof(
    fc.record({ type: fc.constant("open" as const), socket, target: fc.constant(target) }),
    fc.record({ type: fc.constant("message" as const), socket, bytes: fc.uint8Array() }),
    fc.record({
      type: fc.constant("close" as const),
      socket,
      code: fc.integer({ min: 1000, max: 4999 }),
      reason: fc.string({ unit: "grapheme" }),
    }),
  ));
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  fc.assert(fc.property(messages, cuts, (messages, cuts) => {
    const bytes = messages.flatMap((message) => [...encodePipe(message)]);
    const found: PipeMessage[] = [];
    const read = pipeReader((message) => found.push(message));
    let at = 0;
    for (let n = 0; at < bytes.length; n++) {
      const end = at + cuts[n % cuts.length]!;
      read(Uint8Array.from(bytes.slice(at, end)));
      at = end;
    }
    deepEqual(found, messages);
  }));
});

Deno.test("[TCP11] bytes that are no message of the pipe are an error, and never wait without bound", () => {
  for (const hex of ["00000002aabb", "ffffffff", "00000003090000", "00000004030000aa"]) {
    throws(() => pipeReader(() => {})(Uint8Array.fromHex(hex)), /Cannot read the media pipe/, hex);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    try {
      pipeReader(() => {})(bytes);
    } catch (error) {
      equal(error instanceof Error, true);
    }
  }));
});

Deno.test("[TCP11] an open whose target is none is an error", () => {
  for (
    const body of [
      {},
      { ...target, session: 5 },
      { ...target, peer: undefined },
      { ...target, codecs: ["h265"] },
      { ...target, codecs: Array(99).fill("h264") },
      null,
    ]
  ) {
    const bytes = encodePipe({ type: "open", socket: 1, target: body as never });
    throws(() => pipeReader(() => {})(bytes), /an open without a target/, JSON.stringify(body));
  }
});

/** Both ends of a pipe, with what a room takes. */
function setup(take?: TakeSocket) {
  const [main, room] = duplexPair();
  const sockets: MediaSocket[] = [];
  const received: string[] = [];
  serveMediaPipe(room, {
    log,
    take: take ?? ((target, socket) => {
      sockets.push(socket);
      received.push(`open ${target.session} ${target.peer}`);
      return {
        receive: (bytes: Uint8Array) => void received.push(`message ${bytes.toHex()}`),
        gone: (reason: string) => void received.push(`gone: ${reason}`),
      } as ReturnType<TakeSocket>;
    }),
  });
  return { main, room, sockets, received, ends: roomSockets(main) };
}

/** A browser's end that records. */
function browser() {
  const seen: string[] = [];
  return {
    seen,
    listener: {
      message: (bytes: Uint8Array) => void seen.push(`message ${bytes.toHex()}`),
      close: (code: number, reason: string) => void seen.push(`close ${code} ${reason}`),
    },
  };
}

Deno.test("[TCP11] a socket reaches its room, and the room's messages its browser", async () => {
  const { ends, sockets, received } = setup();
  const [ana, ben] = [browser(), browser()];
  const first = ends.open(target, ana.listener)!;
  const second = ends.open({ ...target, session: SessionId.parse("ben") }, ben.listener)!;
  first.message(Uint8Array.of(1));
  second.message(Uint8Array.of(2));
  await settle();
  deepEqual(received, ["open ana peer_1", "open ben peer_1", "message 01", "message 02"]);
  sockets[1]!.send(Uint8Array.of(3));
  await settle();
  deepEqual([ana.seen, ben.seen], [[], ["message 03"]]);
  first.closed("The browser closed it");
  await settle();
  equal(received.at(-1), "gone: The browser closed it");
  sockets[1]!.close(1000, "done");
  await settle();
  equal(ben.seen.at(-1), "close 1000 done");
});

Deno.test("[TCP4] a socket whose offer is over is closed as forbidden", async () => {
  const { ends } = setup(() => undefined);
  const ana = browser();
  ends.open(target, ana.listener);
  await settle();
  deepEqual(ana.seen, ["close 4403 The offer of this ticket is over"]);
});

Deno.test("[TCP11] when a room's process ends, its sockets are closed, and it takes no more", async () => {
  const { ends, main } = setup();
  const ana = browser();
  ends.open(target, ana.listener);
  main.destroy();
  await settle();
  deepEqual(ana.seen, ["close 1001 The room is closed"]);
  equal(ends.open(target, browser().listener), undefined);
});

Deno.test("[TCP8] messages for a room that does not read are dropped", () => {
  const pipe = new PassThrough({ highWaterMark: 1 });
  const socket = roomSockets(pipe).open(target, browser().listener)!;
  for (let n = 0; n < 1_000; n++) socket.message(new Uint8Array(1_000));
  equal(pipe.writableLength + pipe.readableLength < 300_000, true);
  pipe.destroy();
});
