/**
 * The address at which the pages are served: the base path, and the public address for links that are sent to other
 * people. The coordinator writes both into the page (`coordinator/routes/http/page_place.ts`); Vite's development
 * server writes neither.
 *
 * @module
 */

/** The attributes of the page's root element. */
export interface Place {
  /** Path of the pages without a slash at its end: empty, or such as `/farpad`. */
  readonly base: string;
  /** Public URL with a slash at its end; absent: links use the address of this page. */
  readonly publicUrl?: string | undefined;
}

/** Reads a root element's `data-base` and `data-public-url`. */
export function readPlace(root: { readonly dataset: DOMStringMap } | undefined): Place {
  const { base = "", publicUrl } = root?.dataset ?? {};
  return { base, publicUrl };
}

/** The place of this page. */
const PLACE: Place = readPlace(globalThis.document?.documentElement);

/** The path on this host: `/api` → `/farpad/api`. Anything but an absolute path stays as it is. */
export function placed(path: string, { base }: Place = PLACE): string {
  return path.startsWith("/") && !path.startsWith("//") ? base + path : path;
}

/** The path without the base path: `/farpad/play/x` → `/play/x`. */
export function unplaced(path: string, { base }: Place = PLACE): string {
  if (base === "" || !path.startsWith(base)) return path;
  const rest = path.slice(base.length);
  if (rest !== "" && !/^[/?#]/.test(rest)) return path;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** The address of the sign-in that shows the present page again afterwards. */
export function signInAddress(): string {
  const back = unplaced(location.pathname) + location.search;
  return placed(`/operator?${new URLSearchParams({ back })}`);
}

/** The public address of a page, for links that are sent to other people. */
export function publicLink(path: string, place: Place = PLACE): string {
  const url = place.publicUrl ?? new URL(`${place.base}/`, location.href).href;
  return url + path.replace(/^\//, "");
}
