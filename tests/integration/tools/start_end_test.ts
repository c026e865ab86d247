import { deepEqual, equal, ok } from "node:assert/strict";
import { until } from "../../support/media/werift_browser.ts";
import {
  given,
  printed,
  startLauncher,
  type Values,
  withFolder,
} from "../../support/stack/launcher.ts";
import { childrenOf } from "../../support/stack/processes.ts";
import { freePort } from "../../support/stack/stack.ts";

const DIALLED: readonly [string, Values, (port: number) => string][] = [
  ["FARPAD_TLS=off, the default", { tls: "off" }, (port) => `ws://127.0.0.1:${port}/wso`],
  ["every IPv4 address", { host: "0.0.0.0" }, (port) => `ws://127.0.0.1:${port}/wso`],
  ["every address", { host: "::" }, (port) => `ws://[::1]:${port}/wso`],
  ["one address in brackets", { host: "[::1]" }, (port) => `ws://[::1]:${port}/wso`],
  ["a name", { host: "localhost" }, (port) => `ws://127.0.0.1:${port}/wso`],
];
for (const [what, values, url] of DIALLED) {
  Deno.test(`[SET14] the worker dials the address that is bound: ${what}`, async () => {
    await withFolder(async (folder) => {
      const port = await freePort();
      const all = { ...values, port: `${port}`, data: folder };
      const launcher = startLauncher(await given(all, "environment", folder));
      try {
        await printed(launcher, `accepted this worker","process":"worker","url":"${url(port)}"`);
      } finally {
        await launcher.end();
      }
    });
  });
}

Deno.test("[SET14] the worker dials a port that the system chose", async () => {
  await withFolder(async (folder) => {
    const launcher = startLauncher(await given({ port: "0", data: folder }, "flags", folder));
    try {
      await printed(launcher, "coordinator accepted this worker");
    } finally {
      await launcher.end();
    }
  });
});

Deno.test("[SET3] every fault of every process is reported once, and no process is started", async () => {
  await withFolder(async (folder) => {
    const launcher = startLauncher({
      args: ["--port", "http", "--prot=1"],
      env: { FARPAD_CAPACITY: "0", FARPAD_ICE_ADDRESSES: "a b", FARPAD_DATA: folder },
    });
    equal(await launcher.ended, 1);
    await launcher.end();
    deepEqual(launcher.output().trim().split("\n"), [
      'Cannot use the argument "--prot=1": it names no setting',
      'Cannot use FARPAD_PORT = "http" (from the flag --port): it must be a whole number from 0 to 65535',
      'Cannot use FARPAD_CAPACITY = "0" (from the environment): it must be a whole number from 1 to 500',
      'Cannot use FARPAD_ICE_ADDRESSES = "a b" (from the environment): it must be a host name, an IPv4 address or an IPv6 address',
    ]);
  });
});

Deno.test("[PRC4] a port that another program uses: one sentence, exit code 1, and no connection to that program", async () => {
  await withFolder(async (folder) => {
    let dialled = 0;
    await using stranger = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => {
        dialled += 1;
        return new Response("a stranger");
      },
    );
    const { port } = stranger.addr;
    const launcher = startLauncher({
      args: ["--port", `${port}`, "--data", folder, "--log-level=error"],
      env: {},
    });
    equal(await launcher.ended, 1);
    await launcher.end();
    equal(
      launcher.output().trim(),
      `Cannot listen on 127.0.0.1:${port}: another program uses this port. ` +
        "Stop it, or choose another with FARPAD_PORT",
    );
    equal(dialled, 0);
  });
});

/** Moments after the start, in milliseconds: while modules load, while children start, and once all runs. */
const MOMENTS = { SIGINT: [50, 400, 900], SIGTERM: [200, 650, 1_300, 3_000], SIGHUP: [300, 2_000] };
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`[PRC5] ${signal} at any moment ends every process, without a stack trace`, async () => {
    await withFolder(async (folder) => {
      const port = await freePort();
      for (const delay of MOMENTS[signal]) {
        const launcher = startLauncher({ args: ["--port", `${port}`, "--data", folder], env: {} });
        const seen = new Set<number>();
        const checking = setInterval(() => collect(launcher.pid, seen), 20);
        await new Promise((resolve) => setTimeout(resolve, delay));
        await launcher.end(signal);
        clearInterval(checking);
        ok(
          !/^\s+at |Uncaught|panicked/m.test(launcher.output()),
          `${delay} ms: ${launcher.output()}`,
        );
        await until(() => [...seen].every((pid) => !isRunning(pid)));
      }
    });
  });
}

Deno.test("[CHI2] the processes of a launcher that is killed at any moment end", async () => {
  await withFolder(async (folder) => {
    for (const delay of [300, 700, 1_500, 5_000]) {
      const launcher = startLauncher({ args: ["--port", "0", "--data", folder], env: {} });
      const seen = new Set<number>();
      const checking = setInterval(() => collect(launcher.pid, seen), 20);
      await new Promise((resolve) => setTimeout(resolve, delay));
      await launcher.end("SIGKILL");
      clearInterval(checking);
      await until(() => [...seen].every((pid) => !isRunning(pid)));
    }
  });
});

/** Adds the processes below `pid`. */
function collect(pid: number, into: Set<number>): void {
  for (const child of childrenOf(pid)) {
    into.add(child);
    collect(child, into);
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
