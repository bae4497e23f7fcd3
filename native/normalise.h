// Normalisation with the activation behind it, forwards and back, in as few passes over memory as there can be. Sums are float32
// over blocks that stay in the cache, and float64 over the blocks.
#pragma once
#include <algorithm>
#include <vector>
#include "activations.h"
#include "pool.h"

namespace thaw {

/** Rows of a block: enough to save work in float64, few enough to stay near and to lose no digits. */
inline int64_t blockOf(int64_t channels) { return std::clamp<int64_t>((1 << 14) / channels, 8, 64); }

/** Parts of the rows; their number depends on the shapes alone, and with it the order of every sum. */
struct Parts {
  int64_t rows, count, share;
  Parts(int64_t rows, int64_t channels) : rows(rows) {
    count = std::clamp<int64_t>(rows / (4 * blockOf(channels)), 1, 32);
    share = (rows + count - 1) / count;
  }
  int64_t first(int64_t part) const { return std::min(rows, part * share); }
  int64_t last(int64_t part) const { return std::min(rows, (part + 1) * share); }
};

/**
 * Adds up N terms of rows [begin, end) by channel, each to its own [channels]. Rows come one after the other, as they lie in memory:
 * channel by channel, where each step leaps over a row, the same numbers take twice as long to come.
 * @param terms adds those of `row` from channel `c` on to its N registers
 */
template <int N, typename F>
inline void addByChannel(int64_t begin, int64_t end, int64_t channels, double* const (&sums)[N], F terms) {
  const int64_t block = blockOf(channels), wide = (channels + lanes - 1) / lanes * lanes;
  float* near = room(N * wide);
  for (int64_t first = begin; first < end; first += block) {
    std::fill(near, near + N * wide, 0.0f);
    for (int64_t row = first; row < std::min(first + block, end); row += 1)
      for (int64_t c = 0; c < channels; c += lanes) {
        Vector sum[N];
#pragma GCC unroll 2
        for (int n = 0; n < N; n += 1) sum[n] = load(near + n * wide + c);
        terms(row, c, sum);
#pragma GCC unroll 2
        for (int n = 0; n < N; n += 1) store(near + n * wide + c, sum[n]);
      }
    for (int n = 0; n < N; n += 1)
      for (int64_t c = 0; c < channels; c += 1) sums[n][c] += near[n * wide + c];
  }
}

/**
 * Mean and variance by channel, of pieces that are added up apart: of each block of rows the mean and the squares around it, put
 * together as Chan, Golub and LeVeque do, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
 */
class Moments {
 public:
  Moments(int64_t pieces, int64_t channels)
      : channels_(channels), rows_(static_cast<size_t>(pieces)), means_(static_cast<size_t>(pieces * channels)),
        squares_(means_.size()) {}

  /** Adds rows of a piece, in blocks: `wide` channels from `channel` on, where `x` points to. @param apart how far rows are apart */
  void add(int64_t piece, const float* x, int64_t rows, int64_t channel, int64_t wide, int64_t apart) {
    constexpr int64_t block = 64;
    int64_t before = channel == 0 ? rows_[piece] : rows_[piece] - rows;
    if (channel == 0) rows_[piece] += rows;
    for (int64_t first = 0; first < rows; first += block) {
      const int64_t count = std::min(block, rows - first), place = piece * channels_ + channel;
      const float* at = x + first * apart;
      int64_t c = 0;
      for (; c + lanes < wide; c += 2 * lanes) addBlock<2>(place + c, at + c, count, wide - c, apart, before);
      for (; c < wide; c += lanes) addBlock<1>(place + c, at + c, count, wide - c, apart, before);
      before += count;
    }
  }

  /** All pieces together; the variance is divided by the number of rows. */
  void total(double* mean, double* variance) const {
    double before = 0;
    std::fill(mean, mean + channels_, 0.0);
    std::fill(variance, variance + channels_, 0.0);
    for (size_t piece = 0; piece < rows_.size(); piece += 1) {
      if (rows_[piece] == 0) continue;
      const double count = static_cast<double>(rows_[piece]), share = count / (before + count);
      const double *means = &means_[piece * channels_], *squares = &squares_[piece * channels_];
      for (int64_t c = 0; c < channels_; c += 1) join(mean[c], variance[c], before, share, means[c], squares[c]);
      before += count;
    }
    for (int64_t c = 0; c < channels_; c += 1) variance[c] /= before;
  }

