/**
 * The reader of traces: turns a recording of {@code dev.heddle.scheduler.events} into a summary, a
 * Perfetto file or a page.
 *
 * <pre>
 *   recording ──► RecordingReader ──► TraceEvent, one by one ──┬─► Summary ──► SummaryText, SummaryJson
 *                 (ChunkScan, ChunkSalvage                     ├─► TraceInvariants
 *                  for damaged files)                          ├─► PerfettoWriter
 *                                                              └─► Timeline ──► TimelineCodec ──► HtmlPage
 * </pre>
 *
 * Events come in the order of the file, which is that of their buffers and not of time. Only the
 * timeline, which has to keep them all anyway, sorts; everything else works in any order and in
 * bounded memory.
 */
package dev.heddle.trace;
