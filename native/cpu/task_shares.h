// The tasks of a loop, in shares that follow each other, one for each thread.
//
// A thread takes the tasks of its own share in order, and only then those that are left of the
// others': products go through weights in the order in which they lie in memory, ask ahead for what
// they will multiply themselves, and find in their own caches what they multiplied the last time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace qutlass::cpu {

class TaskShares {
 public:
  TaskShares(int64_t tasks, int64_t threads) : count_(std::min(threads, kMostShares)) {
    for (int64_t i = 0; i < count_; ++i) {
      shares_[i].next.store(tasks * i / count_, std::memory_order_relaxed);
      shares_[i].end = tasks * (i + 1) / count_;
    }
  }

  // Calls run(task) for every task that no other thread has taken.
  template <typename Run>
  void take_all(int64_t thread, const Run& run) {
    for (int64_t i = 0; i < count_; ++i) {
      Share& share = shares_[(thread + i) % count_];
      for (;;) {
        const int64_t task = share.next.fetch_add(1, std::memory_order_relaxed);
        if (task >= share.end) break;
        run(task);
      }
    }
  }

 private:
  static constexpr int64_t kMostShares = 64;

  // In a cache line of its own: threads that take their own tasks do not stand in another's way.
  struct alignas(64) Share {
    std::atomic<int64_t> next;
    int64_t end;
  };

  int64_t count_;
  Share shares_[kMostShares];
};

}  // namespace qutlass::cpu
