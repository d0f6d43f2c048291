/**
 * What brings published zones to a name server: a shell script, run by a timer. Pure: text.
 *
 * The script takes a zone only whole (sealed by zoneFile), checked by the server's own checker, and
 * without the loss of a record that Fleet never published; whatever fails leaves what is served as
 * it is. It gives the serial: above every one that it, its server and the secondaries know, so that
 * secondaries always notice, also after the machine was made anew.
 */

/** A program that answers for the zones, and how it is told things. */
export interface ServerSoftware {
  /** Checks a file; the zone and the file follow. */
  readonly check: string;
  /** Loads a zone anew; the zone follows. */
  readonly reload: string;
  /** Client that asks servers. */
  readonly query: string;
}

/** Programs that the puller knows, in the release of Debian it is tested with. */
export const serverSoftware: Readonly<Record<"knot" | "bind9", ServerSoftware>> = {
  knot: { check: "kzonecheck -o", reload: "knotc zone-reload", query: "kdig" },
  // named refuses a zone with an address or mail at a name that no host may have; its checker only does where it is told to.
  bind9: { check: "named-checkzone -k fail", reload: "rndc reload", query: "dig" },
};

/** Where a puller finds things. */
export interface PullerSettings {
  readonly software: ServerSoftware;
  /** Folder of the published files, e.g. `https://zones.ap-south-1.linodeobjects.com/zones`. */
  readonly source: string;
  /** Folder of the server's zone files, `<zone>.zone` each. */
  readonly zones: string;
  /** Folder for what the puller remembers, on the same disk. */
  readonly state: string;
  /** File with the list of zones that the server includes, where that is the puller's, too. */
  readonly list?: string;
  /** Makes the server read that list again. */
  readonly reconfigure?: string;
  /** Addresses of servers that copy the zones from here. */
  readonly secondaries: readonly string[];
}

