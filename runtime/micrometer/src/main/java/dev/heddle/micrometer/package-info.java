/** Heddle's figures for Micrometer. */
package dev.heddle.micrometer;
