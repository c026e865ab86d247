import { deepEqual, match } from "node:assert/strict";
import { checkShape } from "../../../tools/shape/check.ts";
import { checkPermissions } from "../../../tools/shape/permissions.ts";
import type { Rules } from "../../../tools/shape/rules.ts";
import { RULES } from "../../../tools/shape/rules.ts";
import { checkDocstrings } from "../../../tools/shape/docstrings.ts";
import { checkText } from "../../../tools/shape/text.ts";

const rules: Rules = {
  ...RULES,
  maxLines: 5,
  maxFiles: 2,
  guards: RULES.guards.map((guard) => ({ ...guard, allowed: {} })),
};

function check(sources: Record<string, string>, changed: Partial<Rules> = {}): string[] {
  return checkShape(new Map(Object.entries(sources)), { ...rules, ...changed });
}

/** The guards with one file allowed in all of them. */
function allowing(path: string): Partial<Rules> {
  return { guards: rules.guards.map((guard) => ({ ...guard, allowed: { [path]: "needs it" } })) };
}

Deno.test("an allowed import is no problem", () => {
  const problems = check({
    "protocol/ids.ts": "export const a = 1;",
    "media/ports.ts": 'export * from "../protocol/ids.ts";',
    "worker/room/room.ts": 'import { a } from "../../media/ports.ts"; export const b = a;',
    "tests/unit/room_test.ts": 'import "../../worker/room/room.ts";',
  });
  deepEqual(problems, []);
});

for (
  const [how, text] of Object.entries({
    "a static import": 'import { a } from "../worker/a.ts"; a;',
    "a type import": 'import type { A } from "../worker/a.ts"; export type B = A;',
    "an import type": 'export type B = import("../worker/a.ts").A;',
    "a side-effect import": 'import "../worker/a.ts";',
    "a dynamic import": 'await import("../worker/a.ts");',
    "a re-export": 'export * from "../worker/a.ts";',
    "a thread": 'new Worker(new URL("../worker/a.ts", import.meta.url));',
  })
) {
  Deno.test(`${how} of a package that may not be imported is a problem`, () => {
    const problems = check({ "coordinator/a.ts": text });
    deepEqual(problems, [
      "coordinator/a.ts:1: imports worker/a.ts, but coordinator may import only protocol",
    ]);
  });
}

Deno.test("the product imports neither tests nor tools", () => {
  const problems = check({
    "protocol/a.ts": 'import "../tests/fakes/clock.ts";\nimport "../tools/gate.ts";',
  });
  deepEqual(problems.map((problem) => problem.split(",")[0]), [
    "protocol/a.ts:1: imports tests/fakes/clock.ts",
    "protocol/a.ts:2: imports tools/gate.ts",
  ]);
});

Deno.test("an import in a comment or a string does not count", () => {
  const text = '// import "../worker/a.ts";\nexport const s = `import "../worker/a.ts"`;';
  deepEqual(check({ "web/a.ts": text }), []);
});

Deno.test("an import cycle is reported once, as its path", () => {
  const problems = check({
    "media/a.ts": 'import "./b.ts";',
    "media/b.ts": 'export { c } from "./sub/c.ts";',
    "media/sub/c.ts": 'export const c = () => import("../a.ts");',
  });
  deepEqual(problems, [
    "media/a.ts: import cycle media/a.ts → media/b.ts → media/sub/c.ts → media/a.ts",
  ]);
});

Deno.test("an import of types alone closes a cycle", () => {
  const problems = check({
    "media/a.ts": 'import { type B } from "./b.ts"; export type A = B;',
    "media/b.ts": 'import "./a.ts"; export type B = 1;',
    "worker/c.ts": 'export type C = import("./d.ts").D;',
    "worker/d.ts": 'export type { C } from "./c.ts"; export type D = 1;',
  });
  deepEqual(problems, [
    "media/a.ts: import cycle media/a.ts → media/b.ts → media/a.ts",
    "worker/c.ts: import cycle worker/c.ts → worker/d.ts → worker/c.ts",
  ]);
});

