/**
 * The agent's process: puts the parts together and ends them in order.
 *
 * @module
 */
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { LogLine } from "../protocol/field/device_log.ts";
import { STREAM_STATS_PERIOD } from "../protocol/legs/agent_leg.ts";
import { hostInUrl } from "../protocol/addresses/hosts.ts";
import { sleep, systemClock } from "../protocol/clock.ts";
import { removeLeftovers } from "../protocol/disk/durable_file.ts";
import { errorText } from "../protocol/error_text.ts";
import { createLog, type Log, logStyle } from "../protocol/log.ts";
import { toPlainText } from "../protocol/plain_text.ts";
import { childStarter, openChildFiles } from "../protocol/process/child.ts";
import { whenParentGone } from "../protocol/process/parent.ts";
import { systemRandom } from "../protocol/random.ts";
import { VERSION } from "../protocol/version.ts";
import { Agent } from "./agent.ts";
import { Broadcaster } from "./broadcaster.ts";
import {
  type AgentSettings,
  programFolder,
  readAgentSettings,
  removeLinkerVariables,
  removeSecrets,
} from "./config.ts";
import { type ControlLink, createControlLink } from "./control_link.ts";
import { RecentLines } from "./device_log/recent_lines.ts";
import { chooseEncoder } from "./encoder/choose_encoder.ts";
import { findEncoders } from "./encoder/devices.ts";
import { encoderTrials } from "./encoder/trial.ts";
import { currentEnrollment, keepEnrollment } from "./enrollment.ts";
import { openIdentity } from "./identity.ts";
import { beginSettings } from "./pushed_settings/begin.ts";
import { settingsFile } from "./pushed_settings/file.ts";
import { PushedSettings } from "./pushed_settings/pushed_settings.ts";
import { ownValues } from "./pushed_settings/values.ts";
import { LocalRequests } from "./local_page/requests.ts";
import { serveLocalPage } from "./local_page/server.ts";
import type { Credentials } from "./login.ts";
import { createPipelineStarter } from "./pipeline/process.ts";
import {
  durationsPermissions,
  type NativeCode,
  nativeCodeOf,
  pipelinePermissions,
  RECORDINGS,
  versionPermissions,
} from "./permissions.ts";
import { readOwnAddresses, readUsedInterface } from "./probes/interfaces.ts";
import { createKernelReader } from "./probes/kernel_files.ts";
import { createMachineReader } from "./probes/machine.ts";
import { createMediaReader } from "./media_folder/saved_media.ts";
import { createToolRunner } from "./probes/tool.ts";
import { type Program, runOnce } from "./program.ts";
import type { CarPorts } from "./simulator/car_link.ts";
import { OwnRecording } from "./recording/own_recording.ts";
import { createSendParts, fetchWith } from "./recording/upload.ts";
import { endProcess, isRunning } from "./signals.ts";
import { createStatusReader } from "./status.ts";
import { RESTART_CODE } from "./update/launcher.ts";
import { makeLink } from "./update/link.ts";
import { Updater } from "./update/updater.ts";
import { openVehicle, ownReadings } from "./vehicle/open_vehicle.ts";
import { openVersions } from "./update/versions.ts";

/** Time for a stream to report its end before the process ends, in milliseconds. */
const FAREWELL = 500;

const ports = { clock: systemClock, random: systemRandom };

/** Runs until a signal ends the process. `program`: how processes of this program are started. */
export async function runAgent(program: Program, flags: readonly string[]): Promise<void> {
  const read = readAgentSettings(flags);
  removeSecrets();
  removeLinkerVariables();
  if (!read.ok) {
    for (const fault of read.faults) console.error(fault);
    Deno.exit(1);
  }
  const { settings: own } = read;
  const lines = new RecentLines();
  const logOf = (settings: AgentSettings) =>
    createLog({
      ...{ clock: systemClock, sink: console.log },
      ...logStyle(settings, Deno.stdout.isTerminal()),
      kept: (line: LogLine) => lines.add(line),
    }).with({ process: "agent" });
  const file = settingsFile(join(resolve(own.data), "settings.json"), logOf(own));
  const { settings, life } = await beginSettings({ own, file, log: logOf(own) });
  const log = logOf(settings);
  log.info("settings", read.shown);
  await start({ program, settings, log, lines }, (parts) =>
    new PushedSettings({
      ...{ ...parts, clock: systemClock, log, own, life, file },
      ownTexts: ownValues(read.given),
    }));
}

