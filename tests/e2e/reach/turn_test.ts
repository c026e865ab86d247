/**
 * Players whose direct paths are all blocked, with Debian's coturn as the relay.
 *
 * @module
 */
import { equal, match } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { makeCertificate } from "../../../coordinator/secrets/tls.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import type { IceServer } from "../../../protocol/legs/webrtc.ts";
import { launchChromium } from "../../support/browser.ts";
import { watchCanvas } from "../../support/page/canvas_watch.ts";
import { changeTurnServers } from "../../support/page/ice_servers.ts";
import { relayOnly } from "../../support/page/relay_only.ts";
import { openPage, waitForPicture, waitForState } from "../../support/player.ts";
import { type Coturn, startCoturn } from "../../support/reach/coturn.ts";
import { freePort, type Stack, startStack } from "../../support/stack/stack.ts";

/** The configuration in the operations page, for this machine alone. */
const page = await Deno.readTextFile(new URL("../../../docs/OPERATIONS.md", import.meta.url));
const lines = /```conf\n(.*?)```/s.exec(page)![1]!.replace("203.0.113.8", "127.0.0.1").split("\n");
const SECRET = lines.find((line) => line.startsWith("static-auth-secret="))!.split("=")[1]!;

let certificate: string;
let turn: Coturn;
let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  certificate = await Deno.makeTempDir({ prefix: "farpad-certificate-" });
  const made = await makeCertificate({ clock: systemClock, random: systemRandom }, ["localhost"]);
  const [cert, pkey] = ["cert.pem", "key.pem"].map((name) => join(certificate, name));
  Deno.writeTextFileSync(cert!, made.cert);
  Deno.writeTextFileSync(pkey!, made.key);
  const tlsPort = await freePort();
  [turn, browser] = await Promise.all([
    startCoturn([
      ...lines.filter((line) => !line.startsWith("listening-port=")),
      `tls-listening-port=${tlsPort}`,
      `cert=${cert}`,
      `pkey=${pkey}`,
    ]),
    launchChromium([
      "--autoplay-policy=no-user-gesture-required",
      // No authority signed the relay's certificate.
      "--ignore-certificate-errors",
    ]),
  ]);
  stack = await startStack({
    FARPAD_TURN_URLS: `turn:127.0.0.1:${turn.port},turns:localhost:${tlsPort}`,
    FARPAD_TURN_SECRET: SECRET,
  });
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
  await turn[Symbol.asyncDispose]();
  await Deno.remove(certificate, { recursive: true });
});

/** Opens the game on a page that uses relays alone. `change`: what it gets of a relay. */
function play(change: (server: IceServer) => IceServer = (server) => server): Promise<Page> {
  return openPage(browser, `${stack.url}/play/paddle-duel`, {
    async prepare(page) {
      await relayOnly(page);
      await changeTurnServers(page, change);
    },
  });
}

/** Leaves a page the servers of one scheme. */
function only(scheme: string) {
  return ({ urls, ...rest }: IceServer): IceServer => ({
    ...rest,
    urls: urls.filter((url) => url.startsWith(scheme)),
  });
}

/** The relay that the browser sends through: its kind, and how the browser reaches it. */
function sendsFrom(page: Page) {
  return page.evaluate(async () => {
    const stats = await farpadProbe.connections.at(-1)!.getStats();
    const all = [...stats.values()];
    const pair = all.find(({ type, nominated }) => type === "candidate-pair" && nominated);
    const { candidateType, relayProtocol } = stats.get(pair.localCandidateId);
    return `${candidateType} ${relayProtocol}`;
  });
}

Deno.test("[RCH1] where only a TURN server is reached, a game plays through it: pictures advance, a press lights one", async () => {
  const page = await play(only("turn:"));
  await waitForState(page, "playing");
  const first = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  await waitForPicture(page, "a later count", ({ bar }) => bar?.frame !== first.bar!.frame);
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  equal(await sendsFrom(page), "relay udp");
  match(turn.output(), /ALLOCATE processed, success/);
  await page.context().close();
});

Deno.test("[RCH3] a game plays through a TURN server over TLS", async () => {
  const page = await play(only("turns:"));
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  equal(await sendsFrom(page), "relay tls");
  await page.context().close();
});

/** Credentials that coturn took until a second ago. */
function expired(server: IceServer): IceServer {
  const username = `${Math.floor(Date.now() / 1000) - 1}:late`;
  const credential = createHmac("sha1", SECRET).update(username).digest("base64");
  return { ...server, username, credential };
}

Deno.test("[RCH2] with an expired credential the game plays over TCP, and the page names the relay's refusal", async () => {
  const page = await play(expired);
  const canvas = await watchCanvas(page);
  await waitForState(page, "playing");
  await canvas.until("a frame count", ({ bar }) => bar !== undefined);
  await page.locator(".vitals").click();
  match(await page.innerText(".panel"), /The relay turns?:\S+ refused this browser \(401 Unaut/);
  await page.context().close();
});
