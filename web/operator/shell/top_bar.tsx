/**
 * The top bar: links to the pages, the number of alerts, the account.
 *
 * @module
 */
import { useLocation } from "preact-iso";
import { AccountMenu } from "./account_menu.tsx";
import { AlertsPanel } from "./alerts_panel.tsx";
import { isCurrent, PAGES } from "./pages.ts";

/** The bar at the top of every page. */
export function TopBar() {
  const { path } = useLocation();
  return (
    <header class="top-bar">
      <a class="brand" href="/operator">
        <span class="brand-name">farpad</span> <span class="soft">operator</span>
      </a>
      <nav class="top-nav" aria-label="Pages">
        {PAGES.map(({ href, name }) => (
          <a
            key={href}
            href={href}
            aria-current={isCurrent(href, path) ? "page" : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      <div class="top-end">
        <AlertsPanel />
        <AccountMenu />
      </div>
    </header>
  );
}
