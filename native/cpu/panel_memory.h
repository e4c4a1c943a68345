// Where the task that a thread is at packs its panels of weights.
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {

struct PanelMemory {
  alignas(64) int32_t panel[kMaxPanelBytes / sizeof(int32_t) + kMaxPanelColumns];
  // Of the groups of a panel, which are at least a word long; zeros only of one of words.
  static constexpr int64_t kMaxGroups = kMaxPanelBytes / (kMaxPanelElementBytes * kInt4PerWord);
  alignas(64) float scales[kMaxGroups];
  alignas(64) int32_t zeros[kMaxGroups];
};

// Each thread has its own. It is no array of a task's stack, where many compilers touch every page
// of what a function may need whenever it is called.
inline PanelMemory& panel_memory() {
  thread_local PanelMemory memory;
  return memory;
}

}  // namespace qutlass::cpu