 private:
  /** V registers of channels, `place` on: each waits for its own last sum, so that two take no longer than one. */
  template <int V>
  void addBlock(int64_t place, const float* x, int64_t rows, int64_t wide, int64_t apart, int64_t before) {
    Vector sum[V] = {}, middle[V], rest[V] = {}, square[V] = {};
    for (int64_t row = 0; row < rows; row += 1)
#pragma GCC unroll 2
      for (int v = 0; v < V; v += 1) sum[v] += load(x + row * apart + v * lanes, wide - v * lanes);
#pragma GCC unroll 2
    for (int v = 0; v < V; v += 1) middle[v] = sum[v] / static_cast<float>(rows);
    for (int64_t row = 0; row < rows; row += 1)
#pragma GCC unroll 2
      for (int v = 0; v < V; v += 1) {
        const Vector off = load(x + row * apart + v * lanes, wide - v * lanes) - middle[v];
        rest[v] += off;
        square[v] += off * off;
      }
    for (int v = 0; v < V; v += 1)
      joinBlock(place + v * lanes, std::min<int64_t>(lanes, wide - v * lanes), middle[v], rest[v], square[v], before, rows);
  }

  /** A block's `wide` channels, `place` on: what rounding the mean to float32 left over is put right first. */
  void joinBlock(int64_t place, int64_t wide, Vector middle, Vector rest, Vector square, int64_t before, int64_t rows) {
    float middles[lanes], rests[lanes], squares[lanes];
    store(middles, middle), store(rests, rest), store(squares, square);
    const double many = static_cast<double>(rows), had = static_cast<double>(before), share = many / (had + many);
    double *mean = &means_[place], *sum = &squares_[place];
    for (int64_t i = 0; i < wide; i += 1) {
      const double left = rests[i], more = left / many;
      join(mean[i], sum[i], had, share, middles[i] + more, squares[i] - left * more);
    }
  }

  /** @param share rows of the block ÷ rows with it */
  static void join(double& mean, double& square, double before, double share, double blockMean, double blockSquare) {
    const double apart = blockMean - mean;
    mean += apart * share;
    square += blockSquare + apart * apart * before * share;
  }

