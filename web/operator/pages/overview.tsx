/**
 * The first look: what needs somebody, what is live, what is left.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { Mark } from "../../shared/mark.tsx";
import { type Concern, concerns } from "../model/attention.ts";
import { formatCount, formatSpan, plural } from "../model/format.ts";
import { type Stock, totals, zoneTotals } from "../model/totals.ts";
import { formatZone } from "../../shared/format.ts";
import { isWantedEnd, reasonWord } from "../model/words.ts";
import { senderColumns } from "../sender/columns.tsx";
import { useNow, useServices, useTopics } from "../services.ts";
import { Meter } from "../widgets/bars.tsx";
import { Ago } from "../widgets/figure.tsx";
import { Loading, Page, useLoaded } from "../widgets/page.tsx";
import { Table } from "../widgets/table.tsx";

/** Live streams listed here; all of them are one press away. */
const MOST_LIVE = 10;
const MOST_ENDS = 6;
const MOST_CONCERNS = 8;
const LIVE_COLUMNS = ["name", "state", "picture", "up", "loss", "rtt", "links", "since"];

export function OverviewPage() {
  useTopics("senders", "streams", "workers", "rooms");
  const loaded = [useLoaded("senders"), useLoaded("streams"), useLoaded("workers")];
  const ready = loaded.every(Boolean);
  return (
    <Page title="Overview">
      {ready
        ? (
          <>
            <FirstSteps />
            <Attention />
            <Strip />
            <div class="split">
              <LiveNow />
              <div class="side">
                <Capacity />
                <RecentEnds />
              </div>
            </div>
          </>
        )
        : <Loading what="the fleet" rows={8} />}
    </Page>
  );
}

