/**
 * The device's figures beside the worker's figures of one stream: a difference comes from the network between them.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { InputCondition } from "../../../protocol/field/device.ts";
import type { IngestStats } from "../../../protocol/field/ingest.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatMillis, formatPercent, formatRate, formatSeconds } from "../../shared/format.ts";
import { type Figure, GAP_REASONS } from "../../play/media/latency/stages.ts";
import { figureText } from "../../play/media/latency/words.ts";
import { formatCount, formatDbm, formatMbps } from "../model/format.ts";
import { STREAM_STALE } from "../model/freshness.ts";
import { fieldRoundTripTone, followNote, linkTone, linkWord, lossTone } from "../model/words.ts";
import { useServices } from "../services.ts";
import { AgedFigure, Fact } from "../widgets/figure.tsx";

/** The device's sending figures beside the worker's receiving figures. */
export function TwoEnds({ stream }: { stream: Stream }) {
  const { on } = useServices().fleet;
  const sent = on.sent.value.get(stream.stream_id);
  const received = on.received.value.get(stream.stream_id);
  return (
    <div class="ends-pair">
      <section>
        <h3>The device sends</h3>
        {sent?.value.input?.state === "lost" && <LostInput input={sent.value.input} />}
        {sent
          ? (
            <dl class="facts">
              <Fact name="Encoder" note={followNote(sent.value, stream)}>
                <Aged at={sent.at}>
                  {formatMbps(sent.value.encoder_bitrate_kbps)} Mb/s
                  {typeof sent.value.encoder === "string" && ` by ${sent.value.encoder}`}
                </Aged>
              </Fact>
              <Fact name="Pictures">
                <Aged at={sent.at}>{formatRate(sent.value.framerate ?? undefined)}</Aged>
              </Fact>
              <Fact name="Encoding a picture">
                <Aged at={sent.at}>
                  {typeof sent.value.encode_ms === "number"
                    ? formatMillis(sent.value.encode_ms, { fine: true })
                    : "–"}
                </Aged>
              </Fact>
              <Fact name="Dropped">
                <Aged at={sent.at}>
                  {typeof sent.value.dropped_frames === "number"
                    ? `${sent.value.dropped_frames} pictures`
                    : "–"}
                </Aged>
              </Fact>
            </dl>
          )
          : <p class="soft">The device has sent no figures yet.</p>}
      </section>
      <section>
        <h3>The worker receives</h3>
        {received
          ? (
            <dl class="facts">
              <Fact name="Bitrate">
                <Aged at={received.at}>{formatMbps(received.value.bitrate_kbps)} Mb/s</Aged>
              </Fact>
              <Fact name="Pictures">
                <Aged at={received.at}>{formatRate(received.value.framerate)}</Aged>
              </Fact>
              <Fact
                name="Picture"
                note={received.value.handling === "transcoded"
                  ? "Transcoded: browsers cannot decode it as it comes"
                  : undefined}
              >
                <Aged at={received.at}>
                  {received.value.width > 0
                    ? `${received.value.width}×${received.value.height} ${
                      received.value.codec ?? ""
                    }`
                    : "None yet"}
                </Aged>
              </Fact>
              {received.value.origin && (
                <OriginFacts
                  origin={received.value.origin}
                  latency={received.value.latency_ms}
                  at={received.at}
                />
              )}
              <Fact name="Lost since the start">
                <Aged at={received.at}>
                  {formatPercent(
                    received.value.lost_packets /
                      Math.max(1, received.value.received_packets + received.value.lost_packets),
                  )}
                </Aged>
              </Fact>
              <Fact name="Came when sent again">
                <Aged at={received.at}>{countOf(received.value.retransmitted_packets)}</Aged>
              </Fact>
              {received.value.missed_packets !== undefined && (
                <Fact name="Never came">
                  <Aged at={received.at}>{countOf(received.value.missed_packets)}</Aged>
                </Fact>
              )}
              <Fact name="Came too late">
                <Aged at={received.at}>{countOf(received.value.late_packets)}</Aged>
              </Fact>
            </dl>
          )
          : <p class="soft">The worker has sent no figures yet.</p>}
      </section>
    </div>
  );
}

