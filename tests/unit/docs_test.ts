import { deepEqual, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { fromAgent, toAgent } from "../../protocol/legs/agent_leg.ts";
import { CHANNELS } from "../../protocol/control/channels.ts";
import { CLOSE } from "../../protocol/close.ts";
import { fromOperator, toOperator } from "../../protocol/legs/operator_leg.ts";
import { SENT_CODES } from "../../protocol/legs/refusals.ts";
import { RIGHTS } from "../../protocol/room_commands/rights.ts";
import { EndReason } from "../../protocol/legs/room.ts";
import { fromUser, toUser } from "../../protocol/legs/user_leg.ts";
import { fromWorker, toWorker } from "../../protocol/legs/worker_leg.ts";
import { readTree } from "../../tools/shape/tree.ts";

const tree = await readTree(new URL("../..", import.meta.url).pathname);
const text = (path: string) => tree.get(path) ?? "";
const protocol = text("docs/PROTOCOL.md");
/** The part of the protocol that begins with this heading. */
function section(heading: string): string {
  const from = protocol.indexOf(heading);
  ok(from >= 0, `no heading "${heading}"`);
  const next = protocol.indexOf("\n## ", from + 1);
  return protocol.slice(from, next < 0 ? undefined : next);
}

for (
  const [heading, ...legs] of [
    ["## 3. `/ws`", toUser, fromUser],
    ["## 4. `/wso`", toWorker, fromWorker],
    ["## 5. `/agent/ws`", toAgent, fromAgent],
    ["## 6. `/api/ws`", toOperator, fromOperator],
  ] as const
) {
  Deno.test(`the protocol's ${heading.slice(3)} lists every message, and no other`, () => {
    const rows = [...section(heading).matchAll(/^\| `([\w.]+)` +\|/gm)].map(([, type]) => type!);
    const types = new Set<string>(legs.flatMap((leg) => [...leg.types]));
    deepEqual([...new Set(rows)].sort(), [...types].sort());
  });
}

Deno.test("the protocol lists every close code", () => {
  for (const [name, code] of Object.entries(CLOSE)) {
    ok(new RegExp(`\\| ${code} \\| \`${name}\` `).test(protocol), `${code} ${name}`);
  }
});

Deno.test("the protocol lists every data channel", () => {
  for (const { id, label } of Object.values(CHANNELS)) {
    ok(new RegExp(`\\| ${id}  \\| \`${label}\` `).test(protocol), `${id} ${label}`);
  }
});

Deno.test("the protocol lists every reason of an end", () => {
  for (const reason of EndReason.options) ok(protocol.includes(`\`${reason}\``), reason);
});

Deno.test("[ENV5] the protocol lists every refusal code, and no other", () => {
  const rows = section("## 13. Refusal codes").matchAll(/^\| `([\w.]+)` +\|/gm);
  deepEqual([...rows].map(([, code]) => code).sort(), [...SENT_CODES].sort());
});

/** What the table of verbs says of the conditions in the code. */
const FURTHER = {
  seat: { own: "a seat", this: "the seat itself, or a host" },
  track: { own: "the track is the person's own" },
  while: {
    unlocked: "not locked, or a host",
    chat_open: "a player, unless `watchers_chat`",
    no_live_picture: "no live picture",
    target_no_host: "the other one is no host",
  },
} as const;

Deno.test("[RCM5] the protocol's table of verbs lists every verb with its right, and no other", () => {
  const rows = [
    ...text("docs/PROTOCOL-ROOM.md").matchAll(
      /^\| (`[\w.]+`(?:, `[\w.]+`)*) +\| (watcher|player|host) +\| (.+?) +\|/gm,
    ),
  ];
  const written = rows.flatMap(([, verbs, role, further]) =>
    [...verbs!.matchAll(/[\w.]+/g)].map(([verb]) => `${verb}: ${role}, ${further}`)
  );
  const decided = Object.entries(RIGHTS).map(([verb, right]) => {
    const further = [
      right.seat && FURTHER.seat[right.seat],
      right.track && FURTHER.track[right.track],
      right.while && FURTHER.while[right.while],
    ].filter((words) => words !== undefined);
    return `${verb}: ${right.role}, ${further.join("; ") || "–"}`;
  });
  deepEqual(written.sort(), decided.sort());
});

Deno.test("every dependency has its line, and no line is left over", () => {
  const rows = text("docs/DEPENDENCIES.md").matchAll(/^\| `([^`]+)` +\|/gm);
  const packages = { ...packageJson.dependencies, ...packageJson.devDependencies };
  deepEqual([...rows].map(([, name]) => name).sort(), Object.keys(packages).sort());
});

Deno.test("every link of a document leads somewhere", () => {
  const broken: string[] = [];
  for (const [path, markdown] of tree) {
    if (!path.endsWith(".md")) continue;
    for (const [, target] of markdown.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)) {
      const file = join(dirname(path), target!);
      if (!existsSync(new URL(`../../${file}`, import.meta.url))) broken.push(`${path}: ${target}`);
    }
  }
  deepEqual(broken, []);
});

/** The documents of the present state; the change log describes the past. */
const documents = [...tree].filter(([path]) => path.endsWith(".md") && path !== "CHANGELOG.md");
const isThere = (path: string) => existsSync(new URL(`../../${path}`, import.meta.url));
const packages = [...tree.keys()].flatMap((path) => path.includes("/") ? path.split("/")[0]! : []);
const folders = new Set(packages);

Deno.test("every path of the tree that a document names exists", () => {
  const names = new Set([...tree.keys()].map((path) => path.split("/").at(-1)!));
  const missing: string[] = [];
  for (const [path, markdown] of documents) {
    for (const [, code] of prose(markdown).matchAll(/`([\w./{},-]+)`/g)) {
      for (const named of alternatives(code!)) {
        const isPath = folders.has(named.split("/")[0]!) && named.includes("/");
        const isFile = !named.includes("/") && /^[\w.]+\.tsx?$/.test(named);
        if (named === "web/dist") continue; // made by the build
        if (isPath ? !isThere(named) : isFile && !names.has(named)) {
          missing.push(`${path}: ${named}`);
        }
      }
    }
  }
  deepEqual(missing, []);
});

Deno.test("every name that the glossary finds in the code is there", () => {
  const code = [...tree].filter(([path]) => /\.tsx?$/.test(path) && !path.startsWith("tests/"))
    .map(([, source]) => source).join("\n");
  const missing: string[] = [];
  for (const line of text("docs/GLOSSARY.md").split("\n")) {
    const [, term, , inCode = ""] = line.split("|").map((cell) => cell.trim());
    if (!term?.startsWith("**")) continue;
    for (const [, name] of inCode.matchAll(/`([^`]+)`/g)) {
      const found = name!.includes("/") ? isThere(name!) : code.includes(bareName(name!));
      if (!found) missing.push(`${term}: ${name}`);
    }
  }
  deepEqual(missing, []);
});

