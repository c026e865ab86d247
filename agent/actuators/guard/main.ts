/**
 * The guard: the process that holds the actuator of a vehicle. The agent may end at any moment, or hang; the guard has
 * the failsafe, and little else that could fail. When the agent is gone it writes neutral and ends.
 *
 * @module
 */
import { every, sleep, systemClock } from "../../../protocol/clock.ts";
import { connectParent } from "../../../protocol/process/parent.ts";
import { createActuators } from "../actuators.ts";
import { createActuatorOpener } from "../drivers/open.ts";
import type { Actuators } from "../ports.ts";
import { beatPeriod } from "./liveness.ts";
import type { FromGuard, ToGuard } from "./messages.ts";

/** Between two looks at what is put out, and two signs of life while it stands by, in milliseconds. */
const OUTPUT_PERIOD = 100;
/** Time for the last datagram to be sent before the process ends, in milliseconds. */
const FAREWELL = 50;

/** Runs until the agent says so, or ends. */
export function runGuard(): void {
  let actuators: Actuators | undefined;
  const { send } = connectParent<ToGuard, FromGuard>({ receive, gone: () => void leave() });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void leave());
  }
  send({ type: "ready" });
  const alive = () => send({ type: "alive" });
  let beating = every(systemClock, OUTPUT_PERIOD, alive);
  let reported = "";
  every(systemClock, OUTPUT_PERIOD, () => {
    const text = JSON.stringify(actuators?.output);
    if (actuators?.output && text !== reported) send({ type: "output", output: actuators.output });
    reported = text;
  });

  function receive(message: ToGuard): void {
    switch (message.type) {
      case "start":
        return start(message);
      case "control":
        return actuators?.control(message.control);
      case "arm":
        return actuators?.arm();
      case "disarm":
        return actuators?.disarm();
      case "lost":
        return actuators?.linkLost(message.cause);
      case "end":
        return void leave();
    }
  }

  function start(
    { vehicle: { actuator, outputs, silence }, cause }: Extract<ToGuard, { type: "start" }>,
  ): void {
    if (actuators) return;
    beating[Symbol.dispose]();
    beating = every(systemClock, beatPeriod(silence), alive);
    const log = (text: string) => send({ type: "pulses", text });
    actuators = createActuators({
      outputs,
      silence,
      cause,
      clock: systemClock,
      open: createActuatorOpener(actuator, { log, clock: systemClock }),
      listener: {
        changed: (state) => send({ type: "changed", state }),
        refused: (code) => send({ type: "refused", code }),
      },
    });
  }

  async function leave(): Promise<void> {
    actuators?.[Symbol.dispose]();
    await sleep(systemClock, FAREWELL);
    Deno.exit(0);
  }
}
