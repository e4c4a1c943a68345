// The threads that help with a loop.
//
// Nobody waits for a helper that has not begun: the calling thread does all tasks that no helper
// takes, so that a loop does not stand still on a busy machine or where no thread can be started.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "cpu/task_shares.h"

namespace qutlass::cpu {

class ThreadPool {
 public:
  using Run = void (*)(const void* body, int64_t task);

  // The process's pool (a forked child gets its own). It starts threads when they are first needed
  // and is never destroyed, since they may still look at it while the process ends.
  static ThreadPool& instance();

  // Calls run(body, task) for 0 ... tasks - 1 on the calling thread and on up to `helpers` more,
  // and returns when all are done. Any number of threads may call this at once.
  void run_tasks(int64_t tasks, int helpers, const void* body, Run run);

 private:
  // What a helper is told: one of the states below, or a loop that it is asked to help.
  struct Order {};
  struct Loop;

  // A thread of the pool. Each looks at an order of its own, so that none stands in another's way.
  struct alignas(64) Helper {
    explicit Helper(int number) : number(number) {}

    const int number;  // from 1 on: a loop's caller is 0
    std::atomic<Order*> order{&looking};
    std::atomic<Order*> state_before{nullptr};  // for who asked
    std::mutex mutex;
    std::condition_variable ordered;  // for one that is asleep

    bool ask(Order* state, Loop& loop);
    void take_back(Loop& loop);
    void wake();
    Loop& await_order(ThreadPool& pool);
  };

  // One call of run_tasks; it lives on its caller's stack.
  struct Loop : Order {
    Loop(Run run, const void* body, int64_t tasks, int64_t threads)
        : run(run), body(body), tasks(tasks, threads) {}

    const Run run;
    const void* const body;
    TaskShares tasks;
    // Helpers that have been asked and are not done yet, and kCallerSleeps.
    std::atomic<uint32_t> helpers{0};
    // Those that may have been asked are before the end. Of these, those before the next to wake
    // have been woken.
    int end = 0;
    std::atomic<int> next_to_wake{0};
  };

  // The states of an order. Who asks and who is asked change them from one to the other, so that a
  // helper begins a loop, or its caller takes the order back, but not both.
  static Order looking, asleep, working;
  static constexpr uint32_t kCallerSleeps = uint32_t{1} << 31;
  static constexpr int kMostHelpers = 1023;

  ThreadPool() = default;
  int start_helpers(int count);
  void ask(Loop& loop, int count);
  void wake_some(Loop& loop);
  void take_back(Loop& loop);
  void wait_for_helpers(Loop& loop);
  void help_forever(Helper& helper);
  void end(Loop& loop);
  static void do_tasks(Loop& loop, int thread);

  Helper* helpers_[kMostHelpers] = {};
  std::atomic<int> helper_count_{0};
  std::mutex mutex_;
  std::condition_variable loop_ended_;
};

}  // namespace qutlass::cpu
