import { deepEqual, equal, match } from "node:assert/strict";
import { forBrowser, forWorker } from "../../../support/relay/candidates.ts";

const HOST = "candidate:1 1 udp 2130706431 10.0.0.5 40000 typ host";
const SDP = `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=${HOST}\r\na=${
  HOST.replace("10.0.0.5", "fe80::1")
}\r\na=mid:0\r\n`;

function setup() {
  const asked: string[] = [];
  const front = ({ host, port }: { host: string; port: number }) => {
    asked.push(`${host}:${port}`);
    return Promise.resolve(5_000 + asked.length);
  };
  return { asked, front };
}

const message = (type: string, payload: unknown) => JSON.stringify({ id: "1", type, payload });

Deno.test("the worker's candidates become the relay's, in an offer and trickled", async () => {
  const { asked, front } = setup();
  const offer = await forBrowser(message("webrtc.offer", { peer_id: "p", sdp: SDP }), front);
  equal(
    JSON.parse(offer!).payload.sdp,
    "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n" +
      "a=candidate:1 1 udp 2130706431 127.0.0.1 5001 typ host\r\na=mid:0\r\n",
  );
  const trickled = message("webrtc.candidate", { peer_id: "p", candidate: `${HOST} ufrag x` });
  match((await forBrowser(trickled, front))!, /udp 2130706431 127\.0\.0\.1 5002 typ host"/);
  deepEqual(asked, ["10.0.0.5:40000", "10.0.0.5:40000"]);
});

Deno.test("candidates that the relay cannot stand for are dropped, the end of them is not", async () => {
  const { asked, front } = setup();
  for (const changed of [HOST.replace("udp", "tcp"), HOST.replace("10.0.0.5", "::1")]) {
    const text = message("webrtc.candidate", { peer_id: "p", candidate: changed });
    equal(await forBrowser(text, front), undefined);
  }
  const end = message("webrtc.candidate", { peer_id: "p", candidate: "" });
  deepEqual([await forBrowser(end, front), forWorker(end), asked], [end, end, []]);
});

Deno.test("the browser's own candidates do not reach the worker", () => {
  const answer = forWorker(message("webrtc.answer", { peer_id: "p", sdp: SDP }))!;
  equal(
    JSON.parse(answer).payload.sdp,
    "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n",
  );
  equal(forWorker(message("webrtc.candidate", { peer_id: "p", candidate: HOST })), undefined);
});

Deno.test("other messages pass unchanged", async () => {
  const other = message("session.ready", { candidate: HOST });
  deepEqual([await forBrowser(other, setup().front), forWorker(other)], [other, other]);
});
