// As many numbers at once as a register holds, by the compiler's vector types.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace thaw {

// What is wider than a register the compiler keeps in memory.
#ifdef __AVX512F__
constexpr int lanes = 16;
#else
constexpr int lanes = 8;
#endif
typedef float Vector __attribute__((vector_size(4 * lanes)));
typedef int32_t Integers __attribute__((vector_size(4 * lanes)));

inline Vector load(const float* at) {
  Vector v;
  std::memcpy(&v, at, sizeof v);
  return v;
}
inline void store(float* at, Vector v) { std::memcpy(at, &v, sizeof v); }
/** The first `count` numbers where there are fewer than a register's; zeros behind them. */
inline Vector load(const float* at, int64_t count) {
  if (count >= lanes) return load(at);
  if (count <= 0) return Vector{};
#ifdef __AVX512F__
  return (Vector)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), at);
#else
  Vector v{};
  std::memcpy(&v, at, 4 * count);
  return v;
#endif
}
inline void store(float* at, Vector v, int64_t count) {
  if (count >= lanes) return store(at, v);
  if (count <= 0) return;
#ifdef __AVX512F__
  _mm512_mask_storeu_ps(at, static_cast<__mmask16>((1u << count) - 1), (__m512)v);
#else
  std::memcpy(at, &v, 4 * count);
#endif
}
/**
 * Whether numbers are too many to stay in the caches, and lie so that they can go past them. Other threads see what went past once the
 * pool has counted the piece as done: that takes a locked instruction, behind which x86 has finished all stores.
 */
inline bool isFar(const float* to, int64_t size, int64_t channels) {
#ifdef __AVX2__
  return size >= (1 << 20) && channels % lanes == 0 && reinterpret_cast<uintptr_t>(to) % (4 * lanes) == 0;
#else
  (void)to, (void)size, (void)channels;
  return false;
#endif
}
/** Stores, past the caches where `far`: memory is then written without being read first. */
inline void store(float* at, Vector v, int64_t count, bool far) {
#ifdef __AVX512F__
  if (far) return _mm512_stream_ps(at, (__m512)v);
#elif defined(__AVX2__)
  if (far) return _mm256_stream_ps(at, (__m256)v);
#endif
  (void)far;
  store(at, v, count);
}
/** Rows of `count` numbers, whole registers, to memory past the caches. */
inline void sendRows(const float* from, int64_t fromApart, int64_t rows, int64_t count, float* to, int64_t toApart) {
  for (int64_t row = 0; row < rows; row += 1, from += fromApart, to += toApart)
    for (int64_t c = 0; c < count; c += lanes) store(to + c, load(from + c), lanes, true);
}

/** All numbers of a register added up, in float64. */
inline double sumOf(Vector v) {
  double sum = 0;
  for (int i = 0; i < lanes; i += 1) sum += v[i];
  return sum;
}
/** The same number everywhere. Not `Vector{} + value`: that is an addition, since it turns −0 into 0. */
inline Vector all(float value) { return value - Vector{}; }

}  // namespace thaw
