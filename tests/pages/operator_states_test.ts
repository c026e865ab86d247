import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { findFaults } from "../support/axe.ts";
import { launchShell } from "../support/browser.ts";
import { createDeviceKey } from "../support/control/device.ts";
import { DESK, type Stage, storiesIn } from "../support/operator/operator_page.ts";
import { OPERATOR_SCENES } from "../support/operator/scenes.ts";
import { OWNER } from "../support/operator/past.ts";
import { PASSWORD } from "../support/operator/past_people.ts";
import { ScriptedDevice } from "../support/operator/scripted_device.ts";
import { cutAddresses, cutControls, stackedActions } from "../support/operator/table_faults.ts";

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};
const SMALLEST_PHONE = { width: 320, height: 568 };
const LYING_PHONE = { width: 568, height: 320 };
const LIVE = "/operator/senders/snd_0001";
const READY = "/operator/senders/snd_0003";

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

const on = storiesIn(() => browser);

async function says(page: Page, ...texts: readonly (string | RegExp)[]): Promise<void> {
  for (const text of texts) await page.getByText(text).first().waitFor();
}

function still({ plane }: Stage): void {
  plane.moving = false;
}

const PAGES = [
  "operator-overview",
  "operator-senders",
  "operator-sender-live",
  "operator-sender-ready",
  "operator-streams",
  "operator-streams-ended",
  "operator-wall",
  "operator-stream-ended",
  "operator-workers",
  "operator-worker",
  "operator-rooms",
  "operator-destinations",
  "operator-people",
  "operator-person",
  "operator-audit",
  "operator-settings",
  "operator-account",
  "operator-api-token",
] as const;

Deno.test("[DSH14] every page fits a phone with all its controls and has no serious fault, at either size and in either light", () =>
  on("/operator", async (page, stage) => {
    for (const [index, name] of PAGES.entries()) {
      const scene = OPERATOR_SCENES[name]!;
      await page.setViewportSize(PHONE.viewport!);
      await page.emulateMedia({ colorScheme: index % 4 < 2 ? "light" : "dark" });
      await page.goto(stage.plane.url + scene.path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await scene.act?.(page, stage);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      deepEqual([name, width], [name, PHONE.viewport?.width]);
      deepEqual([name, ...await cutControls(page)], [name]);
      await page.setViewportSize(SMALLEST_PHONE);
      deepEqual([name, ...await cutControls(page)], [name]);
      deepEqual([name, ...await cutAddresses(page)], [name]);
      for (const size of [SMALLEST_PHONE, LYING_PHONE]) {
        await page.setViewportSize(size);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        deepEqual([name, wide], [name, size.width]);
      }
      await page.setViewportSize(DESK.viewport!);
      deepEqual([name, ...await stackedActions(page)], [name]);
      if (index % 2 !== 0) await page.setViewportSize(PHONE.viewport!);
      deepEqual([name, ...await findFaults(page)], [name]);
    }
  }, { options: PHONE }));

Deno.test("[DSH14] an empty, a loading and a refused page each have their words and an action", async () => {
  await on("/operator", async (page, { plane }) => {
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
  }, { fleet: { fleet: "empty" } });
  await on("/operator/senders", async (page) => {
    await says(page, /Loading senders… 2\ss/);
    deepEqual(await findFaults(page), []);
  }, { prepare: ({ network }) => void network.silent.add("senders") });
  await on("/operator/destinations", async (page, { network }) => {
    await says(page, "Cannot show destinations", "The disk is full.");
    deepEqual(await findFaults(page), []);
    network.mend();
    await page.getByRole("button", { name: "Try again" }).click();
    await says(page, "Arena screens");
  }, {
    prepare: ({ network }) => network.refuse("GET /api/destinations", 500, "The disk is full."),
  });
});

Deno.test("[DSH6] signing in reports a wrong password, and leads to the page of the address", () =>
  on("/operator/workers", async (page) => {
    await page.getByLabel("Email").fill("ada@example.org");
    await page.getByLabel("Password").fill("wrong password");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText(/password/).waitFor();
    deepEqual(await findFaults(page), []);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Workers" }).waitFor();
    await page.getByRole("button", { name: "Account of Ada" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await says(page, "You signed out.");
  }, { as: "nobody" }));

Deno.test("[ACC21] a reset link leads to a new password, and the page says that it is changed", () =>
  on("/operator/people", async (page, { plane }) => {
    await page.getByRole("button", { name: "Manage Grace Hopper" }).click();
    await page.getByRole("button", { name: "Make a reset link" }).click();
    const link = await page.locator(".copy code").innerText();
    await page.goto(plane.url + new URL(link).pathname + new URL(link).hash);
    await page.getByLabel("New password").fill("short");
    await says(page, "3 more characters, at least.");
    deepEqual(await findFaults(page), []);
    await page.getByLabel("New password").fill("a new password");
    await page.keyboard.press("Enter");
    await says(page, "The password is changed");
    deepEqual(await findFaults(page), []);
  }));

Deno.test("[TOK4] an API token is shown once and listed without its text", () =>
  on("/operator/account", async (page) => {
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByLabel("What it is for").fill("Grafana");
    await page.keyboard.press("Enter");
    const text = await page.locator(".copy code").innerText();
    match(text, /^tok_[0-9a-f]+\.[A-Z2-9]{26}$/);
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Done" }).click();
    await says(page, "Never used");
    equal(await page.getByText(text).count(), 0);
    await page.getByRole("button", { name: "Revoke Grafana" }).click();
    await says(page, /With a token a program calls/);
  }));

Deno.test("[DSH6] an expired token is renewed without a message, on calls and on the live connection", () =>
  on("/operator/people", async (page, { plane, network }) => {
    await says(page, "Grace Hopper");
    const { clock, control } = plane.bench;
    clock.advance(11 * 60_000);
    await page.getByRole("link", { name: "Audit" }).click();
    await says(page, "Started a stream");
    await page.waitForFunction(() => !document.querySelector(".banner"));
    ok(network.calls.filter(({ name }) => name === "POST /api/auth/refresh").length >= 2);
    await control.logins.endAll(OWNER);
    await says(page, "Your login ended. Sign in again to go on.");
  }, { prepare: still }));

Deno.test("[DSH11] a thousand senders: few rows are drawn, and keys and search reach every sender", () =>
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
  }, { prepare: still, fleet: { senders: 1_000 } }));

Deno.test("[DSH11] a click on a column head sorts, and the address keeps the order", () =>
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
  }, { prepare: still }));

