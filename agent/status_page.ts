/**
 * A page for a person at the device. It shows whether the device is enrolled and online, what it sends, and the last
 * error. It is served on loopback only and changes nothing.
 *
 * @module
 */
import { errorText } from "../protocol/error_text.ts";
import type { DeviceStatus } from "../protocol/field/device.ts";
import type { Log } from "../protocol/log.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { LoginState } from "./login.ts";

/** Everything that the page shows. */
export interface PageFacts {
  readonly version: string;
  readonly hostname: string;
  readonly coordinator: string | undefined;
  readonly senderId: string | undefined;
  readonly login: LoginState;
  readonly stream: Pick<Broadcaster, "state" | "running" | "last">;
  readonly update: DeviceStatus["update"];
  readonly interfaces: DeviceStatus["network_interfaces"];
}

/** The page while it is served. Disposing ends the server. */
export interface StatusPage extends AsyncDisposable {
  readonly port: number;
}

/** Serves the page; `undefined` when the port is taken, which is logged. */
export function serveStatusPage(
  { port, log, facts }: {
    readonly port: number;
    readonly log: Log;
    readonly facts: () => Promise<PageFacts>;
  },
): StatusPage | undefined {
  try {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      async (request) => {
        const { pathname, host } = new URL(request.url);
        // A foreign page may point its own host name at this address (DNS rebinding): other names are refused.
        if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) {
          return new Response("Not here\n", { status: 403 });
        }
        if (pathname !== "/") {
          return new Response("There is only one page, at /\n", { status: 404 });
        }
        return new Response(renderPage(await facts()), {
          headers: {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
            "cache-control": "no-store",
          },
        });
      },
    );
    return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
  } catch (error) {
    log.warn("no status page", { port, error: errorText(error) });
    return undefined;
  }
}

/** The page as HTML, with every text escaped. */
export function renderPage(facts: PageFacts): string {
  const { login, stream, version, hostname, coordinator, senderId, update, interfaces } = facts;
  const { stats, end } = stream.last;
  const [tone, headline] = headlineOf(facts);
  const rows: [string, string | undefined][] = [
    ["Sender", login.state === "online" ? `${login.config.name} (${login.senderId})` : senderId],
    ["Coordinator", coordinator ?? "not set"],
    ["Connection", login.state === "online" ? "online" : `${login.state}. ${login.why ?? ""}`],
    ["Clock", skewOf(login)],
    ["Stream", stream.state === "idle" ? "none" : `${stream.state} ${stream.running.join(", ")}`],
    [
      "Sending",
      stream.state === "streaming" && stats
        ? `${stats.encoder_bitrate_kbps} kbit/s, ${stats.framerate ?? "?"} pictures a second`
        : undefined,
    ],
    ["Source", stream.state === "streaming" ? sourceOf(stats) : undefined],
    ["Last end", end && `${end.reason}. ${end.error ?? ""}`],
    [
      "Update",
      update ? `${update.state} ${update.version ?? ""} ${update.detail ?? ""}` : undefined,
    ],
    ["Agent", `${version} on ${hostname}`],
  ];
  const links = interfaces.map(({ name, type, state, ip, signal_dbm }) =>
    `<tr><td>${escape(name)}<td>${type}<td>${state}<td>${escape(ip ?? "–")}<td>${
      signal_dbm == null ? "–" : `${signal_dbm} dBm`
    }`
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="3">
<title>Farpad agent</title><style>${STYLE}</style>
<h1>farpad agent</h1><p class="${tone}">${escape(headline)}</p><dl>
${
    rows.flatMap(([name, value]) => value ? [`<dt>${name}<dd>${escape(value.trim())}`] : [])
      .join("\n")
  }
</dl><h2>Links</h2><table><tr><th>Name<th>Type<th>State<th>Address<th>Signal
${links.join("\n")}</table></html>
`;
}

function headlineOf(
  { login, senderId, stream }: PageFacts,
): ["live" | "attention" | "off", string] {
  if (login.state === "online") {
    if (stream.state !== "streaming") return ["live", "Online, ready to send"];
    const isLost = stream.last.stats?.input?.state === "lost";
    return isLost ? ["attention", "The source is lost; opening it again"] : ["live", "Sending"];
  }
  if (senderId === undefined) return ["attention", "Not enrolled yet"];
  return ["off", "No contact with the coordinator; trying again"];
}

function sourceOf(stats: PageFacts["stream"]["last"]["stats"]): string | undefined {
  const input = stats?.input;
  if (input?.state !== "lost") return undefined;
  return `lost for ${input.lost_for_s} s; the stream ends in ${input.gives_up_in_s} s. ${input.error}`;
}

function skewOf(login: LoginState): string | undefined {
  if (login.state !== "online" || login.skew === undefined) return undefined;
  const seconds = Math.round(login.skew / 1000);
  if (Math.abs(seconds) < 2) return "right";
  return `${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} the coordinator`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root{color-scheme:light dark;font:16px/1.4 Inter,system-ui,sans-serif;
--ink:light-dark(#1a2228,#e6ebee);--paper:light-dark(#fafbfb,#12181d);--line:light-dark(#d5dbdf,#2b353c);
--live:light-dark(#0b7a3e,#4cc984);--attention:light-dark(#8a5a00,#e8b04b);--off:light-dark(#5c6a73,#93a2ac)}
body{max-width:44rem;margin:32px auto;padding:0 16px;color:var(--ink);background:var(--paper)}
h1{font-size:16px;color:var(--off);margin:0}h2{font-size:16px;margin:32px 0 8px}
p{font-size:28px;line-height:1.15;margin:8px 0 24px}
p::before{content:"";display:inline-block;width:14px;height:14px;margin-right:10px;background:currentColor}
.live{color:var(--live)}.live::before{border-radius:50%}
.attention{color:var(--attention)}.attention::before{clip-path:polygon(50% 0,100% 100%,0 100%)}
.off{color:var(--off)}
dl{display:grid;grid-template-columns:8rem 1fr;gap:8px 16px;margin:0}dt{color:var(--off)}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:500;color:var(--off)}th,td{padding:6px 8px 6px 0;border-top:1px solid var(--line)}
@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:12px}}`;
