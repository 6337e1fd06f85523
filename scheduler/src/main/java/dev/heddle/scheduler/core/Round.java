package dev.heddle.scheduler.core;

/**
 * What one round of sysmon found and did.
 *
 * @param ran whether any carrier has run a task since the round before
 * @param retaken how many rights to run were taken from stuck carriers
 * @param polled whether sysmon polled the network
 * @param helped whether anything was done
 */
record Round(boolean ran, int retaken, boolean polled, boolean helped) {}