/** How long pictures take from the device's capture to the worker, or why that is not known. */
function OriginFacts(
  { origin, latency, at }: {
    origin: NonNullable<IngestStats["origin"]>;
    latency: number | undefined;
    at: number;
  },
) {
  const figures: Readonly<Record<"device" | "link", Figure>> = "gap" in origin
    ? { device: { why: GAP_REASONS[origin.gap] }, link: { why: GAP_REASONS[origin.gap] } }
    : {
      device: { ms: origin.device_ms },
      link: { ms: origin.link_ms, error: origin.error_ms },
    };
  return (
    <>
      <Fact name="Capture to compressed" note={reasonOf(figures.device)}>
        <Aged at={at}>{shown(figures.device)}</Aged>
      </Fact>
      <Fact name="Compressed to here" note={reasonOf(figures.link) ?? waitNote(latency)}>
        <Aged at={at}>{shown(figures.link)}</Aged>
      </Fact>
    </>
  );
}

function shown(figure: Figure): string {
  return "why" in figure ? "Not measured" : figureText(figure);
}

function reasonOf(figure: Figure): string | undefined {
  if (!("why" in figure)) return undefined;
  return figure.why.slice(0, 1).toUpperCase() + figure.why.slice(1);
}

function waitNote(latency: number | undefined): string | undefined {
  return latency === undefined
    ? undefined
    : `The link waits ${formatMillis(latency)} for packets that are sent again`;
}

function countOf(packets: number | undefined): string {
  return packets === undefined ? "Not measured" : `${formatCount(packets)} packets`;
}

/** Shows that the device has lost its source, and until when it tries to open it again. */
function LostInput({ input }: { input: Extract<InputCondition, { state: "lost" }> }) {
  return (
    <p class="notice">
      <span>
        <span role="status">{`The source is lost: ${input.error}.`}</span>
        <span aria-hidden="true" class="figures">
          {` Lost for ${formatSeconds(input.lost_for_s * 1000)}; the stream ends in ${
            formatSeconds(input.gives_up_in_s * 1000)
          } if it does not come back.`}
        </span>
      </span>
    </p>
  );
}

function Aged({ at, tone, children }: {
  at: number;
  tone?: string | undefined;
  children: ComponentChildren;
}) {
  return <AgedFigure of={{ at }} after={STREAM_STALE} show={() => children} tone={tone} />;
}

/** Each link with the device's newest figures, and of several also what it carries and what arrives by it. */
export function LinkTable({ stream }: { stream: Stream }) {
  const { on } = useServices().fleet;
  const sent = on.sent.value.get(stream.stream_id);
  const received = on.received.value.get(stream.stream_id);
  if (!sent || sent.value.links.length === 0) return null;
  const isBonded = sent.value.links.length > 1;
  return (
    <table class="mini" aria-label="Links">
      <thead>
        <tr>
          <th scope="col">Link</th>
          <th scope="col">State</th>
          <th scope="col" class="end">Mb/s</th>
          {isBonded && <th scope="col" class="end roomy">Arrives</th>}
          {isBonded && <th scope="col" class="end roomy">Carries</th>}
          <th scope="col" class="end">RTT</th>
          <th scope="col" class="end">Loss</th>
          <th scope="col" class="end">Signal</th>
        </tr>
      </thead>
      <tbody>
        {sent.value.links.map((link, index) => (
          <tr key={link.id}>
            <th scope="row">{link.interface}</th>
            <td>
              <Aged at={sent.at} tone={linkTone(link)}>{linkWord(link)}</Aged>
            </td>
            <td class="end">
              <Aged at={sent.at}>
                {formatMbps(link.observed_bps == null ? undefined : link.observed_bps / 1000)}
              </Aged>
            </td>
            {isBonded && (
              <td class="end roomy">
                <Aged at={received?.at ?? sent.at}>
                  {formatMbps(received?.value.links[index]?.bitrate_kbps)}
                </Aged>
              </td>
            )}
            {isBonded && (
              <td class="end roomy">
                <Aged at={sent.at}>
                  {link.capacity_bps == null
                    ? "Not measured"
                    : formatMbps(link.capacity_bps / 1000)}
                </Aged>
              </td>
            )}
            <td class="end">
              <Aged at={sent.at} tone={fieldRoundTripTone(link.rtt_ms ?? undefined)}>
                {typeof link.rtt_ms === "number" ? formatMillis(link.rtt_ms) : "Not measured"}
              </Aged>
            </td>
            <td class="end">
              <Aged at={sent.at} tone={lossTone(link.loss_rate ?? 0)}>
                {typeof link.loss_rate === "number"
                  ? formatPercent(link.loss_rate)
                  : "Not measured"}
              </Aged>
            </td>
            <td class="end">
              <Aged at={sent.at}>{formatDbm(link.signal_dbm)}</Aged>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
