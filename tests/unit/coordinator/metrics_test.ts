import { deepEqual, equal } from "node:assert/strict";
import { Metrics } from "../../../coordinator/metrics.ts";

Deno.test("[MET1] a counter has its help, its type and one line for each of its labels", () => {
  const metrics = new Metrics();
  metrics.count("farpad_messages_total", { leg: "user" });
  metrics.count("farpad_messages_total", { leg: "user" });
  metrics.count("farpad_messages_total", { leg: "worker" });
  deepEqual(metrics.render().split("\n"), [
    "# HELP farpad_messages_total Messages received, by leg",
    "# TYPE farpad_messages_total counter",
    'farpad_messages_total{leg="user"} 2',
    'farpad_messages_total{leg="worker"} 1',
    "",
  ]);
});

Deno.test("[MET1] a gauge is read each time the metrics are rendered", () => {
  const metrics = new Metrics();
  let rooms = 1;
  metrics.gauge("farpad_rooms", { help: "Rooms open", read: () => [{ value: rooms }] });
  rooms = 3;
  equal(
    metrics.render(),
    "# HELP farpad_rooms Rooms open\n# TYPE farpad_rooms gauge\nfarpad_rooms 3\n",
  );
});

Deno.test("[MET1] quotes, backslashes and line ends in a label do not break the line", () => {
  const metrics = new Metrics();
  metrics.count("farpad_messages_total", { leg: 'a"b\\c\nd' });
  equal(metrics.render().split("\n")[2], 'farpad_messages_total{leg="a\\"b\\\\c\\nd"} 1');
});