Deno.test("a file that starts another as a thread closes no cycle", () => {
  const problems = check({
    "worker/c.ts": 'new Worker(new URL("./d.ts", import.meta.url));',
    "worker/d.ts": 'import "./c.ts";',
  });
  deepEqual(problems, []);
});

for (
  const use of [
    "Date.now()",
    'Date["now"]()',
    "new Date()",
    "performance.now()",
    "performance.timeOrigin",
    "setTimeout(f, 1)",
    "globalThis.setInterval(f, 1)",
    "AbortSignal.timeout(5)",
    "[1].map(Math.random)",
    "`${crypto.randomUUID()}`",
    "crypto.getRandomValues(f)",
    "Deno.env.get(f)",
    "process.env.HOME",
    "new WebSocket(f)",
    "new ws.WebSocketServer()",
    "Deno.upgradeWebSocket(f)",
  ]
) {
  Deno.test(`${use} is a problem outside the allowed files`, () => {
    const text = `declare const f: any, ws: any;\nexport const x = ${use};`;
    const [problem = "nothing found", ...rest] = check({ "worker/a.ts": text });
    match(problem, /^worker\/a\.ts:2: uses /);
    deepEqual(rest, []);
    deepEqual(check({ "tests/a.ts": text, "tools/b.ts": text }), []);
  });
}

Deno.test("chance and time taken from the runtime's modules are found", () => {
  const text =
    'import { randomBytes } from "node:crypto";\nimport { setTimeout } from "node:timers";';
  deepEqual(check({ "agent/a.ts": text }).length, 2);
});

Deno.test("a date made from a number and a method of the same name are no problem", () => {
  const text = "export const f = (clock: any) => [new Date(5), clock.setTimeout(1), clock.now()];";
  deepEqual(check({ "web/a.ts": text }), []);
});

Deno.test("an allowed file may use what is guarded", () => {
  const text = "export const x = [Date.now(), Math.random(), Deno.env, new WebSocket('')];";
  deepEqual(check({ "web/a.ts": text }, allowing("web/a.ts")), []);
});

Deno.test("an allowed file without a guarded use is a problem", () => {
  const problems = check({ "web/a.ts": "export const x = 1;" }, allowing("web/a.ts"));
  deepEqual(problems.length, rules.guards.length);
  match(problems[0] ?? "", /^web\/a\.ts: may use time but does not$/);
});

Deno.test("only the adapter to werift imports it, by type too, and only a room's process and its thread import the adapter", () => {
  const problems = check({
    "worker/werift/peer.ts": 'import { RTCPeerConnection } from "werift"; RTCPeerConnection;',
    "worker/room/main.ts": 'import "../werift/peer.ts";',
    "worker/ingest/thread.ts": 'import "../werift/peer.ts";',
    "worker/sending/sender.ts":
      'import type { RtpHeader } from "werift";\nimport "../werift/peer.ts";',
    "media/a.ts": 'import "werift/nonstandard";',
    "tests/a.ts": 'import "werift";',
  });
  deepEqual(problems, [
    "worker/sending/sender.ts:1: imports werift; only worker/werift/ may",
    "worker/sending/sender.ts:2: imports worker/werift/peer.ts; only worker/werift/, worker/room/main.ts and worker/ingest/thread.ts may",
    "media/a.ts:1: imports werift/nonstandard; only worker/werift/ may",
  ]);
});

const STARTS = 'import { fork } from "node:child_process"; export const start = () => fork("a");';
const NATIVE = 'import { Frame } from "node-av/lib"; Frame;';

Deno.test("[CHI1] a program that starts processes and loads native code, itself or in a thread, is a problem", () => {
  const threads = 'new Worker(new URL("./native.ts", import.meta.url));';
  for (const loads of ['import "./native.ts";', threads]) {
    const problems = check({
      "worker/main.ts": 'import "./a/starts.ts"; import "./a/loads.ts";',
      "worker/a/starts.ts": STARTS,
      "worker/a/loads.ts": loads.replace("./", "../b/"),
      "worker/b/native.ts": NATIVE,
    });
    deepEqual(problems, [
      "worker/main.ts: starts processes (worker/a/starts.ts) and loads native code (worker/b/native.ts); a program may do one of both",
    ]);
  }
});

