import { deepEqual, equal, ok } from "node:assert/strict";
import { AGENT_SETTINGS, ENV_PREFIX } from "../../../agent/config.ts";
import { readSettings } from "../../../protocol/settings/read.ts";

const TOKEN = "snd_1.ABCDEFGHJKLMNPQRSTUVWXYZ23";

Deno.test("[BOX19] settings have plain names in the file and a prefix in the environment", () => {
  const read = readSettings(AGENT_SETTINGS, {
    prefix: ENV_PREFIX,
    defaultFile: "agent.toml",
    readFile: () => `coordinator = "wss://farpad.example.org/agent/ws"\nstatus_port = 9000\n`,
    env: { FARPAD_AGENT_STATUS_PORT: "0", FARPAD_STATUS_PORT: "1", FARPAD_COORDINATOR: "ws://no" },
    flags: ["--media", "/srv/media"],
  });
  ok(read.ok);
  const { coordinator, statusPort, media, data } = read.settings;
  deepEqual([coordinator, statusPort, media, data], [
    "wss://farpad.example.org/agent/ws",
    0,
    "/srv/media",
    "/var/lib/farpad-agent",
  ]);
});

Deno.test("[BOX19] a token is checked, and shown nowhere", () => {
  const wrong = readSettings(AGENT_SETTINGS, { prefix: ENV_PREFIX, flags: ["--enrollment", "x"] });
  deepEqual(!wrong.ok && wrong.faults, [
    "Cannot use FARPAD_AGENT_ENROLLMENT = a secret value (from the flag --enrollment): it must be an enrolment token or the text of a QR code",
  ]);
  const read = readSettings(AGENT_SETTINGS, { prefix: ENV_PREFIX, flags: ["--enrollment", TOKEN] });
  const shown = read.ok ? read.shown : {};
  equal(shown.FARPAD_AGENT_ENROLLMENT, "***");
});

Deno.test("[BOX19] the manual lists every setting, and no other", async () => {
  const manual = await Deno.readTextFile(
    new URL("../../../docs/OPERATIONS-AGENT.md", import.meta.url),
  );
  const section = manual.split("## Settings")[1]!.split("\n## ")[0]!;
  const rows = [...section.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
  const names = Object.keys(AGENT_SETTINGS)
    .map((key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  deepEqual(rows, names);
});
