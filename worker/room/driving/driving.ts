/**
 * The control seat of a room with a vehicle: who drives, whose wishes and commands reach the vehicle, and what every
 * viewer sees of it.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import {
  SEAT_REFUSED,
  VEHICLE_COMMANDS,
  type VehicleCommand,
  VIEW_RATE,
} from "../../../protocol/control/vehicle.ts";
import { PATHS_PERIOD } from "../../../protocol/control/vehicle_paths.ts";
import type { Outgoing } from "../../../protocol/driving/session.ts";
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import type { RoomId, SessionId } from "../../../protocol/ids.ts";
import type { FromWorker, ToCoordinator } from "../../../protocol/legs/worker_leg.ts";
import type { Log } from "../../../protocol/log.ts";
import type { RoomRole } from "../../../protocol/pass.ts";
import type { Random } from "../../../protocol/random.ts";
import type { SourceSpec } from "../../sources/ports.ts";
import type { AddedSeat, ControlOfViewer, SeatKeeper } from "../seats/ports.ts";
import { Players } from "../seats/players.ts";
import type { Seats } from "../seats/seats.ts";
import { type Answer, Answers, type Outcome } from "./answers.ts";
import { isV3xctrl } from "./drive_port.ts";
import { Driver } from "./driver.ts";
import { RemoteVehicle } from "./remote_vehicle.ts";
import { SeatRequests } from "./seat_requests.ts";
import { V3xctrlVehicle } from "./v3xctrl/vehicle.ts";
import type { DrivenVehicle, StopCause } from "./vehicle_port.ts";

/** A request for the seat and what became of it. */
export type SeatRequest = Omit<
  Extract<FromWorker, { type: "seat.request" }>["payload"],
  "room_id"
>;

/** The dependencies of {@linkcode Driving}. */
export interface DrivingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Sends a control message to every viewer, or to one. */
  send(channel: "state" | "commands", message: Outgoing, to?: SessionId): void;
  /** The seat has another holder. */
  changed(): void;
  readonly room: RoomId;
  /** Takes what belongs into the audit log. */
  readonly report: ToCoordinator;
}

/** The control seat and its vehicle. Disposing makes the vehicle neutral. */
export class Driving implements SeatKeeper {
  readonly vehicle: DrivenVehicle;
  readonly #ports: DrivingPorts;
  readonly #players: Players;
  readonly #answers: Answers;
  readonly #viewing: Disposable;
  #driver: Driver | undefined;
  #pathsAt = 0;
  readonly #requests = new SeatRequests();
  /** What persons go by, as their pages announced it. */
  readonly #names = new Map<SessionId, string>();

  /** `spec`: how the vehicle's pictures are received. */
  constructor(ports: DrivingPorts, spec: SourceSpec) {
    this.#ports = ports;
    this.vehicle = isV3xctrl(spec)
      ? new V3xctrlVehicle({
        ...ports,
        failsafe: (cause) => ports.report("vehicle.failsafe", { room_id: ports.room, cause }),
      })
      : new RemoteVehicle(ports);
    this.#players = new Players(ports.clock, () => {});
    this.#answers = new Answers((session, id, outcome) => this.#answer(session, id, outcome));
    this.#viewing = every(ports.clock, 1000 / VIEW_RATE, () => this.#show());
  }

  get seats(): Seats {
    return this.#players.seats;
  }

  /** There is one seat, whatever the source has. */
  open(): void {
    this.#players.open(1);
  }

  seatOf(session: SessionId): number | undefined {
    return this.#players.seatOf(session);
  }

  isFurther(): boolean {
    return false;
  }

  seatsOf(session: SessionId): readonly number[] {
    return this.#players.seatsOf(session);
  }

  /** Entering takes no seat. */
  claim(): void {}

  /** A vehicle has one driver. */
  add(...request: Parameters<SeatKeeper["add"]>): AddedSeat | RefusalPayload {
    return this.#players.add(...request);
  }

  vacate(): void {
    const [holder] = this.seats;
    if (holder !== undefined) this.change(holder, null);
  }

  allow(session: SessionId, role: RoomRole): void {
    this.#seated("browser_lost", () => this.#players.allow(session, role));
  }

