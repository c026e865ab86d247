import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { buildPaddleDuel } from "../../worker/sources/demo/build_rom.ts";
import { launchChromium } from "../support/browser.ts";
import { openPage, waitForPicture, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";

const NESTOPIA = "/usr/lib/x86_64-linux-gnu/libretro/nestopia_libretro.so";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  const roms = await Deno.makeTempDir({ prefix: "farpad-roms-" });
  await Deno.writeFile(join(roms, "Duel Cartridge (World).nes"), buildPaddleDuel());
  await Deno.writeFile(join(roms, "Broken.nes"), buildPaddleDuel().slice(0, 500));
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_CAPACITY: "12", FARPAD_ROMS: roms }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

Deno.test("[E2E9] a game file is played by the system's own core where there is one", async () => {
  const core = await Deno.stat(NESTOPIA).catch(() => undefined);
  if (!core) {
    equal(Deno.env.get("CI"), undefined, `${NESTOPIA} is missing: install libretro-nestopia`);
    return console.log(`not run: ${NESTOPIA} is missing (Debian package libretro-nestopia)`);
  }
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Duel Cartridge/ }).first().click();
  await waitForState(page, "playing");
  const first = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  ok(first.width > 0);
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  await page.context().close();
});

Deno.test("[E2E10] the page shows what is wrong with a broken game file, and other games still start", async () => {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: /Broken/ }).first().click();
  await waitForState(page, "refused");
  match(await page.innerText("main"), /Cannot (open|load|read|start) .*Broken/);
  await page.goto(`${stack.url}/play/paddle-duel`);
  await waitForState(page, "playing");
  await page.context().close();
});

Deno.test("[E2E11] a browser without H.264 plays in VP8", async () => {
  const page = await openPage(browser, "about:blank");
  await page.addInitScript(() => {
    const original: (this: RTCPeerConnection, offer: RTCSessionDescriptionInit) => Promise<void> =
      RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function (
      description: RTCSessionDescriptionInit,
    ) {
      const lines = (description.sdp ?? "").split("\r\n");
      const typesOf = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
      const h264 = typesOf(/^a=rtpmap:(\d+) H264/);
      const repair = typesOf(new RegExp(`^a=fmtp:(\\d+) apt=(?:${h264.join("|")})$`));
      const gone = [...h264, ...repair];
      const describesGone = (line: string) =>
        gone.includes(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line)?.[1] ?? "");
      const sdp = lines.filter((line) => !describesGone(line)).map((line) =>
        line.startsWith("m=video")
          ? line.split(" ").filter((word, i) => i < 3 || !gone.includes(word)).join(" ")
          : line
      ).join("\r\n");
      return original.call(this, { type: "offer", sdp });
    };
  });
  await page.goto(`${stack.url}/play/paddle-duel`);
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  const codec = await page.evaluate(async () => {
    const reports = [...(await farpadProbe.connections.at(-1)!.getStats()).values()];
    const video = reports.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    return reports.find(({ id }) => id === video?.codecId)?.mimeType;
  });
  equal(codec, "video/VP8");
  await page.context().close();
});

Deno.test("[E2E12] a link to a room that is gone shows the reason and the way to the library", async () => {
  const page = await openPage(browser, `${stack.url}/?room=room_gone`);
  await waitForState(page, "ended", "refused", "failed");
  match(await page.innerText("body"), /not open any more/);
  await page.context().close();
});

Deno.test("[E2E13] [OVT1] on a machine with only loopback a game plays over TCP", async () => {
  const script = new URL("../support/loopback_only.ts", import.meta.url).pathname;
  const command = `ip link set lo up && exec ${Deno.execPath()} run -A --no-check ${script}`;
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["-n", "sh", "-c", command],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout);
  equal(code, 0, said + new TextDecoder().decode(stderr));
  match(said, /over TCP/i);
  match(said, /"status":"ok"/);
});
