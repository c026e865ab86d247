/**
 * A state as mark and word. The mark of `ready` (connected and idle) is a green ring.
 *
 * @module
 */
import { Mark } from "../../shared/mark.tsx";
import type { Tone, Wording } from "../model/words.ts";

/** The mark of a tone. */
export function ToneMark({ tone }: { tone: Tone }) {
  if (tone !== "ready") return <Mark status={tone} />;
  return (
    <svg class="mark" data-status="ready" viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="3.6" />
    </svg>
  );
}

/** A state as mark and word. */
export function State({ tone, word }: Wording) {
  return (
    <span class="state" data-tone={tone}>
      <ToneMark tone={tone} />
      {word}
    </span>
  );
}