/** What the settings that operators push need of the running agent. */
type SettingsParts = Pick<
  ConstructorParameters<typeof PushedSettings>[0],
  "isManaged" | "isUpdating" | "isOnline" | "restart" | "changed"
>;

async function start(
  { program, settings, log, lines }: {
    readonly program: Program;
    readonly settings: AgentSettings;
    readonly log: Log;
    readonly lines: RecentLines;
  },
  openPushed: (parts: SettingsParts) => PushedSettings,
): Promise<void> {
  const data = resolve(settings.data);
  const media = resolve(settings.media);
  // The folder above may be another's; only this one is written to.
  await Deno.mkdir(data, { recursive: true }).catch(() => {});
  const identity = await openIdentity(join(data, "identity.json")).catch((error) => {
    console.error(errorText(error));
    Deno.exit(1);
  });
  await removeLeftovers(data, isRunning);
  const folder = programFolder();
  const native = nativeCodeOf(program.entry, folder);
  const tools = createToolRunner(systemClock);
  const readKernel = createKernelReader(systemClock);
  const processes = join(data, "processes");
  const childFiles = openChildFiles({ ...ports, log, folder: processes, end: endProcess });
  const versions = folder === undefined ? undefined : openVersions(folder, makeLink);
  const updater = new Updater({
    ...{ ...ports, log, versions },
    version: VERSION,
    updateKey: settings.updateKey,
    tryOut: async (path) => {
      const task = { args: ["version"], permissions: versionPermissions() };
      return await runOnce({ ...program, entry: path }, task) !== undefined;
    },
    restart: () => void leave("update", RESTART_CODE),
    changed: () => void agent.report(),
  });
  await updater.recall();

  const pushed = openPushed({
    isManaged: versions !== undefined,
    isUpdating: async () => await versions?.trial() !== undefined,
    isOnline: () => link.state.state === "online",
    restart: () => void leave("new settings", RESTART_CODE),
    changed: () => void agent.report(),
  });
  const hardware = chooseEncoder({
    wish: settings.encoder,
    log,
    find: () => findEncoders(readKernel),
    attempt: encoderTrials(program, native),
  });
  const authority = settings.ca === undefined
    ? undefined
    : Deno.readTextFileSync(resolve(settings.ca));
  const startChild = childStarter({ log, files: childFiles });
  const vehicle = openVehicle({
    ...ports,
    log,
    settings,
    startChild,
    program,
    processes,
    changed: () => void agent.report(),
  });
  const recording = new OwnRecording({
    ...ports,
    log,
    folder: join(data, RECORDINGS),
    link: () => link,
    broadcaster: () => broadcaster,
    parts: createSendParts({
      clock: systemClock,
      allowPlain: settings.allowPlain,
      ...(authority !== undefined && { fetch: fetchWith(authority) }),
    }),
  });
  const broadcaster: Broadcaster = new Broadcaster({
    ...ports,
    log,
    startPipeline: createPipelineStarter({
      ...ports,
      startChild,
      program,
      permissions: (hosts) => pipelinePermissions({ data, media }, native, hosts),
      usedInterface: () => readUsedInterface(readKernel),
      ownAddresses: readOwnAddresses,
      media,
      inputPatience: settings.inputPatience * 1000,
      hardware: () => hardware,
      car: carPorts(settings),
      recording: (stream) => recording.begin(stream),
      statsPeriod: () =>
        link.state.state === "online" ? link.state.config.stats_period_ms : STREAM_STATS_PERIOD,
    }),
    listener: {
      stats: (stats) => {
        vehicle?.paths.takeLinks(stats.links, systemClock.now());
        recording.figures(stats);
        agent.figures(stats);
      },
      notRecorded: (reason) => recording.failed(reason),
      ended: (end) => link.send("stream.ended", end),
      changed: () => {
        recording.changed();
        vehicle?.drive(broadcaster.drive);
        void agent.report();
      },
    },
  });
  await recording.load();
  const readStatus = createStatusReader({
    ...ports,
    log,
    tools,
    readKernel,
    readMachine: createMachineReader(readKernel),
    readMedia: createMediaReader(media, (paths) => measure(program, { paths, native })),
    broadcaster,
    update: () => updater.progress,
    vehicle: () => vehicle?.status,
    settings: () => pushed.report,
    recording: () => recording.report,
    signals: (levels, at) => vehicle?.paths.takeSignals(levels, at),
    simulatedCar: settings.simulatedCar,
  });
  const readAll = async () => {
    const status = await readStatus();
    vehicle?.readings.take(ownReadings(status), systemClock.now(), "device");
    return status;
  };
  const link: ControlLink = createControlLink({
    ...ports,
    log,
    ...(authority !== undefined && { ca: authority }),
    allowPlain: settings.allowPlain,
    target: () => {
      const enrollment = currentEnrollment(data, settings.enrollment);
      return { url: enrollment?.url ?? settings.coordinator, credentials: credentials() };
    },
    facts: () => ({
      agent_version: VERSION,
      hostname: toPlainText(hostname(), 120),
      arch: Deno.build.arch,
      running_streams: broadcaster.running,
    }),
    sign: (bytes) => identity.sign(bytes),
    listener: {
      online: async (sender) => {
        await identity.enrolled(sender, credentials().token).catch((error) =>
          log.error("enrolment not kept; it is tried again at the next login", { error })
        );
        if (link.state.state === "online") recording.online(link.state.config.recording);
        updater.confirm();
        pushed.online();
        broadcaster.reportEnds();
        await agent.report();
      },
      received: (command) => agent.receive(command),
      changed: () => {},
    },
  });
  const requests = new LocalRequests({ ...ports, link });
  const agent: Agent = new Agent({
    ...ports,
    log,
    link,
    broadcaster,
    updater,
    lines,
    requests,
    settings: pushed,
    recording,
    readStatus: readAll,
  });
  const page = settings.statusPort === 0 ? undefined : serveLocalPage({
    address: settings.statusAddress,
    port: settings.statusPort,
    hostname: hostname(),
    log,
    enrol: (text) => keepEnrollment(data, text),
    requests,
    facts: async () => ({
      version: VERSION,
      hostname: hostname(),
      coordinator: currentEnrollment(data, settings.enrollment)?.url ?? settings.coordinator,
      senderId: identity.senderId,
      enrolling: credentials().token !== undefined,
      login: link.state,
      stream: broadcaster,
      request: requests.isAllowed ? requests.state : undefined,
      update: updater.progress,
      interfaces: (await readStatus()).network_interfaces,
    }),
  });
  if (page) {
    log.info("local page", { url: `http://${hostInUrl(settings.statusAddress)}:${page.port}/` });
  }
  if (folder !== undefined) void endOfInput().then(() => leave("the launcher is gone", 1));
  whenParentGone(() => void leave("the launcher is gone", 1));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void leave(signal, 0));
  }

  function credentials(): Credentials {
    const { publicKey, senderId, spentToken } = identity;
    const token = currentEnrollment(data, settings.enrollment)?.token;
    return { publicKey, senderId, token: token === spentToken ? undefined : token };
  }

  async function leave(why: string, code: number): Promise<void> {
    log.info("stopping", { why });
    const wasRunning = broadcaster.state !== "idle";
    vehicle?.[Symbol.dispose]();
    broadcaster.stopAll("agent_shutdown");
    if (wasRunning) await sleep(systemClock, FAREWELL);
    agent[Symbol.dispose]();
    requests[Symbol.dispose]();
    pushed[Symbol.dispose]();
    recording[Symbol.dispose]();
    link[Symbol.dispose]();
    await page?.[Symbol.asyncDispose]();
    childFiles?.[Symbol.dispose]();
    Deno.exit(code);
  }
}

/** The ports of the simulated car: those of the actuator that drives it, and of its readings. */
function carPorts(
  { simulatedCar, actuator, telemetryPort }: Pick<
    AgentSettings,
    "simulatedCar" | "actuator" | "telemetryPort"
  >,
): CarPorts | undefined {
  if (!simulatedCar || actuator?.kind !== "udp") return undefined;
  return { control: actuator.port, telemetry: telemetryPort === 0 ? undefined : telemetryPort };
}

async function endOfInput(): Promise<void> {
  for await (const _ of Deno.stdin.readable);
}

/** Measures the lengths of media files in another process. */
async function measure(
  program: Program,
  { paths, native }: { readonly paths: readonly string[]; readonly native: NativeCode },
): Promise<ReadonlyMap<string, number>> {
  const permissions = durationsPermissions(native);
  const text = await runOnce(program, { args: ["durations", ...paths], permissions });
  const lines = text?.split("\n").filter(Boolean) ?? [];
  return new Map(lines.map((line) => JSON.parse(line) as [string, number]));
}
