/**
 * Files of devices: I²C buses, serial lines, PWM controllers. Deno opens nothing below `/dev` and `/sys` for a program
 * with limited permissions, and knows neither `ioctl` nor serial lines, so these are calls of the system's C library
 * by FFI (Linux on x86-64 and 64-bit ARM).
 *
 * @module
 */
import { LIBC } from "./libc.ts";

/** An open file of a device. */
export interface Device extends Disposable {
  /**
   * Writes all bytes at once, without waiting.
   *
   * @throws {Error} when the device does not take them all
   */
  write(bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Makes a request with a number or with a structure.
   *
   * @throws {Error} when the device refuses it
   */
  request(code: number, argument: number | Uint8Array<ArrayBuffer>): void;
}

/**
 * Opens a device to write.
 *
 * @throws {Error} with a sentence, when there is none or it may not be opened
 */
export type OpenDevice = (path: string) => Device;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "u64"], result: "i32" },
  ioctl_buffer: { name: "ioctl", parameters: ["i32", "u64", "buffer"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** `O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC` */
const FLAGS = 0o1 | 0o400 | 0o4000 | 0o2000000;
/** Error numbers that have words of their own. */
const FAULTS: Readonly<Record<number, string>> = {
  1: "it is not permitted",
  2: "there is no such device",
  5: "the device does not answer",
  6: "there is no such device",
  11: "the line is blocked: it takes no more bytes",
  13: "permission is denied; add the user of the agent to the device's group",
  16: "the device is busy; end the other program that uses it",
  19: "the device is gone",
  22: "it does not take this value",
  25: "it is no such device",
  121: "the chip does not answer at its address",
};

let loaded: OpenDevice | undefined;

/**
 * Loads the C library once in a process.
 *
 * @throws {Error} when it cannot be loaded
 */
export function openDevices(): OpenDevice {
  return loaded ??= load();
}

function load(): OpenDevice {
  const { symbols } = Deno.dlopen(LIBC, SYMBOLS);
  const location = symbols.__errno_location();
  if (location === null) throw new Error("The C library has no place for error numbers");
  const errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(location, 4));
  return (path) => {
    const fail = (what: string): never => {
      const number = errno[0]!;
      throw new Error(`Cannot ${what} ${path}: ${FAULTS[number] ?? `error ${number}`}`);
    };
    const descriptor = symbols.open(new TextEncoder().encode(`${path}\0`), FLAGS);
    if (descriptor < 0) fail("open");
    return {
      write(bytes) {
        const written = symbols.write(descriptor, bytes, BigInt(bytes.length));
        if (written < 0) fail("write to");
        if (Number(written) < bytes.length) {
          throw new Error(`Cannot write to ${path}: ${FAULTS[11]}`);
        }
      },
      request(code, argument) {
        const result = typeof argument === "number"
          ? symbols.ioctl(descriptor, BigInt(code), BigInt(argument))
          : symbols.ioctl_buffer(descriptor, BigInt(code), argument);
        if (result < 0) fail("set up");
      },
      [Symbol.dispose]: () => void symbols.close(descriptor),
    };
  };
}
