/**
 * The frame around the picture that says that nobody controls the vehicle: why, and for how long.
 *
 * @module
 */
import { formatSeconds } from "../../../shared/format.ts";
import { Icon } from "../../../shared/icon.tsx";
import { useServices } from "../../services.ts";
import { lossOf } from "../vehicle_watch.ts";
import { lossWords } from "../words.ts";

/** A red frame with the words, or only the frame while a notice of the page has the words; none while all is well. */
export function LossFrame({ noticed }: { readonly noticed: boolean }) {
  const { game, drive: { driver } } = useServices();
  const seen = game.media.value?.vehicle.newest.value;
  const now = Math.max(game.now.value, seen?.at ?? 0) as typeof game.now.value;
  const loss = lossOf(seen, driver.watched.value, now);
  const words = loss && lossWords(loss);
  if (noticed && (words || game.state.value.state === "lost")) {
    return <div class="loss-frame" data-tone="lost" aria-hidden="true" />;
  }
  if (!loss || !words) return <div role="alert" class="unseen" />;
  return (
    <>
      <div class="loss-frame" data-tone={words.tone} aria-hidden="true" />
      <div class="loss-words" data-tone={words.tone}>
        <Icon name="warning" />
        <div role="alert">
          <strong>{words.title}</strong>
          <span>{words.body}</span>
        </div>
        <span class="loss-clock figures" aria-hidden="true">
          {formatSeconds(now - loss.since)}
        </span>
      </div>
    </>
  );
}
