/**
 * The liveness check of servers with a Postgres, which notices that it was started anew.
 *
 * Each process of such a server has one connection, of ActiveRecord 5.1 without its middleware, and never makes
 * another: once the database has closed it, every request that needs data fails, for ever, while the start page goes
 * on answering (gorenje/backend, config/initializers/database.rb and config.ru). A restart of the server is all that
 * mends it.
 */

/** How long the page, and then the database, may take to answer, in seconds. */
export const databaseSeconds = { page: 10, database: 5 } as const;

/**
 * Prints for how many seconds the database has run, by its own clock. The image's Ruby has the library of the
 * program itself.
 */
const databaseAge = [
  "u = URI(ENV['DATABASE_URL'])",
  "c = PG.connect(host: u.host, port: u.port, user: u.user, password: u.password, dbname: u.path[1..-1])",
  "puts c.exec('select extract(epoch from clock_timestamp() - pg_postmaster_start_time())').getvalue(0, 0).to_i",
].join("; ");

/**
 * Fails where the start page does not answer, and where the database is younger than the program. Ages are compared,
 * so that two clocks need not agree. A database that is away, or does not tell its age, is no reason: a restart would
 * mend nothing.
 *
 * Variables: PORT, DATABASE_URL. USER_HZ, in which the kernel tells when a process started, is 100 everywhere.
 */
const databaseProbeScript = `set -u
page() {
  exec 3<> "/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'GET / HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3
  IFS=' ' read -r -t ${databaseSeconds.page} _ status _ <&3 || return 1
  [[ $status == [23]* ]]
}
page 2>/dev/null || { echo "the start page does not answer"; exit 1; }

database=$(PGCONNECT_TIMEOUT=${databaseSeconds.database} timeout ${databaseSeconds.database + 5} ruby -ruri -rpg -e "${databaseAge}" 2>/dev/null) || exit 0
[[ $database =~ ^[0-9]+$ ]] || exit 0
read -r stat < /proc/1/stat
read -r -a since <<< "\${stat##*) }"
read -r up _ < /proc/uptime
own=$(( \${up%.*} - \${since[19]} / 100 ))
if [ "$database" -lt "$own" ]; then
  echo "the database was started anew \${database} s ago, and this program \${own} s ago: its connections are gone"
  exit 1
fi
`;

/** Command of the check. */
export const databaseProbeCommand: readonly string[] = ["bash", "-c", databaseProbeScript];
