/**
 * The storage's checks, which touch Mongo (facts/pushtech.md 9): a process whose first connection failed lives on and
 * answers `/`, and fails every request for data.
 *
 * Each pod serves with several processes behind one port, which take connections in turn, and each has a connection
 * to Mongo of its own. So as many requests as there are processes are made at once, each over a connection of its own.
 */

/** File of {@link storageProbeScript} in the pod. */
export const storageProbeFile = "storage-probe.js";

/** Folder of it. */
export const storageProbeFolder = "/etc/fleet/probes";

/**
 * The program, for the node of the image (8.9): no words that came later.
 *
 * `ready` fails unless every request for an offer that does not exist is answered. `alive` fails only where a restart
 * would mend that: when Mongo takes connections, and the requests fail all the same.
 *
 * The look-up is by `_id`, of which there is always an index (gorenje/backend, src/storage/routes/offers.js). Nothing
 * of the login is ever written.
 */
export const storageProbeScript = `"use strict";
var http = require("http");
var net = require("net");
var url = require("url");

var mode = process.argv[2];
var limit = Number(process.argv[3]) * 1000;
var mongo = new url.URL(process.env.MONGOHQ_URL);

function ask() {
  return new Promise(function (resolve) {
    var request = http.get(
      {
        host: "127.0.0.1",
        port: process.env.PORT,
        path: "/offers?_id=000000000000000000000000",
        auth: process.env.API_USER + ":" + process.env.API_PASSWORD,
        agent: false
      },
      function (response) {
        response.resume();
        response.on("end", function () {
          resolve(response.statusCode === 200 ? undefined : "answers " + response.statusCode);
        });
      }
    );
    request.setTimeout(limit, function () {
      resolve("no answer within " + limit / 1000 + " s");
      request.abort();
    });
    request.on("error", function (error) {
      resolve(error.code || "connection broken");
    });
  });
}

function mongoAnswers() {
  return new Promise(function (resolve) {
    var socket = net.connect({ host: mongo.hostname, port: Number(mongo.port || 27017) });
    socket.setTimeout(limit, function () {
      resolve(false);
      socket.destroy();
    });
    socket.on("connect", function () {
      resolve(true);
      socket.destroy();
    });
    socket.on("error", function () {
      resolve(false);
    });
  });
}

function end(code, text) {
  if (text !== undefined) {
    console.log(text);
  }
  process.exit(code);
}

var asked = [];
for (var index = 0; index < Number(process.env.WEB_CONCURRENCY || 1); index += 1) {
  asked.push(ask());
}
Promise.all(asked).then(function (answers) {
  var faults = answers.filter(function (answer) {
    return answer !== undefined;
  });
  if (faults.length === 0) {
    return end(0);
  }
  var text = faults.length + " of " + answers.length + " requests for data fail: " + faults[0];
  if (mode !== "alive") {
    return end(1, text);
  }
  return mongoAnswers().then(function (answers) {
    end(answers ? 1 : 0, text + (answers ? "" : ", and Mongo is away: a restart would mend nothing"));
  });
});
`;

/** Command of a check. */
export const storageProbeCommand = (mode: "ready" | "alive", seconds: number): string[] => [
  "node",
  `${storageProbeFolder}/${storageProbeFile}`,
  mode,
  `${seconds}`,
];
