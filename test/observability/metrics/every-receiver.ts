/** An Alertmanager's config with every kind of receiver, as a stack file says it. */
export const everyReceiver = {
  mail: {
    host: "mail.example.com",
    from: "fleet@example.com",
    login: { user: "fleet", password: "mail-password" },
  },
  receivers: {
    team: {
      slack: [{ channel: "#alerts", token: "slack-token" }],
      email: [{ to: ["team@example.com", "boss@example.com"] }],
    },
    "on-call": {
      slack: [{ channel: "#fire", webhook: "slack-hook" }],
      webhook: [{ url: "pager", token: "pager-token" }],
    },
    watcher: { webhook: [{ url: "snitch" }] },
  },
  route: {
    receiver: "team",
    groupInterval: "10m",
    routes: [
      {
        receiver: "on-call",
        match: { severity: "critical" },
        repeatInterval: "1h",
        continue: true,
      },
      { receiver: "nobody", match: { workload: ["a.b", 'c"d'] } },
    ],
  },
  deadMan: { receiver: "watcher", every: "5m" },
};
