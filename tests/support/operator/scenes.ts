/**
 * The scenes of the dashboard: each names its fleet, the signed-in user and the user's acts.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { OperatorScene, Stage } from "./operator_page.ts";

const LIVE = "/operator/senders/snd_0001";
const READY = "/operator/senders/snd_0003";

/** Waits until the page shows its heading. */
async function shown(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

const EMPTY = { fleet: "empty" } as const;

function refuseStart({ plane }: Stage): void {
  plane.devices[2]!.answers = {
    refuses:
      "/dev/video0 is used by another program (ffmpeg, pid 812). Stop it, or choose another source.",
  };
}

async function playing(page: Page): Promise<void> {
  await page.locator(".preview-foot").getByText("fps").waitFor();
}

/** Waits until the first pictures of the wall play. */
async function wallPlaying(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("video")].filter((video) => video.currentTime > 0.3).length > 2
  );
}

/** Whether the link works is not answered, so its form is shown. */
function linkUnknown({ network }: Stage): void {
  network.refuse("POST /api/auth/link", 503, "The store is busy");
}

export const OPERATOR_SCENES: Readonly<Record<string, OperatorScene>> = {
  "operator-sign-in": { path: "/operator", as: "nobody" },
  "operator-sign-in-refused": {
    path: "/operator",
    as: "nobody",
    act: async (page) => {
      await page.getByLabel("Email").fill("ada@example.org");
      await page.getByLabel("Password").fill("not this one");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  "operator-sign-in-provider": {
    path: "/operator#sign-in=no_group",
    as: "nobody",
    act: async (page) => {
      await page.route(
        "**/api/auth/ways",
        (route) => route.fulfill({ json: { provider: "Example login" } }),
      );
      await page.reload();
      await page.getByRole("link", { name: "Sign in with Example login" }).waitFor();
    },
  },
  "operator-sign-in-first-run": {
    path: "/operator",
    as: "nobody",
    fleet: { fleet: "none" },
  },
  "operator-unreachable": {
    path: "/operator",
    act: async (page) => {
      await page.route("**/api/**", (route) => route.abort());
      await page.reload();
      await page.getByText("does not answer").waitFor();
    },
  },
  "operator-setup": { path: "/operator/setup#token=one-time", as: "nobody" },
  "operator-accept": {
    path: "/operator/accept#token=inv_1",
    as: "nobody",
    prepare: linkUnknown,
    act: async (page) => await page.getByLabel("Password").fill("short"),
  },
  "operator-accept-used": { path: "/operator/accept#token=inv_1", as: "nobody" },
  "operator-reset": { path: "/operator/reset#token=usr_1", as: "nobody", prepare: linkUnknown },
  "operator-reset-used": { path: "/operator/reset#token=usr_1", as: "nobody" },
  "operator-overview": { path: "/operator", settle: 1_500 },
  "operator-overview-empty": { path: "/operator", fleet: EMPTY },
  "operator-overview-quiet": {
    path: "/operator",
    fleet: { quiet: true },
  },
  "operator-overview-loading": {
    path: "/operator",
    prepare: ({ network }) =>
      ["senders", "streams", "workers"].forEach((topic) => network.silent.add(topic)),
    settle: 2_600,
  },
  "operator-alerts": {
    path: "/operator",
    act: async (page) => await page.getByRole("button", { name: /alert/ }).click(),
  },
  "operator-stale": {
    path: "/operator",
    act: async (page, { network }) => {
      await shown(page, "Overview");
      await page.getByText("Live now").first().waitFor();
      network.reachable = false;
      network.cut();
    },
    settle: 6_500,
  },
  "operator-account-menu": {
    path: "/operator",
    act: async (page) => await page.getByRole("button", { name: "Account of" }).click(),
  },
  "operator-senders": { path: "/operator/senders", settle: 1_500 },
  "operator-senders-tags": {
    path: READY,
    act: async (page) => {
      await page.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name: "Rename" }).click();
      await page.getByLabel("Tags").fill("boats, race");
      await page.getByRole("button", { name: "Rename" }).click();
      await page.getByRole("link", { name: "boats" }).click();
      await page.getByText("1 of").waitFor();
    },
  },
  "operator-senders-many": {
    path: "/operator/senders",
    fleet: { senders: 1_000 },
    act: async (page) => {
      await page.getByRole("table", { name: "Senders" }).waitFor();
      await page.mouse.wheel(0, 1_500);
    },
    settle: 900,
  },
  "operator-senders-filtered": { path: "/operator/senders?q=box&show=online&sort=-rtt" },
  "operator-senders-nothing": { path: "/operator/senders?q=submarine" },
  "operator-senders-empty": { path: "/operator/senders", fleet: EMPTY },
  "operator-senders-loading": {
    path: "/operator/senders",
    prepare: ({ network }) => void network.silent.add("senders"),
    settle: 2_600,
  },
  "operator-senders-viewer": { path: "/operator/senders", as: "mary" },
  "operator-sender-live": { path: LIVE, act: playing, settle: 1_200, whole: true },
  "operator-sender-live-top": { path: LIVE, act: playing, settle: 1_200 },
  "operator-sender-no-picture": { path: "/operator/senders/snd_0004", act: playing },
  "operator-sender-starting": { path: "/operator/senders/snd_0010" },
  "operator-sender-unseen": { path: "/operator/senders/snd_0018" },
  "operator-sender-ready": { path: READY, whole: true },
  "operator-sender-settings": {
    path: LIVE,
    act: async (page) => {
      await page.getByRole("button", { name: "Change settings" }).click();
    },
  },
  "operator-sender-preset": {
    path: READY,
    act: async (page) => {
      await page.getByRole("button", { name: "Save as preset" }).click();
      await page.getByLabel("Name of the preset").fill("Regatta");
      await page.getByRole("button", { name: "Save preset" }).click();
      await page.getByRole("button", { name: "Remove preset" }).waitFor();
    },
    whole: true,
  },
  "operator-sender-asked": {
    path: READY,
    prepare: ({ plane }) => void (plane.devices[2]!.answers = "is silent"),
    act: async (page) => await page.getByRole("button", { name: "Start stream" }).click(),
    settle: 3_200,
  },
  "operator-sender-refused": {
    path: READY,
    prepare: refuseStart,
    act: async (page) => {
      await page.getByRole("button", { name: "Start stream" }).click();
      await page.getByRole("alert").waitFor();
      await page.getByRole("alert").scrollIntoViewIfNeeded();
    },
  },
  "operator-sender-offline": { path: "/operator/senders/snd_0006" },
  "operator-sender-invited": { path: "/operator/senders/snd_0013" },
  "operator-sender-unknown": { path: "/operator/senders/snd_none" },
  "operator-sender-viewer": { path: READY, as: "mary" },
  "operator-sender-menu": {
    path: LIVE,
    act: async (page) => await page.getByRole("button", { name: "More for" }).click(),
  },
  "operator-sender-keep-live": {
    path: LIVE,
    act: async (page) =>
      await page.getByRole("heading", { name: "Keep live", exact: true }).scrollIntoViewIfNeeded(),
    whole: true,
  },
  "operator-sender-stop": {
    path: LIVE,
    act: async (page) => {
      await playing(page);
      await page.getByRole("button", { name: "Stop stream" }).click();
    },
  },
  "operator-sender-decommission": {
    path: LIVE,
    act: async (page) => {
      await page.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name: "Decommission" }).click();
    },
  },
  "operator-sender-update": {
    path: LIVE,
    act: async (page) => {
      await page.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name: "Update the agent" }).click();
    },
  },
  "operator-sender-log": {
    path: LIVE,
    act: async (page) => {
      await page.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name: "Log of the device" }).click();
      await page.getByRole("dialog").getByText("No such device").waitFor();
    },
  },
  "operator-sender-publish": {
    path: READY,
    act: async (page) => {
      await page.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name: "Publish by WHIP" }).click();
    },
  },
  "operator-sender-streamer": {
    path: READY,
    act: async (page) => {
      await page.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name: "Drive by v3xctrl" }).click();
    },
  },
  "operator-sender-publish-key": {
    path: READY,
    act: async (page) => {
      await page.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name: "Publish by WHIP" }).click();
      await page.getByRole("dialog").getByRole("button", { name: /Make/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: /Copy/ }).first().waitFor();
    },
  },
  "operator-enrol-name": {
    path: "/operator/senders",
    act: async (page) => await page.getByRole("button", { name: "New sender" }).click(),
  },
  "operator-enrol-token": {
    path: "/operator/senders",
    act: async (page) => {
      await page.getByRole("button", { name: "New sender" }).click();
      await page.getByLabel("Name").fill("Lighthouse");
      await page.getByRole("button", { name: "Create sender" }).click();
      await page.getByText("Expires in").waitFor();
    },
  },
  "operator-streams": { path: "/operator/streams", settle: 1_200 },
  "operator-streams-ended": { path: "/operator/streams?show=ended" },
  "operator-wall": { path: "/operator/streams/wall", act: wallPlaying, settle: 2_500 },
  "operator-wall-whole": {
    path: "/operator/streams/wall",
    act: wallPlaying,
    settle: 2_500,
    whole: true,
  },
  "operator-wall-empty": { path: "/operator/streams/wall", fleet: EMPTY },
  "operator-streams-empty": { path: "/operator/streams", fleet: EMPTY },
  "operator-stream": {
    path: "/operator/streams/str_0001live",
    act: playing,
    settle: 1_200,
    whole: true,
  },
  "operator-stream-ended": { path: "/operator/streams/str_0005p1", settle: 900, whole: true },
  "operator-destinations": { path: "/operator/destinations" },
  "operator-destinations-empty": { path: "/operator/destinations", fleet: EMPTY },
  "operator-destinations-error": {
    path: "/operator/destinations",
    prepare: ({ network }) =>
      network.refuse(
        "GET /api/destinations",
        500,
        "The coordinator cannot read its database: disk I/O error.",
      ),
  },
  "operator-destination-change": {
    path: "/operator/destinations",
    act: async (page) =>
      await page.getByRole("button", { name: "Change Archive recorder" }).click(),
  },
  "operator-workers": { path: "/operator/workers" },
  "operator-workers-empty": { path: "/operator/workers", fleet: EMPTY },
  "operator-worker-add": {
    path: "/operator/workers",
    act: async (page) => await page.getByRole("button", { name: "Add a worker" }).click(),
  },
  "operator-worker-added": {
    path: "/operator/workers",
    act: async (page) => {
      await page.getByRole("button", { name: "Add a worker" }).click();
      await page.getByLabel("Id of the worker").fill("frankfurt-2");
      await page.getByRole("button", { name: "Make credential" }).click();
      await page.getByText("shown only here").waitFor();
    },
  },
  "operator-worker-revoke": {
    path: "/operator/workers",
    act: async (page) => {
      await page.getByRole("button", { name: "Add a worker" }).click();
      await page.getByLabel("Id of the worker").fill("frankfurt-2");
      await page.getByRole("button", { name: "Make credential" }).click();
      await page.getByRole("button", { name: "Done" }).click();
      await page.getByRole("button", { name: "Revoke that of frankfurt-2" }).click();
    },
  },
  "operator-worker": { path: "/operator/workers/wrk_fra1", whole: true },
  "operator-worker-lost": { path: "/operator/workers/wrk_fra2" },
  "operator-worker-drain": {
    path: "/operator/workers/wrk_fra1",
    act: async (page) => await page.getByRole("button", { name: "Drain" }).click(),
  },
  "operator-worker-draining": { path: "/operator/workers/wrk_nyc1" },
  "operator-rooms": { path: "/operator/rooms" },
  "operator-recordings": { path: "/operator/rooms/recordings" },
  "operator-recordings-empty": { path: "/operator/rooms/recordings", fleet: EMPTY },
  "operator-recording-remove": {
    path: "/operator/rooms/recordings",
    act: async (page) =>
      await page.getByRole("row", { name: /Orchard/ }).getByRole("button", { name: /Remove/ })
        .click(),
  },
  "operator-rooms-empty": { path: "/operator/rooms", fleet: EMPTY },
  "operator-room-close": {
    path: "/operator/rooms?show=game",
    act: async (page) => {
      const row = page.getByRole("row", { name: /Paddle Duel/ });
      await row.getByRole("button", { name: /Close/ }).click();
    },
  },
  "operator-room-latency": {
    path: "/operator/rooms?show=game",
    act: async (page) => {
      const row = page.getByRole("row", { name: /Paddle Duel/ });
      await row.getByRole("button", { name: /Latency/ }).click();
    },
  },
  "operator-people": { path: "/operator/people" },
  "operator-people-viewer": { path: "/operator/people", as: "mary" },
  "operator-invite": {
    path: "/operator/people",
    act: async (page) => await page.getByRole("button", { name: "Invite", exact: true }).click(),
  },
  "operator-person": {
    path: "/operator/people",
    act: async (page) => {
      await page.getByRole("button", { name: "Manage Grace" }).click();
      await page.getByRole("button", { name: "Make a reset link" }).click();
      await page.getByText("works once").waitFor();
    },
  },
  "operator-audit": { path: "/operator/audit" },
  "operator-settings": { path: "/operator/settings", whole: true },
  "operator-settings-viewer": { path: "/operator/settings", as: "mary" },
  "operator-account": { path: "/operator/account", whole: true },
  "operator-second-factor": {
    path: "/operator/account",
    act: async (page) => {
      await page.getByRole("button", { name: "Set up the second factor" }).click();
      await page.getByLabel("Your password").fill("correct horse");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("img", { name: /QR code/ }).waitFor();
    },
  },
  "operator-api-token": {
    path: "/operator/account",
    act: async (page) => {
      await page.getByRole("button", { name: "Make a token" }).click();
      await page.getByLabel("What it is for").fill("Grafana");
    },
  },
  "operator-api-token-made": {
    path: "/operator/account",
    act: async (page) => {
      await page.getByRole("button", { name: "Make a token" }).click();
      await page.getByLabel("What it is for").fill("Grafana");
      await page.getByRole("button", { name: "Make token" }).click();
      await page.getByText("shown only here").waitFor();
    },
  },
  "operator-no-page": { path: "/operator/nowhere" },
};
