import { concat } from "../../../../protocol/bytes/concat.ts";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { Forwarder } from "../../../../agent/recording/forwarder.ts";
import type { PiecesInRow } from "../../../../agent/recording/pieces.ts";
import {
  createSendParts,
  type PartAnswer,
  type SendParts,
  whyNotSend,
} from "../../../../agent/recording/upload.ts";
import { StreamId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { GapOffer } from "../../../../protocol/recording/device.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { encodeScene, record } from "../../../support/media/recorded.ts";

const FILE = concat(record(encodeScene(10)));
const SHA = createHash("sha256").update(FILE).digest("hex");
const STREAM = StreamId.parse("str_1");
const GOOD = {
  links: [{ id: 0, interface: "wwan0", state: "Live", sent_bytes: 0, rtt_ms: 50 }],
  dropped_frames: 0,
};
type Offered = Awaited<ReturnType<ConstructorParameters<typeof Forwarder>[0]["offer"]>>;

/** A device with one gap, and a worker that takes it. */
function setup() {
  const clock = new FakeClock();
  const piece = { stream: STREAM, at: 0, duration: 10_000, bytes: FILE.length, age: 0 };
  const gap: PiecesInRow = {
    ...{ stream_id: STREAM, at_ms: 0 },
    pieces: [{ ...piece, state: "missed" }],
  };
  const gaps = [gap];
  const offers: GapOffer[] = [];
  const lines: string[] = [];
  const checks: number[] = [];
  /** Faults of the disk, one for each time that the gap is opened. */
  const faults: Error[] = [];
  const sent: { at: number; offset: number; size: number }[] = [];
  const worker = {
    file: new Uint8Array(),
    answers: undefined as ((offset: number) => PartAnswer | undefined) | undefined,
    offer: { url: "https://worker/uploads/t" } as Offered,
    isOnline: true,
  };
  const parts: SendParts = {
    ask: () => Promise.resolve({ state: "at", offset: worker.file.length, isWhole: false }),
    send(_, { offset, bytes }) {
      sent.push({ at: clock.now(), offset, size: bytes.length });
      const other = worker.answers?.(offset);
      if (other) return Promise.resolve(other);
      worker.file = concat([worker.file, bytes]);
      const isWhole = worker.file.length === FILE.length;
      return Promise.resolve({ state: "at", offset: worker.file.length, isWhole });
    },
  };
  const open = () =>
    new Forwarder({
      ...{ clock, random: new SeededRandom(), parts },
      log: createLog({ clock, sink: (line) => void lines.push(line) }),
      ring: {
        gaps,
        pathsOf: () => [],
        remove: (done) => Promise.resolve(void gaps.splice(gaps.indexOf(done), 1)),
        check: () => Promise.resolve(void checks.push(clock.now())),
      },
      isOnline: () => worker.isOnline,
      openFile() {
        const fault = faults.shift();
        if (fault) return Promise.reject(fault);
        return Promise.resolve({
          ...{ bytes: FILE.length, sha256: SHA },
          read: (at, size) => Promise.resolve(FILE.slice(at, at + size)),
        });
      },
      offer: (offered) => Promise.resolve((offers.push(offered), worker.offer)),
    });
  /** Lets time pass, with what the disk and the worker do in it. */
  const pass = async (seconds: number, each = () => {}) => {
    for (let step = 0; step < seconds * 4; step++) {
      if (step % 4 === 0) each();
      await clock.run(250);
    }
  };
  return { clock, gaps, offers, sent, lines, checks, faults, worker, open, pass };
}

Deno.test("[FWD2] without a stream a gap is forwarded at once, whole, and then removed from the device", async () => {
  const { gaps, offers, worker, open, pass } = setup();
  using forwarder = open();
  deepEqual(forwarder.gaps.map(({ bytes, sent_bytes }) => [bytes, sent_bytes]), [[FILE.length, 0]]);
  await pass(4);
  deepEqual(offers, [{
    ...{ stream_id: STREAM, at_ms: 0, duration_ms: 10_000, bytes: FILE.length, sha256: SHA },
  }]);
  deepEqual(worker.file, new Uint8Array(FILE));
  deepEqual(gaps, []);
});

Deno.test("[FWD1] beside a stream it waits for the link, sends small parts, and stops when the link is bad", async () => {
  const { sent, worker, gaps, open, pass } = setup();
  using forwarder = open();
  forwarder.streaming(true);
  await pass(8, () => forwarder.figures(GOOD));
  equal(sent.length, 0);
  await pass(8, () => forwarder.figures(GOOD));
  ok(sent.length > 2 && sent.every(({ size }) => size <= 16_384), `${sent.length} parts`);
  const before = sent.length;
  await pass(8, () => forwarder.figures({ ...GOOD, dropped_frames: 5 }));
  ok(sent.length <= before + 1, `${sent.length - before} parts on a bad link`);
  await pass(40, () => forwarder.figures({ ...GOOD, dropped_frames: 5 }));
  equal(worker.file.length, FILE.length);
  deepEqual(gaps, []);
});

Deno.test("[FWD4] an agent that was killed goes on where the worker's copy ends", async () => {
  const { sent, worker, gaps, open, pass } = setup();
  worker.file = FILE.slice(0, 54_321);
  using _ = open();
  await pass(3);
  equal(sent[0]?.offset, 54_321);
  deepEqual(gaps, []);
  deepEqual(worker.file, new Uint8Array(FILE));
});

Deno.test("[FWD8] failures are tried again after 5, 10, 20 s …, and at once when the coordinator is back", async () => {
  const { offers, worker, gaps, open, pass } = setup();
  worker.answers = () => ({ state: "failed", why: "the worker answered 507", isOver: false });
  using forwarder = open();
  await pass(44);
  equal(offers.length, 4, "at 1, 6, 17 and 38 s");
  match(forwarder.trouble!, /^Cannot forward what was recorded: the worker answered 507/);
  worker.isOnline = false;
  await pass(120);
  equal(offers.length, 4);
  worker.isOnline = true;
  worker.answers = undefined;
  forwarder.online();
  await pass(4);
  deepEqual(gaps, []);
  equal(forwarder.trouble, undefined);
});

Deno.test("[FWD8] a piece that got another name is no failure: the folder is looked at again", async () => {
  const { gaps, lines, checks, faults, open, pass } = setup();
  faults.push(new Deno.errors.NotFound("No such file"));
  using _forwarder = open();
  await pass(6);
  deepEqual([gaps.length, checks.length], [0, 1]);
  equal(lines.some((line) => line.includes('"warn"')), false);
});

Deno.test("[FWD5] a file that its worker refuses twice is dropped", async () => {
  const { offers, worker, gaps, lines, open, pass } = setup();
  worker.answers = (offset) => {
    if (offset + 262_144 < FILE.length) return undefined;
    worker.file = new Uint8Array();
    return { state: "refused", why: "its SHA-256 is 0123…" };
  };
  using _ = open();
  await pass(20);
  equal(offers.length, 2);
  deepEqual(gaps, []);
  ok(lines.some((line) => /refused by its worker, and dropped.*0123/.test(line)));
  ok(!lines.some((line) => line.includes("gap forwarded")), "it is not there");
});

Deno.test("[FWD5] a gap of a stream that nobody knows is dropped, one that is there is removed", async () => {
  for (const offer of [{ error: { code: "recording.unknown", message: "…" } }, {}] as Offered[]) {
    const { sent, worker, gaps, open, pass } = setup();
    worker.offer = offer;
    using _ = open();
    await pass(2);
    deepEqual([gaps, sent], [[], []]);
  }
  const { worker, gaps, open, pass } = setup();
  worker.offer = { error: { code: "record.space", message: "The space is used up" } };
  using forwarder = open();
  await pass(2);
  equal(gaps.length, 1, "there may be space later");
  match(forwarder.trouble!, /space is used up/);
});

Deno.test("[FWD9] pictures are sent over TLS, or within the machine, unless the box allows other ways", () => {
  equal(whyNotSend("https://worker.example/uploads/t", false), undefined);
  equal(whyNotSend("http://127.0.0.1:9000/uploads/t", false), undefined);
  equal(whyNotSend("http://192.0.2.1/uploads/t", true), undefined);
  match(whyNotSend("http://192.0.2.1/uploads/t", false)!, /everybody on the way/);
  ok(whyNotSend("ftp://192.0.2.1/t", true));
});

Deno.test("[FWD5] an answer counts only with an offset that can be", async () => {
  const clock = new FakeClock();
  const answer = async (status: number, offset?: string) => {
    const { send } = createSendParts({
      ...{ clock, allowPlain: false },
      fetch: () =>
        Promise.resolve(
          new Response(status === 204 ? null : "no", {
            status,
            headers: offset === undefined ? {} : { "upload-offset": offset },
          }),
        ),
    });
    const upload = { url: "https://worker/uploads/t", bytes: 100 };
    const { state } = await send(upload, { offset: 90, bytes: new Uint8Array(10) });
    return state;
  };
  equal(await answer(204, "100"), "at");
  equal(await answer(409, "5"), "at");
  equal(await answer(422), "refused");
  for (const offset of [undefined, "", "-1", "101", "1.5", "x"]) {
    equal(await answer(204, offset), "failed", `offset ${offset}`);
  }
  for (const status of [200, 404, 413, 500, 503, 507]) equal(await answer(status), "failed");
});
