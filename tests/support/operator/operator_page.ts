/**
 * The built dashboard in a real browser against the real coordinator with a lived-in fleet.
 *
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openFakePage } from "../web_page.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import type { FleetScript } from "./fleet.ts";
import { PageNetwork } from "./page_network.ts";

/** The parts that a scene can use besides its page. */
export interface Stage {
  readonly plane: ControlPlane;
  readonly network: PageNetwork;
}

/** A state of the operator's pages and how to reach it. */
export interface OperatorScene {
  readonly path: string;
  readonly fleet?: FleetScript;
  /** The signed-in user; `ada` is the administrator, `mary` a viewer. */
  readonly as?: "ada" | "mary" | "nobody";
  /** Called before the page opens. */
  readonly prepare?: (stage: Stage) => void;
  readonly act?: (page: Page, stage: Stage) => Promise<void>;
  /** Milliseconds to wait before the picture is taken. */
  readonly settle?: number;
  /** The whole page, not only the part on the screen. */
  readonly whole?: boolean;
}

/** Prepares a scene, passes its page to the test and removes everything afterwards. */
export async function playScene(
  browser: Browser,
  scene: OperatorScene,
  { dist, options = {}, then }: {
    readonly dist: string;
    readonly options?: BrowserContextOptions;
    readonly then: (page: Page, stage: Stage) => Promise<void>;
  },
): Promise<void> {
  await using plane = await startControlPlane({ ...scene.fleet, web: dist });
  const stage = { plane, network: new PageNetwork() };
  scene.prepare?.(stage);
  const { as = "ada" } = scene;
  const storageState = as === "nobody" ? undefined : await signedInState(plane, as);
  const page = await openFakePage(browser, plane.url + scene.path, {
    options: storageState ? { ...options, storageState } : options,
    prepare: (page) => stage.network.attach(page),
  });
  try {
    await scene.act?.(page, stage);
    await then(page, stage);
  } finally {
    await page.context().close();
  }
}

/** The size of a page whose test names none. */
export const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../../web/dist", import.meta.url).pathname;

/** A function that runs a story on a fresh page of the dashboard with a fresh fleet, in the browser of this moment. */
export function storiesIn(browser: () => Browser) {
  return (
    path: string,
    story: (page: Page, stage: Stage) => Promise<void>,
    { options = DESK, ...scene }: Omit<OperatorScene, "path"> & {
      readonly options?: BrowserContextOptions;
    } = {},
  ): Promise<void> =>
    playScene(browser(), { path, ...scene }, { dist: DIST, options, then: story });
}

/** A browser profile that holds the login of one of the people. */
async function signedInState(plane: ControlPlane, who: "ada" | "mary") {
  const { cookie } = await plane.signIn(who);
  const [name = "", value = ""] = cookie.split(/=(.*)/);
  const { hostname } = new URL(plane.url);
  const rest = { path: "/", expires: -1, httpOnly: true, secure: false };
  const cookies = [{ name, value, domain: hostname, ...rest, sameSite: "Strict" as const }];
  return { cookies, origins: [] };
}

/** Makes the window as tall as the page once it is filled, so that a picture shows all of it. */
export async function growToPage(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const size = page.viewportSize();
  if (size) await page.setViewportSize({ width: size.width, height: Math.min(height, 6_000) });
}
