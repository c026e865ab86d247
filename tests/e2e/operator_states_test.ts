import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { SenderId } from "../../protocol/ids.ts";
import { findFaults } from "../support/axe.ts";
import { launchChromium } from "../support/browser.ts";
import type { FakeControlPlane } from "../support/operator/fake_control_plane.ts";
import { refusal } from "../support/operator/fake_rest.ts";
import { busyFleet, emptyFleet } from "../support/operator/fleet_data.ts";
import { playScene } from "../support/operator/operator_page.ts";
import { OPERATOR_SCENES } from "../support/operator/scenes.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../web/dist", import.meta.url).pathname;
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};
const LIVE = "/operator/senders/snd_0001";
const READY = "/operator/senders/snd_0003";

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

/** Runs `story` on a fresh page of the dashboard against a fresh fleet. */
function on(
  path: string,
  story: (page: Page, plane: FakeControlPlane) => Promise<void>,
  { script, options = DESK }: {
    readonly script?: (plane: FakeControlPlane) => void;
    readonly options?: BrowserContextOptions;
  } = {},
): Promise<void> {
  const scene = script ? { path, script } : { path };
  return playScene(browser, scene, { dist: DIST, options, then: story });
}

async function says(page: Page, ...texts: readonly (string | RegExp)[]): Promise<void> {
  for (const text of texts) await page.getByText(text).first().waitFor();
}

function still({ script }: FakeControlPlane): void {
  script.moving = false;
}

const PAGES = [
  "operator-overview",
  "operator-senders",
  "operator-sender-live",
  "operator-sender-ready",
  "operator-streams",
  "operator-streams-ended",
  "operator-stream-ended",
  "operator-workers",
  "operator-worker",
  "operator-rooms",
  "operator-destinations",
  "operator-people",
  "operator-audit",
  "operator-settings",
  "operator-account",
] as const;

