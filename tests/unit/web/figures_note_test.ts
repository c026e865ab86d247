import { deepEqual } from "node:assert/strict";
import type { Millis } from "../../../protocol/clock.ts";
import type { SessionState } from "../../../web/play/join/session_state.ts";
import { figuresNote } from "../../../web/play/words/figures_note.ts";

Deno.test("[PLY36] live figures are shown only while they are those of now", () => {
  const since = 0 as Millis;
  const playing = { state: "playing", target: {}, since, init: 1, frozenSince: undefined } as const;
  const lost = { state: "lost", since, target: {} } as SessionState;
  const starting = { state: "starting", since, target: {} } as SessionState;
  const note = (state: SessionState, paused = false) => figuresNote(state, { paused });
  deepEqual(
    [
      note(playing),
      note(playing, true),
      note({ ...playing, frozenSince: since }),
      note(lost),
      note(starting),
    ],
    [undefined, "Paused", "No picture", "Not connected", "Connecting"],
  );
});
