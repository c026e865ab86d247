/**
 * One sender: its picture, its stream, the device itself, and its ended streams.
 *
 * @module
 */
import { useRoute } from "preact-iso";
import { SenderId } from "../../../protocol/ids.ts";
import { isOfDevice } from "../../../protocol/field/ingest.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { Mark } from "../../shared/mark.tsx";
import { topicOf } from "../live.ts";
import { isAtRest } from "../model/words.ts";
import { useAsk, useReadOnly, useServices, useTopics } from "../services.ts";
import { StreamCharts } from "../stream/charts.tsx";
import { History } from "../stream/history.tsx";
import { Preview } from "../stream/preview.tsx";
import { StopButton } from "../stream/stop_button.tsx";
import { ReadOnly, Refused } from "../widgets/ask_button.tsx";
import { Moment } from "../widgets/figure.tsx";
import { Empty, Loading, Page, useLoaded } from "../widgets/page.tsx";
import { SenderState } from "./columns.tsx";
import { DevicePanel } from "./device_panel.tsx";
import { Inputs, Interfaces } from "./hardware.tsx";
import { KeepLivePanel } from "../keep_live/panel.tsx";
import { DeviceSettingsPanel } from "../device_settings/panel.tsx";
import { AbsencePanel } from "../device/absence_panel.tsx";
import { LocalControlPanel } from "../device/local_control_panel.tsx";
import { DeviceRecordingPanel } from "../device/recording_panel.tsx";
import { OnDemandPanel } from "../keep_live/on_demand_panel.tsx";
import { InvitedPanel } from "./invited_panel.tsx";
import { SenderMenu } from "./menu.tsx";
import { StreamPanel } from "./stream_panel.tsx";

/** The page of one sender. */
export function SenderPage() {
  const { fleet } = useServices();
  const id = SenderId.safeParse(useRoute().params.id).data;
  const topic = id && topicOf("sender", id);
  const sender = id && fleet.on.senders.value.get(id);
  const streamTopic = sender?.stream && topicOf("stream", sender.stream.stream_id);
  useTopics(topic, streamTopic, "workers");
  const loaded = useLoaded(topic);
  const unknown = topic !== undefined && fleet.on.unknown.value.has(topic);
  if (sender && !unknown) return <SenderDetails key={id} sender={sender} />;
  const missing = topic === undefined || unknown || loaded;
  return (
    <Page title="Sender">
      {missing
        ? (
          <Empty icon="antenna" title="There is no such sender">
            <p class="soft">It may be decommissioned, or belong to another fleet.</p>
            <a class="button" href="/operator/senders">All senders</a>
          </Empty>
        )
        : <Loading what="the sender" />}
    </Page>
  );
}

function SenderDetails({ sender }: { sender: Sender }) {
  const { fleet } = useServices();
  const { sender_id, name, state, online, since, last_end } = sender;
  const readOnly = useReadOnly();
  const stop = useAsk(`stop:${sender_id}`);
  const stream = sender.stream && fleet.on.streams.value.get(sender.stream.stream_id);
  return (
    <>
      <nav class="trail" aria-label="Where you are">
        <a href="/operator/senders">Senders</a>
      </nav>
      <Page
        title={name}
        state={
          <>
            <SenderState sender={sender} />
            {sender.tags?.map((tag) => (
              <a class="tag" key={tag} href={`/operator/senders?tag=${encodeURIComponent(tag)}`}>
                {tag}
              </a>
            ))}
            {since !== undefined && !stream && (
              <span class="soft">
                since <Moment at={since} />
              </span>
            )}
          </>
        }
        actions={
          <>
            {stream && <StopButton stream={stream} />}
            <SenderMenu sender={sender} />
          </>
        }
      >
        <ReadOnly why={readOnly} />
        <Refused ask={stop} />
        {state === "invited" && !stream && !isAtRest(sender) ? <InvitedPanel sender={sender} /> : (
          <>
            {!online && (!stream || isOfDevice(stream.transport)) && (
              <OfflineNote
                sender={sender}
              />
            )}
            <div class="split even thing-page">
              <div class="flow">
                {stream && (
                  <section class="panel first" aria-label="Preview">
                    <Preview stream={stream} />
                  </section>
                )}
                {stream && (
                  <section class="panel">
                    <div class="panel-head">
                      <h2>Links over time</h2>
                      <a href={`/operator/streams/${stream.stream_id}`}>The stream</a>
                    </div>
                    <StreamCharts streamId={stream.stream_id} />
                  </section>
                )}
                {!stream && <StreamPanel sender={sender} />}
                {!stream && <KeepLivePanel sender={sender} />}
                {!stream && <OnDemandPanel sender={sender} />}
                {!stream && <LocalControlPanel sender={sender} />}
                {!stream && <DeviceRecordingPanel sender={sender} />}
                <section class="panel last" aria-labelledby="history">
                  <div class="panel-head">
                    <h2 id="history">Past streams</h2>
                  </div>
                  <History senderId={sender_id} newest={last_end?.stream_id} />
                </section>
              </div>
              <div class="side">
                {stream && <StreamPanel sender={sender} />}
                {stream && <KeepLivePanel sender={sender} />}
                {stream && <OnDemandPanel sender={sender} />}
                {stream && <LocalControlPanel sender={sender} />}
                {stream && <DeviceRecordingPanel sender={sender} />}
                <DevicePanel sender={sender} />
                <DeviceSettingsPanel sender={sender} />
                <Interfaces sender={sender} />
                <Inputs sender={sender} />
                <AbsencePanel sender={sender} />
              </div>
            </div>
          </>
        )}
      </Page>
    </>
  );
}

function OfflineNote({ sender }: { sender: Sender }) {
  const { last_seen_at, stream } = sender;
  if (isAtRest(sender)) {
    return (
      <p class="notice page-notice">
        <Mark status="off" />
        <span>
          At rest. Its device is a simulation of this installation: it starts when somebody opens it
          in the library, and ends a minute after the last viewer has left.
        </span>
      </p>
    );
  }
  return (
    <p class="notice page-notice">
      <Mark status={stream ? "lost" : "off"} />
      <span>
        {last_seen_at === undefined ? "It has not been online since the coordinator started." : (
          <>
            Offline. Its last message came at{" "}
            <Moment at={last_seen_at} />. Each figure below shows its age.
          </>
        )}
        {stream &&
          " Its stream may still run: a lost connection does not end it. It counts as ended after 90 s without a report."}
      </span>
    </p>
  );
}
