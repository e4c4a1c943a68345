/**
 * How long a spec may take before it counts as hanging: long, for a busy machine is no failure, and
 * a spec that was given up goes on beside the next and spoils that too.
 */
jasmine.DEFAULT_TIMEOUT_INTERVAL = 300_000;
