/**
 * The notice over the picture: the state of the session while it does not play undisturbed.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { placed, signInAddress } from "../../shared/place.ts";
import { useServices } from "../services.ts";
import { focusStage } from "./stage.tsx";
import type { Action, Notice } from "../words/notice.ts";

interface NoticeCardProps {
  readonly notice: Notice;
  readonly leave: () => void;
  /** A menu or dialog is open over the picture. */
  readonly quiet: boolean;
}

/** A notice with its actions. It takes the focus unless it is of the tone `busy`, and gives it back to the stage. */
export function NoticeCard({ notice, leave, quiet }: NoticeCardProps) {
  const { connection, game, commands } = useServices();
  const { tone, icon, title, body, cause, clock, actions } = notice;
  const act: Record<Action, { label: string; run: () => void }> = {
    retry: { label: "Try again", run: () => game.retry() },
    now: { label: "Try now", run: () => game.retry() },
    dial: {
      label: "Try now",
      run() {
        connection.socket.restart();
        if (game.state.peek().state === "lost") game.retry();
      },
    },
    again: { label: "Play again", run: () => game.retry() },
    continue: { label: "Continue", run: () => game.continueSaved() },
    resume: { label: "Resume", run: () => void commands.pause({ paused: false }) },
    leave: { label: "Back to the library", run: leave },
    library: { label: "Back to the library", run: leave },
    check: { label: "Check the connection", run: () => location.assign(placed("/check")) },
    sign_in: { label: "Sign in", run: () => location.assign(signInAddress()) },
  };
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The keyboard is not needed for playing now: the focus goes to the first action.
    if (tone !== "busy") card.current?.querySelector("button")?.focus({ preventScroll: true });
    return focusStage;
  }, [title]);
  return (
    <div class="notice" data-tone={tone} data-quiet={quiet}>
      <div class="notice-card" ref={card}>
        <span class="notice-icon">
          {tone === "busy" && <span class="spinner" />}
          <Icon name={icon} />
        </span>
        <div role={tone === "alarm" ? "alert" : "status"}>
          <h2>{title}</h2>
          <p class="soft">{body}</p>
          {cause && <p class="notice-cause fine soft">{cause}</p>}
        </div>
        {clock && <p class="notice-clock figures" aria-hidden="true">{clock}</p>}
        {actions.length > 0 && (
          <div class="notice-actions">
            {actions.map((action, i) => (
              <button
                type="button"
                class={i === 0 && tone !== "busy" ? "button primary" : "button"}
                onClick={act[action].run}
                key={action}
              >
                {act[action].label}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
