/**
 * `farpad-agent`: the program of a field device.
 *
 * ```text
 * farpad-agent [settings]     run
 * farpad-agent enrol TEXT     keep an enrolment token or QR text for the running agent
 * farpad-agent version        print the version
 * ```
 *
 * It also starts itself for single tasks: `pipeline` (one stream), `durations` (lengths of media files), `encoder`
 * (the trial of a hardware encoder), `guard` (the actuator of a vehicle), `tied` (the sockets of its control). Each
 * task loads its own code alone, because it runs with fewer permissions than the agent.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../protocol/version.ts";
const program = { entry: fileURLToPath(import.meta.url), arguments: [] };
const [task, ...rest] = Deno.args;

switch (task) {
  case "pipeline": {
    const { runPipeline } = await import("./pipeline/main.ts");
    runPipeline();
    break;
  }
  case "durations": {
    const { printDurations } = await import("./media_folder/durations.ts");
    await printDurations(rest);
    break;
  }
  case "encoder": {
    const { printTrial } = await import("./encoder/trial_main.ts");
    printTrial(rest);
    break;
  }
  case "guard": {
    const { runGuard } = await import("./actuators/guard/main.ts");
    runGuard();
    break;
  }
  case "tied": {
    const { runTied } = await import("./vehicle/tied/main.ts");
    runTied();
    break;
  }
  case "version":
    console.log(VERSION);
    break;
  case "enrol":
    await enrol(rest);
    break;
  default: {
    const { runAgent } = await import("./run.ts");
    await runAgent(program, Deno.args);
  }
}

async function enrol([text = "", ...flags]: readonly string[]): Promise<void> {
  const { readAgentSettings } = await import("./config.ts");
  const { keepEnrollment } = await import("./enrollment.ts");
  const read = readAgentSettings(flags);
  const faults = read.ok ? [] : read.faults;
  const kept = read.ok ? await keepEnrollment(resolve(read.settings.data), text) : {};
  for (const fault of [...faults, ...(kept.error ? [kept.error] : [])]) console.error(fault);
  if (faults.length > 0 || kept.error) Deno.exit(1);
  console.log("Kept. The agent enrols with its next attempt, within half a minute");
}
