/**
 * The form for the name and the colour that a person goes by.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { COLOURS, MAX_NAME } from "../../../../protocol/room_state/components.ts";
import { useServices } from "../../services.ts";
import { typedName } from "../identity.ts";
import { PersonDot } from "./person_dot.tsx";

/** The names of the colours, in the order of their numbers. */
const NAMES = [
  "Teal",
  "Sky",
  "Blue",
  "Violet",
  "Pink",
  "Rose",
  "Orange",
  "Amber",
  "Lime",
  "Green",
  "Sand",
  "Grey",
] as const satisfies { readonly length: typeof COLOURS };

/** Name and colour; `done` is called when they are kept. */
export function IdentityForm({ done }: { readonly done: () => void }) {
  const { identity, roomActions, toaster } = useServices();
  const { own } = identity;
  const name = useSignal(own.peek().name ?? "");
  const colour = useSignal(own.peek().colour);

  async function keep(event: Event) {
    event.preventDefault();
    const typed = typedName(name.value);
    done();
    const problem = await roomActions.introduce({
      colour: colour.value,
      ...(typed !== undefined && { name: typed }),
    });
    if (problem) toaster.refused(problem);
  }

  return (
    <form class="identity" onSubmit={(event) => void keep(event)}>
      <label class="identity-name">
        <span class="small">Your name, as others here see it</span>
        <span class="field">
          <input
            value={name.value}
            maxLength={MAX_NAME}
            autocomplete="nickname"
            dir="auto"
            onInput={({ currentTarget }) => (name.value = currentTarget.value)}
          />
        </span>
      </label>
      <fieldset class="identity-colours">
        <legend class="small">Your colour</legend>
        {NAMES.map((label, number) => (
          <label key={label} title={label}>
            <input
              type="radio"
              name="colour"
              class="unseen"
              checked={colour.value === number}
              onChange={() => (colour.value = number)}
            />
            <PersonDot colour={number} />
            <span class="unseen">{label}</span>
          </label>
        ))}
      </fieldset>
      <div class="dialog-actions">
        <button type="button" class="button plain" onClick={done}>Cancel</button>
        <button type="submit" class="button primary">Keep</button>
      </div>
    </form>
  );
}
