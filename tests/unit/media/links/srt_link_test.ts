import { deepEqual, equal, match } from "node:assert/strict";
import type { Libsrt, SocketFigures } from "../../../../media/links/libsrt.ts";
import type { SendingLink } from "../../../../media/links/ports.ts";
import { createSrtOpener } from "../../../../media/links/srt_link.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const FIGURES: SocketFigures = {
  sent: 100,
  lost: 2,
  dropped: 0,
  sentBytes: 131_600,
  rtt: 31,
  capacity: 8_000_000,
  waitingMs: 40,
};

function setup({ connects = 0, results = [] as ("sent" | "full" | "broken")[] } = {}) {
  const clock = new FakeClock();
  const options = new Map<number, number | string>();
  const sent: number[] = [];
  let closed = 0;
  const library: Libsrt = {
    createSocket: () => 5,
    setOption: (_socket, option, value) => (options.set(option, value), true),
    connect: () => Promise.resolve(connects),
    send(_socket, message) {
      const result = results.shift() ?? "sent";
      if (result === "sent") sent.push(message.length);
      return result;
    },
    figures: () => FIGURES,
    close: () => void closed++,
  };
  const open = createSrtOpener({ clock, missing: () => {}, load: () => library });
  const link = async (): Promise<SendingLink> => {
    const opened = await open({ url: "srt://127.0.0.1:9", passphrase: "0123456789", latency: 200 });
    if ("error" in opened) throw new Error(opened.error);
    return opened;
  };
  return { clock, options, sent, open, link, closed: () => closed };
}

Deno.test("[LNK5] packets go out in messages of seven, and a full buffer is tried again", async () => {
  const { clock, sent, link } = setup({ results: ["sent", "full", "full"] });
  using opened = await link();
  const sending = opened.send(new Uint8Array(1316 + 188));
  await clock.run(20);
  deepEqual(await sending, {});
  deepEqual(sent, [1316, 188]);
  equal(opened.figures.blockedMs, 10);
  const [path] = opened.figures.paths;
  deepEqual([path!.rtt, path!.capacity, opened.figures.waitingMs], [31, 8_000_000, 40]);
});

Deno.test("[LNK6] a receiver with another passphrase is named, and the socket closed", async () => {
  const { open, closed } = setup({ connects: 10 });
  const opened = await open({ url: "srt://127.0.0.1:9", passphrase: "0123456789", latency: 200 });
  match("error" in opened ? opened.error : "", /another passphrase/);
  equal(closed(), 1);
});

Deno.test("[LNK5] a broken link says so, and nothing is sent after it is closed", async () => {
  const { link, closed } = setup({ results: ["broken"] });
  const opened = await link();
  match((await opened.send(new Uint8Array(188))).error ?? "", /broke/);
  opened[Symbol.dispose]();
  opened[Symbol.dispose]();
  equal(closed(), 1);
  match((await opened.send(new Uint8Array(188))).error ?? "", /closed/);
});

Deno.test("[LNK2] [LNK3] addresses and passphrases that SRT cannot take are refused without the secret", async () => {
  const { open } = setup();
  for (
    const options of [{ url: "http://x:1" }, { url: "srt://h" }, {
      url: "srt://h:1",
      passphrase: "short",
    }]
  ) {
    const opened = await open({ latency: 200, ...options });
    match("error" in opened ? opened.error : "", /^Cannot (use|open)/);
    equal("error" in opened && opened.error.includes("short"), false);
  }
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
