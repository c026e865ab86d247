/**
 * Keep live of a sender: its state with the reason, the buttons that turn it on and off, its hours, and the newest
 * starts.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { KeepLiveHours, KeepLiveStart } from "../../../protocol/rest/keep_live.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import {
  DAYS,
  firstHours,
  hoursWords,
  keepLiveWording,
  sameHours,
  scheduleWords,
} from "./words.ts";
import { useAsk, useNow, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Moment } from "../widgets/figure.tsx";
import { Check, Group, SelectField, TextField } from "../widgets/form.tsx";
import { ToneMark } from "../widgets/tone.tsx";

/** The panel of a sender's keep live. */
export function KeepLivePanel({ sender }: { sender: Sender }) {
  const { api, fleet } = useServices();
  const { sender_id, keep_live } = sender;
  const ask = useAsk(`keep-live:${sender_id}`);
  const readOnly = useReadOnly();
  const now = useNow();
  const wording = keepLiveWording(keep_live, now);
  const on = keep_live !== undefined && keep_live.state !== "off";
  const hours = useSignal<KeepLiveHours | undefined>(keep_live?.hours);
  const blocked = readOnly ??
    (keep_live ? undefined : "Start a stream first: that start is repeated.");

  async function set(wanted: boolean) {
    const body = { on: wanted, ...(hours.value && { hours: hours.value }) };
    const params = { id: sender_id };
    const answer = await ask.run(() => api.call(contracts.senders.keepLive, { params, body }));
    if (answer) fleet.setSender(answer);
  }

  return (
    <section class="panel" aria-labelledby="keep-live">
      <div class="panel-head">
        <h2 id="keep-live">Keep live</h2>
        {on && <span class="soft fine">{hoursWords(keep_live.hours)}</span>}
      </div>
      <div class="panel-body stack">
        <p class="kept-line">
          <ToneMark tone={wording.tone} />
          <span>{wording.word}</span>
        </p>
        {on && keep_live.state !== "outside" && keep_live.ends_at !== undefined && (
          <p class="figures">{scheduleWords(keep_live, now)}</p>
        )}
        {on && (
          <p class="soft fine">
            <em>Stop stream</em> turns it off; turning it off here lets the stream go on.
          </p>
        )}
        {keep_live && !readOnly && (
          <Hours
            hours={hours.value}
            change={(next) => void (hours.value = next)}
          />
        )}
        <Refused ask={ask} />
        <div class="form-foot">
          {!on && (
            <AskButton
              ask={ask}
              doing="Turning on"
              blocked={blocked}
              press={() => void set(true)}
            >
              Turn on keep live
            </AskButton>
          )}
          {on && !sameHours(hours.value, keep_live.hours) && (
            <AskButton
              ask={ask}
              doing="Changing"
              blocked={blocked}
              press={() => void set(true)}
            >
              Change hours
            </AskButton>
          )}
          {on && (
            <AskButton
              ask={ask}
              doing="Turning off"
              blocked={blocked}
              press={() => void set(false)}
            >
              Turn off keep live
            </AskButton>
          )}
        </div>
        {keep_live && keep_live.starts.length > 0 && <Starts starts={keep_live.starts} />}
      </div>
    </section>
  );
}

function Starts({ starts }: { starts: readonly KeepLiveStart[] }) {
  return (
    <div>
      <h3>Starts by keep live</h3>
      <ul class="kept-starts">
        {starts.map(({ at, stream_id, reason }) => (
          <li key={stream_id}>
            <a href={`/operator/streams/${stream_id}`}>
              <Moment at={at} />
            </a>{" "}
            {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface HoursProps {
  readonly hours: KeepLiveHours | undefined;
  readonly change: (hours: KeepLiveHours | undefined) => void;
}

function Hours({ hours, change }: HoursProps) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([hours?.zone, zone, "UTC"])].flatMap((name) => name ?? []);
  return (
    <>
      <Check
        label="Only in daily hours"
        detail="Outside them nothing is started, and the stream is stopped as they end."
        checked={hours !== undefined}
        change={(wanted) => change(wanted ? firstHours(zone) : undefined)}
      />
      {hours && (
        <>
          <div class="fields">
            <TextField
              label="From"
              type="time"
              required
              value={hours.from}
              change={(from) => change({ ...hours, from })}
            />
            <TextField
              label="To"
              type="time"
              required
              value={hours.to}
              change={(to) => change({ ...hours, to })}
            />
            <SelectField
              label="Time zone"
              value={hours.zone}
              options={zones.map((value) => ({ value, label: value }))}
              change={(chosen) => change({ ...hours, zone: chosen })}
            />
          </div>
          <Group name="Begins on" side>
            {DAYS.map((day, index) => (
              <Check
                key={day}
                label={day}
                checked={hours.days.includes(index + 1)}
                change={(wanted) =>
                  change({
                    ...hours,
                    days: wanted
                      ? [...hours.days, index + 1]
                      : hours.days.filter((each) => each !== index + 1),
                  })}
              />
            ))}
          </Group>
        </>
      )}
    </>
  );
}
