/**
 * A walk through the dashboard of a real installation: the administrator's page, REST as the administrator, and the
 * wait until a page shows what is true.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { api } from "../../../protocol/rest/api.ts";
import {
  type Answer,
  call,
  type CallArgs,
  type CallResult,
  type Contract,
} from "../../../protocol/rest/contract.ts";
import { launchChromium } from "../browser.ts";
import { openPage } from "../player.ts";
import { type Stack, startStack } from "./stack.ts";
import { PATIENCE } from "../waiting/waiting.ts";

/** The administrator of the installation. */
export const ADMIN = { email: "ana@example.org", password: "correct horse battery" };

/** What a page must show and must not show. */
export interface Shown {
  readonly yes: readonly RegExp[];
  readonly no?: readonly RegExp[];
}

/** A walk; disposing it ends the browser and the installation. */
export class TruthWalk implements AsyncDisposable {
  readonly stack: Stack;
  readonly browser: Browser;
  readonly page: Page;
  #token = "";

  constructor(stack: Stack, browser: Browser, page: Page) {
    this.stack = stack;
    this.browser = browser;
    this.page = page;
  }

  /** Signs in anew: a restarted coordinator does not know the access token. */
  async signIn(): Promise<void> {
    this.#token = (await answered(
      call(api.auth.login, { body: ADMIN }, { base: this.stack.url }),
    )).token;
  }

  /** Calls the coordinator as the administrator. */
  ask<C extends Contract>(spec: C, args: CallArgs<C>): Promise<Answer<C>> {
    return answered(call(spec, args, { base: this.stack.url, token: this.#token }));
  }

  /** Follows a link inside the page, without loading it anew. */
  async visit(path: string): Promise<void> {
    await this.page.evaluate((to) => {
      history.pushState(null, "", to);
      dispatchEvent(new PopStateEvent("popstate"));
    }, path);
  }

  /** Goes to a page, and waits until it shows everything that is true and nothing that is false. */
  async shows(path: string, shown: Shown): Promise<void> {
    await this.visit(path);
    await this.stillShows(shown);
  }

  /** Waits until the page that is open shows everything that is true and nothing that is false. */
  async stillShows({ yes, no = [] }: Shown): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const text = plain(await this.page.innerText("main"));
      const wrong = [
        ...yes.filter((words) => !words.test(text)).map((words) => `${words} is missing`),
        ...no.filter((words) => words.test(text)).map((words) => `${words} is there`),
      ];
      if (wrong.length === 0) return;
      if (performance.now() > deadline) {
        throw new Error(`${this.page.url()}: ${wrong.join(", ")}. The page says: ${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.stack[Symbol.asyncDispose]();
  }
}

/** Starts an installation, makes its administrator and opens the dashboard. */
export async function startWalk(env: Readonly<Record<string, string>> = {}): Promise<TruthWalk> {
  const [stack, browser] = await Promise.all([
    startStack({ FARPAD_DEMO: "false", ...env }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
  const setup = /\/operator\/setup#token=(\S+)/.exec(stack.coordinator.output())?.[1];
  await answered(call(
    api.auth.setup,
    { body: { ...ADMIN, name: "Ana", token: setup ?? "" } },
    { base: stack.url },
  ));
  const page = await openPage(browser, `${stack.url}/operator`);
  await enterAs(page, ADMIN);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const walk = new TruthWalk(stack, browser, page);
  await walk.signIn();
  return walk;
}

/** Fills in the sign-in form. */
export async function enterAs(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The answer of a call that must not be refused. */
export async function answered<T>(asked: Promise<CallResult<T>>): Promise<T> {
  const result = await asked;
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** A text as a person reads it: every kind of space is one space. */
export function plain(text: string): string {
  return text.replaceAll("\u202f", " ").replaceAll(/\s+/g, " ");
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!await holds()) {
    ok(performance.now() < deadline, `Waited ${PATIENCE / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
