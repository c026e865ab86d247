/**
 * Counters and gauges in the Prometheus text format (version 0.0.4).
 *
 * @module
 */

/** The labels of one series: values by name. */
export type Labels = Readonly<Record<string, string>>;

/** One reading of a gauge. */
export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** A counter: the number of events since the process started. */
export interface Count {
  value: number;
}

interface Gauge {
  readonly help: string;
  readonly read: () => readonly Sample[];
}

/** The help text of every counter. */
const COUNTERS = {
  farpad_connections_ended_total:
    "TCP connections ended by the coordinator, by the limit that they were beyond",
  farpad_requests_limited_total:
    "Requests that came sooner than the rate of their network allows, by how they were treated",
  farpad_sockets_opened_total: "WebSockets accepted, by leg",
  farpad_sockets_closed_total:
    "WebSockets closed, by leg and close code; 0 when the other end left",
  farpad_sockets_refused_total: "WebSockets refused before the upgrade, by leg and reason",
  farpad_messages_total: "Messages received, by leg",
  farpad_messages_refused_total: "Messages refused, by leg and reason",
  farpad_worker_hellos_refused_total: "Workers refused for their credential",
  farpad_sessions_total: "Sessions begun, by how: new, resumed, adopted",
  farpad_sessions_ended_total: "Sessions ended, by reason",
  farpad_no_capacity_total: "Times a player got no place because none was free",
  farpad_relayed_total: "Messages relayed between players and workers, by direction",
} as const;
/** The name of a counter. */
export type CounterName = keyof typeof COUNTERS;

/** The counters and gauges of the process. */
export class Metrics {
  readonly #counts = new Map<CounterName, Map<string, Count>>();
  readonly #gauges = new Map<string, Gauge>();

  /** Adds one. Label values must come from a closed set, because each combination is kept until the process ends. */
  count(name: CounterName, labels: Labels = {}): void {
    this.counter(name, labels).value += 1;
  }

  /** The counter itself, for events that are too frequent to look it up each time. */
  counter(name: CounterName, labels: Labels = {}): Count {
    const series = this.#counts.get(name) ?? new Map<string, Count>();
    this.#counts.set(name, series);
    const key = format(labels);
    const known = series.get(key);
    if (known) return known;
    const fresh = { value: 0 };
    series.set(key, fresh);
    return fresh;
  }

  /** Adds a gauge, whose `read` is called for each {@linkcode render}. */
  gauge(name: string, gauge: Gauge): void {
    this.#gauges.set(name, gauge);
  }

  /** All metrics as text. */
  render(): string {
    const lines: string[] = [];
    for (const [name, series] of this.#counts) {
      lines.push(`# HELP ${name} ${COUNTERS[name]}`, `# TYPE ${name} counter`);
      for (const [labels, { value }] of series) lines.push(`${name}${labels} ${value}`);
    }
    for (const [name, { help, read }] of this.#gauges) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
      for (const { value, labels = {} } of read()) lines.push(`${name}${format(labels)} ${value}`);
    }
    return lines.join("\n") + "\n";
  }
}

function format(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
