/**
 * The Deno permissions of the agent's processes. docs/OPERATIONS-AGENT.md lists them. Native code (encoders, SRT,
 * drivers of cameras) is not limited by them.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { LIBC, libraryPaths, LIBSRT } from "../media/links/system_library.ts";
import { readHostPort } from "../protocol/addresses/authority.ts";
import { hostInUrl } from "../protocol/addresses/hosts.ts";
import { KERNEL_READER } from "./probes/kernel_files.ts";
import { KILL } from "./signals.ts";
import { LINKER } from "./update/link.ts";

/** Folder of the configuration file of an installed agent. */
export const SETTINGS_FOLDER = "/etc/farpad";
/** The device's own recordings, below its data. */
export const RECORDINGS = "recordings";
/** Programs that the agent runs. Some need not be installed. */
const TOOLS = [KERNEL_READER, KILL, LINKER, "mmcli", "v4l2-ctl"];
/** The variable that `node-av` reads. */
const NATIVE_VARIABLES = "--allow-env=AV_FROM_SOURCE";

/** The files and folders that the agent's settings name, as absolute paths. */
export interface AgentFiles {
  readonly data: string;
  readonly media: string;
  /** PEM file of a certificate authority. */
  readonly ca?: string | undefined;
  /** The configuration file. */
  readonly config?: string | undefined;
}

/** Where a process finds its packages with native code. */
export interface NativeCode {
  /** The folder of packages. */
  readonly packages: string;
  /** The versions of an installed agent. Deno looks for packages beside the program first. */
  readonly versions?: string | undefined;
}

/** How Deno is started for a process of the agent. `--quiet`: it would name each tool that is not installed. */
export const RUN: readonly string[] = ["run", "--quiet", "--no-prompt"];

/** The launcher. It changes versions, and starts the agent; `deno`: the path of Deno. */
export function launcherPermissions(versions: string, deno: string): string[] {
  return [
    `--allow-run=${[deno, LINKER].join(",")}`,
    // It passes the environment on, without the variables of the dynamic linker.
    "--allow-env",
    `--allow-read=${[versions, SETTINGS_FOLDER].join(",")}`,
    `--allow-write=${versions}`,
  ];
}

/**
 * The agent. The operator chooses the hosts of its coordinator and of updates. A program that may run Deno is limited
 * by nothing else; the others keep faults in packages from doing harm. `versions`: the launcher's, if there is one.
 */
export function agentPermissions(
  { data, media, ca, config }: AgentFiles,
  { deno, versions }: { readonly deno: string; readonly versions?: string | undefined },
): string[] {
  return [
    "--allow-net",
    `--allow-run=${[deno, ...TOOLS].join(",")}`,
    // It lists the environment, to pass a part of it on.
    "--allow-env",
    "--allow-sys=hostname,networkInterfaces",
    `--allow-read=${listed([data, media, ca, config, versions])}`,
    `--allow-write=${listed([data, versions])}`,
  ];
}

/**
 * A pipeline: one stream, with the native code that reads the input, compresses it and sends it. `data` holds its
 * process file, if it has one, and the recordings, which alone it writes. `hosts`: the receivers, whose names it looks up, and the ports of the
 * simulated car.
 */
export function pipelinePermissions(
  { data, media }: { readonly data?: string; readonly media: string },
  { packages, versions }: NativeCode,
  hosts: readonly string[],
): string[] {
  const processes = data === undefined ? undefined : join(data, "processes");
  const recordings = data === undefined ? undefined : join(data, RECORDINGS);
  return [
    NATIVE_VARIABLES,
    // The paths of a bonded link are bound to any local address.
    ...(hosts.length > 0 ? [`--allow-net=${[...hosts, "0.0.0.0", "[::]"].join(",")}`] : []),
    `--allow-read=${listed([packages, versions, media, processes, recordings])}`,
    ...(recordings === undefined ? [] : [`--allow-write=${recordings}`]),
    `--allow-ffi=${[packages, ...libraryPaths(LIBSRT), ...libraryPaths(LIBC)].join(",")}`,
  ];
}

/** The host of each address that a stream is sent to, in the form that Deno's permissions take. */
export function hostsOf(destinations: readonly string[]): string[] {
  const hosts = destinations.map((url) =>
    readHostPort(url.replace(/^\w+:\/\//, "").replace(/\/$/, ""))?.host
  );
  return [...new Set(hosts.filter((host) => host !== undefined))].map(hostInUrl);
}

/** Ports of loopback in the form that Deno's permissions take. */
export function loopbackPorts(ports: readonly (number | undefined)[]): string[] {
  return ports.filter((port) => port !== undefined).map((port) => `127.0.0.1:${port}`);
}

/** The measurement of media files, which native code reads. */
export function durationsPermissions({ packages, versions }: NativeCode): string[] {
  return [
    NATIVE_VARIABLES,
    `--allow-read=${listed([packages, versions])}`,
    `--allow-ffi=${packages}`,
  ];
}

/** The command that prints a version. An older release loads all of its code, which looks at variables. */
export function versionPermissions(): string[] {
  return ["--allow-env"];
}

/** The command that keeps an enrolment. */
export function enrolPermissions({ data, config }: AgentFiles): string[] {
  return ["--allow-env", `--allow-read=${listed([data, config])}`, `--allow-write=${data}`];
}

/** The packages of an installed program, beside its `versions`, or of the repository which `entry` is in. */
export function nativeCodeOf(entry: string, versions?: string): NativeCode {
  const root = versions === undefined ? join(dirname(entry), "..") : dirname(versions);
  return { packages: resolve(root, "node_modules"), versions };
}

function listed(paths: readonly (string | undefined)[]): string {
  return paths.filter((path) => path !== undefined).join(",");
}
