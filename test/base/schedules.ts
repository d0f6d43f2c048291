/** Schedules of CronJobs. test/e2e/workload-admission.e2e.test.ts asks a real API server about every one of them. */
export const schedules = {
  good: [
    "17 3 * * *",
    " 17  3 * * * ",
    "*/5 * * * 1-5",
    "0,30 0-6/2 1,15 jan-MAR sun",
    "59 23 31 12 6",
    "5/15 ? * * MON,wed-fri",
    "0 0 29 2 *",
    "0 0 31 2/2 *",
    "0 0 31,1 2 *",
    "0 0 31 2,3 *",
    // The first of any week of February, as either day will do.
    "0 0 31 2 mon",
    "0 0 31 2 */2",
  ],
  /** Taken by Kubernetes, and never run. */
  never: [
    "0 0 31 2 *",
    "0 0 30-31 feb ?",
    "0 0 31 2,4,jun,9,11 *",
    "0 0 31 4-6/2 */1",
    "0 0 31 4/7 *",
    "0 0 31/3 2-6/2,11 mon,*",
  ],
  bad: [
    "",
    "daily",
    "* * * *",
    // With seconds, as elsewhere: its first five fields alone would be a schedule.
    "0 0 1 * * *",
    "61 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    // Sunday is 0: elsewhere 7 is, too.
    "* * * * 7",
    "* * L * *",
    "* * * * mon#1",
    "* * * janu *",
    "30-10 * * * *",
    "5-99 * * * *",
    "*/0 * * * *",
    "1-2-3 * * * *",
    "1, * * * *",
    "-1 * * * *",
    "*/ * * * *",
    "1.5 * * * *",
  ],
} as const;
