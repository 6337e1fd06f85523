package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class OverlapCheckTest {
  private final OverlapCheck check = new OverlapCheck();

  @Test
  void seesAnOverlapOnEitherSideInAnyOrder() {
    assertFalse(check.overlaps(100, 200));
    assertFalse(check.overlaps(300, 400));
    assertTrue(check.overlaps(350, 360));
    assertTrue(check.overlaps(150, 250));
    assertTrue(check.overlaps(280, 320));
  }

  @Test
  void slicesThatTouchDoNotOverlap() {
    assertFalse(check.overlaps(100, 200));
    assertFalse(check.overlaps(200, 300));
    assertFalse(check.overlaps(50, 100));
  }

  @Test
  void checksAMillionInOrderAndForgetsTheOldOnes() {
    for (int i = 0; i < 1_000_000; i++) {
      assertFalse(check.overlaps(i * 10L, i * 10L + 9));
    }
    assertEquals(0, check.unchecked());
    assertTrue(check.overlaps(9_999_990, 9_999_999));
    assertFalse(check.overlaps(5, 50), "too old to know");
    assertEquals(1, check.unchecked());
  }
}
