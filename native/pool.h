// Threads that share out numbered pieces of work. What a piece computes never depends on who does it, so neither do results.
#pragma once
#include <algorithm>
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
   * Runs `work(piece)` for all pieces, and returns when the last one is done. Each thread begins with its own share of them, the
   * same one of every work: what it has read and written of a tensor is still near it when the next work asks for it, and cores
   * do not always share a cache. Who has done its share takes from the others'. A helper that comes late finds nothing left: nobody
   * waits for one who has not begun, which on a busy machine is a long time.
   * @param pieces fewer than 2^32
   */
  void run(int64_t pieces, const std::function<void(int64_t)>& work) {
    std::lock_guard<std::mutex> one(running_);
    if (pieces <= 1 || helpers_ == 0) {
      for (int64_t piece = 0; piece < pieces; piece += 1) work(piece);
      return;
    }
    work_ = &work;
    undone_ = pieces;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      const int64_t threads = helpers_ + 1;
      const auto begin = [&](int64_t thread) { return (thread * pieces + threads - 1) / threads; };
      for (int64_t thread = 0; thread < threads; thread += 1)
        shares_[thread].store(begin(thread), begin(thread + 1) - begin(thread));
      isOpen_ = true;
    }
    if (asleep_ > 0) wake_.notify_all();
    takePieces(0);
    awaits([this] { return undone_ == 0; }, done_);
    isOpen_ = false;
  }

 private:
  static constexpr int64_t none = -1;

  /** Pieces that one thread begins with and nobody has taken yet; alone in its line of the cache. */
  class alignas(64) Share {
   public:
    void store(int64_t first, int64_t left) { word_ = static_cast<uint64_t>(first) << firstShift | static_cast<uint64_t>(left); }
    bool isEmpty() const { return leftOf(word_) == 0; }

    /** Its owner goes forward, whoever helps out takes the last one. */
    int64_t take(bool isOwner) {
      for (uint64_t word = word_; leftOf(word) != 0;) {
        const uint64_t rest = word - 1 + (isOwner ? uint64_t{1} << firstShift : 0);
        if (word_.compare_exchange_weak(word, rest))
          return static_cast<int64_t>((word >> firstShift) + (isOwner ? 0 : leftOf(word) - 1));
      }
      return none;
    }

   private:
    static constexpr int firstShift = 32;
    static uint64_t leftOf(uint64_t word) { return word & ((uint64_t{1} << firstShift) - 1); }
    /** The first piece above, and below how many there are from it on. */
    std::atomic<uint64_t> word_{0};
  };

  explicit Pool(int threads) : helpers_(threads - 1), shares_(static_cast<size_t>(threads)) {
    for (int i = 1; i <= helpers_; i += 1) std::thread([this, i] { help(i); }).detach();
  }

  static int threadsWanted() {
    const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int threads = told ? std::atoi(told) : 0;
    return std::max(1, threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency()));
  }

  bool isAnythingLeft() const {
    return isOpen_ && std::any_of(shares_.begin(), shares_.end(), [](const Share& share) { return !share.isEmpty(); });
  }

  /** The work is read only with a piece in the hand: until it is done it stays. */
  void takePieces(int self) {
    for (int away = 0; away <= helpers_; away += 1) {
      Share& share = shares_[static_cast<size_t>((self + away) % (helpers_ + 1))];
      for (int64_t piece = share.take(away == 0); piece != none; piece = share.take(away == 0)) {
        (*work_)(piece);
        if ((undone_ -= 1) == 0 && asleep_ > 0) {
          std::lock_guard<std::mutex> lock(mutex_);
          done_.notify_one();
        }
      }
    }
  }

  void help(int self) {
    for (;;) {
      awaits([this] { return isAnythingLeft(); }, wake_);
      takePieces(self);
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

  const int helpers_;
  std::mutex running_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const std::function<void(int64_t)>* work_ = nullptr;
  std::vector<Share> shares_;
  /** All shares are dealt: who looked before would find others' and not its own. */
  std::atomic<bool> isOpen_{false};
  std::atomic<int64_t> undone_{0};
  std::atomic<int> asleep_{0};
};

/** `at`, or behind it the first place where a line of the cache begins: a register that reaches over two lines takes twice as long to load. */
inline float* onLine(float* at) {
  constexpr uintptr_t line = 64;
  return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(at) + line - 1) / line * line);
}
/** Numbers more than wanted that `onLine` may go past. */
constexpr size_t lineNumbers = 16;

/** Memory of one thread, which keeps it, since the system would have to clear it each time: one for each `User`, until that asks again. */
template <typename User>
inline float* kept(int64_t size) {
  thread_local std::vector<float> memory;
  if (memory.size() < static_cast<size_t>(size) + lineNumbers) memory.resize(static_cast<size_t>(size) + lineNumbers);
  return onLine(memory.data());
}

/** Of who works at a piece. */
inline float* room(int64_t size) { return kept<struct Room>(size); }

inline void inPieces(int64_t pieces, const std::function<void(int64_t)>& work) { Pool::shared().run(pieces, work); }

}  // namespace thaw
