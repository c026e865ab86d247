import type { Device } from "../../../agent/actuators/drivers/device.ts";

/** Devices that keep what is written to them: text below `/sys`, hexadecimal digits elsewhere. */
export class FakeDevices {
  readonly writes: string[] = [];
  readonly requests: [code: number, argument: number | string][] = [];
  /** How many are open. */
  opened = 0;
  /** Why writes and requests fail. */
  fault: string | undefined;

  open = (path: string): Device => {
    this.opened++;
    const check = (what: string) => {
      if (this.fault) throw new Error(`Cannot ${what} ${path}: ${this.fault}`);
    };
    return {
      write: (bytes) => {
        check("write to");
        const isText = path.startsWith("/sys/");
        this.writes.push(`${path} ${isText ? new TextDecoder().decode(bytes) : bytes.toHex()}`);
      },
      request: (code, argument) => {
        check("use");
        this.requests.push([code, typeof argument === "number" ? argument : argument.toHex()]);
      },
      [Symbol.dispose]: () => void this.opened--,
    };
  };
}
