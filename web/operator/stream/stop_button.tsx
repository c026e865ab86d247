/**
 * The button that stops a stream. It first names the viewers and destinations that lose it, then shows the state that
 * the coordinator reports: requested, accepted, ended.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatSeconds } from "../../shared/format.ts";
import { losers, plural } from "../model/format.ts";
import { useAsk, useNow, useReadOnly, useServices } from "../services.ts";
import { AskButton } from "../widgets/ask_button.tsx";
import { Confirm } from "../widgets/confirm.tsx";

/** The button that stops a stream after a confirmation. */
export function StopButton({ stream }: { stream: Stream }) {
  const { api, fleet } = useServices();
  const ask = useAsk(`stop:${stream.sender_id}`);
  const confirming = useSignal(false);
  const readOnly = useReadOnly();
  const now = useNow();
  if (stream.state === "stopping") {
    return (
      <span class="button figures" aria-disabled="true">
        <span role="status">Stopping…</span>
        <span aria-hidden="true">{` (asked ${formatSeconds(now - stream.since)} ago)`}</span>
      </span>
    );
  }
  const keepLive = fleet.on.senders.value.get(stream.sender_id)?.keep_live;
  const viewers = stream.figures?.received?.viewers ?? 0;
  const lost = [
    ...(viewers > 0 ? [`${losers(viewers)} the picture`] : []),
    ...(stream.destinations.length > 0
      ? [
        `${plural(stream.destinations.length, "destination")} ${
          stream.destinations.length === 1 ? "stops" : "stop"
        } being fed`,
      ]
      : []),
  ];
  const stop = async () => {
    const answer = await ask.run(() =>
      api.call(contracts.senders.stop, { params: { id: stream.sender_id } })
    );
    if (!answer) return;
    confirming.value = false;
    fleet.setStream(answer.stream);
  };
  return (
    <>
      <AskButton
        ask={ask}
        doing="Stopping"
        tone="danger"
        icon="stop"
        blocked={readOnly}
        press={() => lost.length > 0 ? (confirming.value = true) : void stop()}
      >
        Stop stream
      </AskButton>
      {confirming.value && (
        <Confirm
          title={`Stop the stream of ${stream.sender_name}?`}
          action="Stop stream"
          doing="Stopping"
          ask={ask}
          confirm={() => void stop()}
          close={() => void (confirming.value = false)}
        >
          <ul class="losses">
            {lost.map((each) => <li key={each}>{each}.</li>)}
            {keepLive && keepLive.state !== "off" && (
              <li>Keep live is turned off: the stream is not started again.</li>
            )}
          </ul>
        </Confirm>
      )}
    </>
  );
}
