/**
 * The switch that is held to drive, with what it does and why it stopped.
 *
 * @module
 */
import { useServices } from "../../services.ts";
import { isAtRest } from "../input/wish.ts";
import { armWords } from "../words.ts";

/** The switch. It is held with the pointer or, where it has the focus, with Space or Enter. */
export function HoldSwitch({ holdWith }: { readonly holdWith: string }) {
  const { drive: { driver } } = useServices();
  const arm = driver.arm.value;
  const rests = arm.state !== "holding" || isAtRest(driver.input.value);
  const words = armWords(arm, { isAtRest: rests, holdWith });
  const hold = (active: boolean) => driver.hold("button", { active });
  return (
    <div class="hold">
      <button
        type="button"
        class="hold-switch"
        data-arm={arm.state}
        data-tone={words.tone}
        aria-describedby="hold-hint"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          hold(true);
        }}
        onPointerUp={() => hold(false)}
        onPointerCancel={() => hold(false)}
        onLostPointerCapture={() => hold(false)}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.code !== "Enter") return;
          event.preventDefault();
          if (!event.repeat) hold(true);
        }}
        onKeyUp={(event) => event.code === "Enter" && hold(false)}
        onBlur={() => hold(false)}
      >
        <span class="hold-progress" aria-hidden="true" />
        <span class="hold-label">{words.label}</span>
      </button>
      <p id="hold-hint" class="hold-hint fine" data-tone={words.tone}>{words.hint}</p>
      <p class="unseen" role="status">{announced(words.label, words.hint, arm.state)}</p>
    </div>
  );
}

/** What a screen reader says by itself; the resting switch says nothing. */
function announced(label: string, hint: string, state: string): string {
  return state === "released" && hint.startsWith("Hold") ? "" : `${label}. ${hint}`;
}
