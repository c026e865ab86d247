/**
 * Lets the lobby hold a connection in advance while it is shown, and reports what the person does.
 *
 * @module
 */
import { useLayoutEffect } from "preact/hooks";
import { hasWebRtc } from "../media/peer.ts";
import { useServices } from "../services.ts";

const MOVES = ["pointermove", "pointerdown", "keydown", "gamepadconnected"] as const;

/** Call it in the view of the lobby. */
export function usePreconnection(): void {
  const { preconnection } = useServices();
  // With the view and not after it: the screen that follows takes the connection at once.
  useLayoutEffect(() => {
    if (!hasWebRtc()) return;
    const ended = new AbortController();
    const options = { signal: ended.signal, passive: true };
    const visibility = () => preconnection.setVisible({ visible: !document.hidden });
    visibility();
    document.addEventListener("visibilitychange", visibility, options);
    for (const move of MOVES) addEventListener(move, () => preconnection.moved(), options);
    preconnection.setLobby({ shown: true });
    return () => {
      ended.abort();
      preconnection.setLobby({ shown: false });
    };
  }, []);
}