  change(
    session: SessionId,
    seat: number | null,
    name?: string | undefined,
  ): RefusalPayload | undefined {
    const now = this.#ports.clock.now();
    if (name !== undefined) this.#names.set(session, name);
    else if (seat !== null) this.#names.delete(session);
    const [holder] = this.seats;
    const isFree = holder !== undefined && holder !== session && this.#driver?.isReplaceable(now);
    const cause = seat === null ? "disarm" : "handed_over";
    return this.#seated(cause, () => {
      const refusal = this.#players.change(session, seat);
      if (refusal?.error.code !== "seat.taken") return refusal;
      if (!isFree) return this.#ask(session, holder, now) ?? refusal;
      this.#players.change(holder, null);
      return this.#players.change(session, seat);
    });
  }

  /** Whoever asks gets the seat when its holder gives it, or at once when the holder is gone. */
  ask(session: SessionId, seat: number, name?: string): RefusalPayload | undefined {
    const refusal = this.change(session, seat, name);
    return refusal?.error.code === "seat.taken" ? undefined : refusal;
  }

  leave(session: SessionId): void {
    this.#requests.forget(session);
    this.#names.delete(session);
    this.#answers.forget(session);
    this.#seated("browser_lost", () => this.#players.leave(session));
  }

  /** The media connection of a session ended. */
  release(session: SessionId): void {
    this.#answers.forget(session);
    if (this.seatOf(session) === undefined) return;
    if (this.#driver?.leave()) this.vehicle.stop("browser_lost");
  }

  receive(session: SessionId, message: ControlOfViewer, further?: number): void {
    if (further !== undefined) return;
    if (message.type === "Command") return this.#command(session, message.payload);
    const { payload, timestamp } = message;
    if (this.seatOf(session) === undefined || !this.#driver || "seq" in payload) return;
    if (this.#driver.receive(timestamp, this.#ports.clock.now())) this.vehicle.drive(payload);
  }

  expire(): boolean {
    if (!this.#driver?.isSilent(this.#ports.clock.now())) return false;
    this.#driver.leave();
    this.vehicle.stop("browser_lost");
    return false;
  }

  [Symbol.dispose](): void {
    this.#viewing[Symbol.dispose]();
    this.vehicle[Symbol.dispose]();
  }

  get #asking(): SessionId | undefined {
    return this.#requests.standing(this.#ports.clock.now());
  }

  /** Shows a request to the driver; a refusal of another kind when it is not shown. */
  #ask(session: SessionId, driver: SessionId | undefined, now: Millis): RefusalPayload | undefined {
    const asked = this.#requests.ask(session, now);
    if (asked.result === "shown") this.#requested("asked", session, driver);
    if (!("wait" in asked)) return undefined;
    const wait_ms = Math.ceil(asked.wait);
    return asked.result === "other"
      ? refuse("seat.asked", "Cannot ask for the control seat: another session asks for it", {
        wait_ms,
      })
      : refuse("seat.wait", "Cannot ask for the control seat: it was asked for too often", {
        wait_ms,
      });
  }

  #requested(
    outcome: SeatRequest["outcome"],
    requester: SessionId,
    driver: SessionId | undefined,
  ): void {
    if (driver === undefined) return;
    this.#ports.report("seat.request", {
      room_id: this.#ports.room,
      outcome,
      requester: this.#person(requester),
      driver: this.#person(driver),
    });
  }

  #person(session_id: SessionId): SeatRequest["driver"] {
    const name = this.#names.get(session_id);
    return { session_id, ...(name !== undefined && { name }) };
  }

  /** Makes a change of the seats. A driver who lost the seat by it leaves a vehicle that is neutral. */
  #seated<Result>(cause: StopCause, make: () => Result): Result {
    const [before] = this.seats;
    const result = make();
    const [after] = this.seats;
    if (before === after) return result;
    this.vehicle.stop(before === undefined ? "handed_over" : cause);
    this.#driver = after === undefined ? undefined : new Driver(this.#ports.clock.now());
    this.#requests.clear();
    return result;
  }

  #command(session: SessionId, { id, command }: { readonly id: string; readonly command: string }) {
    const answer = this.#answers.add(session, id);
    if (!answer) return this.#answer(session, id, "command.busy");
    const known = VEHICLE_COMMANDS.find((each) => each === command);
    if (!known) return answer("command.unknown");
    if (this.seatOf(session) === undefined) return answer("seat.needed");
    this.#obey(session, known, answer);
  }

  #obey(session: SessionId, command: VehicleCommand, answer: Answer): void {
    switch (command) {
      case "arm":
        return this.vehicle.arm(answer);
      case "disarm":
        return this.vehicle.stop("disarm", answer);
      case "give": {
        const asking = this.#asking;
        if (asking === undefined) return answer("seat.not_asked");
        this.#seated("handed_over", () => {
          this.#players.change(session, null);
          this.#players.change(asking, 0);
        });
        answer("done");
        this.#requested("given", asking, session);
        return this.#ports.changed();
      }
      case "refuse": {
        const refused = this.#requests.refuse(this.#ports.clock.now());
        if (!refused) return answer("seat.not_asked");
        const parameters = { wait_ms: refused.wait };
        const payload = { id: SEAT_REFUSED, command: SEAT_REFUSED, parameters };
        this.#ports.send("commands", { type: "Command", payload }, refused.session);
        this.#requested("refused", refused.session, session);
        return answer("done");
      }
    }
  }

  #answer(session: SessionId, id: string, outcome: Outcome): void {
    const message: Outgoing = outcome === "done"
      ? { type: "CommandAck", payload: { id } }
      : { type: "Error", payload: { code: outcome } };
    this.#ports.send("commands", message, session);
  }

  #show(): void {
    this.vehicle.settle();
    const [driver] = this.seats;
    const asking = this.#asking;
    const driverName = driver && this.#names.get(driver);
    const askedBy = asking && this.#names.get(asking);
    const view = {
      ...this.vehicle.view,
      driver: driver !== undefined,
      ...(driverName !== undefined && { driver_name: driverName }),
      asked: asking !== undefined,
      ...(askedBy !== undefined && { asked_by: askedBy }),
    };
    this.#ports.send("state", { type: "Telemetry", payload: { vehicle: view } });
    this.#showPaths();
  }

  #showPaths(): void {
    const now = this.#ports.clock.now();
    if (now < this.#pathsAt) return;
    const paths = this.vehicle.takePaths();
    if (!paths) return;
    this.#ports.send("state", { type: "Telemetry", payload: { paths } });
    // The vehicle may report a little sooner than after a whole period.
    this.#pathsAt = now + PATHS_PERIOD * 0.9;
  }
}