Deno.test("[DSH3] changes of senders and alerts arrive, and old figures show their age", () =>
  on("/operator/senders?q=Start", async (page, { plane }) => {
    const row = page.getByRole("row", { name: /Start line/ });
    await row.waitFor();
    const [device] = plane.devices;
    device!.send("stream.stats", { ...device!.stats(), encoder_bitrate_kbps: 7_300 });
    await row.getByText("7.3").waitFor();
    const alerts = page.getByRole("button", { name: /^\d+ alerts$/ });
    const before = parseInt(await alerts.innerText());
    plane.devices[1]!.drop();
    plane.clock.advance(31_000);
    await page.getByRole("button", { name: `${before + 1} alerts` }).click();
    deepEqual(await findFaults(page), []);
    await row.getByText(/\d+\ss old/).first().waitFor();
  }, { prepare: still }));

Deno.test("[DSH7] without a connection the page shows since when, and reconnects by itself or by a press", () =>
  on("/operator", async (page, { network }) => {
    await page.getByRole("heading", { name: "Live now" }).waitFor();
    network.reachable = false;
    network.cut();
    await says(page, /Not live since/, /Trying again in \d\ss/);
    deepEqual(await findFaults(page), []);
    network.reachable = true;
    await page.getByRole("button", { name: "Try now" }).click();
    await page.locator(".banner").waitFor({ state: "detached" });
    await page.waitForFunction(() => !/\d\ss old/.test(document.body.innerText));
  }));

Deno.test("[DSH5] a start shows since when it is requested, then the answer of the device, then the state", () =>
  on(READY, async (page, { plane, network }) => {
    const device = plane.devices[2]!;
    const start = page.getByRole("button", { name: "Start stream" });
    device.answers = "is silent";
    device.sends = false;
    await start.click();
    await says(page, /Starting… \(asked [1-9]\ss ago\)/);
    device.refuse("The camera is busy.");
    await says(page, "The camera is busy.");
    device.answers = "takes";
    await start.click();
    await says(page, /It is live once figures or pictures come/);
    device.sends = true;
    plane.moving = true;
    await page.locator(".page-title").getByText("Live").waitFor();
    deepEqual(network.lastBody("POST /api/senders/snd_0003/stream/start"), {
      source: { mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 },
      encoder: { bitrate_kbps: 5_000 },
      links: [{ interface: "wwan0" }, { interface: "wwan1" }],
    });
    const { payload } = device.commands.at(-1)!;
    deepEqual(payload.bonding_config.links.map((link: { interface: string }) => link.interface), [
      "wwan0",
      "wwan1",
    ]);
  }, { prepare: still }));