/** Settings as the unit's environment file. Values hold no quotes: they are paths, names, addresses. */
export function pullerEnvironment(settings: PullerSettings): string {
  const { software } = settings;
  const values = {
    SOURCE: settings.source,
    ZONES: settings.zones,
    STATE: settings.state,
    CHECK: software.check,
    RELOAD: software.reload,
    QUERY: software.query,
    LIST: settings.list ?? "",
    RECONFIGURE: settings.reconfigure ?? "",
    SECONDARIES: settings.secondaries.join(" "),
    SERVER: "127.0.0.1",
    PORT: "53",
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

/** The script, for `sh` with GNU's coreutils, awk, curl and flock of Debian. */
export const pullerScript = `#!/bin/sh
# Brings published zones to this name server. Written by Fleet; settings: /etc/fleet-zones.env
set -eu
umask 022
export LC_ALL=C

say() { echo "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }

mkdir -p "$STATE" "$ZONES"
exec 9> "$STATE/.lock"
flock --nonblock 9 || fail "another run is at work in $STATE"
work="$STATE/work"
rm -rf "$work"
mkdir "$work"

fetch() {
  curl --fail --silent --show-error --max-time 60 --max-filesize 16777216 --output "$2" "$SOURCE/$1"
}

# unseal <sealed file> <name> <body>: whole, and what it says it is?
unseal() {
  head -n -1 "$1" > "$3"
  sum=$(sha256sum < "$3" | cut -d ' ' -f 1)
  [ "$(tail -n 1 "$1")" = "; fleet $2 sha256 $sum" ]
}

# ask <server> <port> <zone> <type>: the answer's records
ask() {
  "$QUERY" +noall +answer +time=5 +retry=1 -p "$2" "@$1" "$3" "$4" 2> /dev/null
}

serial_at() {
  ask "$1" "$2" "$3" SOA | awk '$4 == "SOA" { print $7; exit }'
}

serial_in() {
  [ ! -f "$1" ] || awk '$4 == "SOA" { print $7; exit }' "$1"
}

# Records of a zone file or a transfer, comparable: no time to live, no start of authority.
records() {
  awk '!/^;/ && $4 != "SOA" && NF > 4 {
    line = tolower($1) " " $4
    for (i = 5; i <= NF; i++) line = line " " (($4 == "TXT" || $4 == "CAA") ? $i : tolower($i))
    print line
  }' "$1" | sort -u
}

# The highest serial that anybody has of a zone.
highest() {
  best=$(serial_in "$work/body")
  for known in "$(serial_in "$ZONES/$1.zone")" "$(serial_at "$SERVER" "$PORT" "$1")" \\
    $(for server in $SECONDARIES; do serial_at "$server" "$PORT" "$1"; done); do
    [ -z "$known" ] || [ "$known" -le "$best" ] || best=$known
  done
  echo "$best"
}

# A date with the quarter of an hour, as people read serials; or one more than the highest.
next_serial() {
  set -- "$1" $(date -u '+%Y%m%d %-H %-M')
  now=$(($2 * 100 + $3 * 4 + $4 / 15))
  [ "$now" -gt "$1" ] || now=$(($1 + 1))
  [ "$now" -le 4294967295 ] || return 1
  echo "$now"
}

# The zones that there are a file of; taken out by hand only.
reconfigure() {
  [ -n "$LIST" ] || return 0
  { echo "zone:"; for file in "$ZONES"/*.zone; do
    [ ! -f "$file" ] || echo "  - domain: $(basename "$file" .zone)"
  done; } > "$work/list"
  # Compared with what the server was told last, not with the file: a run may have ended in between.
  if ! cmp -s "$work/list" "$STATE/told"; then
    cp "$work/list" "$LIST.new" && mv "$LIST.new" "$LIST" || return 1
    $RECONFIGURE > "$work/said" 2>&1 || return 1
    cp "$work/list" "$STATE/told"
  fi
}

load() {
  reconfigure || return 1
  $RELOAD "$1" > "$work/said" 2>&1 || return 1
  tries=0
  until [ "$(serial_at "$SERVER" "$PORT" "$1")" = "$2" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 50 ] || { echo "serial $2 is not answered" >> "$work/said"; return 1; }
    sleep 0.2
  done
}

refuse() {
  say "REFUSED: $1: $2; what was served before stays" >&2
  return 1
}

# The zone above that this server itself answers for. What lies there below a new zone goes with it.
above() {
  up=$1
  while [ "$up" != "\${up#*.}" ]; do
    up=\${up#*.}
    if [ -n "$(serial_at "$SERVER" "$PORT" "$up")" ] &&
      "$QUERY" +time=5 +retry=1 -p "$PORT" "@$SERVER" "$up" SOA 2> /dev/null | grep -Eiq '^;; flags:[^;]* aa[ ;]'; then
      echo "$up"
      return 0
    fi
  done
}

# Records below a zone that Fleet never took, in the zone above: but for its delegation and signatures.
served_above() {
  upper=$(above "$1")
  [ -n "$upper" ] || return 0
  ask "$SERVER" "$PORT" "$upper" AXFR > "$work/transfer" || return 1
  records "$work/transfer" > "$work/upper" || return 1
  [ -s "$work/upper" ] || return 1
  if [ -f "$STATE/$upper.accepted" ]; then
    records "$STATE/$upper.accepted" >> "$work/ours" || return 1
  fi
  awk -v zone="$1." '
    ($1 == zone && $2 != "NS") || substr($1, length($1) - length(zone)) == "." zone {
      if ($2 !~ /^(RRSIG|NSEC|NSEC3)$/) print
    }' "$work/upper" >> "$work/served"
}

# Records that somebody else put into the served zone and the offered one lacks.
lost() {
  : > "$work/served"
  if [ -n "$(serial_at "$SERVER" "$PORT" "$1")" ]; then
    ask "$SERVER" "$PORT" "$1" AXFR > "$work/transfer" || return 1
    records "$work/transfer" > "$work/served" || return 1
    [ -s "$work/served" ] || return 1
  fi
  records "$work/body" > "$work/offered" || return 1
  if [ -f "$STATE/$1.accepted" ]; then
    records "$STATE/$1.accepted" > "$work/ours" || return 1
  else
    : > "$work/ours"
    served_above "$1" || return 1
  fi
  sort -u "$work/offered" "$work/ours" > "$work/known" || return 1
  sort -u "$work/served" | comm -23 - "$work/known" > "$work/lost"
}

pull() {
  zone=$1
  installed="$ZONES/$zone.zone"
  accepted="$STATE/$zone.accepted"
  fetch "$zone.zone" "$work/sealed" 2> "$work/said" ||
    { refuse "$zone" "cannot be fetched: $(cat "$work/said")"; return 1; }
  unseal "$work/sealed" "$zone" "$work/body" ||
    { refuse "$zone" "what was fetched is not whole, or not this zone"; return 1; }

  if [ -f "$installed" ] && cmp -s "$work/body" "$accepted"; then
    serial=$(serial_in "$installed")
    [ "$(serial_at "$SERVER" "$PORT" "$zone")" != "$serial" ] || return 0
    load "$zone" "$serial" ||
      { refuse "$zone" "the server does not answer with serial $serial: $(cat "$work/said")"; return 1; }
    say "$zone: serial $serial, loaded again"
    return 0
  fi

  lost "$zone" ||
    { refuse "$zone" "what is served cannot be read: allow transfers to this machine itself"; return 1; }
  if [ -s "$work/lost" ] && [ ! -f "$STATE/$zone.replace" ]; then
    sed 's/^/  /' "$work/lost" >&2
    refuse "$zone" "these records are not Fleet's and would be lost: put them into fleet:dns.zones, or touch $STATE/$zone.replace to let them go"
    return 1
  fi

  serial=$(next_serial "$(highest "$zone")") || { refuse "$zone" "no serial is left"; return 1; }
  awk -v serial="$serial" '!done && $4 == "SOA" { $7 = serial; done = 1 } { print }' \\
    "$work/body" > "$work/zone" || { refuse "$zone" "the disk is full"; return 1; }
  $CHECK "$zone" "$work/zone" > "$work/said" 2>&1 ||
    { refuse "$zone" "the check says: $(cat "$work/said")"; return 1; }

  rm -f "$STATE/$zone.previous"
  { [ ! -f "$installed" ] || cp "$installed" "$STATE/$zone.previous"; } &&
    cp "$work/zone" "$installed.new" && sync "$installed.new" && mv "$installed.new" "$installed" ||
    { refuse "$zone" "its file cannot be written"; return 1; }
  if ! load "$zone" "$serial"; then
    why=$(cat "$work/said")
    if [ -f "$STATE/$zone.previous" ]; then
      cp "$STATE/$zone.previous" "$installed"
      load "$zone" "$(serial_in "$installed")" || true
    else
      rm -f "$installed"
      reconfigure || true
    fi
    refuse "$zone" "the server does not take it: $why"
    return 1
  fi
  # A run that ends before this line does the same again, with a serial one higher.
  cp "$work/body" "$accepted.new" && mv "$accepted.new" "$accepted" ||
    { refuse "$zone" "$accepted cannot be written"; return 1; }
  rm -f "$STATE/$zone.replace"
  say "$zone: serial $serial"
}

fetch index "$work/sealed" || fail "the list of zones cannot be fetched from $SOURCE; nothing was changed"
unseal "$work/sealed" index "$work/index" || fail "the list of zones is not whole; nothing was changed"
# Names become names of files.
! grep -Evx '([a-z0-9_-]+\\.)+[a-z0-9-]+' "$work/index" ||
  fail "the list of zones names what is no zone; nothing was changed"

faults=0
while read -r name; do
  pull "$name" < /dev/null || faults=$((faults + 1))
done < "$work/index"
for file in "$ZONES"/*.zone; do
  name=$(basename "$file" .zone)
  [ ! -f "$file" ] || grep -Fqx -- "$name" "$work/index" || say "$name: no longer published; served until it is taken away by hand"
done
[ "$faults" = 0 ] || fail "$faults zones were refused"
`;
