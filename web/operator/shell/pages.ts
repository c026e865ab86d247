/**
 * The pages of the dashboard in the order of the top bar.
 *
 * @module
 */
import type { IconName } from "../../shared/icon.tsx";

/** A link of the navigation bars. */
export interface PageLink {
  readonly href: string;
  readonly name: string;
  readonly icon: IconName;
}

/** The links of the navigation bars, in the order of the top bar. */
export const PAGES: readonly PageLink[] = [
  { href: "/operator", name: "Overview", icon: "overview" },
  { href: "/operator/senders", name: "Senders", icon: "antenna" },
  { href: "/operator/streams", name: "Streams", icon: "film" },
  { href: "/operator/workers", name: "Workers", icon: "server" },
  { href: "/operator/rooms", name: "Rooms", icon: "door" },
  { href: "/operator/destinations", name: "Destinations", icon: "out" },
  { href: "/operator/people", name: "People", icon: "people" },
  { href: "/operator/audit", name: "Audit", icon: "list" },
  { href: "/operator/settings", name: "Settings", icon: "sliders" },
];

/** Whether the page at `path` is this one or belongs to it. */
export function isCurrent(href: string, path: string): boolean {
  return path === href || (href !== "/operator" && path.startsWith(`${href}/`));
}
