import { deepEqual, ok } from "node:assert/strict";
import { until } from "../../support/media/werift_browser.ts";
import { given, printed, startLauncher, withFolder } from "../../support/stack/launcher.ts";
import { taskCommand } from "../../support/stack/task.ts";

/** Starts Farpad at a terminal of its own, which `script` makes. */
function startAtTerminal(args: readonly string[]) {
  const command = [Deno.execPath(), ...taskCommand("start", args)].join(" ");
  const script = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", command, "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { NO_COLOR: "1" },
  }).spawn();
  let output = "";
  const reading = script.stdout.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (text) => void (output += text) }));
  return {
    output: () => output,
    /** Ends Farpad by a signal to the terminal, or by the key. */
    async end(how: "SIGTERM" | "Ctrl-C"): Promise<void> {
      const keys = script.stdin.getWriter();
      await (how === "Ctrl-C" ? keys.write(Uint8Array.of(3)) : script.kill(how));
      await script.status;
      await keys.close().catch(() => {});
      await reading;
    },
  };
}

Deno.test("[SET15] at a terminal the start prints what a person needs, and nothing else", async () => {
  await withFolder(async (folder) => {
    const terminal = startAtTerminal(["--port", "0", "--data", `${folder}/data`]);
    try {
      await until(() => /Ctrl-C ends Farpad/.test(terminal.output()));
    } finally {
      await terminal.end("SIGTERM");
    }
    const output = terminal.output();
    // Where bubblewrap is not installed, a warning says so.
    const lines = output.trim().split(/\r?\n/).filter((line) =>
      !/rooms are not confined/.test(line)
    );
    deepEqual(lines.map((line) => line.replace(/:\d+|=\S+|\d+/g, "…")), [
      "Farpad is at http://localhost…",
      "Create the first administrator: http://localhost…/operator/setup#token…",
      "Worker This machine is ready: … games, … places. Ctrl-C ends Farpad.",
    ]);
  });
});

Deno.test("[PRC5] Ctrl-C at a terminal ends Farpad without a warning about a process that it ends", async () => {
  await withFolder(async (folder) => {
    const terminal = startAtTerminal(["--port", "0", "--data", `${folder}/data`, "--demo=false"]);
    await until(() => /Ctrl-C ends Farpad/.test(terminal.output()));
    await terminal.end("Ctrl-C");
    const output = terminal.output();
    ok(!/room process ended/.test(output), output);
  });
});

Deno.test("[SET16] a second start with the same data folder ends with one sentence", async () => {
  await withFolder(async (folder) => {
    const values = { port: "0", data: `${folder}/data` };
    const first = startLauncher(await given(values, "flags", folder));
    try {
      await printed(first, "coordinator accepted this worker");
      const second = startLauncher(await given({ ...values, logFormat: "text" }, "flags", folder));
      ok(await second.ended !== 0);
      deepEqual(second.output().trim().split("\n"), [
        `Cannot use the data folder ${folder}/data: another coordinator is running with it. Stop that one, or set FARPAD_DATA to another folder`,
      ]);
    } finally {
      await first.end();
    }
  });
});
