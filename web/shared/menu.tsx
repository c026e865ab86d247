/**
 * A menu under its button, by the ARIA menu-button pattern: arrows move the focus, Escape and Tab close the menu,
 * and the focus returns to the element that had it before.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface MenuProps {
  readonly label: string;
  readonly class?: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** Open as long as it is rendered. */
export function Menu({ label, class: extra = "", close, children }: MenuProps) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = element.current;
    const before = document.activeElement;
    items(menu)[0]?.focus();
    const outside = (event: PointerEvent) => {
      const target = event.target as Element;
      if (!menu?.contains(target) && !target.closest("[aria-haspopup=menu]")) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      const unclaimed = document.activeElement === document.body ||
        menu?.contains(document.activeElement);
      if (unclaimed && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div
      ref={element}
      class={`menu ${extra}`}
      role="menu"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") {
          event.preventDefault();
          event.stopPropagation();
          close();
        } else move(event, items(element.current));
      }}
    >
      {children}
    </div>
  );
}

interface MenuItemProps {
  readonly icon?: IconName;
  readonly trail?: ComponentChildren;
  readonly disabled?: boolean | undefined;
  /** Makes the item one of a group of choices; true for the chosen one. */
  readonly checked?: boolean;
  readonly choose: () => void;
  readonly children: ComponentChildren;
}

/** One item of a menu; `choose` is called when it is pressed. */
export function MenuItem({ icon, trail, disabled, checked, choose, children }: MenuItemProps) {
  return (
    <button
      type="button"
      class="menu-item"
      role={checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={checked}
      aria-disabled={disabled}
      tabIndex={-1}
      onClick={() => disabled || choose()}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {trail !== undefined && <span class="trail">{trail}</span>}
    </button>
  );
}

function items(menu: HTMLElement | null): HTMLElement[] {
  return [...menu?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? []];
}

function move(event: KeyboardEvent, all: readonly HTMLElement[]): void {
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = new Map([
    ["ArrowDown", at + 1],
    ["ArrowUp", at - 1],
    ["Home", 0],
    ["End", all.length - 1],
  ]).get(event.key);
  if (to === undefined) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
}
