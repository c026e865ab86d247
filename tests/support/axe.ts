/**
 * Looks for accessibility faults of a page with axe-core.
 *
 * @module
 */
import type { Page } from "playwright-core";

let source: Promise<string> | undefined;

/** The serious and critical findings of axe: rule and element. Empty without a fault. */
export async function findFaults(page: Page): Promise<readonly string[]> {
  source ??= Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));
  // Through the debugger: the page's content security policy blocks other scripts.
  await page.evaluate(await source);
  return await page.evaluate(async () => {
    // Half-way through a transition a colour is neither the one before nor the one after.
    const moving = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(moving.map(({ finished }) => finished));
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const resultTypes: ["violations"] = ["violations"];
    // An open menu covers controls only until a press beside it: sizes count within the menu alone.
    const menu = document.querySelector(".menu");
    const all = await axe.run(document, {
      resultTypes,
      runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
      rules: { "target-size": { enabled: menu === null } },
    });
    const sizes = menu && await axe.run(menu, { resultTypes, runOnly: ["target-size"] });
    const violations = [...all.violations, ...sizes?.violations ?? []];
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`)
      );
  });
}
