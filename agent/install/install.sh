#!/bin/sh
# Installs the agent on a Linux field box that runs systemd. Lies beside farpad-agent.js in a release.
#
#   sudo ./install.sh [--enroll TEXT] [--deno PATH]
#
#   --enroll TEXT   enrolment token or text of the QR code; can also be given later:
#                   sudo farpad-agent enrol TEXT
#   --deno PATH     the deno program to use; the one in the path otherwise
#
# Run again, it puts in the new version and keeps key, settings and media. DESTDIR installs below another root,
# for an image; nothing is started then.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-}
program="$root/opt/farpad-agent"
state="$root/var/lib/farpad-agent"
settings="$root/etc/farpad"
unit="$root/etc/systemd/system/farpad-agent.service"
command="$root/usr/local/bin/farpad-agent"
user=farpad-agent
deno=$(command -v deno || true)
enroll=

fail() {
  echo "Cannot install: $1" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --enroll) [ $# -ge 2 ] || fail "--enroll needs a text"; enroll=$2; shift 2 ;;
    --deno) [ $# -ge 2 ] || fail "--deno needs a path"; deno=$2; shift 2 ;;
    *) fail "unknown argument $1" ;;
  esac
done

[ "$(id -u)" = 0 ] || fail "this needs root, such as sudo"
[ -n "$deno" ] && [ -x "$deno" ] || fail "there is no deno. Install it, or name it with --deno"
for file in farpad-agent.js farpad-agent-launcher.js package.json farpad-agent.service; do
  [ -f "$here/$file" ] || fail "$file is missing beside install.sh"
done

if [ -z "$root" ] && ! id "$user" > /dev/null 2>&1; then
  useradd --system --home-dir /var/lib/farpad-agent --shell /usr/sbin/nologin "$user"
fi

# A version's folder is named by its content, as updates name theirs.
version=$(sha256sum "$here/farpad-agent.js" | cut -c1-16)
mkdir -p "$program/versions/$version" "$state/media" "$settings"
cp -fL "$deno" "$program/deno.next" && chmod 755 "$program/deno.next"
mv -f "$program/deno.next" "$program/deno"
cp -f "$here/farpad-agent.js" "$program/versions/$version/farpad-agent.js"
cp -f "$here/farpad-agent-launcher.js" "$here/package.json" "$program/"
ln -sfn "versions/$version" "$program/current"
rm -f "$program/trial.json" "$program/outcome.json"

# Native code that reads cameras and compresses pictures; no bundle can hold it.
(cd "$program" && ./deno install --quiet --node-modules-dir=auto) ||
  fail "node-av could not be fetched from the npm registry"

if [ ! -f "$settings/agent.toml" ]; then
  cat > "$settings/agent.toml" << 'TOML'
# Where the coordinator is; an enrolment by QR text tells it too.
# coordinator = "wss://farpad.example.org/agent/ws"
TOML
fi
chmod 644 "$settings/agent.toml"
mkdir -p "$(dirname "$command")"
cat > "$command" << 'SH'
#!/bin/sh
exec runuser -u farpad-agent -- /opt/farpad-agent/deno run --no-prompt -A \
  /opt/farpad-agent/current/farpad-agent.js "$@"
SH
chmod 755 "$command"
mkdir -p "$(dirname "$unit")"
cp -f "$here/farpad-agent.service" "$unit"

if [ -n "$root" ]; then
  echo "Installed below $root"
  exit 0
fi
chown -R "$user:$user" "$program" "$state"
if [ -n "$enroll" ]; then "$command" enrol "$enroll"; fi
systemctl daemon-reload
systemctl enable --quiet farpad-agent
systemctl restart farpad-agent
echo "The agent runs. Its page: http://127.0.0.1:8120/  Its log: journalctl -u farpad-agent -f"
command -v v4l2-ctl > /dev/null || echo "For the modes of cameras: apt-get install v4l-utils"
command -v mmcli > /dev/null || echo "For the signal of modems: apt-get install modemmanager"
