// Threads that share out numbered pieces of work. What a piece computes never depends on who does it, so neither do results.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace thaw {

class Pool {
 public:
  /** As many threads as TensorFlow was told to compute with (native.ts sets the variable). */
  static Pool& shared() {
    static Pool* pool = new Pool(threadsWanted());  // never freed: its threads wait until the process ends
    return *pool;
  }

  /**
   * Runs `work(piece)` for all pieces, and returns when the last one is done. A helper that comes late finds nothing left: nobody
   * waits for one who has not begun, which on a busy machine is a long time.
   */
  void run(int64_t pieces, const std::function<void(int64_t)>& work) {
    std::lock_guard<std::mutex> one(running_);
    if (pieces <= 1 || helpers_ == 0) {
      for (int64_t piece = 0; piece < pieces; piece += 1) work(piece);
      return;
    }
    work_ = &work;
    pieces_ = pieces;
    undone_ = pieces;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      const uint64_t round = (left_ >> roundShift) + 1;
      left_ = round << roundShift | static_cast<uint64_t>(pieces);
    }
    if (asleep_ > 0) wake_.notify_all();
    takePieces();
    awaits([this] { return undone_ == 0; }, done_);
  }

 private:
  explicit Pool(int threads) : helpers_(threads - 1) {
    for (int i = 0; i < helpers_; i += 1) std::thread([this] { help(); }).detach();
  }

  static int threadsWanted() {
    const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int threads = told ? std::atoi(told) : 0;
    return threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  }

  bool isAnythingLeft() const { return (left_ & piecesMask) != 0; }

  /** Work and number of pieces are read only with a piece in the hand: until it is done they stay. */
  void takePieces() {
    for (uint64_t left = left_; (left & piecesMask) != 0;) {
      if (!left_.compare_exchange_weak(left, left - 1)) continue;
      (*work_)(pieces_ - static_cast<int64_t>(left & piecesMask));
      if ((undone_ -= 1) == 0 && asleep_ > 0) {
        std::lock_guard<std::mutex> lock(mutex_);
        done_.notify_one();
      }
      left = left_;
    }
  }

  void help() {
    for (;;) {
      awaits([this] { return isAnythingLeft(); }, wake_);
      takePieces();
    }
  }

  /**
   * Looks for some time before it sleeps: a pass is hundreds of short works, and waking somebody takes as long as many of them. After a
   * few looks the core is offered to whoever wants it, who may be the very thread that is waited for.
   */
  template <typename Condition>
  void awaits(Condition isSo, std::condition_variable& signal) {
    for (const auto began = std::chrono::steady_clock::now(); std::chrono::steady_clock::now() - began < patience;) {
      for (int i = 0; i < 64; i += 1) {
        if (isSo()) return;
        __builtin_ia32_pause();
      }
      std::this_thread::yield();
    }
    std::unique_lock<std::mutex> lock(mutex_);
    asleep_ += 1;
    signal.wait(lock, isSo);
    asleep_ -= 1;
  }

  static constexpr std::chrono::microseconds patience{1000};
  static constexpr int roundShift = 32;
  static constexpr uint64_t piecesMask = (uint64_t{1} << roundShift) - 1;

  const int helpers_;
  std::mutex running_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const std::function<void(int64_t)>* work_ = nullptr;
  int64_t pieces_ = 0;
  /** The round's number above, and below how many of its pieces nobody has taken. */
  std::atomic<uint64_t> left_{0};
  std::atomic<int64_t> undone_{0};
  std::atomic<int> asleep_{0};
};

/** Memory of one thread, which keeps it, since the system would have to clear it each time: one for each `User`, until that asks again. */
template <typename User>
inline float* kept(int64_t size) {
  thread_local std::vector<float> memory;
  if (memory.size() < static_cast<size_t>(size)) memory.resize(static_cast<size_t>(size));
  return memory.data();
}

/** Of who works at a piece. */
inline float* room(int64_t size) { return kept<struct Room>(size); }

inline void inPieces(int64_t pieces, const std::function<void(int64_t)>& work) { Pool::shared().run(pieces, work); }

}  // namespace thaw
