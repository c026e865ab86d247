import { deepEqual } from "node:assert/strict";
import { signal } from "@preact/signals";
import type { LiveRoom } from "../../../../protocol/room_state/components.ts";
import { watchUnsaved } from "../../../../web/play/saves/unsaved.ts";

type Saved = { readonly room: Pick<LiveRoom, "unsaved" | "memory" | "began"> };

Deno.test("[SAV20] that a game is saved again is said once, in the room where it was not", () => {
  const done: string[] = [];
  const joined = signal<Saved | undefined>(undefined);
  using _watch = watchUnsaved(joined, { done: (text) => void done.push(text) });
  const unsaved = { since: 1, why: "full" } as const;
  joined.value = { room: { began: 1, unsaved } };
  joined.value = { room: { began: 2, unsaved: undefined } };
  deepEqual(done, []);
  joined.value = { room: { began: 2, unsaved } };
  joined.value = { room: { began: 2, unsaved: undefined } };
  joined.value = { room: { began: 2, unsaved: undefined } };
  deepEqual(done, ["This game is saved again."]);
});

Deno.test("[SAV36] that a cartridge's memory is the newest again is said once, in the room where it was not", () => {
  const done: string[] = [];
  const joined = signal<Saved | undefined>(undefined);
  using _watch = watchUnsaved(joined, { done: (text) => void done.push(text) });
  joined.value = { room: { began: 1, memory: "unseen" } };
  joined.value = { room: { began: 1, memory: "older" } };
  joined.value = { room: { began: 2 } };
  deepEqual(done, []);
  joined.value = { room: { began: 2, memory: "unseen" } };
  for (let n = 0; n < 2; n++) joined.value = { room: { began: 2 } };
  deepEqual(done, ["What this cartridge keeps is the newest, and is stored."]);
});
