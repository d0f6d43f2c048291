/** Annotations by which what makes an object tells what reads it later. */

/** Annotation of a pod: whether its lines go to the log store. `drop` leaves it out, `ship` takes it. */
export const logsAnnotation = "fleet/logs";

/** Value of {@link logsAnnotation} that leaves a pod out. */
export const dropped = "drop";

/** Annotation of a Job that changes data: a rollback never crosses one that ran. */
export const migrationAnnotation = "fleet/migration";
