/**
 * The hardware that the device reports: network interfaces and media inputs.
 *
 * @module
 */
import type { Sender } from "../../../protocol/rest/senders.ts";
import { Icon, type IconName } from "../../shared/icon.tsx";
import type { Status } from "../model/fleet_state.ts";
import { formatDbm, formatMegabytes, formatRunning, withMinus } from "../model/format.ts";
import { missingToolWords, modemWords } from "../device/hardware_words.ts";
import { DEVICE_STALE, isStale } from "../model/freshness.ts";
import type { Tone, Wording } from "../model/words.ts";
import { useNow, useServices } from "../services.ts";
import { SignalBars } from "../widgets/bars.tsx";
import { Ago } from "../widgets/figure.tsx";
import { State } from "../widgets/tone.tsx";

type Interface = Status["network_interfaces"][number];

const INTERFACE_STATES = {
  connected: { tone: "live", word: "Connected" },
  connecting: { tone: "attention", word: "Connecting" },
  disconnected: { tone: "off", word: "Not connected" },
  error: { tone: "lost", word: "Error" },
} as const satisfies Record<Interface["state"], { tone: Tone; word: string }>;

/** The panel of a device's network interfaces. */
export function Interfaces({ sender }: { sender: Sender }) {
  const status = useServices().fleet.on.status.value.get(sender.sender_id);
  const isOld = useOld();
  if (!status) return null;
  return (
    <section class="panel" aria-labelledby="interfaces">
      <div class="panel-head">
        <h2 id="interfaces">Interfaces</h2>
        <ReportAge at={status.at} />
      </div>
      <ul class="things">
        {status.value.network_interfaces.map((each) => (
          <InterfaceRow
            key={each.name}
            link={each}
            old={isOld(status.at)}
          />
        ))}
      </ul>
      {missingToolWords(status.value).map((words) => (
        <p class="panel-none soft fine" key={words}>{words}</p>
      ))}
    </section>
  );
}

/** Whether a device's report of `at` is too old to show its states in the colours of the present. */
function useOld(): (at: number) => boolean {
  const now = useNow();
  return (at) => isStale(at, { now, after: DEVICE_STALE });
}

/** The age of the report that a panel shows. */
function ReportAge({ at }: { at: number }) {
  return (
    <span class="soft fine">
      Reported <Ago at={at} />
    </span>
  );
}

/** A state; one of an old report is in the past tense, without colour. */
function Reported({ tone, word, old }: Wording & { old: boolean }) {
  return old ? <State tone="off" word={`${word} then`} /> : <State tone={tone} word={word} />;
}

function InterfaceRow({ link, old }: { link: Interface; old: boolean }) {
  const { name, type, state, ip, carrier, technology, band, signal_dbm, has_default_route } = link;
  const { signal_percent, modem } = link;
  const radio = [
    typeof link.rsrp === "number" && `RSRP ${withMinus(link.rsrp)}`,
    typeof link.sinr === "number" && `SINR ${withMinus(link.sinr)}`,
  ];
  return (
    <li class="thing">
      <div class="thing-head">
        <b>{name}</b>
        <span class="soft">{[carrier, technology, band].filter(Boolean).join(" ") || type}</span>
        <span class="thing-end">
          {typeof signal_dbm === "number" && (
            <>
              <span class="figures">{formatDbm(signal_dbm)}</span>
              {!old && <SignalBars dbm={signal_dbm} />}
            </>
          )}
          {typeof signal_dbm !== "number" && typeof signal_percent === "number" && (
            <span class="figures">Signal {Math.round(signal_percent)} %</span>
          )}
          <Reported {...INTERFACE_STATES[state]} old={old} />
        </span>
      </div>
      <p class="soft fine">
        {[
          modem ? modemWords(modem) : undefined,
          ip,
          ...radio,
          state === "connected" && has_default_route === false
            ? "No route to the internet: it cannot carry a stream"
            : undefined,
        ].filter(Boolean).join(" · ")}
      </p>
    </li>
  );
}

type Input = Status["media_inputs"][number];

const INPUT_STATES = {
  available: { tone: "ready", word: "Available" },
  in_use: { tone: "live", word: "In use" },
  error: { tone: "lost", word: "Error" },
} as const satisfies Record<Input["status"], { tone: Tone; word: string }>;
const INPUT_ICONS: Record<Input["type"], IconName> = {
  v4l2: "camera",
  file: "folder",
  test: "window",
  rtsp: "globe",
  car: "pad",
};

/** The panel of a device's media inputs and saved media files. */
export function Inputs({ sender }: { sender: Sender }) {
  const status = useServices().fleet.on.status.value.get(sender.sender_id);
  const isOld = useOld();
  if (!status) return null;
  const { media_inputs, saved_media } = status.value;
  return (
    <section class="panel" aria-labelledby="inputs">
      <div class="panel-head">
        <h2 id="inputs">Inputs</h2>
        <ReportAge at={status.at} />
      </div>
      {media_inputs.length + saved_media.length === 0 && (
        <p class="panel-none soft">The device reports no input.</p>
      )}
      <ul class="things">
        {media_inputs.map(({ device, type, label, capabilities, ...input }) => (
          <li class="thing" key={`${type}${device}`}>
            <div class="thing-head">
              <Icon name={INPUT_ICONS[type]} />
              <b>{label || device}</b>
              <span class="thing-end">
                <Reported {...INPUT_STATES[input.status]} old={isOld(status.at)} />
              </span>
            </div>
            <p class="soft fine">
              {[device === label ? undefined : device, ...capabilities].filter(Boolean)
                .join(" · ").replaceAll("x", "×")}
            </p>
          </li>
        ))}
        {saved_media.map(({ path, name, size_mb, duration_s }) => (
          <li class="thing" key={path}>
            <div class="thing-head">
              <Icon name="folder" />
              <b>{name}</b>
              <span class="thing-end soft figures">
                {formatMegabytes(size_mb)}
                {typeof duration_s === "number" && `, ${formatRunning(duration_s * 1000)}`}
              </span>
            </div>
            <p class="soft fine">{path}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
