/**
 * `npm run bench -- crowd [WATCHERS]`: so many watchers open the link of a running game at once (ROM25). Measures how
 * many come in a second, how long each takes, what one costs the room process, and the time between two pictures of the
 * player: at rest, while they come, and while they watch.
 *
 * The player is a connection of werift in this process; the watchers are in another one, which has a low priority, for it
 * stands for other machines.
 *
 * @module
 */
import { type AskedProcess, startAsked } from "../../support/fanout/asked_process.ts";
import type { Come, CrowdRequest } from "../../support/fanout/crowd_main.ts";
import { startStack } from "../../support/stack/stack.ts";
import { startSteadyPlayer, type SteadyPlayer } from "../../support/stack/steady_player.ts";
import { median, percentile, round } from "../figures.ts";

const WATCHERS = 20;
/** How long pictures are watched at rest, and beside those who watch, in milliseconds. */
const REST = 5_000;
/** Ticks of `/proc` in a second. */
const TICKS = 100;

/**
 * Runs the benchmark. `args[0]`: watchers.
 *
 * @throws {Error} when nobody comes in
 */
export async function crowd(args: readonly string[] = []): Promise<Record<string, number>> {
  const count = Number(args[0] ?? WATCHERS);
  await using stack = await startStack();
  await using player = await startSteadyPlayer(stack.url);
  await using program = startAsked("crowd_main.ts");
  using pictures = watchPictures(player);
  const process = stack.roomProcess(player.room);
  const query = await invite(player);
  const request = { url: stack.url, query, room: player.room };
  // The first one brings what every later one uses: code that is compiled, the encoder's parameters.
  await ask(program, { ...request, count: 1 });
  await pause(REST / 2);

  const rest = await during(pictures, process, () => pause(REST));
  let come: Come[] = [];
  const busy = await during(pictures, process, async () => {
    come = await ask(program, { ...request, count });
  });
  const after = await during(pictures, process, () => pause(REST));

  const times = come.flatMap(({ at }) => at ?? []);
  if (times.length === 0) throw new Error("Nobody of the crowd came in");
  const last = Math.max(...times);
  return {
    watchers: count,
    joined: times.length,
    asked_again: come.reduce((sum, { crowded }) => sum + crowded, 0),
    connections_lost: come.reduce((sum, { lost }) => sum + lost, 0),
    joins_per_second: round(1_000 * times.length / last),
    join_ms_median: round(median(times)),
    join_ms_max: round(last),
    room_cpu_ms_per_join: round((busy.cpu - rest.cpu * busy.took / rest.took) / times.length),
    rest_interval_p95_ms: rest.p95,
    rest_interval_max_ms: rest.max,
    crowd_interval_p95_ms: busy.p95,
    crowd_interval_max_ms: busy.max,
    after_interval_p95_ms: after.p95,
    after_interval_max_ms: after.max,
  };
}

async function ask(program: AskedProcess, request: CrowdRequest): Promise<Come[]> {
  return await program.ask(JSON.stringify(request)) as Come[];
}

/** A link for watchers, as the query of a socket. */
async function invite({ user }: SteadyPlayer): Promise<string> {
  user.socket.send("share.create", { role: "watcher" });
  const answer = await user.next("share.create.response");
  if ("error" in answer) throw new Error(answer.error.message);
  return `share=${new URLSearchParams(answer.path.slice(2)).get("share")}`;
}

/** When each picture of the player was whole. */
interface Pictures extends Disposable {
  /** Those since the last call, in milliseconds. */
  take(): number[];
}

function watchPictures({ user }: SteadyPlayer): Pictures {
  let times: number[] = [];
  let { whole } = user.pictures;
  const { unSubscribe } = user.browser!.pc.dtlsTransports[0]!.onRtp.subscribe(() => {
    if (user.pictures.whole === whole) return;
    whole = user.pictures.whole;
    times.push(performance.now());
  });
  return {
    take() {
      const taken = times;
      times = [];
      return taken;
    },
    [Symbol.dispose]: unSubscribe,
  };
}

async function during(pictures: Pictures, process: number, act: () => Promise<unknown>) {
  pictures.take();
  const [cpu, began] = [cpuOf(process), performance.now()];
  await act();
  const took = performance.now() - began;
  const times = pictures.take();
  const intervals = times.slice(1).map((time, n) => time - times[n]!);
  return {
    took,
    cpu: cpuOf(process) - cpu,
    p95: round(percentile(intervals, 0.95)),
    max: round(Math.max(...intervals)),
  };
}

/** The processor time of a process and the one in it where it is confined, in milliseconds. */
function cpuOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = (Number(fields[11]) + Number(fields[12])) * 1_000 / TICKS;
  const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
  const pids = children === "" ? [] : children.split(" ");
  return pids.reduce((sum, child) => sum + cpuOf(Number(child)), own);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
