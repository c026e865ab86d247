/**
 * The bottom bar of small screens: the four pages that are needed on the move, and a menu of the others.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { Icon } from "../../shared/icon.tsx";
import { Menu, MenuItem } from "../../shared/menu.tsx";
import { isCurrent, PAGES } from "./pages.ts";

const HERE = 4;

/** The navigation bar of small screens. */
export function BottomBar() {
  const { path, route } = useLocation();
  const open = useSignal(false);
  const others = PAGES.slice(HERE);
  const inOthers = others.find(({ href }) => isCurrent(href, path));
  const close = () => void (open.value = false);
  return (
    <nav class="bottom-bar" aria-label="Pages, short">
      {PAGES.slice(0, HERE).map(({ href, name, icon }) => (
        <a key={href} href={href} aria-current={isCurrent(href, path) ? "page" : undefined}>
          <Icon name={icon} />
          {name}
        </a>
      ))}
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={open.value}
        data-current={inOthers !== undefined}
        onClick={() => void (open.value = !open.value)}
      >
        <Icon name={inOthers?.icon ?? "menu"} />
        {inOthers?.name ?? "More"}
      </button>
      {open.value && (
        <Menu label="More pages" class="bottom-menu" close={close}>
          {others.map(({ href, name, icon }) => (
            <MenuItem
              key={href}
              icon={icon}
              choose={() => {
                close();
                route(href);
              }}
            >
              {name}
            </MenuItem>
          ))}
        </Menu>
      )}
    </nav>
  );
}
