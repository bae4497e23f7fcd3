// Threads that share out numbered pieces of work. What a piece computes never depends on who does it, so neither do results.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>

namespace thaw {

class Pool {
 public:
  /** As many threads as TensorFlow was told to compute with (native.ts sets the variable). */
  static Pool& shared() {
    static Pool* pool = new Pool(threadsWanted());  // never freed: its threads wait until the process ends
    return *pool;
  }

  /** Runs `work(piece)` for all pieces, and returns when the last one is done. */
  void run(int64_t pieces, const std::function<void(int64_t)>& work) {
    std::lock_guard<std::mutex> one(running_);
    if (pieces <= 1 || helpers_ == 0) {
      for (int64_t piece = 0; piece < pieces; piece += 1) work(piece);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      pieces_ = pieces;
      next_ = 0;
      busy_ = helpers_;
      round_ += 1;
    }
    wake_.notify_all();
    takePieces(work);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
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

  void takePieces(const std::function<void(int64_t)>& work) {
    for (int64_t piece = next_++; piece < pieces_; piece = next_++) work(piece);
  }

  void help() {
    int64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return round_ != seen; });
      seen = round_;
      const auto* work = work_;
      lock.unlock();
      takePieces(*work);
      lock.lock();
      busy_ -= 1;
      if (busy_ == 0) done_.notify_one();
    }
  }

  const int helpers_;
  std::mutex running_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const std::function<void(int64_t)>* work_ = nullptr;
  std::atomic<int64_t> next_{0};
  int64_t pieces_ = 0;
  int64_t round_ = 0;
  int busy_ = 0;
};

inline void inPieces(int64_t pieces, const std::function<void(int64_t)>& work) { Pool::shared().run(pieces, work); }

}  // namespace thaw
