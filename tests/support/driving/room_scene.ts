/**
 * A room with a vehicle in virtual time: its browsers, and a vehicle at the other end of its link.
 *
 * @module
 */
import { every } from "../../../protocol/clock.ts";
import type { ControlMessage } from "../../../protocol/control/control.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { readVehicleView, type VehicleView } from "../../../protocol/control/vehicle.ts";
import type { Command } from "../../../protocol/driving/commands.ts";
import { compactProfile } from "../../../protocol/driving/profile.ts";
import { keepAdvanced } from "../../../protocol/driving/timed.ts";
import { VehicleEnd } from "../../../protocol/driving/vehicle_end.ts";
import type { VehicleTelemetry } from "../../../protocol/driving/vehicle_telemetry.ts";
import { ROOM_PROTOCOL } from "../../../protocol/room_commands/verbs.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { RemoteVehicle } from "../../../worker/room/driving/remote_vehicle.ts";
import type { IngestSpec } from "../../../worker/sources/ports.ts";
import type { FakePeer } from "../../fakes/peer.ts";
import { FAKE_INFO } from "../../fakes/source_handle.ts";
import { ana, app, openRoomScene } from "../media/room_scene.ts";

/** One way between worker and vehicle, in milliseconds. */
const DELAY = 10;

const car = { ...app, kind: "live", system: "Vehicle", players: 1, vehicle: true } as const;

/** Opens the room. */
export function openDrivingScene(
  { transport = "srt", ...options }:
    & Parameters<typeof openRoomScene>[0]
    & { readonly transport?: IngestSpec["stream"]["transport"] } = {},
) {
  const scene = openRoomScene(options);
  const { room, clock, connect, ask } = scene;
  const spec = { kind: "ingest", stream: { transport } } as IngestSpec;
  room.openField({ app: car, spec });
  scene.sources[0]!.options.listener.opened({ ...FAKE_INFO, players: 0 });
  every(clock, 250, () => scene.sources[0]!.control.tick());
  const vehicle = new ScriptedVehicle(scene);
  const peers = new Map<SessionId, FakePeer>();

  /** Lets a session enter the room, with its media connected. */
  async function enter(session: SessionId, role: "player" | "watcher" = "player") {
    scene.admit(session, role);
    room.start({
      id: `start ${session}`,
      session,
      app: car,
      spec,
    });
    peers.set(session, await connect(session));
  }
  /** Takes the seat, or leaves it with `null`, for a person who goes by `name`. The code of a refusal. */
  async function seat(
    session: SessionId,
    to: number | null = 0,
    name?: string,
  ): Promise<string | undefined> {
    if (name !== undefined) await ask(session, "announce", { protocol: ROOM_PROTOCOL, name });
    const answer = to === null
      ? await ask(session, "seat.leave")
      : await ask(session, "seat.take", { seat: to });
    return typeof answer === "string" ? answer : undefined;
  }
  /** Sends a message of a browser; its clock is that of the scene, if not told. */
  function say(
    session: SessionId,
    channel: "state" | "commands",
    message: { readonly type: string; readonly payload: unknown; readonly timestamp?: number },
  ): void {
    const bytes = compactCodec.encode(
      { timestamp: clock.epoch() / 1000, ...message } as ControlMessage,
    );
    peers.get(session)!.listener.message(channel, bytes);
  }
  /** Everything that a browser got on a channel. */
  function receivedBy(session: SessionId, channel: "state" | "commands"): ControlMessage[] {
    return peers.get(session)!.messages.filter((each) => each.channel === channel)
      .flatMap(({ bytes }) => compactCodec.decode(bytes) ?? []);
  }
  return {
    ...{ ...scene, vehicle, peers, enter, seat, say },
    steer: (session: SessionId, steering: number, timestamp?: number) =>
      say(session, "state", {
        type: "Control",
        payload: { steering, throttle: 0 },
        ...(timestamp !== undefined && { timestamp }),
      }),
    command: (session: SessionId, command: string, id = command) =>
      say(session, "commands", { type: "Command", payload: { id, command, parameters: {} } }),
    /** The answers to a browser's commands: ids, and codes. */
    answers: (session: SessionId) =>
      receivedBy(session, "commands").map((message) =>
        message.type === "CommandAck"
          ? message.payload.id
          : message.type === "Error"
          ? message.payload.code
          : message.type === "Command"
          ? `${message.payload.command} ${JSON.stringify(message.payload.parameters)}`
          : message.type
      ),
    /** The newest view of a browser. */
    view(session: SessionId = ana): VehicleView | undefined {
      return receivedBy(session, "state").flatMap((message) =>
        message.type === "Telemetry" ? readVehicleView(message.payload) ?? [] : []
      ).at(-1);
    },
    /** Every description of the vehicle's paths that a browser got. */
    paths: (session: SessionId) =>
      receivedBy(session, "state").flatMap((message) =>
        message.type === "Telemetry" && "paths" in message.payload ? [message.payload.paths] : []
      ),
    holder: () => room.driving!.seats[0],
  };
}

/** A vehicle whose answers the test gives. */
export class ScriptedVehicle {
  readonly wishes: unknown[] = [];
  readonly commands: Command[] = [];
  readonly states: string[] = [];
  /** Whether the path carries anything. */
  isCut = false;
  report: VehicleTelemetry = { state: "disarmed", readings: {} };
  readonly #scene: ReturnType<typeof openRoomScene>;

  constructor(scene: ReturnType<typeof openRoomScene>) {
    this.#scene = scene;
  }

  /** The commands without their numbers. */
  get orders(): string[] {
    return this.commands.map(({ command, parameters: { cause } }) =>
      cause === undefined ? command : `${command} ${cause}`
    );
  }

  get newestWish(): unknown {
    return this.wishes.at(-1);
  }

  /** Sends what the vehicle says of its paths. */
  tellPaths: (paths: readonly object[]) => void = () => {};

  /** Opens a link, and lets the handshake pass. Returns what closes it. */
  connect(): () => void {
    const { clock, room } = this.#scene;
    const later = (deliver: () => void) => void (this.isCut || clock.after(DELAY, deliver));
    let isOpen = true;
    const theirs = (room.driving!.vehicle as RemoteVehicle).opened({
      direct(bytes) {
        later(() => isOpen && end.receive(bytes, clock.now()));
        return undefined;
      },
    });
    const end = new VehicleEnd({
      profile: compactProfile,
      options: { telemetryRate: 10 },
      port: {
        send(bytes) {
          later(() => isOpen && theirs.direct(bytes));
          return true;
        },
      },
      events: {
        changed: (state) => void this.states.push(state),
        control: (wish) => void this.wishes.push(wish),
        controlLost: () => {},
        command: (command) => void this.commands.push(command),
        error: () => {},
      },
    }, { epoch: clock.epoch(), now: clock.now() });
    const timed = keepAdvanced(clock, end);
    const tell = () => {
      if (!isOpen) return;
      end.telemetry(this.report);
      timed.touch();
      clock.after(50, tell);
    };
    tell();
    this.tellPaths = (paths) => {
      end.beside({ paths }, clock.now());
      timed.touch();
    };
    clock.advance(100);
    return () => {
      isOpen = false;
      timed[Symbol.dispose]();
      theirs.closed("silent");
    };
  }
}
