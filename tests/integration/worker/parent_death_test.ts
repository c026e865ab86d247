import { deepEqual, equal, ok } from "node:assert/strict";
import { roomPermissions } from "../../../worker/isolation/permissions.ts";
import { roomProcesses } from "../../../worker/room_process.ts";
import { createLog } from "../../../protocol/log.ts";
import { openChildFiles, startChild } from "../../../protocol/process/child.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { waitFor } from "../../support/field/children.ts";
import { descendants, isRunning } from "../../support/endurance/process_tree.ts";
import { childrenOf, parentOf } from "../../support/stack/processes.ts";

const FOLDERS = { data: "/nowhere", roms: "/nowhere", cores: [] };

/** A parent whose processes are not ready after this long is killed, in milliseconds. */
const START_LIMIT = 60_000;
/** Children that still run so long after their parent was killed are ended by the test, in milliseconds. */
const END_LIMIT = 20_000;
const [PARENT, DEAF_PARENT, SENDING_CHILD] = [
  "parent_main",
  "deaf_parent_main",
  "sending_child_main",
]
  .map((name) => new URL(`../../support/processes/${name}.ts`, import.meta.url).pathname);

interface Death {
  /** Everything that was written to standard error by the parent and its children. */
  readonly errors: string;
  /** The room processes that ran. */
  readonly children: readonly number[];
  /** Kind and id of each process that still ran {@linkcode END_LIMIT} after the kill. */
  readonly survivors: readonly string[];
}

/** Starts a parent of processes and kills it so many milliseconds after they are ready, and after `before` was called. */
async function killParent(
  { destination, folder, delay, isConfined = false, before = () => {} }: {
    destination: string;
    /** Rooms are confined where that works. */
    isConfined?: boolean;
    /** Of the process files. */
    folder: string;
    delay: number;
    before?: (children: readonly number[]) => void;
  },
): Promise<Death> {
  const parent = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", PARENT!, destination, folder],
      ...(isConfined ? ["confined"] : []),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const children: number[] = [];
  const survivors: string[] = [];
  let endLimit: ReturnType<typeof setTimeout> | undefined;
  const limit = setTimeout(() => parent.kill("SIGKILL"), START_LIMIT);
  const killing = (async () => {
    for await (const text of parent.stdout.pipeThrough(new TextDecoderStream())) {
      for (const [, pid] of text.matchAll(/ready (\d+)/g)) {
        children.push(Number(pid));
        if (children.length < 2) continue;
        setTimeout(() => {
          before(children);
          const family = descendants(parent.pid);
          parent.kill("SIGKILL");
          endLimit = setTimeout(() => {
            for (const { pid, kind } of family.filter(({ pid }) => isRunning(pid))) {
              survivors.push(`${kind} ${pid}`);
              Deno.kill(pid, "SIGKILL");
            }
          }, END_LIMIT);
        }, delay);
      }
    }
  })();
  const ending = parent.status.then(() => clearTimeout(limit));
  // Both streams end when the last child is gone, because the children inherit them.
  const [text] = await Promise.all([new Response(parent.stderr).text(), killing, ending]);
  clearTimeout(endLimit);
  // The runtime itself says when several of its processes start at once.
  const errors = text.split("\n").filter((line) => !line.includes("waiting for file lock"));
  return { errors: errors.join("\n").trim(), children, survivors };
}

Deno.test("[ROM19] [CHI2] rooms, spares and destinations of a killed worker end, and print nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  // Takes connections and never answers, so that the egress process keeps waiting.
  const taking = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  const destination = `rtmp://127.0.0.1:${listener.addr.port}/live/key`;
  const random = new SeededRandom(6);
  const data = await Deno.makeTempDir();
  const folder = `${data}/processes`;
  for (let round = 0; round < 8; round++) {
    // The sign of life is sent each second: a kill just before it finds the pipe broken.
    const delay = 700 + random.unit() * 600;
    const isConfined = round % 2 === 1;
    const death = await killParent({ destination, folder, delay, isConfined });
    const { errors, children, survivors } = death;
    deepEqual({ delay, survivors }, { delay, survivors: [] });
    equal(errors, "", `killed after ${delay} ms: ${errors}`);
    equal(children.length, 2, "both room processes were ready");
    // A process closes its streams a moment before it is gone.
    await waitFor("the end of the rooms", () => !children.some(isRunning) || undefined);
  }
  for (const connection of connections) connection.close();
  listener.close();
  await taking;
  await Deno.remove(data, { recursive: true });
});

Deno.test("[CHI2] a child ends although its killed parent had not read its last message", async () => {
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", DEAF_PARENT!, SENDING_CHILD!],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const { value } = await parent.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  const child = Number(/started (\d+)/.exec(value ?? "")?.[1]);
  await sleep(systemClock, 1_000);
  ok(isRunning(child));
  parent.kill("SIGKILL");
  await waitFor("the end of the child", () => !isRunning(child) || undefined);
  await parent.status;
});

Deno.test("[CHI3] a confined room process that hangs when its worker is killed is ended by the next start", async () => {
  const data = await Deno.makeTempDir();
  const folder = `${data}/processes`;
  const log = createLog({ clock: systemClock, sink: () => {} });
  let hanging = 0;
  const parent = Promise.withResolvers<number>();
  const death = killParent({
    destination: "rtmp://127.0.0.1:1/live/key",
    folder,
    delay: 0,
    isConfined: true,
    before([room = 0]) {
      hanging = childrenOf(room)[0] ?? room;
      parent.resolve(parentOf(room)!);
      Deno.kill(-room, "SIGSTOP");
    },
  });
  const killed = await parent.promise;
  await waitFor("the death of the parent", () => !isRunning(killed) || undefined);
  ok(isRunning(hanging));
  const ports = { clock: systemClock, random: new SeededRandom() };
  // The system takes a moment to release the locks of a process that was killed.
  await waitFor("the end of the room process", () => {
    using _next = openChildFiles({ ...ports, folder, log });
    return !isRunning(hanging) || undefined;
  });
  const { errors } = await death;
  equal(errors, "");
  await Deno.remove(data, { recursive: true });
});

Deno.test("[ROM16] a message to a room process that was just killed is dropped", async () => {
  const ends: string[] = [];
  let isReady = false;
  const room = roomProcesses({
    clock: systemClock,
    startChild,
    permissions: roomPermissions(FOLDERS),
  })({
    ready: () => void (isReady = true),
    message: () => {},
    live: () => {},
    packets: () => {},
    gone: ({ how }) => void ends.push(how),
  });
  await waitFor("a room process", () => isReady || undefined);
  Deno.kill(room.pid!, "SIGKILL");
  const message = { type: "close", reason: "operator", message: "Closed" } as const;
  await waitFor("its end", () => {
    room.send(message);
    return ends.length > 0 || undefined;
  });
  deepEqual(ends, ["by signal SIGKILL"]);
});
