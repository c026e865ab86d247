/**
 * Plays in a network namespace that has addresses of IPv6 alone, and prints for each of two browsers by which way: one
 * that shows its addresses, and one that hides them behind names of multicast DNS, which there get no answer.
 *
 * @module
 */
import { launchChromium } from "../browser.ts";
import { openPage, waitForState } from "../player.ts";
import { startStack } from "../stack/stack.ts";

await using stack = await startStack({
  FARPAD_HOST: "::1",
  FARPAD_WORKER_HOST: "::1",
  FARPAD_ICE_ADDRESSES: "::1",
  FARPAD_INGEST_HOST: "::1",
});
for (const flags of [["--disable-features=WebRtcHideLocalIpsWithMdns"], []]) {
  const browser = await launchChromium(flags);
  try {
    const page = await openPage(browser, `${stack.url}/play/paddle-duel`);
    await waitForState(page, "playing");
    const from = await page.evaluate(async () => {
      if (document.querySelector(".picture > canvas")) return "over TCP";
      const stats = await farpadProbe.connections.at(-1)!.getStats();
      const all = [...stats.values()];
      const pair = all.find(({ type, nominated }) => type === "candidate-pair" && nominated);
      return `over UDP from ${stats.get(pair.localCandidateId).address}`;
    });
    console.log(`${stack.url} ${from}`);
  } finally {
    await browser.close();
  }
}
