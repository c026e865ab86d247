import { deepEqual, equal } from "node:assert/strict";
import { AppId, RecordingId, RoomId } from "../../../../protocol/ids.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  downloadName,
  FileServer,
  MOST_ANSWERS_OF_ONE,
} from "../../../../worker/recording/file_server.ts";
import {
  FILE_TICKET_LIFETIME,
  FileTickets,
  MOST_FILE_TICKETS,
  MOST_OF_RECORDING,
} from "../../../../worker/recording/file_tickets.ts";
import { readRange } from "../../../../worker/recording/range.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

Deno.test("[REC10] a range is served as it was asked for, or the whole file", () => {
  deepEqual(readRange("bytes=0-99", 1_000), { first: 0, last: 99 });
  deepEqual(readRange("bytes=900-", 1_000), { first: 900, last: 999 });
  deepEqual(readRange("bytes=-100", 1_000), { first: 900, last: 999 });
  deepEqual(readRange("bytes=-5000", 1_000), { first: 0, last: 999 });
  deepEqual(readRange("bytes=5-999999", 1_000), { first: 5, last: 999 });
  for (const outside of ["bytes=1000-", "bytes=-0", "bytes=1000-1001"]) {
    equal(readRange(outside, 1_000), "outside", outside);
  }
  for (
    const whole of [
      undefined,
      "",
      "bytes=-",
      "bytes=5-2",
      "bytes=0-1,5-6",
      "lines=1-2",
      "bytes=a-b",
    ]
  ) {
    equal(readRange(whole, 1_000), undefined, String(whole));
  }
});

Deno.test("[REC9] an address is good for one recording, for twelve hours", async () => {
  const clock = new FakeClock();
  const tickets = new FileTickets({ clock, random: new SeededRandom() });
  const [one, two] = ["rec_1", "rec_2"].map((id) => RecordingId.parse(id)) as [
    RecordingId,
    RecordingId,
  ];
  const ticket = tickets.give(one);
  equal(tickets.find(ticket), one);
  equal(tickets.find(ticket), one);
  equal(tickets.find("rec_1"), undefined);
  await clock.run(FILE_TICKET_LIFETIME);
  equal(tickets.find(ticket), undefined);
  const oldest = tickets.give(one);
  const ofTwo = tickets.give(two);
  for (let n = 0; n < MOST_OF_RECORDING; n++) tickets.give(two);
  equal(tickets.find(ofTwo), undefined, "one recording has no more than its share");
  equal(tickets.find(oldest), one);
  for (let n = 0; n < MOST_FILE_TICKETS; n++) tickets.give(RecordingId.parse(`rec_${n + 3}`));
  equal(tickets.find(oldest), undefined);
});

Deno.test("[REC9] names of downloads come from titles, without what leads out of a folder", () => {
  const about = {
    recording_id: RecordingId.parse("rec_1"),
    kind: "recording",
    room_id: RoomId.parse("room_1"),
    app_id: AppId.parse("duel"),
    started_at: Date.UTC(2026, 0, 2, 3, 4, 5),
  } as const;
  const names = ["Duel", "../../etc/passwd", 'a"b\\c:d', "…", "\u0000\n"].map((title) =>
    downloadName({ ...about, title }, "video")
  );
  deepEqual(names, [
    "Duel 2026-01-02T03-04-05.mp4",
    "_.._etc_passwd 2026-01-02T03-04-05.mp4",
    "a_b_c_d 2026-01-02T03-04-05.mp4",
    "… 2026-01-02T03-04-05.mp4",
    "__ 2026-01-02T03-04-05.mp4",
  ]);
});

/** A server of two recordings, with a reader whose connection takes nothing beyond the first piece. */
async function slowReaders() {
  const clock = new FakeClock();
  const tickets = new FileTickets({ clock, random: new SeededRandom() });
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, new Uint8Array(1_000_000));
  const shelf = { pathOf: () => path, find: () => ({ error: {} }) };
  const files = new FileServer(clock, { shelf, tickets } as never);
  const [one = "", two = ""] = ["rec_1", "rec_2"].map((id) => tickets.give(RecordingId.parse(id)));
  const statuses: number[] = [];
  const read = (ticket: string, { leaves = false } = {}) => {
    const answering = Promise.withResolvers<void>();
    // A response that is destroyed takes no bytes, and has sent its last event.
    const response = {
      destroyed: false,
      writeHead: (status: number) => void statuses.push(status),
      write() {
        this.destroyed = leaves;
        answering.resolve();
        return false;
      },
      destroy() {
        this.destroyed = true;
      },
      end: () => answering.resolve(),
      setHeader() {},
      on() {},
      off() {},
    };
    const message = { url: `/recordings/${ticket}/video.mp4`, method: "GET", headers: {} };
    const answered = files.answer(
      message as unknown as IncomingMessage,
      response as unknown as ServerResponse,
    );
    return { response, answering: answering.promise, answered };
  };
  return { clock, one, two, statuses, read };
}

for (const leaves of [true, false]) {
  const when = leaves ? "while the file is read" : "without a notice";
  Deno.test(`[REC10] an answer ends when its reader leaves ${when}`, async () => {
    const { clock, one, read } = await slowReaders();
    const { response, answering, answered } = read(one, { leaves });
    await answering;
    await clock.run(60_000);
    await answered;
    equal(response.destroyed, true);
  });
}

Deno.test("[REC10] slow readers of one recording leave room for those of another", async () => {
  const { clock, one, two, statuses, read } = await slowReaders();
  const slow = Array.from({ length: MOST_ANSWERS_OF_ONE }, () => read(one));
  await Promise.all(slow.map(({ answering }) => answering));
  await read(one).answering;
  equal(statuses.at(-1), 503);
  const other = read(two);
  await other.answering;
  equal(statuses.at(-1), 200);
  await clock.run(60_000);
  await Promise.all([...slow, other].map(({ answered }) => answered));
  await read(one).answering;
  equal(statuses.at(-1), 200, "and have it again later");
  await clock.run(60_000);
});