Deno.test("[DSH14] every page fits a phone and has no serious fault, at either size and in either light", () =>
  on("/operator", async (page, plane) => {
    for (const [index, name] of PAGES.entries()) {
      const scene = OPERATOR_SCENES[name]!;
      await page.setViewportSize(PHONE.viewport!);
      await page.emulateMedia({ colorScheme: index % 4 < 2 ? "light" : "dark" });
      await page.goto(plane.url + scene.path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await scene.act?.(page, plane);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      deepEqual([name, width], [name, PHONE.viewport?.width]);
      if (index % 2 === 0) await page.setViewportSize(DESK.viewport!);
      deepEqual([name, ...await findFaults(page)], [name]);
    }
  }, { options: PHONE }));

Deno.test("[DSH14] empty, loading, refused: each has its words and a way on", async () => {
  const empty = ({ script }: FakeControlPlane) => void (script.fleet = emptyFleet());
  await on("/operator", async (page, plane) => {
    for (
      const [path, words] of [
        ["", "First steps"],
        ["/senders", "No senders yet"],
        ["/streams", "Nothing is live"],
        ["/workers", "No worker is connected"],
        ["/rooms", "Nothing is being played"],
        ["/destinations", "No destinations yet"],
        ["/senders/snd_none", "There is no such sender"],
        ["/nowhere", "There is nothing at /operator/nowhere"],
      ] as const
    ) {
      await page.goto(`${plane.url}/operator${path}`);
      await says(page, words);
      deepEqual(await findFaults(page), []);
    }
  }, { script: empty });
  await on("/operator/senders", async (page) => {
    await says(page, /Loading senders… 2\ss/);
    deepEqual(await findFaults(page), []);
  }, { script: ({ script }) => void script.silent.add("senders") });
  await on("/operator/destinations", async (page, { script }) => {
    await says(page, "Cannot show destinations", "The disk is full.");
    deepEqual(await findFaults(page), []);
    script.answers.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await says(page, "Arena screens");
  }, {
    script: ({ script }) =>
      void script.answers.set("destinations.list", refusal(500, "The disk is full.")),
  });
});

Deno.test("[DSH6] signing in tells a wrong password, and leads to the page that was asked for", () =>
  on("/operator/workers", async (page, { script }) => {
    script.answers.set("auth.login", refusal(401, "The email or the password is wrong."));
    await page.getByLabel("Email").fill("ada@example.org");
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    await says(page, "The email or the password is wrong.");
    deepEqual(await findFaults(page), []);
    script.answers.clear();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Workers" }).waitFor();
    await page.getByRole("button", { name: "Account of Ada" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await says(page, "You signed out.");
  }, { script: ({ script }) => void (script.signedIn = false) }));

Deno.test("[DSH6] a token that is refused is renewed unseen, on calls and on the live connection", () =>
  on("/operator/people", async (page, plane) => {
    await says(page, "Grace Hopper");
    plane.script.token = 2;
    plane.cut(4401);
    await page.getByRole("link", { name: "Audit" }).click();
    await says(page, "stream.start");
    await page.waitForFunction(() => !document.querySelector(".banner"));
    plane.script.signedIn = false;
    plane.script.token = 3;
    await page.getByRole("link", { name: "People" }).click();
    await says(page, "Your login ended. Sign in again to go on.");
  }));

Deno.test("[DSH11] a thousand senders: few rows are drawn, keys and search reach every one", () =>
  on("/operator/senders", async (page) => {
    const table = page.getByRole("table", { name: "Senders" });
    await table.waitFor();
    equal(await table.getAttribute("aria-rowcount"), "1001");
    ok(await table.locator("tbody tr").count() < 80);
    await page.locator(".row-link").first().focus();
    await page.keyboard.press("End");
    await page.waitForFunction(() =>
      document.activeElement?.closest("tr")?.getAttribute("aria-rowindex") === "1001"
    );
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Home");
    await page.waitForFunction(() =>
      document.activeElement?.closest("tr")?.getAttribute("aria-rowindex") === "2"
    );
    await page.keyboard.press("/");
    await page.keyboard.type("box-77");
    await says(page, "11 of 1,000");
    match(page.url(), /\?q=box-77$/);
    await page.reload();
    await says(page, "11 of 1,000");
    await page.locator(".row-link").first().press("Enter");
    await page.getByRole("heading", { level: 1, name: "box-77" }).waitFor();
  }, {
    script: (plane) => {
      still(plane);
      plane.script.fleet = busyFleet(Date.now(), 1_000);
    },
  }));

Deno.test("[DSH11] a head sorts, and the address keeps it", () =>
  on("/operator/senders", async (page) => {
    const names = () => page.locator("tbody th b").allInnerTexts();
    const head = page.getByRole("columnheader", { name: /RTT/ });
    await head.getByRole("button").focus();
    await page.keyboard.press("Enter");
    equal(await head.getAttribute("aria-sort"), "descending");
    const down = await names();
    await page.keyboard.press("Enter");
    equal(await head.getAttribute("aria-sort"), "ascending");
    match(page.url(), /\?sort=rtt$/);
    const up = await names();
    ok(up[0] !== down[0]);
    equal(up.at(-1), down.at(-1));
  }, { script: still }));

Deno.test("[DSH3] news of senders and alerts arrive, and old figures say their age", () =>
  on("/operator/senders?q=Start", async (page, plane) => {
    const row = page.getByRole("row", { name: /Start line/ });
    await row.waitFor();
    const [sender] = plane.script.fleet.senders;
    const figures = { ...sender!.stream!.figures!, at: Date.now(), bitrate_kbps: 7_300 };
    const stream = { ...sender!.stream!, figures };
    plane.tell(["senders"], "sender.changed", { sender: { ...sender!, stream } });
    await row.getByText("7.3").waitFor();
    const [alert] = plane.script.fleet.alerts;
    plane.tell(["alerts"], "alert.changed", { alert: { ...alert!, alert_id: "alr_new" } });
    await page.getByRole("button", { name: "4 alerts" }).click();
    deepEqual(await findFaults(page), []);
    await row.getByText(/[56]\ss old/).waitFor();
  }, { script: still }));

Deno.test("[DSH7] cut off, the page says since when, and comes back by itself or by a press", () =>
  on("/operator", async (page, plane) => {
    await page.getByRole("heading", { name: "Live now" }).waitFor();
    plane.script.reachable = false;
    plane.cut();
    await says(page, /Not live since/, /Trying again in \d\ss/);
    deepEqual(await findFaults(page), []);
    plane.script.reachable = true;
    await page.getByRole("button", { name: "Try now" }).click();
    await page.locator(".banner").waitFor({ state: "detached" });
    ok(plane.topics().includes("senders"));
  }));

Deno.test("[DSH5] a start says since when it is asked, then what the device answered, then what is true", () =>
  on(READY, async (page, plane) => {
    const { script } = plane;
    const start = page.getByRole("button", { name: "Start stream" });
    script.answers.set("senders.start", refusal(409, "The camera is busy.", { after: 2_200 }));
    await start.click();
    await says(page, /Starting… \(asked [12]\ss ago\)/);
    await says(page, "The camera is busy.");
    script.answers.clear();
    await start.click();
    await says(page, /It is live once figures or pictures come/);
    const stream = script.fleet.streams.find(({ stream_id }) => stream_id === "str_new")!;
    const figures = { at: Date.now(), bitrate_kbps: 3_100, links_live: 1, links: 1, picture: true };
    const live = { ...stream, state: "live" as const, live_at: Date.now(), figures };
    plane.tell(["stream:str_new", "streams"], "stream.changed", { stream: live });
    await page.locator(".page-title").getByText("Live").waitFor();
    const body = plane.calls.findLast(({ name }) => name === "senders.start")?.body;
    deepEqual(body, {
      source: { mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 },
      encoder: { bitrate_kbps: 5_000 },
      links: [{ interface: "wwan0" }, { interface: "wwan1" }],
    });
  }, { script: still }));

Deno.test("[DSH5] a choice that is refused goes back to what the coordinator has", () =>
  on("/operator/people", async (page, { script }) => {
    script.answers.set("users.change", refusal(409, "One administrator must remain."));
    const role = page.getByLabel("Role of Grace Hopper");
    await role.selectOption("viewer");
    await says(page, "One administrator must remain.");
    equal(await role.inputValue(), "operator");
  }));

Deno.test("a live sender shows its picture through the player, and what stopping takes along", () =>
  on(LIVE, async (page, plane) => {
    await page.locator(".preview-foot").getByText("fps").waitFor();
    await page.getByRole("figure", { name: /Round trip\s*wwan0\s*\d+/ }).waitFor();
    await page.getByRole("button", { name: "Stop stream" }).click();
    const dialog = page.getByRole("dialog", { name: "Stop the stream of Start line?" });
    await dialog.getByText("2 destinations stop being fed.").waitFor();
    deepEqual(await findFaults(page), []);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    equal(plane.calls.some(({ name }) => name === "senders.stop"), false);
    await page.getByRole("spinbutton", { name: "Bitrate" }).fill("3000");
    plane.script.answers.set("senders.config", refusal(409, "The encoder cannot change it now."));
    await page.getByRole("button", { name: "Apply" }).click();
    await says(page, "The encoder cannot change it now.");
    plane.script.answers.clear();
    await page.getByRole("button", { name: "Apply" }).click();
    await says(page, /The device took bitrate/);
    deepEqual(plane.calls.findLast(({ name }) => name === "senders.config")?.body, {
      encoder: { bitrate_kbps: 3_000 },
    });
  }));

Deno.test("[DSH15] a new sender's token is shown once, and the dialog sees the device come", () =>
  on("/operator/senders", async (page, plane) => {
    await page.getByRole("button", { name: "New sender" }).click();
    await page.getByLabel("Name").fill("Lighthouse");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Enrol Lighthouse" });
    await dialog.getByText(/^farpad-agent enrol 'farpad-enroll:/).waitFor();
    await dialog.getByRole("img", { name: /QR code/ }).waitFor();
    await dialog.getByText(/Expires in 23:59/).waitFor();
    deepEqual(await findFaults(page), []);
    const other = plane.script.fleet.senders[0]!;
    const sender_id = SenderId.parse("snd_new");
    const sender = { ...other, sender_id, name: "Lighthouse", enrolled_at: Date.now() };
    plane.tell(["senders"], "sender.changed", { sender });
    await dialog.getByText(/enrolled as Lighthouse and is online/).waitFor();
    equal(await page.getByText("farpad-agent enrol").count(), 0);
  }, { script: still }));

Deno.test("[DSH15] a stream key goes in and never comes out", () =>
  on("/operator/destinations", async (page, plane) => {
    await page.getByRole("button", { name: "Change Regatta main" }).click();
    const key = page.getByRole("textbox", { name: "Stream key" });
    equal(await key.inputValue(), "");
    await key.fill("abcd-efgh");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const change = plane.calls.findLast(({ name }) => name === "destinations.change");
    equal((change?.body as { stream_key?: string }).stream_key, "abcd-efgh");
    equal(await page.getByText("abcd-efgh").count(), 0);
  }));

Deno.test("[DSH13] a viewer sees every control that matters, and why it cannot be pressed", () =>
  on("/operator/senders", async (page, plane) => {
    await says(page, "You are signed in as a viewer: you see everything and change nothing.");
    const create = page.getByRole("button", { name: "New sender" });
    equal(await create.getAttribute("aria-disabled"), "true");
    await create.click({ force: true });
    equal(await page.getByRole("dialog").count(), 0);
    await page.getByRole("searchbox").fill("quay 3");
    await page.getByRole("row", { name: /Quay 3/ }).getByRole("link").click();
    await says(page, "An operator can start a stream here.");
    await page.getByRole("link", { name: "Settings" }).click();
    await says(page, "Only an administrator can change this.");
    deepEqual(await findFaults(page), []);
    deepEqual(plane.calls.filter(({ name }) => /create|start|set|change/i.test(name)), []);
  }, {
    script: ({ script }) => void (script.user = { ...script.user, role: "viewer" }),
  }));
