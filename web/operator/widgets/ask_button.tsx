/**
 * A button that sends a request to the coordinator. While it waits for the answer it shows for how long. A
 * refusal is shown beside it. It shows no success: the changed sender, stream or setting shows it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../shared/icon.tsx";
import { formatSeconds } from "../../shared/format.ts";
import type { Ask } from "../model/ask.ts";
import { useNow, useServices } from "../services.ts";

interface AskButtonProps {
  readonly ask: Ask;
  /** The word for the action while it waits: `Starting`. */
  readonly doing: string;
  readonly tone?: "primary" | "danger";
  readonly icon?: IconName;
  /** The reason that it cannot be pressed, as a sentence. */
  readonly blocked?: string | undefined;
  /** Makes it the button of its form. */
  readonly submit?: boolean;
  readonly press?: () => void;
  readonly children: ComponentChildren;
}

/** A button that sends a request and shows how long it has waited for the answer. */
export function AskButton(props: AskButtonProps) {
  const { ask, doing, tone, icon, blocked, submit = false, press, children } = props;
  const state = ask.state.value;
  const asked = state.state === "asked";
  const off = asked || blocked !== undefined;
  return (
    <button
      type={submit ? "submit" : "button"}
      class={["button", tone].filter(Boolean).join(" ")}
      aria-disabled={off}
      title={blocked}
      onClick={(event) => {
        if (off) event.preventDefault();
        else press?.();
      }}
    >
      {icon && <Icon name={icon} />}
      {asked ? <TimeSinceRequest doing={doing} since={state.since} /> : children}
    </button>
  );
}

/** `Starting… (asked 3 s ago)`. */
function TimeSinceRequest({ doing, since }: { doing: string; since: number }) {
  const { clock } = useServices();
  useNow();
  return (
    <span class="figures">
      <span role="status">{doing}…</span>
      <span aria-hidden="true">{` (asked ${formatSeconds(clock.now() - since)} ago)`}</span>
    </span>
  );
}

/** The sentence of a refusal, until the next request. */
export function Refused({ ask }: { ask: Ask }) {
  const state = ask.state.value;
  if (state.state !== "refused") return null;
  return (
    <p class="refused" role="alert">
      <Icon name="warning" />
      <span>{state.message}</span>
    </p>
  );
}

/** The reason that controls are missing or cannot be pressed. */
export function ReadOnly({ why }: { why: string | undefined }) {
  if (why === undefined) return null;
  return (
    <p class="read-only">
      <Icon name="eye" />
      <span>{why}</span>
    </p>
  );
}