  const int64_t channels_;
  std::vector<int64_t> rows_;
  std::vector<double> means_, squares_;
};

/** The moments of x [rows, channels]. */
inline Moments momentsOf(const float* x, int64_t rows, int64_t channels) {
  const Parts parts(rows, channels);
  const int64_t block = blockOf(channels);
  Moments moments(parts.count, channels);
  inPieces(parts.count, [&](int64_t part) {
    for (int64_t first = parts.first(part); first < parts.last(part); first += block)
      moments.add(part, x + first * channels, std::min(block, parts.last(part) - first), 0, channels, channels);
  });
  return moments;
}

/** y = activation((x − mean) · invStd · scale + offset); all but x [rows, channels] are [channels]. */
template <int A>
void normalise(const float* x, int64_t rows, int64_t channels, const float* mean, const float* invStd, const float* scale,
               const float* offset, float* y) {
  const Parts parts(rows, channels);
  std::vector<float> factor(static_cast<size_t>(channels));
  for (int64_t c = 0; c < channels; c += 1) factor[c] = invStd[c] * scale[c];
  const bool far = isFar(y, rows * channels, channels);
  inPieces(parts.count, [&](int64_t part) {
    for (int64_t row = parts.first(part); row < parts.last(part); row += 1)
      for (int64_t c = 0; c < channels; c += lanes) {
        const int64_t wide = channels - c, at = row * channels + c;
        const Vector n = (load(x + at, wide) - load(mean + c, wide)) * load(&factor[c], wide) + load(offset + c, wide);
        store(y + at, activate<A>(n), wide, far);
      }
  });
}

/** What `normalise` was given and made: x [rows, channels], the rest [channels]. */
struct Normalised {
  const float* x;
  int64_t rows, channels;
  const float *mean, *invStd, *scale, *offset;
};

/**
 * The gradients of `normalise` where mean and variance are the batch's own: of scale and offset at once, by sums over all rows, and
 * then of x, row by row, for whoever wants some of them.
 */
template <int A>
class NormGradient {
 public:
  /** @param dScale, dOffset where these gradients go */
  NormGradient(const float* dy, const Normalised& of, float* dScale, float* dOffset)
      : dy_(dy), of_(of), factor_(static_cast<size_t>(of.channels)), meanOfG_(factor_.size()), slopeOfX_(factor_.size()) {
    for (int64_t c = 0; c < of.channels; c += 1) factor_[c] = of.invStd[c] * of.scale[c];
    const Parts parts(of.rows, of.channels);
    std::vector<double> sums(static_cast<size_t>(parts.count * of.channels)), products(sums.size());
    inPieces(parts.count, [&](int64_t part) {
      addByChannel<2>(parts.first(part), parts.last(part), of.channels, {&sums[part * of.channels], &products[part * of.channels]},
                      [&](int64_t row, int64_t c, Vector(&sum)[2]) {
                        Vector g, centred;
                        before(row * of.channels + c, c, g, centred);
                        sum[0] += g;
                        sum[1] += g * centred;
                      });
    });
    for (int64_t c = 0; c < of.channels; c += 1) {
      double sum = 0, product = 0;
      for (int64_t part = 0; part < parts.count; part += 1) {
        sum += sums[part * of.channels + c];
        product += products[part * of.channels + c];
      }
      product *= of.invStd[c];
      dOffset[c] = static_cast<float>(sum);
      dScale[c] = static_cast<float>(product);
      meanOfG_[c] = static_cast<float>(sum / static_cast<double>(of.rows));
      slopeOfX_[c] = static_cast<float>(product / static_cast<double>(of.rows) * of.invStd[c]);
    }
  }

  /** The gradient of rows [first, last) of x. @param to where the first of them goes */
  void rows(int64_t first, int64_t last, float* to, bool far) const {
    const int64_t channels = of_.channels;
    for (int64_t row = first; row < last; row += 1, to += channels)
      for (int64_t c = 0; c < channels; c += lanes) {
        const int64_t wide = channels - c;
        Vector g, centred;
        before(row * channels + c, c, g, centred);
        store(to + c, (g - load(&meanOfG_[c], wide) - centred * load(&slopeOfX_[c], wide)) * load(&factor_[c], wide), wide, far);
      }
  }

 private:
  /** The gradient before the activation, and x without its mean. */
  void before(int64_t at, int64_t c, Vector& g, Vector& centred) const {
    const int64_t wide = of_.channels - c;
    centred = load(of_.x + at, wide) - load(of_.mean + c, wide);
    g = load(dy_ + at, wide);
    if constexpr (A != none) g *= slope<A>(centred * load(&factor_[c], wide) + load(of_.offset + c, wide));
  }

  const float* dy_;
  const Normalised of_;
  std::vector<float> factor_, meanOfG_, slopeOfX_;
};

/** Mean of a row, and 1 / √(variance + eps). */
inline void rowStatistics(const float* x, int64_t channels, float eps, float& mean, float& invStd) {
  Vector sum{}, square{};
  for (int64_t c = 0; c < channels; c += lanes) sum += load(x + c, channels - c);
  mean = static_cast<float>(sumOf(sum) / static_cast<double>(channels));
  int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) {
    const Vector apart = load(x + c) - mean;
    square += apart * apart;
  }
  double total = sumOf(square);
  for (; c < channels; c += 1) total += static_cast<double>(x[c] - mean) * (x[c] - mean);
  invStd = static_cast<float>(1 / std::sqrt(total / static_cast<double>(channels) + eps));
}

