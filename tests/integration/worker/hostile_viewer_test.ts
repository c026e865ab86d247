import { ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { RtpPacket } from "werift";
import { SeededRandom } from "../../fakes/random.ts";
import type { WeriftBrowser } from "../../support/media/werift_browser.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { startSteadyPlayer, type SteadyPlayer } from "../../support/stack/steady_player.ts";
import { UserClient } from "../../support/stack/user_client.ts";

/** A generic NACK (RFC 4585 §6.2.1): type, length in words beyond the first, format. */
const NACK = { type: 205, format: 1 };
/** Keyframe requests of all viewers together make one keyframe each 250 ms at most. */
const KEYFRAME_SPACING = 250;

let stack: Stack;
/** A player whose game runs during all tests of this file. */
let ana: SteadyPlayer;

Deno.test.beforeAll(async () => {
  stack = await startStack({ FARPAD_CAPACITY: "2" });
  ana = await startSteadyPlayer(stack.url);
});

Deno.test.afterAll(async () => {
  await ana[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

/** A viewer in the same room, with the packets of its pictures and a way to send anything. */
interface Hostile extends AsyncDisposable {
  readonly user: UserClient;
  readonly browser: WeriftBrowser;
  /** Packets of pictures, also those that were sent again. */
  readonly packets: RtpPacket[];
  /** The stream of its pictures. */
  readonly ssrc: number;
}

async function joinAsHostile(): Promise<Hostile> {
  const user = await UserClient.join(stack.url, await ana.invite());
  await user.play("paddle-duel", ana.room);
  const browser = user.browser!;
  const typeOf = (codec: string) =>
    Number(
      new RegExp(`^a=rtpmap:(\\d+) ${codec}`, "mi").exec(browser.pc.localDescription!.sdp)?.[1],
    );
  const [pictures, sound] = [typeOf("H264"), typeOf("opus")];
  const packets: RtpPacket[] = [];
  browser.pc.dtlsTransports[0]!.onRtp.subscribe((packet) => {
    if (packet.header.payloadType !== sound) packets.push(packet);
  });
  await user.seeMore(5);
  return {
    user,
    browser,
    packets,
    ssrc: packets.find(({ header }) => header.payloadType === pictures)!.header.ssrc,
    [Symbol.asyncDispose]: () => user[Symbol.asyncDispose](),
  };
}

/** Has `send` run `times` times, with a pause after each hundred so that other work of this process goes on. */
async function flood(times: number, send: (n: number) => unknown): Promise<void> {
  for (let n = 0; n < times; n++) {
    send(n);
    if (n % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** RTCP with a length that says what `words` says. */
function rtcp({ type, format, words, body }: {
  readonly type: number;
  readonly format: number;
  readonly words?: number;
  readonly body: Uint8Array;
}): Buffer {
  const head = Buffer.from([0x80 | format, type, 0, 0]);
  head.writeUInt16BE(words ?? body.length / 4, 2);
  return Buffer.concat([head, body]);
}

Deno.test("[KEY2] a thousand keyframe requests a second of one viewer make few keyframes, and others play on", async () => {
  await using hostile = await joinAsHostile();
  const [from, before] = [performance.now(), ana.user.pictures.keyframes];
  await flood(3_000, () => void hostile.browser.requestKeyframe(hostile.ssrc));
  await ana.playsOn();
  const most = 2 + (performance.now() - from) / KEYFRAME_SPACING;
  const made = ana.user.pictures.keyframes - before;
  ok(made <= most, `${made} keyframes, and at most ${most} are allowed`);
});

Deno.test("[REP3] a flood of NACKs costs a viewer no more than repair may, and others play on", async () => {
  await using hostile = await joinAsHostile();
  const { packets, ssrc } = hostile;
  const [own, others] = [packets.length, ana.user.pictures.packets];
  await flood(2_000, () => {
    const newest = packets.findLast(({ header }) => header.ssrc === ssrc)!.header.sequenceNumber;
    const lost = Array.from({ length: 100 }, (_, n) => (newest - n + 2 ** 16) % 2 ** 16);
    void hostile.browser.reportLost(ssrc, lost);
  });
  await ana.playsOn();
  const [got, usual] = [packets.length - own, ana.user.pictures.packets - others];
  ok(got > usual, "nothing was sent again");
  ok(got <= 1.5 * usual + 60, `${got} packets came where ${usual} make the pictures`);
});

for (
  const [what, estimate] of [
    ["of 1 bit a second", { mantissa: 1, exponent: 0 }],
    ["of 10 terabits a second", { mantissa: 2 ** 18 - 1, exponent: 26 }],
  ] as const
) {
  Deno.test(`[BUD1] a viewer's estimate ${what} changes nothing for others`, async () => {
    await using hostile = await joinAsHostile();
    await flood(300, () => void hostile.browser.estimate(estimate));
    await ana.playsOn();
    await hostile.user.seeMore(1);
  });
}

Deno.test("[RTC6] RTCP that is truncated, oversized, replayed or any bytes ends nobody's pictures", async () => {
  await using hostile = await joinAsHostile();
  const random = new SeededRandom(7);
  const replayed: Buffer[] = [];
  hostile.browser.watchDatagrams((bytes) => replayed.push(Buffer.from(bytes)));
  const broken = [
    rtcp({ ...NACK, body: new Uint8Array(4) }),
    rtcp({ ...NACK, words: 0xffff, body: random.bytes(12) }),
    rtcp({ ...NACK, words: 0, body: random.bytes(64) }),
    rtcp({ type: 206, format: 15, words: 1, body: random.bytes(1_000) }),
    rtcp({ type: 205, format: 15, words: 4, body: random.bytes(16) }),
    Buffer.alloc(8),
    Buffer.alloc(1_400, 0xff),
  ];
  await flood(700, (n) => void hostile.browser.sendRtcp(broken[n % broken.length]!));
  await flood(200, () => void hostile.browser.sendRtcp(Buffer.from(random.bytes(60))));
  const sent = replayed.splice(0, 500);
  await flood(sent.length, (n) => void hostile.browser.sendDatagram(sent[n]!));
  await flood(200, () => void hostile.browser.sendDatagram(Buffer.from(random.bytes(200))));
  await ana.playsOn();
  await hostile.user.seeMore(1);
});

Deno.test("[PEE23] packets of SCTP and RTP that are read for ever, and a flood of them, end nobody else's pictures", async () => {
  await using hostile = await joinAsHostile();
  await hostile.browser.sendChunk(Uint8Array.of(11, 0, 0, 0));
  const head = [0x90, 111, ...new Uint8Array(10), 0xbe, 0xde, 0xff, 0xff];
  await hostile.browser.sendDatagram(Buffer.from([...head, ...new Uint8Array(44).fill(0x10)]));
  await hostile.browser.sendChunk(
    Uint8Array.of(3, 0, 0, 20, ...new Uint8Array(16)).with(13, 1).fill(0xff, 17),
  );
  await ana.playsOn();
  await hostile.user.seeMore(1);
  await flood(8_000, () => void hostile.browser.sendChunk(Uint8Array.of(5, 0, 0, 4)));
  await ana.playsOn();
});

Deno.test("[SIL1] a viewer that vanishes in the middle of a keyframe is missed by nobody", async () => {
  await using hostile = await joinAsHostile();
  await hostile.browser.requestKeyframe(hostile.ssrc);
  await hostile.user.vanish();
  await ana.playsOn();
});
