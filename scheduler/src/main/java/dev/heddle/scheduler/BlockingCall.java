package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What {@code blocking} runs: like a {@link java.util.concurrent.Callable}, but the caller of
 * {@code blocking} has to handle only what this one throws.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="blocking"}
 *
 * @param <T> what it returns
 * @param <X> what it throws; {@link RuntimeException} if nothing checked
 */
@FunctionalInterface
public interface BlockingCall<T extends @Nullable Object, X extends Throwable> {
  /** Does it. May block its carrier as long as it takes. */
  T call() throws X;
}
