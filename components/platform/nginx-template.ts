/**
 * The template by which F5's controller writes a host, with two lines of it changed. Pure.
 *
 * Its own appends the client's address to the X-Forwarded-For that the client sent, in whatever comes
 * before it: a second `proxy_set_header` in a location is a second header line, and nginx lets nobody
 * define `$proxy_add_x_forwarded_for` anew. The controller does take another template, by a flag. Ours is
 * made of the image's own where the pod starts, so that it fits every release; where the lines are not
 * found, the pod does not start, and the old ones go on serving.
 *
 * Bodies of any size go through to the pods as they come. nginx' own way is to write them to a file first, whole,
 * however large, and the file has no name, so that no limit of the folder counts it: whoever reaches such a host may
 * fill the node's disk. There is no key of the ConfigMap for it, and hosts differ. Where the line is not found, they
 * are written as before.
 *
 * Source: flag -ingress-template-path, Dockerfile and nginx.ingress.tmpl of nginx/kubernetes-ingress v5.5.4.
 */

/** The image's own template. */
const imageTemplate = "/nginx.ingress.tmpl";

/** Name of ours, in the folder of nginx' configuration. */
const templateName = "fleet.ingress.tmpl";

/** Where the controller finds ours. */
export const templatePath = (configuration: string): string => `${configuration}/${templateName}`;

/** For every sh: copies the configuration $1 to $3, and the template $2 beside it with its lines changed. */
const script = `set -eu
cp -dR "$1/." "$3"
ours="$3/${templateName}"
size='{{ *\\$location\\.ClientMaxBodySize *}}'
through='{{if eq $location.ClientMaxBodySize "0"}} proxy_request_buffering off;{{end}}'
sed -e 's/\\$proxy_add_x_forwarded_for/$remote_addr/g' \\
  -e "s/client_max_body_size $size;/&$through/" "$2" > "$ours"
if grep -q 'http_x_forwarded_for' "$ours" ||
  ! grep -q 'proxy_set_header X-Forwarded-For $remote_addr;' "$ours"; then
  echo "$2 says X-Forwarded-For in another way than is known here: a client's own might reach the pods." >&2
  echo "Put ingress.controllers.*.image back to a release that is known, and tell who keeps this program." >&2
  exit 1
fi`;

/** Where the command finds and leaves files. */
export interface SeedFolders {
  /** nginx' configuration, as the image has it. */
  readonly from: string;
  /** Default: the image's. */
  readonly template?: string;
  /** Where both are to stand. */
  readonly to: string;
}

/** Command that seeds nginx' folder of configuration, which is writable and begins empty. */
export const seedCommand = ({ from, template = imageTemplate, to }: SeedFolders): string[] => [
  ...["sh", "-c", script],
  // Its name in its own messages, then its arguments.
  ...["seed", from, template, to],
];
