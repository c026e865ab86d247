import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  Candidates,
  checkAnswer,
  checkCandidate,
  MAX_CANDIDATES,
  MAX_PER_HOST,
} from "../../../../worker/werift/answer.ts";

const ANSWER = [
  "v=0",
  "o=- 1 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0 1 2",
  "m=video 9 UDP/TLS/RTP/SAVPF 97 98",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:0123456789abcdef012345",
  "a=fingerprint:sha-256 00:11",
  "a=setup:active",
  "a=candidate:1 1 udp 1 192.0.2.7 5000 typ host",
  "a=candidate:2 1 udp 1 5f2a-11.local 5001 typ host",
  "a=candidate:3 1 tcp 1 192.0.2.7 9 typ host tcptype active",
  "a=end-of-candidates",
  "a=rtpmap:97 H264/90000",
  "a=rtpmap:98 rtx/90000",
  "m=audio 9 UDP/TLS/RTP/SAVPF 96",
  "a=rtpmap:96 opus/48000/2",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
];

function answerWith(change: (line: string) => string | undefined): string {
  return ANSWER.flatMap((line) => change(line) ?? []).join("\r\n") + "\r\n";
}

function refusal(change: (line: string) => string | undefined): string {
  const checked = checkAnswer(answerWith(change));
  ok("error" in checked, "the answer was taken");
  return checked.error;
}

Deno.test("[PEE1] useless candidates and the end of candidates are removed from an answer, and nothing else", () => {
  const checked = checkAnswer(answerWith((line) => line));
  ok("sdp" in checked);
  deepEqual(
    ANSWER.filter((line) => !checked.sdp.includes(line + "\r\n")),
    ANSWER.slice(11, 14),
  );
});

Deno.test("[PEE2] an answer that cannot work is refused with the reason", () => {
  match(refusal((line) => line.replace("H264", "AV1")), /neither H\.264 nor VP8/);
  match(refusal((line) => line.replace("m=video 9", "m=video 0")), /rejects the video/);
  match(refusal((line) => line.replace("m=video", "m=text")), /rejects the video/);
  match(refusal((line) => line.replace("m=application 9", "m=application 0")), /data channels/);
  match(refusal((line) => line.startsWith("m=application") ? undefined : line), /data channels/);
  for (const name of ["fingerprint", "ice-ufrag", "ice-pwd"]) {
    match(refusal((line) => line.startsWith(`a=${name}`) ? undefined : line), new RegExp(name));
  }
});

Deno.test("[PEE2] an answer with VP8 only is accepted", () => {
  ok("sdp" in checkAnswer(answerWith((line) => line.replace("H264", "VP8"))));
});

Deno.test("[PEE2] any text that is not a session description is refused", () => {
  for (const text of ["", "v=1", "hello", "\r\n\r\n", "{}"]) ok("error" in checkAnswer(text));
  fc.assert(fc.property(fc.string({ maxLength: 500 }), (text) => {
    ok("error" in checkAnswer(`v=0\r\n${text}`));
  }));
});

Deno.test("[PEE3] only candidates with UDP and an IP address are used; host names are not looked up", () => {
  const kinds = {
    "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0": "useful",
    "candidate:1 1 UDP 1 2001:db8::1 50000 typ srflx raddr 0.0.0.0 rport 0": "useful",
    "candidate:1 1 udp 1 192.0.2.1 1 typ relay": "useful",
    "candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active": "useless",
    "candidate:1 1 udp 1 0f3c-4a.local 50000 typ host": "useless",
    "candidate:1 1 udp 1 example.com 50000 typ host": "malformed",
    "candidate:1 1 udp 1 evil.local.example.com 50000 typ host": "malformed",
    "candidate:1 1 udp 1 999.0.2.1 50000 typ host": "malformed",
    "candidate:1 1 udp 1 192.0.2.1 0 typ host": "malformed",
    "candidate:1 1 udp 1 192.0.2.1 65536 typ host": "malformed",
    "candidate:1 1 udp 1 192.0.2.1 50000 typ other": "malformed",
    "candidate:1 1 udp 1 192.0.2.1 50000 typ hosts": "malformed",
    "candidate:1 1 sctp 1 192.0.2.1 50000 typ host": "malformed",
    "candidate:": "malformed",
  };
  for (const [candidate, kind] of Object.entries(kinds)) {
    equal(checkCandidate(candidate), kind, candidate);
  }
});

Deno.test("[PEE3] no candidate can add a line to the answer", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const checked = checkAnswer(
      answerWith((line) => line.includes("192.0.2.7 5000") ? `a=candidate:${text}` : line),
    );
    if ("sdp" in checked) {
      doesNotMatch(checked.sdp, /a=candidate:(?!\S+ \d+ udp \d+ [\d.a-f:]+ \d+ typ)/i);
    }
  }));
});

const candidateOf = (host: string, port: number) => `candidate:1 1 udp 1 ${host} ${port} typ host`;

Deno.test("[PEE3] candidates of an answer and later ones count together, and each only once", () => {
  const candidates = new Candidates();
  const lines = Array.from(
    { length: MAX_CANDIDATES + 5 },
    (_, n) => `a=${candidateOf(`192.0.2.${n}`, 5_000)}`,
  );
  const checked = checkAnswer(
    answerWith((line) => line.startsWith("a=candidate:1") ? lines.join("\r\n") : line),
    candidates,
  );
  ok("sdp" in checked);
  equal(checked.sdp.match(/^a=candidate:/gm)?.length, MAX_CANDIDATES);
  equal(candidates.check(candidateOf("192.0.2.200", 5_000)), "too_many");
  equal(candidates.check(candidateOf("192.0.2.1", 5_000)), "useful");
});

Deno.test("[PEE3] one address counts with a few ports only", () => {
  const candidates = new Candidates();
  const found = Array.from(
    { length: MAX_PER_HOST + 1 },
    (_, n) => candidates.check(candidateOf("192.0.2.1", 5_000 + n)),
  );
  equal(found.filter((each) => each === "useful").length, MAX_PER_HOST);
  equal(found.at(-1), "too_many");
});

Deno.test("[PEE3] addresses that are not of one host are useless", () => {
  for (const host of ["0.0.0.0", "224.0.0.1", "239.1.1.1", "255.255.255.255", "::", "ff02::1"]) {
    equal(checkCandidate(candidateOf(host, 5_000)), "useless", host);
  }
  for (const host of ["223.0.0.1", "10.0.0.1", "fe80::1", "2001:db8::1"]) {
    equal(checkCandidate(candidateOf(host, 5_000)), "useful", host);
  }
});
