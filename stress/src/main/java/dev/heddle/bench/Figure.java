package dev.heddle.bench;

import dev.heddle.bench.tasks.Sample;

/** One sample, and where it was taken: on which scheduler, with how many processors, when. */
record Figure(String scheduler, int processors, int round, Sample sample) {}
