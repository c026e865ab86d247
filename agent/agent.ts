/**
 * Carries out the coordinator's commands: it answers each in time, or refuses it with a sentence. Reports the device's
 * status when it changes, and every `status_period_ms`; reports the figures of its stream.
 *
 * @module
 */
import { COMMAND_LIMIT, DEVICE_STATUS_PERIOD } from "../protocol/legs/agent_leg.ts";
import { type Clock, every, type Millis } from "../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../protocol/envelope.ts";
import type { DeviceStatus, StreamStats } from "../protocol/field/device.ts";
import { dispatch, type Handlers } from "../protocol/leg.ts";
import type { Log } from "../protocol/log.ts";
import { AbsenceNotes } from "./absence/absence_notes.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { Command, ControlLink } from "./control_link.ts";
import type { RecentLines } from "./device_log/recent_lines.ts";
import type { LocalRequests } from "./local_page/requests.ts";
import type { UpdateOutcome } from "./pipeline/ports.ts";
import type { PushedSettings } from "./pushed_settings/pushed_settings.ts";
import type { OwnRecording } from "./recording/own_recording.ts";
import { differs, withSignals } from "./status.ts";
import type { Updater } from "./update/updater.ts";

/** How often the device is checked for changes, in milliseconds. */
const CHECK_PERIOD = 2_000;
/** A command is answered before the coordinator counts it as failed, in milliseconds. */
const ANSWER_LIMIT = COMMAND_LIMIT - 1_000;

/** The parts of an agent. */
export interface AgentOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly link: Pick<ControlLink, "send" | "state">;
  readonly broadcaster: Pick<Broadcaster, "start" | "stop" | "update" | "state">;
  readonly updater: Pick<Updater, "begin">;
  readonly lines: Pick<RecentLines, "newest">;
  readonly requests: Pick<LocalRequests, "answered">;
  readonly settings: Pick<PushedSettings, "receive">;
  readonly recording: Pick<OwnRecording, "update" | "answered" | "missed">;
  /** Reads the device's status. */
  readonly readStatus: () => Promise<DeviceStatus>;
}

/** Carries out commands and reports the device's status. Disposing ends the reports. */
export class Agent implements Disposable {
  readonly #options: AgentOptions;
  readonly #reading: Disposable;
  readonly #handlers: Handlers<Command, void | Promise<void>>;
  #reported: { readonly status: DeviceStatus; readonly at: Millis } | undefined;
  readonly #absence = new AbsenceNotes();
  #isReading = false;
  /** As they were looked at last. */
  #interfaces: DeviceStatus["network_interfaces"] = [];

  constructor(options: AgentOptions) {
    const { link, broadcaster, updater, log, clock } = options;
    const noted = (message: Extract<Command, { payload: RefusalPayload }>) =>
      log.warn("report refused", { type: message.type, ...message.payload.error });
    this.#options = options;
    this.#handlers = {
      "stream.start": ({ id, payload }) => {
        const error = broadcaster.start(payload);
        const answer = error ? { error } : { stream_id: payload.stream_id };
        link.send("stream.start.response", answer, id);
      },
      "stream.stop": ({ id, payload: { stream_id } }) => {
        link.send("stream.stop.response", { stream_id }, id);
        broadcaster.stop(stream_id, "control_plane_stop");
      },
      "config.update": async ({ id, payload }) => {
        const { recording, ...stream } = payload;
        const isOfStream = !recording || Object.keys(stream).length > 0;
        const outcome = isOfStream
          ? await this.#inTime(broadcaster.update(stream))
          : { applied: [] };
        const own = recording && !("refusal" in outcome) ? options.recording.update(recording) : [];
        const answer = "refusal" in outcome
          ? { error: outcome.refusal }
          : { applied: [...outcome.applied, ...own] };
        link.send("config.update.response", answer, id);
      },
      "agent.update": ({ id, payload }) => {
        const streaming = broadcaster.state !== "idle";
        link.send("agent.update.response", updater.begin(payload, { streaming }), id);
      },
      "settings.push": async ({ id, payload }) => {
        const streaming = broadcaster.state !== "idle";
        const answer = await options.settings.receive(payload, { streaming });
        link.send("settings.push.response", answer, id);
      },
      "logs.read": ({ id, payload }) =>
        void link.send("logs.read.response", options.lines.newest(payload), id),
      "stream.request.response": (answer) => options.requests.answered(answer),
      "recording.offer.response": (answer) => options.recording.answered(answer),
      "stream.missed": ({ payload: { stream_id } }) => options.recording.missed(stream_id),
      "device.status.response": noted,
      "stream.stats.response": noted,
      "stream.ended.response": noted,
    };
    this.#reading = every(clock, CHECK_PERIOD, () => void this.#readStatus("when due"));
  }

  receive(command: Command): void | Promise<void> {
    return dispatch(this.#handlers, command);
  }

  /** Reports the status now. */
  report(): Promise<void> {
    return this.#readStatus("now");
  }

  /** Reports figures of the stream, with the signal of each path's interface. */
  figures(stats: StreamStats): void {
    const links = withSignals(stats.links, this.#interfaces);
    this.#options.link.send("stream.stats", { ...stats, links });
  }

  [Symbol.dispose](): void {
    this.#reading[Symbol.dispose]();
  }

  /** Answers with a refusal when the outcome takes too long. */
  #inTime(outcome: Promise<UpdateOutcome>): Promise<UpdateOutcome> {
    const { error: refusal } = refuse(
      "timeout",
      `Cannot tell whether the settings were changed: no answer in ${ANSWER_LIMIT / 1000} s`,
    );
    return new Promise((resolve) => {
      const limit = this.#options.clock.after(ANSWER_LIMIT, () => resolve({ refusal }));
      outcome.then((known) => {
        limit[Symbol.dispose]();
        resolve(known);
      });
    });
  }

  async #readStatus(when: "now" | "when due"): Promise<void> {
    const { clock, link, readStatus, log } = this.#options;
    if (link.state.state !== "online") this.#reported = undefined;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const status = await readStatus();
      this.#interfaces = status.network_interfaces;
      const now = clock.now();
      if (link.state.state !== "online") return this.#absence.note(status, now);
      this.#reportAbsence(now);
      if (when === "when due" && !this.#differs(status, now)) return;
      if (link.send("device.status", status)) this.#reported = { status, at: now };
    } catch (error) {
      log.error("the device could not be looked at", { error });
    } finally {
      this.#isReading = false;
    }
  }

  #reportAbsence(now: Millis): void {
    const report = this.#absence.report(now);
    if (!report || this.#options.link.send("device.absence", report)) this.#absence.clear();
  }

  #differs(status: DeviceStatus, now: Millis): boolean {
    if (!this.#reported) return true;
    const { state } = this.#options.link;
    const period = state.state === "online" ? state.config.status_period_ms : DEVICE_STATUS_PERIOD;
    // Checks are not exactly a period apart: the nearest one counts.
    const isDue = now - this.#reported.at >= period - CHECK_PERIOD / 2;
    return isDue || differs(this.#reported.status, status);
  }
}
