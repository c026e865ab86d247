/**
 * The steps of the gate, in the order they run. This list alone defines what is checked.
 *
 * @module
 */
import { runCommand } from "./command.ts";
import { judge, NONE, type Verdict } from "./counts.ts";
import { runFiles, testFiles } from "./files.ts";
import { installPackages, missingPackages } from "./debian.ts";

/** One step of the gate. */
export interface Step {
  readonly name: string;
  /** `check`: quick and static, no test is run. */
  readonly kind: "setup" | "check" | "build" | "test";
  /** In seconds. */
  readonly limit: number;
  /** `timeLimit` in milliseconds; with `strict` a step that cannot run is a failure. */
  run(context: { readonly timeLimit: number; readonly strict: boolean }): Promise<Verdict>;
}

/** The permissions of unit tests: no sockets, no processes. Encoders and cores are native libraries and need FFI. */
const UNIT_RIGHTS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-ffi",
  "--no-prompt",
];
/** Types are checked by a step of their own; property tests draw the same cases every time. */
const EVERY_TEST = ["--no-check", "--preload", "tests/fakes/fuzz_seed.ts"];
const LEAKS = ["--sanitize-ops", "--sanitize-resources"];

/** All steps, in the order they run. */
export const STEPS: readonly Step[] = [
  denoStep("packages", "setup", { limit: 180, args: ["install", "--frozen"] }),
  { name: "system", kind: "setup", limit: 240, run: setUpSystem },
  denoStep("format", "check", { limit: 60, args: ["fmt", "--check"] }),
  denoStep("lint", "check", { limit: 60, args: ["lint"] }),
  denoStep("types", "check", { limit: 180, args: ["check", "--quiet"] }),
  denoStep("shape", "check", { limit: 60, args: ["run", "-A", "tools/check_shape.ts"] }),
  denoStep("web", "build", { limit: 120, args: ["run", "-A", "tools/web_build.ts"] }),
  testStep("unit", { limit: 360, args: ["--parallel", ...UNIT_RIGHTS, ...LEAKS] }),
  fileStep("integration", { limit: 600, args: ["-A"], beside: ["abuse"] }),
  // Scripted servers and waiting, so that two files at a time fit the processors.
  testStep("pages", { limit: 600, args: ["-A", "--parallel"], needs: "chromium" }),
  // Browsers that decode and show 60 pictures a second use both processors, so that one file has them alone.
  testStep("e2e", { limit: 900, args: ["-A"], needs: "chromium" }),
  // The bitrate and the age of pictures follow the processors' load, so that one file has them alone.
  testStep("network", { limit: 240, args: ["-A"], needs: "chromium" }),
  // Both files mostly wait. A busy machine would disturb the soak.
  testStep("endurance", {
    limit: 480,
    args: ["-A", "--parallel"],
    env: { DENO_JOBS: "2" },
    needs: "chromium",
  }),
];

function denoStep(
  name: string,
  kind: Step["kind"],
  { limit, args }: { limit: number; args: readonly string[] },
): Step {
  return {
    name,
    kind,
    limit,
    async run({ timeLimit }) {
      const { code } = await runCommand([Deno.execPath(), ...args], { timeLimit });
      return code === 0 ? NONE : { ...NONE, failed: 1, problem: `ended with code ${code}` };
    },
  };
}

/** Runs the files of the folder of this name, and of the folders `beside` it, each in a process of its own. */
function fileStep(
  name: string,
  { limit, args, beside }: {
    readonly limit: number;
    readonly args: readonly string[];
    readonly beside: readonly string[];
  },
): Step {
  return {
    name,
    kind: "test",
    limit,
    run: ({ timeLimit, strict }) =>
      runFiles(testFiles([name, ...beside].map((folder) => `tests/${folder}`)), {
        command: [Deno.execPath(), "test", ...EVERY_TEST, ...args],
        timeLimit,
        strict,
        atOnce: navigator.hardwareConcurrency,
      }),
  };
}

/** Runs the folder of tests of this name. */
function testStep(
  name: string,
  { limit, args, env, needs }: {
    readonly limit: number;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly needs?: string;
  },
): Step {
  return {
    name,
    kind: "test",
    limit,
    async run({ timeLimit, strict }) {
      const missing = missingPackages().find((wanted) => wanted.name === needs);
      if (missing) {
        return { ...NONE, failed: strict ? 1 : 0, problem: `skipped, ${missing.name} is missing` };
      }
      const command = [Deno.execPath(), "test", ...EVERY_TEST, ...args, `tests/${name}`] as const;
      const ended = await runCommand(command, { timeLimit, ...(env && { env }) });
      const verdict = judge(ended, { strict });
      return ended.timedOut ? { ...verdict, problem: "ran out of time" } : verdict;
    },
  };
}

async function setUpSystem(
  { timeLimit, strict }: { timeLimit: number; strict: boolean },
): Promise<Verdict> {
  const missing = await installPackages(timeLimit);
  for (const { name, use } of missing) {
    console.error(`Missing ${name}, needed for ${use}. Install it with: apt-get install ${name}`);
  }
  if (missing.length === 0) return NONE;
  return { ...NONE, failed: strict ? missing.length : 0, problem: `${missing.length} missing` };
}
