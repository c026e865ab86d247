/**
 * What every viewer of a room with a vehicle gets of it, and what a driver commands, on the data channels of a browser.
 *
 * The view is the value of `vehicle` in a `Telemetry` message of its own on the channel `state`. Commands and their
 * answers are `Command`, `CommandAck` and `Error` on the channel `commands`.
 *
 * @module
 */
import * as z from "zod/mini";
import { DriveState } from "./control.ts";
import { PersonName } from "../room_state/components.ts";
import { ARM_REFUSALS, type ArmRefusal, FAILSAFE_CAUSES } from "./failsafe_causes.ts";

/** Views that a worker sends in a second. */
export const VIEW_RATE = 5;

const between = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most));

/** The readings of a vehicle by name, each with its range. */
export const READINGS = {
  battery_v: between(0, 1_000),
  battery_percent: between(0, 100),
  /** Metres a second; negative backwards. */
  speed_mps: between(-500, 500),
  /** Clockwise from north. */
  heading_deg: between(0, 360),
  lat: between(-90, 90),
  lon: between(-180, 180),
  /** 0: none, 1: time alone, 2: without altitude, 3: with altitude. */
  gps_fix: z.int().check(z.gte(0), z.lte(3)),
  /** Metres above the sea. */
  altitude_m: between(-1_000, 100_000),
  cpu_percent: between(0, 100),
  temperature_c: between(-100, 300),
  signal_dbm: between(-200, 50),
  signal_percent: between(0, 100),
} as const;
/** The name of a reading. */
export type ReadingName = keyof typeof READINGS;
/** All names of readings. */
export const READING_NAMES = Object.keys(READINGS) as readonly ReadingName[];

const age = z.number().check(z.gte(0));
const reading = (value: z.ZodMiniType<number>) => z.optional(z.object({ value, age_ms: age }));

/** Readings with their ages in milliseconds. Those that the vehicle does not have are absent; other names are left out. */
export const Readings = z.object(
  Object.fromEntries(
    Object.entries(READINGS).map(([name, value]) => [name, reading(value)]),
  ) as { readonly [name in ReadingName]: ReturnType<typeof reading> },
);
export type Readings = z.infer<typeof Readings>;

const Cause = z.enum(Object.keys(FAILSAFE_CAUSES) as (keyof typeof FAILSAFE_CAUSES)[]);

/** Where the vehicle's failsafe stands. */
export const VehicleState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("disarmed") }),
  z.object({ state: z.literal("armed") }),
  z.object({ state: z.literal("failsafe"), cause: Cause }),
]);
export type VehicleState = z.infer<typeof VehicleState>;

const PORT_FAULTS = ["taken", "failed"] as const;

/** What every viewer of a room with a vehicle gets of it. */
export const VehicleView = z.intersection(
  z.object({
    /** The worker's connection to the vehicle. */
    link: z.enum(["waiting", "connected", "disconnected"]),
    /** Whether somebody holds the control seat. */
    driver: z.boolean(),
    /** What the driver goes by, as its page announced it; absent: it announced nothing. */
    driver_name: z.optional(PersonName),
    /** Whether somebody else asks for the control seat. */
    asked: z.boolean(),
    /** What that person goes by. */
    asked_by: z.optional(PersonName),
    /** The newest wish of the driver that the worker passed on; absent while nobody drives. */
    sent: z.optional(DriveState),
    /** What the actuator puts out, as the vehicle reports it; absent before its first report. */
    confirmed: z.optional(DriveState),
    /** Round trip between worker and vehicle, in milliseconds; absent until it is measured. */
    rtt_ms: z.optional(age),
    /** Since the vehicle's newest message, in milliseconds; absent before the first. */
    link_age_ms: z.optional(age),
    readings: Readings,
    /** The worker cannot listen for the vehicle; absent while it can. It tries again each second. */
    port_fault: z.optional(z.object({
      /** UDP port of the worker. */
      port: z.int(),
      /** `taken`: another program has it. */
      reason: z.enum(PORT_FAULTS),
    })),
  }),
  /** The newest state that the vehicle reported; `disarmed` before its first report. */
  VehicleState,
);
export type VehicleView = z.infer<typeof VehicleView>;

/** Reads the payload of a `Telemetry` message; `undefined` when it has no view of a vehicle. */
export function readVehicleView(
  payload: Readonly<Record<string, unknown>>,
): VehicleView | undefined {
  return VehicleView.safeParse(payload.vehicle).data;
}

/**
 * The commands of a driver. `arm` and `disarm` are for the vehicle; `give` leaves the control seat to the session that
 * asks for it, `refuse` ends that request.
 */
export const VEHICLE_COMMANDS = ["arm", "disarm", "give", "refuse"] as const;
/** The name of a command. */
export type VehicleCommand = typeof VEHICLE_COMMANDS[number];

/** The command of a worker to the browser whose request for the control seat was refused; it has no answer. */
export const SEAT_REFUSED = "seat_refused";
/** The parameters of {@linkcode SEAT_REFUSED}: how long to wait before asking again, in milliseconds. */
export const SeatRefused = z.object({ wait_ms: age });

/** Why a command was not carried out: every code of an `Error` that answers a command, with its meaning. */
export const COMMAND_ERRORS = {
  "seat.needed": "only the driver may do this",
  "seat.not_asked": "nobody asks for the control seat",
  "command.unknown": "there is no such command",
  "command.busy": "too many commands wait for their answer",
  "vehicle.unreachable": "the vehicle is not connected, or did not answer",
  "arm.no_control": ARM_REFUSALS.no_control,
  "arm.not_at_rest": ARM_REFUSALS.not_at_rest,
  "arm.actuator_failed": ARM_REFUSALS.actuator_failed,
  "arm.no_standby": ARM_REFUSALS.no_standby,
  "arm.undone": "the vehicle was disarmed meanwhile",
} as const satisfies { readonly [code in `arm.${ArmRefusal}`]: string } & Record<string, string>;
/** Why a command was not carried out. */
export type CommandError = keyof typeof COMMAND_ERRORS;

/** Reads the code of an `Error`; `undefined` for another one. */
export function readCommandError(code: string): CommandError | undefined {
  return Object.hasOwn(COMMAND_ERRORS, code) ? code as CommandError : undefined;
}