Deno.test("README and the architecture list every folder of the tree", () => {
  for (const path of ["README.md", "docs/ARCHITECTURE.md"]) {
    const listed = [...text(path).matchAll(/^\| `(\w+)\/` +\|/gm)].map(([, folder]) => folder!);
    ok(listed.length > 0, path);
    deepEqual(listed.filter((folder) => !folders.has(folder)), [], path);
    const product = ["protocol", "media", "coordinator", "worker", "agent", "web", "examples"];
    deepEqual(product.filter((folder) => !listed.includes(folder)), [], path);
  }
});

Deno.test("the data folder's files in the operations page are those that the code names", () => {
  const kept = text("docs/OPERATIONS.md").split("## What is kept")[1]!.split("\n## ")[0]!;
  const code = [...tree].filter(([path]) => /^(coordinator|worker|tools)\/.*\.ts$/.test(path))
    .map(([, source]) => source).join("\n");
  const named = [...kept.matchAll(/^\| (`[^|]+`) +\|/gm)]
    .flatMap(([, cell]) => [...cell!.matchAll(/`([\w.-]+)\/?`/g)].map(([, name]) => name!));
  ok(named.length >= 12);
  deepEqual(named.filter((name) => !code.includes(name.replace(/-(wal|shm)$/, ""))), []);
  for (const [, name] of code.matchAll(/join\((?:data|folder), "([\w.-]+)"\)/g)) {
    const isAgents = name === "media";
    ok(isAgents || named.includes(name!), `${name} is kept, and the operations page omits it`);
  }
});

/** Markdown without its blocks of code. */
function prose(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
}

/** `a/{b,c}.ts` names two files. */
function alternatives(name: string): string[] {
  const found = /^(.*)\{([^}]+)\}(.*)$/.exec(name);
  return found ? found[2]!.split(",").map((each) => found[1]! + each + found[3]!) : [name];
}

/** `offer()` and `keyframe: true` are named by their first word. */
function bareName(name: string): string {
  return /^[\w.]+/.exec(name)?.[0] ?? name;
}
