#include "cpu/thread_pool.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <system_error>
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

template <typename Condition>
void look_for(const Condition& condition) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + kLookingTime;
  do {
    for (int i = 0; i < kLooksBetweenClocks; ++i) {
      if (condition()) return;
      pause();
    }
  } while (Clock::now() < end);
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

void ThreadPool::run_tasks(int64_t tasks, int helpers, const void* body, Run run) {
  Loop loop;
  loop.run = run;
  loop.body = body;
  loop.tasks = tasks;
  add(loop, helpers);
  do_tasks(loop);
  remove(loop);
  const auto is_done = [&] { return loop.helpers_busy.load(std::memory_order_acquire) == 0; };
  look_for(is_done);
  // Taking the mutex also waits for the last helper to let go of the loop.
  std::unique_lock<std::mutex> lock(mutex_);
  helper_done_.wait(lock, is_done);
}

void ThreadPool::do_tasks(Loop& loop) {
  const StandardFloatEnvironment environment;
  for (;;) {
    const int64_t task = loop.next_task.fetch_add(1, std::memory_order_relaxed);
    if (task >= loop.tasks) return;
    loop.run(loop.body, task);
  }
}

void ThreadPool::add(Loop& loop, int helpers) {
  int wakes;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    start_threads(helpers);
    loop.helpers_wanted = helpers;
    loop.wakes_wanted = std::max(helpers - looking_, 0);
    wakes = take_wakes(loop);
    loop.next = loops_;
    loops_ = &loop;
    loops_added_.fetch_add(1, std::memory_order_release);
  }
  wake(wakes);
}

int ThreadPool::take_wakes(Loop& loop) {
  const int wakes = std::min(loop.wakes_wanted, kWakesOfThread);
  loop.wakes_wanted -= wakes;
  return wakes;
}

void ThreadPool::wake(int threads) {
  for (int i = 0; i < threads; ++i) loop_added_.notify_one();
}

// No helper joins the loop after this.
void ThreadPool::remove(Loop& loop) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Loop** link = &loops_;
  while (*link != &loop) link = &(*link)->next;
  *link = loop.next;
}

void ThreadPool::start_threads(int count) {
  try {
    for (; threads_ < count; ++threads_) std::thread([this] { help_forever(); }).detach();
  } catch (const std::system_error&) {
    // The process may have no more threads: those there are do the work.
  }
}

ThreadPool::Loop* ThreadPool::join_a_loop() {
  for (Loop* loop = loops_; loop; loop = loop->next) {
    if (loop->helpers_wanted == 0) continue;
    --loop->helpers_wanted;
    loop->helpers_busy.fetch_add(1, std::memory_order_relaxed);
    return loop;
  }
  return nullptr;
}

void ThreadPool::help_forever() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    while (Loop* loop = join_a_loop()) {
      const int wakes = take_wakes(*loop);
      lock.unlock();
      wake(wakes);
      do_tasks(*loop);
      lock.lock();
      if (loop->helpers_busy.fetch_sub(1, std::memory_order_release) == 1)
        helper_done_.notify_all();
    }
    const uint32_t seen = loops_added_.load(std::memory_order_relaxed);
    const auto is_new = [&] { return loops_added_.load(std::memory_order_acquire) != seen; };
    ++looking_;
    lock.unlock();
    look_for(is_new);
    lock.lock();
    --looking_;
    loop_added_.wait(lock, is_new);
  }
}

}  // namespace qutlass::cpu
