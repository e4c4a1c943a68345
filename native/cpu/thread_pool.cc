#include "cpu/thread_pool.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "cpu/float_environment.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace qutlass::cpu {
namespace {

// Waking a thread takes some ten microseconds, and as much again on a virtual machine. So who waits
// looks again and again before it sleeps, for longer than passes between a model's products.
constexpr std::chrono::microseconds kLookingTime{100};
constexpr int kLooksBetweenClocks = 16;

// A thread wakes no more than so many: those it wakes go on to wake others.
constexpr int kWakesOfThread = 2;

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Whether the condition came true while it looked.
template <typename Condition>
bool look_for(const Condition& condition) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + kLookingTime;
  do {
    for (int i = 0; i < kLooksBetweenClocks; ++i) {
      if (condition()) return true;
      pause();
    }
  } while (Clock::now() < end);
  return false;
}

}  // namespace

ThreadPool& ThreadPool::instance() {
  static std::atomic<ThreadPool*> current{nullptr};
  // A forked child has none of the pool's threads, and may have got the mutex locked by one.
  static const int is_registered = pthread_atfork(nullptr, nullptr, [] { current = nullptr; });
  (void)is_registered;
  ThreadPool* pool = current;
  if (pool) return *pool;
  ThreadPool* const fresh = new ThreadPool;
  if (current.compare_exchange_strong(pool, fresh)) return *fresh;
  delete fresh;
  return *pool;
}

ThreadPool::Order ThreadPool::looking;
ThreadPool::Order ThreadPool::asleep;
ThreadPool::Order ThreadPool::working;

void ThreadPool::run_tasks(int64_t tasks, int helpers, const void* body, Run run) {
  Loop loop(run, body, tasks, helpers + 1);
  ask(loop, helpers);
  do_tasks(loop, 0);
  take_back(loop);
  wait_for_helpers(loop);
}

void ThreadPool::do_tasks(Loop& loop, int thread) {
  const StandardFloatEnvironment environment;
  loop.tasks.take_all(thread, [&](int64_t task) { loop.run(loop.body, task); });
}

// Asks helpers that look for work first, and wakes others where there are too few.
void ThreadPool::ask(Loop& loop, int count) {
  const int end = start_helpers(count);
  count = std::min(count, end);
  loop.helpers = static_cast<uint32_t>(count);
  loop.end = end;
  int left = count;
  for (int i = 0; i < end && left > 0; ++i) left -= helpers_[i]->ask(&looking, loop);
  const int to_wake = left;
  for (int i = 0; i < end && left > 0; ++i) left -= helpers_[i]->ask(&asleep, loop);
  loop.helpers -= static_cast<uint32_t>(left);
  if (left < to_wake) wake_some(loop);
}

// Those that it wakes do the same.
void ThreadPool::wake_some(Loop& loop) {
  for (int wakes = 0; wakes < kWakesOfThread;) {
    const int i = loop.next_to_wake.fetch_add(1);
    if (i >= loop.end) return;
    if (helpers_[i]->order != &loop) continue;
    helpers_[i]->wake();
    ++wakes;
  }
}

// No helper begins the loop after this.
void ThreadPool::take_back(Loop& loop) {
  for (int i = 0; i < loop.end; ++i) helpers_[i]->take_back(loop);
}

void ThreadPool::wait_for_helpers(Loop& loop) {
  if (look_for([&] { return loop.helpers == 0; })) return;
  std::unique_lock<std::mutex> lock(mutex_);
  loop.helpers |= kCallerSleeps;
  loop_ended_.wait(lock, [&] { return loop.helpers == kCallerSleeps; });
}

// The last thing that a helper does with a loop, which may be gone then.
void ThreadPool::end(Loop& loop) {
  if (loop.helpers.fetch_sub(1) != (kCallerSleeps | 1)) return;
  { const std::lock_guard<std::mutex> lock(mutex_); }
  loop_ended_.notify_all();
}

// So many, or those there are. Answers how many there are.
int ThreadPool::start_helpers(int count) {
  count = std::min(count, kMostHelpers);
  int started = helper_count_;
  if (started >= count) return started;
  const std::lock_guard<std::mutex> lock(mutex_);
  try {
    for (started = helper_count_; started < count; helper_count_ = ++started) {
      if (!helpers_[started]) helpers_[started] = new Helper(started + 1);
      std::thread([this, helper = helpers_[started]] { help_forever(*helper); }).detach();
    }
  } catch (const std::exception&) {
    // The process may have no more threads: those there are do the work.
  }
  return helper_count_;
}

void ThreadPool::help_forever(Helper& helper) {
  for (;;) {
    Loop& loop = helper.await_order(*this);
    do_tasks(loop, helper.number);
    // Before the loop's end, so that its caller finds this one looking for the next.
    helper.order = &looking;
    end(loop);
  }
}

bool ThreadPool::Helper::ask(Order* state, Loop& loop) {
  Order* expected = state;
  if (order.load(std::memory_order_relaxed) != state) return false;
  if (!order.compare_exchange_strong(expected, &loop)) return false;
  state_before = state;
  return true;
}

void ThreadPool::Helper::take_back(Loop& loop) {
  Order* expected = &loop;
  if (order.load(std::memory_order_relaxed) != &loop) return;
  if (order.compare_exchange_strong(expected, state_before)) --loop.helpers;
}

void ThreadPool::Helper::wake() {
  // With the mutex, one that is about to sleep has seen the order, or sleeps already.
  { const std::lock_guard<std::mutex> lock(mutex); }
  ordered.notify_one();
}

// The loop that it has begun, which waits for it.
ThreadPool::Loop& ThreadPool::Helper::await_order(ThreadPool& pool) {
  for (;;) {
    look_for([&] { return order != &looking; });
    Order* found = &looking;
    // It may have been asleep before: what it was woken for has been taken back.
    const bool sleeps = order.compare_exchange_strong(found, &asleep) || found == &asleep;
    if (sleeps) {
      std::unique_lock<std::mutex> lock(mutex);
      ordered.wait(lock, [&] { return order != &asleep; });
    }
    found = order;
    if (found == &looking || found == &asleep) continue;
    if (!order.compare_exchange_strong(found, &working)) continue;
    Loop& loop = static_cast<Loop&>(*found);
    if (sleeps) pool.wake_some(loop);
    return loop;
  }
}

}  // namespace qutlass::cpu
