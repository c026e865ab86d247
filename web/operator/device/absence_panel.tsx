/**
 * What a device noted while it could not reach the coordinator, and reported when it was back.
 *
 * @module
 */
import type { Absence } from "../../../protocol/field/absence.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { formatDbm, formatRunning, formatWhole, plural } from "../model/format.ts";
import { useFetched } from "../widgets/fetched.ts";
import { Moment } from "../widgets/figure.tsx";

/** The panel of a device's newest absences; nothing where it had none. */
export function AbsencePanel({ sender }: { sender: Sender }) {
  const { state } = useFetched(contracts.devices.absences, { params: { id: sender.sender_id } });
  if (state.state !== "ready" || state.value.absences.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="absences">
      <div class="panel-head">
        <h2 id="absences">While it was away</h2>
      </div>
      <ul class="things">
        {state.value.absences.map((absence) => <Gap key={absence.from} absence={absence} />)}
      </ul>
    </section>
  );
}

function Gap({ absence: { from, to, readings, changes, left_out } }: { absence: Absence }) {
  return (
    <li class="thing">
      <div class="thing-head">
        <b>
          <Moment at={from} /> to <Moment at={to} />
        </b>
        <span class="thing-end soft">{formatRunning(to - from)}</span>
      </div>
      <p class="soft fine">
        {`Filled afterwards with ${plural(readings.length, "reading")} of the device.`}
      </p>
      <details>
        <summary>Readings and changes</summary>
        {left_out > 0 && <p class="soft fine">Without {plural(left_out, "older change")}.</p>}
        <ul class="log-lines absence-changes">
          {changes.map(({ at, text }) => (
            <li key={`${at}${text}`}>
              <Moment at={at} /> {text}
            </li>
          ))}
        </ul>
        <div class="log-lines" role="region" aria-label="Readings" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">CPU</th>
                <th scope="col">Temp.</th>
                <th scope="col">Signal</th>
                <th scope="col">Stream</th>
              </tr>
            </thead>
            <tbody>
              {readings.map(({ at, cpu_percent, temperature_c, signal_dbm, stream_state }) => (
                <tr key={at}>
                  <td class="figures">
                    <Moment at={at} />
                  </td>
                  <td class="figures">{formatWhole(cpu_percent)}</td>
                  <td class="figures">
                    {temperature_c === undefined ? "–" : `${Math.round(temperature_c)} °C`}
                  </td>
                  <td class="figures">{formatDbm(signal_dbm)}</td>
                  <td>{stream_state}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </li>
  );
}
