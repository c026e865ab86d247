/**
 * Does on the page what a gamepad asks for: moves the focus among what can be pressed, presses, goes back. It acts in the
 * topmost of dialog, menu, sheet and notice, and on a page without a game; never in a game that is played.
 *
 * @module
 */
import { nearest } from "./nearest.ts";
import type { PadWish, Step } from "./pad_focus.ts";

const PRESSABLE =
  "a[href], button:not(:disabled), input:not([type=hidden], [hidden]), select, textarea, [role^=menuitem]";

/** What a gamepad acts on at this moment; `undefined`: the game has it, or a set-up that reads the gamepad itself. */
export function padScope(page: Document): Element | undefined {
  const dialogs = page.querySelectorAll("dialog[open]");
  const dialog = dialogs[dialogs.length - 1];
  if (dialog) return dialog.querySelector("[data-reads-pad]") ? undefined : dialog;
  const menu = page.querySelector("[role=menu]");
  if (menu) return menu;
  const isGame = page.querySelector(".stage") !== null;
  if (!isGame) return page.querySelector("#app") ?? undefined;
  // The sheet beside a game has the gamepad from when one opened it until it goes back.
  const sheet = page.activeElement?.closest(".room-sheet");
  if (sheet && page.documentElement.dataset.padFocus !== undefined) return sheet;
  const notice = page.querySelector('.notice:not([data-tone="busy"], [data-quiet="true"])');
  return notice?.querySelector("button") ? notice : undefined;
}

/** Does what the gamepad asks for. */
export function actOnPage(scope: Element, wish: PadWish): void {
  switch (wish) {
    case "choose":
      return choose(scope);
    case "back":
      return goBack(scope);
    default:
      return moveFocus(scope, wish);
  }
}

function choose(scope: Element): void {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || !scope.contains(activeElement)) {
    return moveFocus(scope, "down");
  }
  // A press opens no list of choices without a person's own event.
  if (activeElement instanceof HTMLSelectElement) turn(activeElement, 1, "around");
  else if (activeElement.matches(PRESSABLE)) activeElement.click();
}

function goBack(scope: Element): void {
  if (scope instanceof HTMLDialogElement) {
    scope.dispatchEvent(new Event("cancel", { cancelable: true }));
  } else if (scope.matches("[role=menu], .room-sheet")) {
    scope.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  }
}

function moveFocus(scope: Element, step: Step): void {
  const { activeElement } = document;
  const inside = activeElement instanceof HTMLElement && activeElement !== scope &&
    scope.contains(activeElement) && activeElement.matches(PRESSABLE);
  if (inside && slide(activeElement, step)) return;
  // On a page nothing has the focus at first: what it is about comes before its head.
  const begin = inside ? scope : scope.querySelector("main") ?? scope;
  const others = [...begin.querySelectorAll<HTMLElement>(PRESSABLE)].filter((each) =>
    each !== activeElement && each.checkVisibility({ visibilityProperty: true }) &&
    each.getClientRects().length > 0
  );
  const boxes = others.map((each) => each.getBoundingClientRect());
  const at = inside ? nearest(activeElement.getBoundingClientRect(), boxes, step) : 0;
  const next = at === undefined ? undefined : others[at];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Moves a slider or a list of choices sideways; false for anything else. */
function slide(element: HTMLElement, step: Step): boolean {
  if (element instanceof HTMLSelectElement && (step === "left" || step === "right")) {
    turn(element, step === "right" ? 1 : -1, "to the end");
    return true;
  }
  const isSlider = element instanceof HTMLInputElement && element.type === "range";
  if (!isSlider || step === "up" || step === "down") return false;
  if (step === "right") element.stepUp();
  else element.stepDown();
  element.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

/** Chooses the next or the previous of a list. */
function turn(list: HTMLSelectElement, by: 1 | -1, how: "around" | "to the end"): void {
  const at = list.selectedIndex + by;
  const isInside = at >= 0 && at < list.options.length;
  if (!isInside && how === "to the end") return;
  list.selectedIndex = isInside ? at : 0;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}