Deno.test("[DSH5] a refused choice returns to the value of the coordinator", () =>
  on("/operator/people", async (page, { network }) => {
    network.refuse("PATCH /api/users/usr_grace", 409, "One administrator must remain.");
    const role = page.getByLabel("Role of Grace Hopper");
    await role.selectOption("viewer");
    await says(page, "One administrator must remain.");
    equal(await role.inputValue(), "operator");
  }));

Deno.test("a live sender shows its picture in the player, and what ends with its stream", () =>
  on(LIVE, async (page, { plane, network }) => {
    await page.locator(".preview-foot").getByText("fps").waitFor();
    await page.getByRole("figure", { name: /Round trip\s*wwan0\s*\d+/ }).waitFor();
    await page.getByRole("button", { name: "Stop stream" }).click();
    const dialog = page.getByRole("dialog", { name: "Stop the stream of Start line?" });
    await dialog.getByText("2 destinations stop being fed.").waitFor();
    deepEqual(await findFaults(page), []);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    equal(network.calls.some(({ name }) => name.endsWith("/stream/stop")), false);
    const encoder = page.getByRole("form", { name: "Change while it runs" });
    await encoder.getByRole("spinbutton", { name: "Bitrate" }).fill("3000");
    const [device] = plane.devices;
    device!.answers = { refuses: "The encoder cannot change it now." };
    await encoder.getByRole("button", { name: "Apply" }).click();
    await says(page, "The encoder cannot change it now.");
    device!.answers = "takes";
    await encoder.getByRole("button", { name: "Apply" }).click();
    await says(page, /The device took bitrate/);
    deepEqual(device!.commands.at(-1)?.payload, { encoder: { bitrate_kbps: 3_000 } });
  }));

Deno.test("[DSH15] a new sender's token is shown once, and the dialog shows when the device connects", () =>
  on("/operator/senders", async (page, { plane }) => {
    await page.getByRole("button", { name: "New sender" }).click();
    await page.getByLabel("Name").fill("Lighthouse");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Enrol Lighthouse" });
    const command = await dialog.getByText(/^sudo farpad-agent enrol 'farpad-enroll:/).innerText();
    await dialog.getByRole("img", { name: /QR code/ }).waitFor();
    await dialog.getByText(/Expires in 23:59/).waitFor();
    deepEqual(await findFaults(page), []);
    const token = new URL(command.split("'")[1]!).searchParams.get("token")!;
    const id = token.split(".")[0]!;
    const key = await createDeviceKey();
    await new ScriptedDevice(plane.bench, { id, index: 40, key }).connect(token);
    await dialog.getByText(/enrolled as Lighthouse and is online/).waitFor();
    equal(await page.getByText("farpad-agent enrol").count(), 0);
  }, { prepare: still }));

Deno.test("[DSH15] a stream key can be entered and is never shown", () =>
  on("/operator/destinations", async (page, { network }) => {
    await page.getByRole("button", { name: "Change Regatta main" }).click();
    const key = page.getByRole("textbox", { name: "Stream key" });
    equal(await key.inputValue(), "");
    await key.fill("abcd-efgh");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const change = network.lastBody("PUT /api/destinations/dst_youtube");
    equal((change as { stream_key?: string }).stream_key, "abcd-efgh");
    equal(await page.getByText("abcd-efgh").count(), 0);
  }));

Deno.test("[DSH13] a viewer sees every control that matters, and why it cannot be pressed", () =>
  on("/operator/senders", async (page, { network }) => {
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
    const changes = network.calls.filter(({ name }) =>
      !name.startsWith("GET ") && name !== "POST /api/auth/refresh"
    );
    deepEqual(changes, []);
  }, { as: "mary" }));

Deno.test("[DSH14] a link of the dashboard to what is not there shows that it leads nowhere", (t) =>
  on("/operator", async (page, { plane }) => {
    for (
      const id of ["スーパー", "a%20b", "%00", "x".repeat(200), "snd_none", "a%2Fb", "a/b"]
    ) {
      await t.step(id.slice(0, 12), async () => {
        for (const kind of ["senders", "streams", "workers"]) {
          await page.goto(`${plane.url}/operator/${kind}/${id}`);
          await says(page, /There is no such (sender|stream|worker)|There is nothing at/);
        }
      });
    }
  }));
