/**
 * The built dashboard in a real browser against the fake control plane.
 *
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openFakePage } from "../web_page.ts";
import { type FakeControlPlane, startFakeControlPlane } from "./fake_control_plane.ts";
import type { OperatorScene } from "./scenes.ts";

/** Brings a scene about, hands its page over and clears everything away. */
export async function playScene(
  browser: Browser,
  scene: OperatorScene,
  { dist, options = {}, then }: {
    readonly dist: string;
    readonly options?: BrowserContextOptions;
    readonly then: (page: Page, plane: FakeControlPlane) => Promise<void>;
  },
): Promise<void> {
  await using plane = startFakeControlPlane(dist);
  scene.script?.(plane);
  const page = await openFakePage(browser, plane.url + scene.path, options);
  try {
    await scene.act?.(page, plane);
    await then(page, plane);
  } finally {
    await page.context().close();
  }
}

/** Makes the window as tall as the page once it is filled, so that a picture shows all of it. */
export async function growToPage(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const size = page.viewportSize();
  if (size) await page.setViewportSize({ width: size.width, height: Math.min(height, 6_000) });
}
