/**
 * Makes a click in the lobby quick: a connection is held in advance while the lobby is shown, and a game begins with the
 * click and not after its screen is drawn.
 *
 * @module
 */
import { useLayoutEffect } from "preact/hooks";
import { hasWebRtc } from "../media/peer.ts";
import { readLink } from "../link.ts";
import { useServices } from "../services.ts";
import { unplaced } from "../../shared/place.ts";
import type { Target } from "./session_state.ts";

const MOVES = ["pointermove", "pointerdown", "keydown", "gamepadconnected"] as const;

/** Call it in the view of the lobby. */
export function useQuickStart(): void {
  const { preconnection, game } = useServices();
  // With the view and not after it: the screen that follows takes the connection at once.
  useLayoutEffect(() => {
    if (!hasWebRtc()) return;
    const ended = new AbortController();
    const options = { signal: ended.signal, passive: true };
    const visibility = () => preconnection.setVisible({ visible: !document.hidden });
    visibility();
    document.addEventListener("visibilitychange", visibility, options);
    for (const move of MOVES) addEventListener(move, () => preconnection.moved(), options);
    document.addEventListener("click", (event) => {
      const target = targetOf(event);
      if (target) game.play(target);
    }, options);
    preconnection.setLobby({ shown: true });
    return () => {
      ended.abort();
      preconnection.setLobby({ shown: false });
    };
  }, []);
}

/** The game that the router shows after this click; `undefined` when it leaves the click to the browser. */
function targetOf(event: MouseEvent): Target | undefined {
  const { ctrlKey, metaKey, altKey, shiftKey, button, target } = event;
  if (ctrlKey || metaKey || altKey || shiftKey || button !== 0) return undefined;
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!link || link.origin !== location.origin || link.target || link.download) return undefined;
  const page = readLink({ pathname: unplaced(link.pathname), search: link.search });
  return page.page === "screen" ? page.target : undefined;
}
