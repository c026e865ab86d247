/**
 * A worker's own relay on Debian's coturn.
 *
 * @module
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { PacketizedFrame } from "../../../worker/sending/ports.ts";
import { connectivityCheck } from "../../support/media/connectivity_check.ts";
import { openPeer, until, WeriftBrowser } from "../../support/media/werift_browser.ts";
import { startCoturn } from "../../support/reach/coturn.ts";

const KEYFRAME: PacketizedFrame = {
  codec: "h264",
  keyframe: true,
  timestamp: 3000,
  capturedAt: 0,
  data: new Uint8Array(),
  payloads: [Uint8Array.of(0x65, 1, 2, 3), Uint8Array.of(0x65, 4, 5, 6)],
};

Deno.test("[RCH4] a worker plays through a relay of its own, found after the browser's addresses, and gives it back", async () => {
  await using turn = await startCoturn(["lt-cred-mech", "user=w:secret", "realm=farpad.test"]);
  const iceServers = [{
    urls: [`turn:127.0.0.1:${turn.port}`],
    username: "w",
    credential: "secret",
  }];
  {
    using worker = openPeer({ iceServers });
    await using browser = new WeriftBrowser();
    const offer = await worker.peer.offer();
    // The browser learns the relay's address alone, and receives from it alone.
    const answer = await browser.answer(offer.replaceAll(/^a=candidate:.*\r\n/gm, ""));
    const allowed: { port?: number } = {};
    receiveOnlyFrom(browser, allowed);
    // What it sends to a relay on loopback comes from there.
    const local = answer.replaceAll(/^(a=candidate:\S+ 1 udp \d+) [\d.]+ /gm, "$1 127.0.0.1 ");
    equal((await worker.peer.accept(local)).error, undefined);
    const relayed = () =>
      worker.candidates.find((found) => found && / typ relay/.test(found.candidate))?.candidate;
    await until(() => relayed() !== undefined);
    const relay = Number(relayed()!.split(" ")[5]);
    allowed.port = relay;
    await browser.pc.addIceCandidate({ candidate: relayed()!, sdpMLineIndex: 0 });
    await until(() => worker.events.includes("connected"));
    worker.peer.sendVideo(KEYFRAME);
    await until(() => browser.packets.length === 2);
    browser.send("state", "up");
    await until(() => worker.events.includes("state: up"));

    const [name, password] = ["ufrag", "pwd"].map((each) =>
      new RegExp(`^a=ice-${each}:(\\S+)`, "m").exec(offer)![1]!
    ) as [string, string];
    const answered = await answersTo(relay, [
      connectivityCheck({ name, password: "a guess", transaction: 1 }),
      connectivityCheck({ name, password, transaction: 2 }),
      connectivityCheck({ name, password, transaction: 3 }),
    ]);
    deepEqual(answered.filter((transaction) => transaction === 1), []);
  }
  await until(() => /refreshed,.*lifetime=0/.test(turn.output()));
  match(turn.output(), /ALLOCATE processed, success/);
});

/** Has a browser drop what comes from another port. */
function receiveOnlyFrom({ pc }: WeriftBrowser, allowed: { readonly port?: number }): void {
  const { protocols } = pc.iceTransports[0]!.connection as unknown as {
    protocols: { transport: { onData(bytes: unknown, from: [string, number]): void } }[];
  };
  for (const { transport } of protocols) {
    const receive = transport.onData;
    transport.onData = (bytes, from) => {
      if (from[1] === allowed.port) receive(bytes, from);
    };
  }
}

/** Sends checks to a relay, one after the other, and returns the transactions of the answers up to the last. */
async function answersTo(port: number, checks: readonly Uint8Array[]): Promise<number[]> {
  const socket = createSocket("udp4");
  const answered: number[] = [];
  socket.on("message", (bytes) => void answered.push(bytes[8]!));
  try {
    const [guess, ...proved] = checks;
    socket.send(guess!, port, "127.0.0.1");
    for (const [index, check] of proved.entries()) {
      socket.send(check, port, "127.0.0.1");
      await until(() => answered.includes(index + 2));
    }
    return answered;
  } finally {
    socket.close();
  }
}
