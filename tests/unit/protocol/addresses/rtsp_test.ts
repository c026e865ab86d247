import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { publicRtsp, readRtsp, writeRtsp } from "../../../../protocol/addresses/rtsp.ts";

function read(text: string) {
  const address = readRtsp(text);
  ok(!("error" in address), "error" in address ? `${text}: ${address.error}` : text);
  return address;
}

Deno.test("[ADR1] user name and password of a camera are read as people type them", () => {
  const cases: [text: string, user: string, password: string, rest: string][] = [
    ["rtsp://u:p@cam.local:554/1", "u", "p", "cam.local:554/1"],
    ["rtsp://admin:pa/ss#wo?rd@10.0.0.5/stream", "admin", "pa/ss#wo?rd", "10.0.0.5/stream"],
    ["rtsp://admin:p@ss@cam/live?profile=1#x", "admin", "p@ss", "cam/live?profile=1#x"],
    ["rtsp://admin:pa%2Fss%23@cam/", "admin", "pa/ss#", "cam/"],
    ["rtsp://admin:100%@cam", "admin", "100%", "cam"],
    ["rtsp://admin:100%25@cam", "admin", "100%", "cam"],
    ["rtsp://admin:a+b c@[::1]:8554/x", "admin", "a+b c", "[::1]:8554/x"],
    ["rtsps://admin@cam/x", "admin", "", "cam/x"],
    ["rtsp://admin:@cam/x", "admin", "", "cam/x"],
    ["RTSP://u:p:q@CAM/x", "u", "p:q", "cam/x"],
    ["rtsp://u:schl\u00fcssel/\u00e9@cam/x", "u", "schl\u00fcssel/\u00e9", "cam/x"],
  ];
  for (const [text, user, password, rest] of cases) {
    const address = read(text);
    deepEqual(address.credentials, { user, password }, text);
    equal(writeRtsp({ ...address, credentials: undefined }), `${address.scheme}://${rest}`);
  }
});

Deno.test("[ADR1] an address without a user is read with its path as it is", () => {
  for (const text of ["rtsp://cam/profile@1/main", "rtsp://cam:554/x#2", "rtsp://cam?a=b/c@d"]) {
    const address = read(text);
    equal(address.credentials, undefined);
    equal(writeRtsp(address), text);
  }
  equal(writeRtsp(read("rtsp://cam/live stream")), "rtsp://cam/live%20stream");
});

Deno.test("[ADR2] a camera address with two readings, or none, is refused without showing a password", () => {
  const refused = [
    "rtsp://admin:1234/SECRET@192.168.1.5/stream",
    "rtsp://admin:p@SECRET/x@cam.local/stream",
    "rtsp://admin:p/SECRET@one/x@two/y",
    "rtsp://admin:p/SECRET",
    "rtsp://u:SECRET@",
    "rtsp://u:SECRET@host:99999/",
    "http://u:SECRET@cam/",
    "rtsp:u:SECRET@cam/",
    "rtsp://u:SECRET\r\n@cam/",
    'rtsp://a"b:SECRET@cam/',
    `rtsp://u:SECRET${"x".repeat(130)}@cam/`,
    "",
  ];
  for (const text of refused) {
    const address = readRtsp(text);
    match("error" in address ? address.error : "", /^Cannot use this camera address: /, text);
    ok(!JSON.stringify(address).includes("SECRET"), text);
    ok(!publicRtsp(text).includes("SECRET"), text);
  }
});

Deno.test("[ADR3] any password is written for the camera byte for byte, and no public form holds it", () => {
  const sign = fc.constantFrom(..."abcXYZ019/#?@:%+&= '\"\\~!$*()[]{}<>|^`;,._-\u00e9\u6f22");
  const text = fc.string({ unit: sign, minLength: 6, maxLength: 20 });
  const user = fc.string({ unit: fc.constantFrom(..."abc./%@#é+ "), minLength: 1, maxLength: 8 });
  fc.assert(fc.property(user, text, (user, password) => {
    const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    const address = read(`rtsp://${login}@cam.local:554/main`);
    deepEqual(address.credentials, { user, password });
    // What FFmpeg does: the login ends at the last @ before the first / ? or #, and %XX is decoded.
    const written = writeRtsp(address).slice("rtsp://".length);
    const authority = written.slice(0, written.search(/[/?#]/));
    const sent = authority.slice(0, authority.lastIndexOf("@"));
    equal(decodeURIComponent(sent), `${user}:${password}`);
    equal(publicRtsp(`rtsp://${login}@cam.local:554/main`), "rtsp://cam.local:554/main");
  }));
  fc.assert(fc.property(text, (password) => {
    // Typed as it is: read right, or refused; never read as another.
    const address = readRtsp(`rtsp://admin:${password}@cam.local/main`);
    if ("error" in address) return;
    const decoded = password.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
    deepEqual(address.credentials, { user: "admin", password: decoded });
    equal(address.host, "cam.local");
  }));
});
