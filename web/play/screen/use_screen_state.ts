/**
 * Begins the session when the screen is mounted and leaves it when the screen is removed. Writes the state to the
 * page's root element and for screen readers.
 *
 * @module
 */
import { findApp } from "../../../protocol/legs/room.ts";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { hasWebRtc } from "../media/peer.ts";
import type { App } from "../lobby/library.ts";
import { ownSeat, seatsOf } from "../join/seats.ts";
import type { SessionState, Target } from "../join/session_state.ts";
import { useServices } from "../services.ts";
import type { Notice } from "../words/notice.ts";
import { describe } from "../words/notices.ts";

/** The state of the session in the form that the screen shows. */
export interface ScreenView {
  readonly state: SessionState;
  readonly notice: Notice | undefined;
  readonly title: string;
  /** The app that is played; `undefined` before the library names it. */
  readonly app: App | undefined;
}

/** Plays `target` while the view is shown, and gives the state to show. */
export function useScreenState(target: Target): ScreenView {
  const { connection, game } = useServices();
  // Not after the next drawing, which takes up to a frame's time.
  useLayoutEffect(() => {
    game.play(target);
    const visibility = () => game.setVisible({ visible: !document.hidden });
    document.addEventListener("visibilitychange", visibility);
    return () => {
      document.removeEventListener("visibilitychange", visibility);
      delete document.documentElement.dataset.room;
      game.leave();
    };
  }, []);

  const state = game.state.value;
  const room = game.room.value;
  const appId = room?.app_id ?? target.appId;
  const app = findApp(connection.apps.value, appId ?? "");
  const title = room?.title ?? app?.title ?? "Farpad";
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.state = state.state;
    if (room) dataset.room = room.room_id;
    else delete dataset.room;
  }, [state.state, room?.room_id]);

  useEffect(() => {
    // A reload must resume the room, and not start from the older save again.
    const plain = `${location.pathname}${location.search.replace(/[?&]continue=[^&]*/, "")}`;
    if (state.state === "playing") history.replaceState(history.state, "", plain);
  }, [state.state]);

  // Undisturbed play has no countdown to draw.
  const counts = state.state !== "playing" || state.frozenSince !== undefined;
  const notice = hasWebRtc()
    ? describe(state, {
      now: counts ? game.now.value : 0,
      link: connection.socket.state.value,
      offline: !navigator.onLine,
      worker: connection.ready.value?.worker,
      title,
      paused: room?.paused ?? false,
      seated:
        ownSeat(seatsOf(room, connection.ready.value?.session_id, game.joined.value)) !== undefined,
    })
    : NO_WEBRTC;
  return { state, notice, title, app };
}

const NO_WEBRTC: Notice = {
  tone: "alarm",
  icon: "warning",
  title: "This browser has no WebRTC",
  body: "Pictures and sound travel over WebRTC. It may be switched off in the settings; " +
    "current Chrome, Firefox, Safari and Edge have it.",
  actions: ["library"],
};
