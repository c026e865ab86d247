#!/bin/sh
# Installs the agent on a Linux field box that runs systemd. Lies beside farpad-agent.js in a release.
#
#   sudo ./install.sh [--enroll TEXT] [--deno PATH]
#
#   --enroll TEXT   enrolment token or text of the QR code; can also be given later:
#                   sudo farpad-agent enrol TEXT
#   --deno PATH     the deno program to use; the one in the path otherwise
#
# A second run installs the new version and keeps key, settings and media. DESTDIR installs below another root,
# for an image; nothing is started then.
#
# The service's user owns its state and the folder of versions, and could have put links or programs there. So this
# script writes nothing there as root, and runs nothing from there as root: it builds the program in a new folder that
# root alone can write, and puts that in the place of the old one.
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

for path in "$program" "$state" "$settings"; do
  [ ! -L "$path" ] || fail "$path is a link. Remove it, or replace it by what it points to"
done

umask 022
mkdir -p "$root/opt" "$root/var/lib" "$settings"
work=$(mktemp -d "$root/opt/.farpad-agent.XXXXXX")
trap 'rm -rf "$work"' EXIT
fresh="$work/fresh"
# A version's folder is named by its content, as updates name theirs.
version=$(sha256sum "$here/farpad-agent.js" | cut -c1-16)
mkdir -p "$fresh/versions/$version"
cp -L "$deno" "$fresh/deno"
chmod 755 "$fresh/deno"
cp "$here/farpad-agent.js" "$fresh/versions/$version/farpad-agent.js"
cp "$here/farpad-agent-launcher.js" "$here/package.json" "$fresh/"
ln -s "$version" "$fresh/versions/current"

# Native code that reads cameras and compresses pictures; no bundle can hold it.
(cd "$fresh" && ./deno install --quiet --node-modules-dir=auto) ||
  fail "node-av could not be fetched from the npm registry"

if [ -z "$root" ]; then
  chown -hR "$user:$user" "$fresh/versions"
  [ -e "$state" ] || install -d -m 750 -o "$user" -g "$user" "$state"
  runuser -u "$user" -- mkdir -p "$state/media"
else
  mkdir -p "$state/media"
fi
[ ! -e "$program" ] || mv "$program" "$work/before"
mv "$fresh" "$program"

if [ ! -f "$settings/agent.toml" ]; then
  cat > "$settings/agent.toml" << 'TOML'
# Where the coordinator is; the text of a QR code contains it too.
# coordinator = "wss://farpad.example.org/agent/ws"
TOML
fi
# The key that signs updates is taken once; another one has to be written into the settings by hand.
if [ -f "$here/update_key.txt" ] && ! grep -q '^update_key *=' "$settings/agent.toml"; then
  printf 'update_key = "%s"\n' "$(tr -cd 'A-Za-z0-9_-' < "$here/update_key.txt")" >> "$settings/agent.toml"
fi
chmod 644 "$settings/agent.toml"
mkdir -p "$(dirname "$command")"
rm -f "$command"
cat > "$command" << 'SH'
#!/bin/sh
exec runuser -u farpad-agent -- /opt/farpad-agent/deno run --quiet --no-prompt --allow-run=/opt/farpad-agent/deno,ln --allow-env \
  --allow-read=/opt/farpad-agent/versions,/etc/farpad --allow-write=/opt/farpad-agent/versions \
  /opt/farpad-agent/farpad-agent-launcher.js "$@"
SH
chmod 755 "$command"
mkdir -p "$(dirname "$unit")"
install -m 644 "$here/farpad-agent.service" "$unit"

if [ -n "$root" ]; then
  echo "Installed below $root"
  exit 0
fi
if [ -n "$enroll" ]; then "$command" enrol "$enroll"; fi
systemctl daemon-reload
systemctl enable --quiet farpad-agent
systemctl restart farpad-agent
echo "The agent runs. Its page: http://127.0.0.1:8120/  Its log: journalctl -u farpad-agent -f"
command -v v4l2-ctl > /dev/null || echo "For the modes of cameras: apt-get install v4l-utils"
ldconfig -p | grep -q 'libsrt-gnutls\.so\.1\.5 ' || apt-get install -y -q libsrt1.5-gnutls > /dev/null 2>&1 ||
  echo "For the figures of links, and their choice of interface: apt-get install libsrt1.5-gnutls"
command -v mmcli > /dev/null || echo "For the signal of modems: apt-get install modemmanager"
