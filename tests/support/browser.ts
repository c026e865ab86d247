/**
 * Debian's Chromium for tests, headless and with a fresh profile: the whole browser, or its shell without windows and
 * menus of its own, in which a page costs half of the processor time.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export const CHROMIUM = "/usr/bin/chromium";
const SHELL = "/usr/lib/chromium/chromium-headless-shell";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium; `flags` come on top of the usual ones. */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return launch(CHROMIUM, flags);
}

/** Starts the shell of Chromium for tests of pages alone; where it is not installed, the whole browser. */
export function launchShell(flags: readonly string[] = []): Promise<Browser> {
  return launch(existsSync(SHELL) ? SHELL : CHROMIUM, flags);
}

function launch(executablePath: string, flags: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [...FLAGS, ...flags],
  });
}
