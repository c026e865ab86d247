/**
 * What there is to see of the dashboard: each scene says what the control plane does and what the person does.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { FakeControlPlane } from "./fake_control_plane.ts";
import { refusal } from "./fake_rest.ts";
import { busyFleet, emptyFleet } from "./fleet_data.ts";

export interface OperatorScene {
  readonly path: string;
  readonly script?: (plane: FakeControlPlane) => void;
  readonly act?: (page: Page, plane: FakeControlPlane) => Promise<void>;
  /** Milliseconds to wait before the picture is taken. */
  readonly settle?: number;
  /** The whole page rather than what fits on the screen. */
  readonly whole?: boolean;
}

const LIVE = "/operator/senders/snd_0001";
const READY = "/operator/senders/snd_0003";

/** The page has what it wants to show. */
async function shown(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

function empty({ script }: FakeControlPlane): void {
  script.fleet = emptyFleet();
}

function viewer({ script }: FakeControlPlane): void {
  script.user = {
    ...script.user,
    name: "Mary Somerville",
    email: "mary@example.org",
    role: "viewer",
  };
}

function signedOut({ script }: FakeControlPlane): void {
  script.signedIn = false;
}

async function playing(page: Page): Promise<void> {
  await page.locator(".preview-foot").getByText("fps").waitFor();
}

export const OPERATOR_SCENES: Readonly<Record<string, OperatorScene>> = {
  "operator-sign-in": { path: "/operator", script: signedOut },
  "operator-sign-in-refused": {
    path: "/operator",
    script: (plane) => {
      signedOut(plane);
      plane.script.answers.set("auth.login", refusal(401, "The email or the password is wrong."));
    },
    act: async (page) => {
      await page.getByLabel("Email").fill("ada@example.org");
      await page.getByLabel("Password").fill("not this one");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  "operator-sign-in-first-run": {
    path: "/operator",
    script: (plane) => {
      signedOut(plane);
      plane.script.setupNeeded = true;
    },
  },
  "operator-unreachable": {
    path: "/operator",
    act: async (page) => {
      await page.route("**/api/**", (route) => route.abort());
      await page.reload();
      await page.getByText("does not answer").waitFor();
    },
  },
  "operator-setup": { path: "/operator/setup#token=one-time", script: signedOut },
  "operator-accept": {
    path: "/operator/accept#token=inv_1",
    script: signedOut,
    act: async (page) => await page.getByLabel("Password").fill("short"),
  },
  "operator-overview": { path: "/operator", settle: 1_500 },
  "operator-overview-empty": { path: "/operator", script: empty },
  "operator-overview-quiet": {
    path: "/operator",
    script: ({ script }) => {
      const { fleet } = script;
      fleet.alerts = [];
      fleet.workers = fleet.workers.filter(({ state }) => state !== "lost");
      fleet.senders = fleet.senders
        .filter(({ online, stream }) => online && stream?.figures?.picture !== false)
        .map((sender) => ({
          ...sender,
          ...(sender.last_end
            ? { last_end: { ...sender.last_end, reason: "control_plane_stop" } }
            : {}),
        }));
      fleet.streams = fleet.streams.filter(({ state, sender_id }) =>
        state === "live" && fleet.senders.some((sender) => sender.sender_id === sender_id)
      );
    },
  },
  "operator-overview-loading": {
    path: "/operator",
    script: ({ script }) => ["senders", "streams", "workers"].forEach((t) => script.silent.add(t)),
    settle: 2_600,
  },
  "operator-alerts": {
    path: "/operator",
    act: async (page) => await page.getByRole("button", { name: /alert/ }).click(),
  },
  "operator-stale": {
    path: "/operator",
    act: async (page, plane) => {
      await shown(page, "Overview");
      await page.getByText("Live now").first().waitFor();
      plane.script.reachable = false;
      plane.cut();
    },
    settle: 6_500,
  },
  "operator-account-menu": {
    path: "/operator",
    act: async (page) => await page.getByRole("button", { name: "Account of" }).click(),
  },
  "operator-senders": { path: "/operator/senders", settle: 1_500 },
  "operator-senders-many": {
    path: "/operator/senders",
    script: ({ script }) => (script.fleet = busyFleet(Date.now(), 1_000)),
    act: async (page) => {
      await page.getByRole("table", { name: "Senders" }).waitFor();
      await page.mouse.wheel(0, 1_500);
    },
    settle: 900,
  },
  "operator-senders-filtered": { path: "/operator/senders?q=box&show=online&sort=-rtt" },
  "operator-senders-nothing": { path: "/operator/senders?q=submarine" },
  "operator-senders-empty": { path: "/operator/senders", script: empty },
  "operator-senders-loading": {
    path: "/operator/senders",
    script: ({ script }) => script.silent.add("senders"),
    settle: 2_600,
  },
  "operator-senders-viewer": { path: "/operator/senders", script: viewer },
  "operator-sender-live": { path: LIVE, act: playing, settle: 1_200, whole: true },
  "operator-sender-live-top": { path: LIVE, act: playing, settle: 1_200 },
  "operator-sender-no-picture": { path: "/operator/senders/snd_0004", act: playing },
  "operator-sender-starting": { path: "/operator/senders/snd_0010" },
  "operator-sender-unseen": { path: "/operator/senders/snd_0018" },
  "operator-sender-ready": { path: READY, whole: true },
  "operator-sender-asked": {
    path: READY,
    script: ({ script }) => script.answers.set("senders.start", "hold"),
    act: async (page) => await page.getByRole("button", { name: "Start stream" }).click(),
    settle: 3_200,
  },
  "operator-sender-refused": {
    path: READY,
    script: ({ script }) =>
      script.answers.set(
        "senders.start",
        refusal(
          409,
          "Cannot start: /dev/video0 is used by another program (ffmpeg, pid 812). Stop it, or choose another source.",
        ),
      ),
    act: async (page) => {
      await page.getByRole("button", { name: "Start stream" }).click();
      await page.getByRole("alert").waitFor();
      await page.getByRole("alert").scrollIntoViewIfNeeded();
    },
  },
  "operator-sender-offline": { path: "/operator/senders/snd_0006" },
  "operator-sender-invited": { path: "/operator/senders/snd_0013" },
  "operator-sender-unknown": { path: "/operator/senders/snd_none" },
  "operator-sender-viewer": { path: READY, script: viewer },
  "operator-sender-menu": {
    path: LIVE,
    act: async (page) => await page.getByRole("button", { name: "More for" }).click(),
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
  "operator-streams-empty": { path: "/operator/streams", script: empty },
  "operator-stream": {
    path: "/operator/streams/str_0001live",
    act: playing,
    settle: 1_200,
    whole: true,
  },
  "operator-stream-ended": { path: "/operator/streams/str_0005p1" },
  "operator-destinations": { path: "/operator/destinations" },
  "operator-destinations-empty": { path: "/operator/destinations", script: empty },
  "operator-destinations-error": {
    path: "/operator/destinations",
    script: ({ script }) =>
      script.answers.set(
        "destinations.list",
        refusal(500, "The coordinator cannot read its database: disk I/O error."),
      ),
  },
  "operator-destination-change": {
    path: "/operator/destinations",
    act: async (page) =>
      await page.getByRole("button", { name: "Change Archive recorder" }).click(),
  },
  "operator-workers": { path: "/operator/workers" },
  "operator-workers-empty": { path: "/operator/workers", script: empty },
  "operator-worker": { path: "/operator/workers/wrk_fra1", whole: true },
  "operator-worker-lost": { path: "/operator/workers/wrk_fra2" },
  "operator-worker-drain": {
    path: "/operator/workers/wrk_fra1",
    act: async (page) => await page.getByRole("button", { name: "Drain" }).click(),
  },
  "operator-rooms": { path: "/operator/rooms" },
  "operator-rooms-empty": { path: "/operator/rooms", script: empty },
  "operator-room-close": {
    path: "/operator/rooms?show=game",
    act: async (page) => {
      const row = page.getByRole("row", { name: /Paddle Duel/ });
      await row.getByRole("button", { name: /Close/ }).click();
    },
  },
  "operator-people": { path: "/operator/people" },
  "operator-people-viewer": { path: "/operator/people", script: viewer },
  "operator-invite": {
    path: "/operator/people",
    act: async (page) => await page.getByRole("button", { name: "Invite", exact: true }).click(),
  },
  "operator-audit": { path: "/operator/audit" },
  "operator-settings": { path: "/operator/settings", whole: true },
  "operator-settings-viewer": { path: "/operator/settings", script: viewer },
  "operator-account": { path: "/operator/account" },
  "operator-no-page": { path: "/operator/nowhere" },
};
