/**
 * The shape that the tree keeps: which package may import which, and the names that only a few files may use.
 *
 * @module
 */

/** Names that only some files may use. `allowed` holds those files, each with its reason. */
export interface Guard {
  /** Description of the names, for the message. */
  readonly what: string;
  /** The names, as `Use` of `facts.ts` writes them. */
  readonly uses: RegExp;
  readonly allowed: Readonly<Record<string, string>>;
}

/** Modules that only some files may import, so that code that depends on them stays in one place. */
export interface Boundary {
  /** The imported modules: names of packages, and paths of files from the root. */
  readonly modules: RegExp;
  /** Paths of the files that may import it. */
  readonly importers: RegExp;
  /** The importers in words, for the message. */
  readonly who: string;
}

/** What a program may not do both: start processes, and load native code. */
export interface ProcessRule {
  /** Names whose use starts a process, as `Use` of `facts.ts` writes them. */
  readonly starts: RegExp;
  /** Packages with native code that runs threads. */
  readonly nativeModules: RegExp;
  /** Names whose use loads native code. */
  readonly nativeUses: RegExp;
}

/** The rules that `checkShape` applies. */
export interface Rules {
  /** The packages of the product and what each may import besides itself. */
  readonly product: Readonly<Record<string, readonly string[]>>;
  /** Folders that may import everything. */
  readonly free: readonly string[];
  /** Paths below which every exported symbol has a docstring. */
  readonly documented: readonly string[];
  readonly maxLines: number;
  /** Most source files in one folder. */
  readonly maxFiles: number;
  /** These apply to the product, not to tests and tools. */
  readonly guards: readonly Guard[];
  /** These apply to the product, as the guards do. */
  readonly boundaries: readonly Boundary[];
  /** Applies to every program but the tests. */
  readonly processes: ProcessRule;
}

/** The rules of this tree. */
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
    "worker/",
    "coordinator/",
    "web/",
    "media/",
    "agent/",
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
        "protocol/process/environment.ts": "passes the system's part of it on to children",
      },
    },
    {
      what: "WebSockets",
      uses:
        /^(new (\w+\.)?WebSocket(Stream|Server)?(\(\))?|Deno\.upgradeWebSocket|upgradeWebSocket\(\))$/,
      allowed: {
        "coordinator/sockets/socket.ts": "is the coordinator's end of every leg",
        "protocol/connection/ws_dial.ts": "is the dialling end of worker and agent",
        "worker/media_socket/media_sockets.ts": "is the worker's end of media sockets",
        "web/shared/socket/web_socket.ts": "is the dialling end of the browser",
        "examples/list_library.ts": "shows a client of the user leg",
        "examples/send_file.ts": "shows a client of the agent leg",
      },
    },
  ],
  boundaries: [
    { modules: /^werift(\/|$)/, importers: /^worker\/werift\//, who: "worker/werift/" },
    {
      // Code that paces and packs a viewer's stream must work with any transport.
      modules: /^worker\/werift\//,
      importers: /^worker\/(werift\/|(room\/main|ingest\/thread)\.ts$)/,
      who: "worker/werift/, worker/room/main.ts and worker/ingest/thread.ts",
    },
  ],
  processes: {
    starts: /^(node:child_process#(fork|spawn|exec|execFile)(Sync)?|new Deno\.Command)$/,
    nativeModules: /^(node-av|rolldown|vite)(\/|$)/,
    nativeUses: /^Deno\.dlopen$/,
  },
};
