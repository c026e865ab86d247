/**
 * Settings that coordinator and worker have in common.
 *
 * @module
 */
import { LEVELS, LOG_FORMATS } from "../log.ts";
import { hostsAndNetworks } from "./addresses.ts";
import type { Setting } from "./table.ts";
import { choice, secretText, text } from "./values.ts";

/** Settings that coordinator and worker both have. */
export const SHARED_SETTINGS = {
  data: { read: text, initial: "data", help: "Folder of everything that is kept" },
  logLevel: {
    read: choice(LEVELS),
    initial: "info",
    help: "Least level that is logged: `debug`, `info`, `warn` or `error`",
  },
  logFormat: {
    read: choice(LOG_FORMATS),
    initial: "auto",
    help:
      "`json`: each line of the log is a JSON object; `text`: a line for people, of level `warn` and above; `auto`: `text` at a terminal, `json` elsewhere",
  },
  allowedHosts: {
    read: hostsAndNetworks,
    initial: "",
    help:
      "Hosts and networks inside a private network that streams, webhooks and sign-in may go to, such as `10.1.0.0/16`",
  },
  workerCredential: {
    read: secretText,
    help:
      "Lets a worker in: the worker sends it, the coordinator accepts it besides those it made itself",
    secret: true,
  },
} as const satisfies Record<string, Setting<unknown>>;