Deno.test("[CHI1] a program may start another one that loads native code, also as a task of its own file", () => {
  const entry = 'new URL("./b/native.ts", import.meta.url);';
  const problems = check({
    "worker/main.ts": `${entry} ${STARTS} export type { A } from "./b/native.ts";`,
    "worker/b/native.ts": `${NATIVE} export type A = 1;`,
    "agent/main.ts": `${STARTS} await import("./b/task.ts");`,
    "agent/b/task.ts": NATIVE,
  });
  deepEqual(problems, []);
});

Deno.test("a file that is too long is a problem, tests and style sheets too", () => {
  const long = "\n".repeat(6);
  const problems = check({
    "tests/a_test.ts": long,
    "web/a.css": long,
    "web/b.ts": "\n".repeat(5),
  });
  deepEqual(problems, [
    "tests/a_test.ts: 6 lines where 5 are the most",
    "web/a.css: 6 lines where 5 are the most",
  ]);
});

Deno.test("a folder with too many files is a problem", () => {
  const problems = check({
    "web/a.ts": "export {};",
    "web/b.ts": "export {};",
    "web/c.ts": "export {};",
  });
  deepEqual(problems, ["web: 3 source files where 2 are the most"]);
});

Deno.test("a file that does not parse is a problem, not a crash", () => {
  match(check({ "web/a.ts": "export const = 3;" })[0] ?? "", /^web\/a\.ts: cannot be parsed: /);
});

Deno.test("unfinished marks and paths of a machine are found in any text", () => {
  const text = ["fine", "// TO" + "DO: later", "see /ro" + "ot/x", "https://host/wo" + "rk/x"].join(
    "\n",
  );
  deepEqual(checkText("docs/a.md", text), [
    "docs/a.md:2: a mark of unfinished work: TO" + "DO",
    "docs/a.md:3: a path of one machine: /ro" + "ot/",
  ]);
});

Deno.test("an exported symbol without a docstring is reported with its line", () => {
  const text = [
    "/**",
    " * The module.",
    " *",
    " * @module",
    " */",
    "export const bare = 1;",
    "// A remark is no docstring.",
    "export function remarked(): void {}",
    "/** A schema. */",
    "export const Schema = 1;",
    "export type Schema = typeof Schema;",
    "/** Adds. */",
    "export function add(a: string): string;",
    "export function add(a: number): number;",
    "export function add(a: unknown): unknown { return a; }",
    "const own = 2;",
    "export { own };",
  ].join("\n");
  deepEqual(checkDocstrings("protocol/a.ts", text), [
    "protocol/a.ts:6: bare is exported without a docstring",
    "protocol/a.ts:8: remarked is exported without a docstring",
  ]);
});

Deno.test("[CHI8] a program of the product that is started with every permission is a problem", () => {
  const flags = ["-A", "--allow-all"];
  for (const flag of flags) {
    const text = `const args = ["run", "${flag}", main];\n`;
    for (const path of ["agent/a.ts", "tools/start/a.ts", "worker/a/b.ts"]) {
      const [problem = ""] = checkPermissions(path, text);
      match(problem, new RegExp(`^${path}:1: starts a program with ${flag};`));
    }
    for (const path of ["agent/install/a.sh", "tools/systemd/a.service"]) {
      deepEqual(checkPermissions(path, `deno run ${flag} a.ts`).length, 1);
    }
    deepEqual(checkPermissions("tests/a.ts", text), []);
    deepEqual(checkPermissions("tools/gate/steps.ts", text), []);
  }
  const tasks = '"start": "deno run -A a.ts",\n"test": "deno run -A b.ts",\n';
  deepEqual(checkPermissions("deno.json", tasks).length, 1);
  deepEqual(checkPermissions("agent/a.ts", 'args: ["--allow-net", "-Ax", "ps-A"]'), []);
});
