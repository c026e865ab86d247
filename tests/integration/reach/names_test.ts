import { deepEqual, equal } from "node:assert/strict";
import { openPeer, until, WeriftBrowser } from "../../support/media/werift_browser.ts";

Deno.test("[RCH6] a browser that names no address but .local is connected by its checks, and nothing is looked up", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  const offer = await worker.peer.offer();
  await until(() => worker.candidates.includes(undefined));
  const own = await browser.answer(offer);
  for (const found of worker.candidates) {
    if (found) await browser.pc.addIceCandidate({ candidate: found.candidate, sdpMLineIndex: 0 });
  }
  const name = "5f2a0c1e-7d1b-4b8e-9c63-0f7d1a2b3c4d.local";
  const hidden = own.replaceAll(/^(a=candidate:\S+ 1 udp \d+) \S+ /gm, `$1 ${name} `);
  equal(own === hidden, false);
  const { error } = await worker.peer.accept(hidden);
  equal(error, undefined);
  const candidate = `candidate:1 1 udp 2113937151 ${name} 50000 typ host`;
  deepEqual(await worker.peer.addCandidate({ candidate }), {});
  await until(() => worker.events.includes("connected"));
});
