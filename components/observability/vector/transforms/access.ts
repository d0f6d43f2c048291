/** What a line tells of a request that was answered, as servers print it. Pure. */

/** The quoted request with what stands around it: the form of Apache, which many servers took over. */
const common =
  '(?P<client>[0-9A-Fa-f.:]+) \\S+ \\S+ \\[[^\\]]{1,64}\\] "(?P<method>[A-Z]{3,16}) (?P<path>\\S+) HTTP/[0-9.]+" (?P<status>[1-5][0-9]{2}) (?P<size>[0-9]+|-)(?: "[^"]*" "(?P<user_agent>[^"]*)")?';

/**
 * Adds the parts of an access line as fields, in both forms that the lecture's system printed: the one
 * of Apache, and pairs of names and values (facts/deployment-concepts.md 6).
 */
export const access = `\
if .line == "text" && contains(text, " HTTP/") {
  found = parse_regex(text, r'${common}') ?? {}
  if found != {} { .fields = compact(found) }
} else if .line == "text" && contains(text, " method=") && contains(text, " status=") {
  found = parse_key_value(text, accept_standalone_key: true) ?? {}
  parts = {
    "client": found.ip,
    "method": found.method,
    "path": found.url || found.path,
    "status": found.status,
    "size": found.size,
    "user_agent": found.user_agent,
    "duration_ms": found.duration_ms
  }
  .fields = filter(parts) -> |_name, value| { is_string(value) }
}
`;
