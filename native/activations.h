// Activations and their derivatives, as torch.nn.functional has them. Comparisons are put so that NaN stays NaN.
#pragma once
#include "vectors.h"

namespace thaw {

/** The numbers that native kernels are told (backend/kernels/processor.ts). */
enum Activation { none = 0, relu = 1, relu6 = 2, sigmoid = 3, hardsigmoid = 4, hardswish = 5, silu = 6, gelu = 7 };

inline Vector atLeast(Vector x, float least) { return x < least ? all(least) : x; }
inline Vector atMost(Vector x, float most) { return x > most ? all(most) : x; }

/** e^x to 2 units in the last place: Cephes' expf (2^n · a polynomial on ±ln 2 / 2). */
inline Vector exponential(Vector x) {
  x = atMost(atLeast(x, -87.3f), 88.3f);
  // Behind 1.5 · 2^23 there is no room for a fraction: the sum is rounded to a whole number, which its last bits are.
  constexpr float wholes = 12582912.0f;
  const Vector whole = x * 1.44269504088896341f + wholes;
  const Vector n = whole - wholes;
  const Vector r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + (r + 1.0f);
  const Integers bits = ((Integers)whole + 127) << 23;
  return p * (Vector)bits;
}

/** The error function to 2e-7: Eigen's quotient of polynomials in x² on ±4. */
inline Vector errorFunction(Vector x) {
  x = atMost(atLeast(x, -4.0f), 4.0f);
  const Vector s = x * x;
  Vector a = all(-2.72614225801306e-10f);
  a = a * s + 2.77068142495902e-08f;
  a = a * s + -2.10102402082508e-06f;
  a = a * s + -5.69250639462346e-05f;
  a = a * s + -7.34990630326855e-04f;
  a = a * s + -2.95459980854025e-03f;
  a = a * s + -1.60960333262415e-02f;
  Vector b = all(-1.45660718464996e-05f);
  b = b * s + -2.13374055278905e-04f;
  b = b * s + -1.68282697438203e-03f;
  b = b * s + -7.37332916720468e-03f;
  b = b * s + -1.42647390514189e-02f;
  return x * a / b;
}

/** The share of a normal distribution below x. */
inline Vector normalShare(Vector x) { return (errorFunction(x * 0.70710678118654752f) + 1.0f) * 0.5f; }
inline Vector logistic(Vector x) { return 1.0f / (1.0f + exponential(-x)); }

template <int A>
inline Vector activate(Vector x) {
  if constexpr (A == relu) return atLeast(x, 0);
  if constexpr (A == relu6) return atMost(atLeast(x, 0), 6);
  if constexpr (A == sigmoid) return logistic(x);
  if constexpr (A == hardsigmoid) return atMost(atLeast(x + 3.0f, 0), 6) / 6.0f;
  if constexpr (A == hardswish) return x * (atMost(atLeast(x + 3.0f, 0), 6) * (1.0f / 6.0f));
  if constexpr (A == silu) return x / (exponential(-x) + 1.0f);
  if constexpr (A == gelu) return x * normalShare(x);
  return x;
}

/** The derivative at the activation's input x. */
template <int A>
inline Vector slope(Vector x) {
  const Vector one = all(1), zero = all(0);
  if constexpr (A == relu) return x > 0.0f ? one : zero;
  if constexpr (A == relu6) return (x > 0.0f) & (x < 6.0f) ? one : zero;
  if constexpr (A == sigmoid) {
    const Vector y = logistic(x);
    return y * (1.0f - y);
  }
  if constexpr (A == hardsigmoid) return (x > -3.0f) & (x < 3.0f) ? all(1.0f / 6.0f) : zero;
  if constexpr (A == hardswish) return x >= 3.0f ? one : (x > -3.0f ? x / 3.0f + 0.5f : zero);
  if constexpr (A == silu) {
    const Vector share = logistic(x);
    return share * (x * (1.0f - share) + 1.0f);
  }
  if constexpr (A == gelu) return normalShare(x) + x * exponential(x * x * -0.5f) * 0.39894228040143268f;
  return one;
}

/** The derivative by the activation's output, for those of which it tells. */
template <int A>
inline Vector slopeOfOutput(Vector y) {
  if constexpr (A == sigmoid) return y * (1.0f - y);
  if constexpr (A == hardsigmoid) return (y > 0.0f) & (y < 1.0f) ? all(1.0f / 6.0f) : all(0);
  return slope<A>(y);
}

/**
 * Bounds between which the activations are the number itself: none, ReLU and ReLU6 are wholly told by them. What is more than that
 * is computed behind, by `activateRows`, while the numbers are still near.
 */
struct Bounds {
  float least, most;
  explicit Bounds(int activation)
      : least(activation == relu || activation == relu6 ? 0 : -INFINITY), most(activation == relu6 ? 6 : INFINITY) {}
  Vector of(Vector x) const { return atMost(atLeast(x, least), most); }
};
inline bool isBounds(int activation) { return activation <= relu6; }

/** Calls `f` with the activation as a type, so that its loops know it when they are compiled. */
template <int A>
struct Known {
  static constexpr int value = A;
};
template <typename F>
inline void withActivation(int activation, F f) {
  switch (activation) {
    case relu: return f(Known<relu>{});
    case relu6: return f(Known<relu6>{});
    case sigmoid: return f(Known<sigmoid>{});
    case hardsigmoid: return f(Known<hardsigmoid>{});
    case hardswish: return f(Known<hardswish>{});
    case silu: return f(Known<silu>{});
    case gelu: return f(Known<gelu>{});
    default: return f(Known<none>{});
  }
}

/** Applies an activation in place: `wide` numbers of each row, rows `stride` apart. */
inline void activateRows(float* x, int64_t rows, int64_t stride, int64_t wide, int activation) {
  withActivation(activation, [&](auto known) {
    for (int64_t row = 0; row < rows; row += 1)
      for (int64_t c = 0; c < wide; c += lanes) {
        float* at = x + row * stride + c;
        store(at, activate<decltype(known)::value>(load(at, wide - c)), wide - c);
      }
  });
}

}  // namespace thaw
