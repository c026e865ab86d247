/**
 * The page's location without the base path, for views: `path` and `url` come without it, `route` and links add it.
 *
 * @module
 */
import { type ComponentChildren, options } from "preact";
import { useMemo } from "preact/hooks";
import { LocationProvider, useLocation } from "preact-iso";
import { placed, unplaced } from "./place.ts";

/** Provides the location; links to pages below `scope`, such as `/operator`, are followed without a reload. */
export function PlacedLocation(
  { scope = "/", children }: { scope?: string; children: ComponentChildren },
) {
  return (
    <LocationProvider scope={placed(scope)}>
      <Unplaced>{children}</Unplaced>
    </LocationProvider>
  );
}

function Unplaced({ children }: { children: ComponentChildren }) {
  const outer = useLocation();
  const value = useMemo(() => ({
    ...outer,
    url: unplaced(outer.url),
    path: unplaced(outer.path),
    route: (url: string, replace?: boolean) => outer.route(placed(url), replace),
  }), [outer]);
  return <LocationProvider.ctx.Provider value={value}>{children}</LocationProvider.ctx.Provider>;
}

/** Makes every `<a href="/…">` of the views lead below the path that the page is served at. */
export function placeLinks(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    const props = vnode.props as { href?: unknown };
    if (vnode.type === "a" && typeof props.href === "string") props.href = placed(props.href);
    before?.(vnode);
  };
}
