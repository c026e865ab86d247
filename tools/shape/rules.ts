/**
 * The shape that the tree keeps: which package may import which, and what only a few files may touch.
 *
 * @module
 */

/** Something that stays behind one door: the files that may use it, each with its reason. */
export interface Guard {
  /** What is guarded, in words. */
  readonly what: string;
  /** Names as {@linkcode Facts} tells them. */
  readonly uses: RegExp;
  readonly allowed: Readonly<Record<string, string>>;
}

/** Modules that only some files may import, so that what knows them stays in one place. */
export interface Boundary {
  /** What is imported: names of packages, and paths of ours from the root. */
  readonly modules: RegExp;
  /** Paths of the files that may import it. */
  readonly importers: RegExp;
  /** The importers in words, for the message. */
  readonly who: string;
}

export interface Rules {
  /** The packages of the product and what each may import besides itself. */
  readonly product: Readonly<Record<string, readonly string[]>>;
  /** Folders that may import everything. */
  readonly free: readonly string[];
  /** Paths below which every exported symbol has a docstring. */
  readonly documented: readonly string[];
  readonly maxLines: number;
  /** Source files in one folder. */
  readonly maxFiles: number;
  /** These hold in the product; tests and tools are free of them. */
  readonly guards: readonly Guard[];
  /** These hold in the product, as the guards do. */
  readonly boundaries: readonly Boundary[];
}

export const RULES: Rules = {
  product: {
    protocol: [],
    media: ["protocol"],
    coordinator: ["protocol"],
    worker: ["protocol", "media"],
    agent: ["protocol", "media"],
    web: ["protocol"],
    examples: ["protocol", "media", "worker", "agent"],
  },
  free: ["tests", "tools"],
  documented: [
    "protocol/",
    "examples/",
    "coordinator/accounts/",
    "coordinator/records/",
    "coordinator/operators/",
    "coordinator/fleet/",
    "coordinator/alerts/",
    "coordinator/adapters/",
    "coordinator/domain/",
    "coordinator/streams/",
    "worker/library/",
    "web/operator/",
  ],
  maxLines: 400,
  maxFiles: 14,
  guards: [
    {
      what: "time",
      uses:
        /^(Date\.now|Date\(\)|new Date\(\)|performance\.(now|timeOrigin)|set(Timeout|Interval|Immediate)(\(\))?|AbortSignal\.timeout|node:(timers|timers\/promises|perf_hooks)#.*)$/,
      allowed: { "protocol/clock.ts": "is the clock" },
    },
    {
      what: "chance",
      uses:
        /^(Math\.random|crypto\.(randomUUID|getRandomValues)|node:crypto#(random(Bytes|UUID|Int|Fill|FillSync)|webcrypto))$/,
      allowed: { "protocol/random.ts": "is the source of chance" },
    },
    {
      what: "the environment",
      uses: /^((Deno|process)\.env|node:process#env)$/,
      allowed: {
        "coordinator/config.ts": "reads the coordinator's settings",
        "worker/config.ts": "reads the worker's settings",
        "agent/config.ts": "reads the agent's settings",
      },
    },
    {
      what: "WebSockets",
      uses:
        /^(new (\w+\.)?WebSocket(Stream|Server)?(\(\))?|Deno\.upgradeWebSocket|upgradeWebSocket\(\))$/,
      allowed: {
        "coordinator/sockets/socket.ts": "is the coordinator's end of every leg",
        "protocol/connection/ws_dial.ts": "is the dialling end of worker and agent",
        "web/shared/leg_socket.ts": "is the dialling end of the browser",
        "examples/list_library.ts": "shows a client of the user leg",
        "examples/send_file.ts": "shows a client of the agent leg",
      },
    },
  ],
  boundaries: [
    { modules: /^werift(\/|$)/, importers: /^worker\/werift\//, who: "worker/werift/" },
    {
      // What shapes a viewer's stream works with any transport.
      modules: /^worker\/werift\//,
      importers: /^worker\/(werift\/|room\/main\.ts$)/,
      who: "worker/werift/ and worker/room/main.ts",
    },
  ],
};