/** On a new installation, what to do next; each step is ticked by what is really there. */
function FirstSteps() {
  const { fleet } = useServices();
  const senders = [...fleet.on.senders.value.values()];
  if (senders.some(({ enrolled_at }) => enrolled_at !== undefined)) return null;
  const steps = [
    {
      done: fleet.on.workers.value.size > 0,
      name: "Connect a worker",
      words: "It runs rooms and receives streams. npm start brings one along.",
      href: "/operator/workers",
    },
    {
      done: senders.length > 0,
      name: "Create a sender",
      words: "You get a one-time token, as a command to copy and as a QR code.",
      href: "/operator/senders",
    },
    {
      done: false,
      name: "Run the command on the box",
      words: "It enrols with a key of its own and appears here by itself.",
      href: "/operator/senders",
    },
  ];
  return (
    <section class="panel steps-panel" aria-labelledby="first-steps">
      <div class="panel-head">
        <h2 id="first-steps">First steps</h2>
      </div>
      <ol class="steps">
        {steps.map(({ done, name, words, href }) => (
          <li key={name} data-done={done}>
            <Icon name={done ? "check" : "chevron"} />
            <a href={href}>{name}</a>
            <span class="soft">{done ? "Done." : words}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Attention() {
  const { on } = useServices().fleet;
  const now = useNow();
  const all = concerns({
    alerts: on.alerts.value,
    senders: on.senders.value,
    streams: on.streams.value,
    workers: on.workers.value,
  }, now);
  if (all.length === 0) {
    return (
      <section class="attention" aria-label="Needs attention">
        <p class="attention-none">
          <Mark status="live" /> Nothing needs attention.
        </p>
      </section>
    );
  }
  return (
    <section class="attention" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      <ul>
        {all.slice(0, MOST_CONCERNS).map((concern) => (
          <ConcernRow key={concern.key} concern={concern} />
        ))}
      </ul>
      {all.length > MOST_CONCERNS && (
        <p class="small soft attention-more">
          And {formatCount(all.length - MOST_CONCERNS)} more of this kind.
        </p>
      )}
    </section>
  );
}

function ConcernRow({ concern }: { concern: Concern }) {
  const { tone, subject, sentence, since, href } = concern;
  const now = useNow();
  return (
    <li class="concern" data-tone={tone}>
      <Mark status={tone} />
      <b>{subject}</b>
      <span class="concern-text">{sentence}</span>
      <span class="soft figures concern-since">{formatSpan(now - since)}</span>
      <a class="button" href={href}>
        Open <span class="unseen">{subject}</span>
      </a>
    </li>
  );
}

function Strip() {
  const { on } = useServices().fleet;
  const sum = totals({
    senders: on.senders.value.values(),
    streams: on.streams.value.values(),
    workers: on.workers.value.values(),
    rooms: on.rooms.value.values(),
  });
  return (
    <div class="strip">
      <Tile
        href="/operator/streams"
        name="Live now"
        value={sum.live}
        {...(sum.changing > 0 ? { note: `${sum.changing} starting or stopping` } : {})}
      />
      <Tile href="/operator/senders" name="Senders online" value={sum.online} of={sum.senders} />
      <Tile href="/operator/rooms" name="Watching" value={sum.watching} />
      <Tile
        href="/operator/workers"
        name="Places free"
        value={sum.places.free}
        of={sum.places.all}
      />
      <Tile
        href="/operator/workers"
        name="Port pairs free"
        value={sum.ports.free}
        of={sum.ports.all}
      />
    </div>
  );
}

function Tile(
  { href, name, value, of, note }: {
    href: string;
    name: string;
    value: number;
    of?: number;
    note?: string;
  },
) {
  return (
    <a class="tile" href={href}>
      <span class="tile-name">{name}</span>
      <span class="tile-value figures">
        {formatCount(value)}
        {of !== undefined && <span class="tile-of">/ {formatCount(of)}</span>}
      </span>
      {note && <span class="tile-note">{note}</span>}
    </a>
  );
}

function LiveNow() {
  const { fleet } = useServices();
  const columns = useMemo(
    () => senderColumns().filter(({ key }) => LIVE_COLUMNS.includes(key)),
    [],
  );
  const live = [...fleet.on.senders.value.values()]
    .filter(({ stream }) => stream !== undefined)
    .toSorted((a, b) => (a.stream?.since ?? 0) - (b.stream?.since ?? 0));
  return (
    <section class="panel" aria-labelledby="live-now">
      <div class="panel-head">
        <h2 id="live-now">Live now</h2>
        {live.length > MOST_LIVE && (
          <a href="/operator/senders?show=live">All {formatCount(live.length)}</a>
        )}
      </div>
      {live.length === 0
        ? (
          <p class="panel-none soft">
            Nothing is live.{" "}
            <a href="/operator/senders?show=online">Start a sender that is online</a>.
          </p>
        )
        : (
          <Table
            label="Live now"
            rows={live.slice(0, MOST_LIVE)}
            columns={columns}
            rowKey={({ sender_id }) => sender_id}
            href={({ sender_id }) => `/operator/senders/${sender_id}`}
          />
        )}
    </section>
  );
}

/** What is left, by zone. */
function Capacity() {
  const { fleet } = useServices();
  const zones = zoneTotals(fleet.on.workers.value.values());
  return (
    <section class="panel" aria-labelledby="capacity">
      <div class="panel-head">
        <h2 id="capacity">Capacity</h2>
        <a href="/operator/workers">Workers</a>
      </div>
      {zones.length === 0 && <p class="panel-none soft">No worker has ever connected.</p>}
      <ul class="zones">
        {zones.map(({ zone, workers, lost, places, ports }) => (
          <li key={zone}>
            <div class="zone-head">
              <b>{formatZone(zone)}</b>
              <span class="soft fine">
                {plural(workers, "worker")}
                {lost > 0 && `, ${lost} lost`}
              </span>
            </div>
            <StockLine name="Places" stock={places} />
            <StockLine name="Port pairs" stock={ports} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function StockLine({ name, stock: { free, all } }: { name: string; stock: Stock }) {
  return (
    <div class="stock">
      <span class="soft fine">{name}</span>
      <Meter
        part={(all - free) / all}
        label={`${all - free} of ${all} ${name.toLowerCase()} taken`}
      />
      <span class="fine figures">
        {formatCount(free)} <span class="soft">/ {formatCount(all)} free</span>
      </span>
    </div>
  );
}

function RecentEnds() {
  const { fleet } = useServices();
  const ends = [...fleet.on.senders.value.values()]
    .flatMap(({ sender_id, name, last_end }) => last_end ? [{ sender_id, name, ...last_end }] : [])
    .toSorted((a, b) => b.at - a.at).slice(0, MOST_ENDS);
  return (
    <section class="panel" aria-labelledby="recent-ends">
      <div class="panel-head">
        <h2 id="recent-ends">Ended lately</h2>
        <a href="/operator/streams?show=ended">All</a>
      </div>
      {ends.length === 0 && <p class="panel-none soft">No stream has ended yet.</p>}
      <ul class="ends">
        {ends.map(({ stream_id, name, reason, message, at }) => (
          <li key={stream_id}>
            <a href={`/operator/streams/${stream_id}`}>
              <Mark status={isWantedEnd(reason) ? "off" : "attention"} />
              <b>{name}</b>
              <span class="cut soft" title={message}>{reasonWord(reason)}</span>
              <span class="fine soft">
                <Ago at={at} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
