/**
 * The steps of the gate, in the order they run. This list alone defines what is checked.
 *
 * @module
 */
import { runCommand } from "./command.ts";
import { add, judge, NONE, type Verdict } from "./counts.ts";
import { beginWith, runFiles, testFiles } from "./files.ts";
import { withGathered } from "./gathered.ts";
import { installPackages, missingPackages } from "./debian.ts";

/** One step of the gate. */
export interface Step {
  readonly name: string;
  /** `check`: quick and static, no test is run. */
  readonly kind: "setup" | "check" | "build" | "test";
  /** In seconds. */
  readonly limit: number;
  /** The step of its group that it waits for. */
  readonly after?: string;
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

/** All steps: groups in the order they run, and in each the steps that run at the same time. */
export const STEPS: readonly (readonly Step[])[] = [
  [denoStep("packages", "setup", { limit: 180, args: ["install", "--frozen"] })],
  // The packages of the system come from the network, while the checks use the processors.
  [
    { name: "system", kind: "setup", limit: 240, run: setUpSystem },
    denoStep("format", "check", { limit: 60, args: ["fmt", "--check"] }),
    denoStep("lint", "check", { limit: 60, args: ["lint"] }),
    denoStep("types", "check", { limit: 180, args: ["check", "--quiet"] }),
    denoStep("shape", "check", { limit: 60, args: ["run", "-A", "tools/check_shape.ts"] }),
    denoStep("web", "build", { limit: 120, args: ["run", "-A", "tools/web_build.ts"] }),
    // Beside the check of types, which uses one processor; its tests load libraries of the system.
    {
      ...testStep("unit", {
        limit: 360,
        args: ["--parallel", ...UNIT_RIGHTS, ...LEAKS],
        gathered: true,
      }),
      after: "system",
    },
  ],
  [fileStep("integration", {
    limit: 900,
    args: ["-A"],
    beside: ["abuse"],
    first: [
      "abuse/abuse_test.ts",
      "integration/media_socket/media_socket_test.ts",
      "integration/signalling/whip_test.ts",
      "integration/driving/kills_test.ts",
      "integration/tools/start_end_test.ts",
    ],
  })],
  // The first plays games whose pictures are counted, so that a file beside it that shows no pictures comes second.
  [fileStep("pages", {
    limit: 900,
    args: ["-A"],
    needs: "chromium",
    first: [
      "pages/away_test.ts",
      "pages/truth_settings_test.ts",
      "pages/truth_pages_test.ts",
      "pages/operator_states_test.ts",
      "pages/web_states_test.ts",
    ],
  })],
  // Browsers that decode and show 60 pictures a second use most of two processors, so that one such file has them,
  // beside one that mostly waits.
  [fileStep("e2e", {
    limit: 900,
    args: ["-A"],
    needs: "chromium",
    waiting: [
      "e2e/truth_test.ts",
      "e2e/reach/turn_test.ts",
      "e2e/reach/restart_test.ts",
      "e2e/provider_test.ts",
      "e2e/gamepad_test.ts",
      "e2e/tcp/check_test.ts",
    ],
  })],
  // The bitrate and the age of pictures follow the processors' load, so that one file has them alone.
  [testStep("network", { limit: 240, args: ["-A"], needs: "chromium" })],
  // A busy machine would disturb the soak.
  [testStep("endurance", { limit: 480, args: ["-A"], needs: "chromium" })],
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

/**
 * Runs the files of the folder of this name, and of the folders `beside` it, each in a process of its own, as many at a
 * time as there are processors. Those that take longest begin `first`, so that none runs on alone at the end. Where some
 * are `waiting`, one of them runs at a time, beside one of the others.
 */
function fileStep(
  name: string,
  { limit, args, beside = [], first = [], waiting = [], needs }: {
    readonly limit: number;
    readonly args: readonly string[];
    readonly beside?: readonly string[];
    readonly first?: readonly string[];
    readonly waiting?: readonly string[];
    readonly needs?: string;
  },
): Step {
  const paths = (names: readonly string[]) => names.map((each) => `tests/${each}`);
  return {
    name,
    kind: "test",
    limit,
    async run({ timeLimit, strict }) {
      const lack = lackOf(needs, strict);
      if (lack) return lack;
      const files = beginWith(paths([...waiting, ...first]), testFiles(paths([name, ...beside])));
      const command = [Deno.execPath(), "test", ...EVERY_TEST, ...args] as const;
      const run = { command, timeLimit, strict };
      if (waiting.length === 0) {
        return await runFiles(files, { ...run, atOnce: navigator.hardwareConcurrency });
      }
      const rows = [files.slice(0, waiting.length), files.slice(waiting.length)];
      const verdicts = await Promise.all(rows.map((row) => runFiles(row, { ...run, atOnce: 1 })));
      const problems = verdicts.flatMap(({ problem }) => problem ?? []);
      return { ...add(verdicts), ...(problems.length > 0 && { problem: problems.join("; ") }) };
    },
  };
}

/** The verdict on a step whose Debian package is missing. */
function lackOf(needs: string | undefined, strict: boolean): Verdict | undefined {
  const missing = missingPackages().find(({ name }) => name === needs);
  return missing && {
    ...NONE,
    failed: strict ? 1 : 0,
    problem: `skipped, ${missing.name} is missing`,
  };
}

/** Runs the folder of tests of this name, where it is `gathered` in a few modules. */
function testStep(
  name: string,
  { limit, args, needs, gathered = false }: {
    readonly limit: number;
    readonly args: readonly string[];
    readonly needs?: string;
    readonly gathered?: boolean;
  },
): Step {
  const root = `tests/${name}`;
  return {
    name,
    kind: "test",
    limit,
    async run({ timeLimit, strict }) {
      const lack = lackOf(needs, strict);
      if (lack) return lack;
      const command = [Deno.execPath(), "test", ...EVERY_TEST, ...args] as const;
      const runAll = (paths: readonly string[]) =>
        runCommand([...command, ...paths], { timeLimit });
      const ended = await (gathered ? withGathered(root, runAll) : runAll([root]));
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