/** (x − mean) / √(variance + eps) · scale + offset over each row. */
inline void layerNorm(const float* x, int64_t rows, int64_t channels, const float* scale, const float* offset, float eps,
                      float* y) {
  const Parts parts(rows, channels);
  inPieces(parts.count, [&](int64_t part) {
    for (int64_t row = parts.first(part); row < parts.last(part); row += 1) {
      float mean, invStd;
      const float* at = x + row * channels;
      rowStatistics(at, channels, eps, mean, invStd);
      for (int64_t c = 0; c < channels; c += lanes) {
        const int64_t wide = channels - c;
        store(y + row * channels + c, (load(at + c, wide) - mean) * invStd * load(scale + c, wide) + load(offset + c, wide),
              wide);
      }
    }
  });
}

inline void layerNormGradient(const float* dy, const float* x, int64_t rows, int64_t channels, const float* scale, float eps,
                              float* dx, float* dScale, float* dOffset) {
  const Parts parts(rows, channels);
  const int64_t block = blockOf(channels);
  std::vector<double> sums(static_cast<size_t>(parts.count * channels)), products(sums.size());
  inPieces(parts.count, [&](int64_t part) {
    std::vector<float> blockSums(static_cast<size_t>(channels)), blockProducts(blockSums.size());
    for (int64_t first = parts.first(part); first < parts.last(part); first += block) {
      std::fill(blockSums.begin(), blockSums.end(), 0.0f);
      std::fill(blockProducts.begin(), blockProducts.end(), 0.0f);
      for (int64_t row = first; row < std::min(first + block, parts.last(part)); row += 1) {
        float mean, invStd;
        const float *at = x + row * channels, *gradient = dy + row * channels;
        rowStatistics(at, channels, eps, mean, invStd);
        Vector sumG{}, sumProducts{};
        for (int64_t c = 0; c < channels; c += lanes) {
          const int64_t wide = channels - c;
          const Vector normal = (load(at + c, wide) - mean) * invStd, d = load(gradient + c, wide);
          const Vector g = d * load(scale + c, wide);
          sumG += g;
          sumProducts += g * normal;
          store(&blockSums[c], load(&blockSums[c], wide) + d, wide);
          store(&blockProducts[c], load(&blockProducts[c], wide) + d * normal, wide);
        }
        const float meanG = static_cast<float>(sumOf(sumG) / static_cast<double>(channels));
        const float meanProduct = static_cast<float>(sumOf(sumProducts) / static_cast<double>(channels));
        for (int64_t c = 0; c < channels; c += lanes) {
          const int64_t wide = channels - c;
          const Vector normal = (load(at + c, wide) - mean) * invStd;
          store(dx + row * channels + c,
                (load(gradient + c, wide) * load(scale + c, wide) - meanG - normal * meanProduct) * invStd, wide);
        }
      }
      for (int64_t c = 0; c < channels; c += 1) {
        sums[part * channels + c] += blockSums[c];
        products[part * channels + c] += blockProducts[c];
      }
    }
  });
  for (int64_t c = 0; c < channels; c += 1) {
    double sum = 0, product = 0;
    for (int64_t part = 0; part < parts.count; part += 1) {
      sum += sums[part * channels + c];
      product += products[part * channels + c];
    }
    dOffset[c] = static_cast<float>(sum);
    dScale[c] = static_cast<float>(product);
  }
}

/** Sums by channel of x [rows, channels]. */
inline void channelSums(const float* x, int64_t rows, int64_t channels, float* sums) {
  const Parts parts(rows, channels);
  std::vector<double> partial(static_cast<size_t>(parts.count * channels));
  inPieces(parts.count, [&](int64_t part) {
    addByChannel<1>(parts.first(part), parts.last(part), channels, {&partial[part * channels]},
                    [&](int64_t row, int64_t c, Vector(&sum)[1]) { sum[0] += load(x + row * channels + c, channels - c); });
  });
  for (int64_t c = 0; c < channels; c += 1) {
    double sum = 0;
    for (int64_t part = 0; part < parts.count; part += 1) sum += partial[part * channels + c];
    sums[c] = static_cast<float>(sum);
  }
}

}  // namespace thaw
