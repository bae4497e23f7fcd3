// Every piece of every work is done once, and each thread begins where it began before: native/pool.h, see test/engine/pool.test.ts.
#include "pool.h"
#include <cstdio>
#include <memory>

namespace {

constexpr int works = 200;

/** How many pieces of works of many sizes were done otherwise than once. */
int64_t wrongPieces() {
  std::atomic<int64_t> wrong{0};
  for (int64_t work = 0; work < 50000; work += 1) {
    const int64_t pieces = work % 37 == 0 ? 1000 : work % 41;
    const std::unique_ptr<std::atomic<int>[]> done(new std::atomic<int>[pieces + 1]());
    thaw::inPieces(pieces, [&](int64_t piece) {
      if (piece < 0 || piece >= pieces) wrong += 1;
      else done[piece] += 1;
    });
    for (int64_t piece = 0; piece < pieces; piece += 1) wrong += done[piece] != 1;
  }
  return wrong;
}

/** Works of which the caller did not begin with the first piece or somebody else not with the first of an own share. */
int64_t wrongBeginnings(int threads) {
  constexpr int64_t each = 8;  // pieces of a share
  const auto caller = std::this_thread::get_id();
  int64_t wrong = 0;
  for (int work = 0; work < works; work += 1) {
    std::atomic<int> begun{0};
    std::atomic<int64_t> strange{0};
    static std::atomic<int> current{0};
    current = work + 1;
    thaw::inPieces(threads * each, [&](int64_t piece) {
      thread_local int last = 0;
      if (last == current) return;
      last = current;
      const bool isFirst = std::this_thread::get_id() == caller ? piece == 0 : piece > 0 && piece % each == 0;
      strange += !isFirst;
      // Nobody takes a share that is not its own before all have begun.
      for (begun += 1; begun < threads;) std::this_thread::yield();
    });
    wrong += strange;
  }
  return wrong;
}

}  // namespace

int main(int, char** arguments) {
  const int threads = std::atoi(arguments[1]);
  std::printf("{\"works\":%d,\"wrongPieces\":%ld,\"wrongBeginnings\":%ld}\n", works, static_cast<long>(wrongPieces()), static_cast<long>(wrongBeginnings(threads)));
  std::fflush(stdout);
  // The pool's threads would keep the process.
  std::_Exit(0);
}
