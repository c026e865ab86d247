/**
 * What is wrong with the rows of the tables on a page of the dashboard: cut controls, cut addresses, stacked buttons.
 *
 * @module
 */
import type { Page } from "playwright-core";

/** The buttons and selects of table rows that their row or the screen cuts off. */
export function cutControls(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("tbody tr :is(button, select)")]
      .filter((control) => {
        const inner = control.getBoundingClientRect();
        const outer = control.closest("tr")!.getBoundingClientRect();
        if (inner.width === 0) return false;
        return inner.bottom > outer.bottom + 1 || inner.right > innerWidth + 1 || inner.left < 0;
      })
      .map((control) => control.innerText.replace(/\s+/g, " "))
  );
}

/** The emails and addresses of table rows that are not shown whole. */
export function cutAddresses(page: Page): Promise<string[]> {
  return page.locator("tbody .phone-name .two-lines > :has(wbr)").evaluateAll((all) =>
    all.filter((each) => {
      const { bottom } = each.closest("tr")!.getBoundingClientRect();
      return each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight ||
        each.getBoundingClientRect().bottom > bottom;
    }).map((each) => each.textContent ?? "")
  );
}

/** Rows of a table whose buttons do not stand side by side. */
export function stackedActions(page: Page): Promise<string[]> {
  return page.locator(".table .row-actions").evaluateAll((all) =>
    all.filter((actions) =>
      new Set([...actions.children].map((each) => each.getBoundingClientRect().top)).size > 1
    ).map((actions) => actions.textContent ?? "")
  );
}
