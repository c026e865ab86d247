import { deepEqual, equal, match } from "node:assert/strict";
import type { SendingLink } from "../../../../media/links/ports.ts";
import { createSrtOpener } from "../../../../media/links/srt_link.ts";
import { encodeReceiverTime } from "../../../../media/links/receiver_time.ts";
import { OPTION } from "../../../../media/links/libsrt.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeLibsrt, SOCKET_FIGURES } from "../../../fakes/links/libsrt.ts";

const OPTIONS = { url: "srt://127.0.0.1:9", passphrase: "0123456789", latency: 200 };

const missing = () => {};

function setup(library = new FakeLibsrt()) {
  const clock = new FakeClock();
  const open = createSrtOpener({ clock, missing, load: () => library });
  let asked = 0;
  const link = async (): Promise<SendingLink> => {
    const opened = await open({ ...OPTIONS, keyframeWanted: () => void asked++ });
    if ("error" in opened) throw new Error(opened.error);
    return opened;
  };
  return { clock, library, open, link, asked: () => asked };
}

Deno.test("[LNK5] packets go out in messages of seven, and a full buffer is tried again", async () => {
  const { clock, library, link } = setup();
  library.results = ["sent", "full", "full"];
  using opened = await link();
  const sending = opened.send(new Uint8Array(1316 + 188));
  await clock.run(20);
  deepEqual(await sending, {});
  deepEqual(library.sent.map(({ message }) => message.length), [1316, 188]);
  const [path] = opened.figures.paths;
  deepEqual([path!.rtt, path!.capacity, opened.figures.waitingMs], [31, 8_000_000, 40]);
});

Deno.test("[LNK5] until libsrt has measured it, the round trip is half the time of connecting, which takes two", async () => {
  const { clock, library, link } = setup();
  library.measures = { ...SOCKET_FIGURES, rtt: undefined };
  library.connect = () => (clock.advance(120), Promise.resolve(0));
  using opened = await link();
  equal(opened.figures.paths[0]!.rtt, 60);
  library.measures = SOCKET_FIGURES;
  equal(opened.figures.paths[0]!.rtt, 31);
});

Deno.test("[LNK6] a receiver with another passphrase is named, and the socket closed", async () => {
  const { library, open } = setup();
  library.connects = 10;
  const opened = await open(OPTIONS);
  match("error" in opened ? opened.error : "", /another passphrase/);
  equal(library.closed.length, 1);
});

Deno.test("[LNK5] a broken link says so, and nothing is sent after it is closed", async () => {
  const { clock, library, link } = setup();
  library.results = ["broken"];
  const opened = await link();
  match((await opened.send(new Uint8Array(188))).error ?? "", /broke/);
  opened[Symbol.dispose]();
  opened[Symbol.dispose]();
  equal(library.closed.length, 1);
  equal(clock.pending, 0);
  match((await opened.send(new Uint8Array(188))).error ?? "", /closed/);
});

Deno.test("[LNK5] a link over which nothing is sent says too that it broke", async () => {
  const { clock, library, link } = setup();
  using opened = await link();
  let broken: string | undefined;
  void opened.broken.then((error) => broken = error);
  await clock.run(1_000);
  equal(broken, undefined);
  await library.break(5);
  await clock.run(20);
  match(broken ?? "", /^The link to srt:\/\/127\.0\.0\.1:9 broke/);
  equal(clock.pending, 0);
});

Deno.test("[LNK10] a request for a keyframe that the receiver sends back is passed on, other messages are not", async () => {
  const { clock, library, link, asked } = setup();
  using _opened = await link();
  const socket = 5;
  for (const message of [[1], [2], [1, 1], [1]]) {
    await library.arrive(socket, Uint8Array.from(message));
  }
  await clock.run(10);
  equal(asked(), 2);
});

Deno.test("[CAP3] an SRT link knows its receiver's clock by the times it sends and the round trip", async () => {
  const { clock, library, link } = setup();
  using opened = await link();
  deepEqual(opened.receiverClock, { type: "unknown", why: "not_compared" });
  await library.arrive(5, encodeReceiverTime(1_700_000_000_000));
  await clock.run(10);
  // It came within the 10 ms since it was looked before, and took 0 to 31 ms on its way.
  const offset = 1_700_000_000_000 - 10 + 31 / 2;
  deepEqual(opened.receiverClock, { type: "known", offset, error: 31 / 2 + 10 });
});

Deno.test("[LNK2] [LNK3] addresses and passphrases that SRT cannot take are refused without the secret", async () => {
  const { open } = setup();
  const wrong = [
    { url: "http://x:1" },
    { url: "srt://h" },
    { url: "srt://h:1", passphrase: "short" },
  ];
  for (const options of wrong) {
    const opened = await open({ latency: 200, ...options });
    match("error" in opened ? opened.error : "", /^Cannot (use|open)/);
    equal("error" in opened && opened.error.includes("short"), false);
  }
});

Deno.test("[LNK7] libsrt ties a link to its interface, also to the one of the default route", async () => {
  const library = new FakeLibsrt();
  const load = () => library;
  const open = createSrtOpener({ usedInterface: "wwan0", clock: new FakeClock(), load, missing });
  const opened = await open({ ...OPTIONS, interface: "wwan0" });
  if ("error" in opened) throw new Error(opened.error);
  opened[Symbol.dispose]();
  equal(library.options.get(OPTION.bindToDevice), "wwan0");
});

Deno.test("[LNK7] without libsrt a link leaves by the interface of the default route, and by no other", async () => {
  const load = () => {
    throw new Error("no such file");
  };
  const open = createSrtOpener({ usedInterface: "wwan0", clock: new FakeClock(), load, missing });
  const over = async (name: string) => {
    const opened = await open({ url: "http://x:1", latency: 200, interface: name });
    return "error" in opened ? opened.error : "";
  };
  match(await over("eth0"), /^Cannot send over eth0: FFmpeg does not tie/);
  match(await over("wwan0"), /^Cannot use "http:/);
});

Deno.test("[LNK9] a missing library is said once, with what to install", () => {
  const said: string[] = [];
  const load = () => {
    throw new Error("no such file");
  };
  createSrtOpener({ clock: new FakeClock(), missing: (text) => void said.push(text), load });
  equal(said.length, 1);
  match(said[0]!, /no such file.*apt-get install libsrt1\.5-gnutls/);
});
