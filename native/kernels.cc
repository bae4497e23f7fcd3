// Kernels of Thaw's own, as TensorFlow operations: what its public ones do in several passes over memory is done in one here. They are
// called like any other operation, through tf.js's addon (backend/kernels/processor.ts). On a processor only, and float32 but for
// what is called a double; compiled once for AVX2 and once for AVX-512.
#include <cstring>
#include <string>
#include <vector>
#include "attention.h"
#include "convolution.h"
#include "depthwise.h"
#include "expanded.h"
#include "normalise.h"
#include "products.h"
#include "regression.h"
#include "tensorflow.h"
#include "winograd.h"

namespace {

using namespace thaw;

/** What an operation is called with: its attributes, inputs and outputs. */
class Call {
 public:
  Call(TF_OpKernelContext* context, const std::vector<float>& attributes)
      : context_(context), attributes_(attributes), status_(TF_NewStatus()), inputs_(TF_NumInputs(context)) {
    for (int i = 0; i < inputs(); i += 1) TF_GetInput(context, i, &inputs_[i], status_);
  }
  Call(const Call&) = delete;
  ~Call() {
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : inputs_)
      if (tensor) TF_DeleteTensor(tensor);
    for (TF_Tensor* tensor : outputs_)
      if (tensor) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }

  float number(int index) const { return attributes_[index]; }
  int whole(int index) const { return static_cast<int>(attributes_[index]); }

  /** How many there are, those of lists one by one. */
  int inputs() const { return static_cast<int>(inputs_.size()); }

  std::vector<int64_t> shape(int input) const {
    std::vector<int64_t> dims(TF_NumDims(inputs_[input]));
    for (size_t i = 0; i < dims.size(); i += 1) dims[i] = TF_Dim(inputs_[input], static_cast<int>(i));
    return dims;
  }
  int64_t size(int input) const { return sizeOf(shape(input)); }
  const float* data(int input) const { return static_cast<const float*>(TF_TensorData(inputs_[input])); }
  const double* doubles(int input) const { return static_cast<const double*>(TF_TensorData(inputs_[input])); }
  /** null where an empty tensor stands for none. */
  const float* dataOrNone(int input) const { return size(input) == 0 ? nullptr : data(input); }
  /** The last axis' size, and how many rows of it there are. */
  int64_t channels(int input) const { return shape(input).back(); }
  int64_t rows(int input) const { return channels(input) == 0 ? 0 : size(input) / channels(input); }

  float* output(int index, const std::vector<int64_t>& dims) { return made<float>(index, TF_FLOAT, dims); }
  double* doublesOut(int index, const std::vector<int64_t>& dims) { return made<double>(index, TF_DOUBLE, dims); }
  /** The memory of an input as an output. Only for inputs that nobody reads afterwards. */
  float* takenOver(int index, int input) {
    TF_SetOutput(context_, index, inputs_[input], status_);
    return static_cast<float*>(TF_TensorData(inputs_[input]));
  }
  bool isFine() const { return TF_GetCode(status_) == TF_OK; }
  void refuse(const char* reason) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, reason); }

 private:
  template <typename T>
  T* made(int index, TF_DataType type, const std::vector<int64_t>& dims) {
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, type, dims.data(), static_cast<int>(dims.size()),
                                          sizeof(T) * sizeOf(dims), status_);
    outputs_.push_back(tensor);
    return tensor ? static_cast<T*>(TF_TensorData(tensor)) : nullptr;
  }
  static int64_t sizeOf(const std::vector<int64_t>& dims) {
    int64_t size = 1;
    for (int64_t dim : dims) size *= dim;
    return size;
  }

  TF_OpKernelContext* context_;
  const std::vector<float>& attributes_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_;
  std::vector<TF_Tensor*> outputs_;
};

struct Operation {
  const char* name;
  /**
   * Inputs and outputs are float32, but for those whose names end in ": double", and lists of N. Attributes are numbers, but for that N,
   * which a kernel knows by its inputs.
   */
  std::vector<const char*> inputs, outputs, attributes;
  void (*run)(Call&);
};

/** activation(x + bias); an empty bias is none. */
void biasActivation(Call& call) {
  const int64_t channels = call.channels(0), rows = call.rows(0);
  const float *x = call.data(0), *bias = call.dataOrNone(1);
  float* y = call.output(0, call.shape(0));
  if (!call.isFine()) return;
  const Parts parts(rows, channels);
  withActivation(call.whole(0), [&](auto known) {
    inPieces(parts.count, [&](int64_t part) {
      for (int64_t row = parts.first(part); row < parts.last(part); row += 1)
        for (int64_t c = 0; c < channels; c += lanes) {
          const int64_t wide = channels - c, at = row * channels + c;
          const Vector it = load(x + at, wide);
          store(y + at, activate<decltype(known)::value>(bias ? it + load(bias + c, wide) : it), wide);
        }
    });
  });
}

/** activation(a + b) */
void addActivation(Call& call) {
  const int64_t size = call.size(0);
  const float *a = call.data(0), *b = call.data(1);
  if (call.size(1) != size) return call.refuse("what is added has another size");
  float* y = call.output(0, call.shape(0));
  if (!call.isFine()) return;
  const Parts parts((size + lanes - 1) / lanes, lanes);
  withActivation(call.whole(0), [&](auto known) {
    inPieces(parts.count, [&](int64_t part) {
      for (int64_t at = lanes * parts.first(part); at < std::min(size, lanes * parts.last(part)); at += lanes)
        store(y + at, activate<decltype(known)::value>(load(a + at, size - at) + load(b + at, size - at)), size - at);
    });
  });
}

/** dy times the activation's derivative, told by its output (attribute 1) or its input. */
void activationGradient(Call& call) {
  const int64_t size = call.size(0);
  const float *dy = call.data(0), *from = call.data(1);
  const bool byOutput = call.whole(1) != 0;
  float* dx = call.output(0, call.shape(0));
  if (!call.isFine()) return;
  const Parts parts((size + lanes - 1) / lanes, lanes);
  withActivation(call.whole(0), [&](auto known) {
    constexpr int A = decltype(known)::value;
    inPieces(parts.count, [&](int64_t part) {
      for (int64_t at = lanes * parts.first(part); at < std::min(size, lanes * parts.last(part)); at += lanes) {
        const Vector it = load(from + at, size - at);
        store(dx + at, load(dy + at, size - at) * (byOutput ? slopeOfOutput<A>(it) : slope<A>(it)), size - at);
      }
    });
  });
}

/**
 * Filter and bias with a BatchNorm's fixed statistics in them: filter · k and offset + (bias − mean) · k, k = scale / √(variance + eps),
 * where k and the bias are float64 and rounded once.
 */
void fold(Call& call) {
  const int64_t channels = call.size(2), size = call.size(0);
  const float *filter = call.data(0), *bias = call.dataOrNone(1), *scale = call.data(2), *offset = call.data(3);
  const float *mean = call.data(4), *variance = call.data(5);
  float *folded = call.output(0, call.shape(0)), *foldedBias = call.output(1, {channels});
  if (!call.isFine()) return;
  std::vector<float> factor(static_cast<size_t>(channels));
  for (int64_t c = 0; c < channels; c += 1) {
    const double k = scale[c] / std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(call.number(0)));
    factor[c] = static_cast<float>(k);
    foldedBias[c] = static_cast<float>(offset[c] + (static_cast<double>(bias ? bias[c] : 0) - mean[c]) * k);
  }
  const Parts parts(size / channels, channels);
  inPieces(parts.count, [&](int64_t part) {
    for (int64_t row = parts.first(part) * channels; row < parts.last(part) * channels; row += channels)
      for (int64_t c = 0; c < channels; c += 1) folded[row + c] = filter[row + c] * factor[c];
  });
}

/**
 * A filter [height, width, in, out] as the kernels read it, to be handed to them again and again; or its transforms (attribute 0). A
 * matrix [out, in] is turned (attribute 1).
 */
void packed(Call& call) {
  const auto shape = call.shape(0);
  if (call.whole(1) != 0) {
    float* made = call.output(0, {static_cast<int64_t>(Panels::sizeOf(shape[1], shape[0]))});
    if (call.isFine()) Panels::pack(call.data(0), shape[1], shape[0], true, made);
    return;
  }
  const int64_t in = shape[2], out = shape[3], inner = shape[0] * shape[1] * in;
  const bool isWinograd = call.whole(0) != 0;
  float* made = call.output(0, {isWinograd ? winogradSize(in, out) : static_cast<int64_t>(Panels::sizeOf(inner, out))});
  if (!call.isFine()) return;
  if (isWinograd) transformFilter(call.data(0), in, out, made);
  else Panels::pack(call.data(0), inner, out, false, made);
}

/**
 * activation(x · matrix + bias) over the last axis; the matrix is [inner, columns], or turned (attribute 1) [columns, inner], or
 * packed with so many columns (attribute 2).
 */
void matrixProduct(Call& call) {
  const auto matrix = call.shape(1);
  const bool turned = call.whole(1) != 0;
  const int64_t packedColumns = call.whole(2), inner = call.channels(0);
  const int64_t columns = packedColumns ? packedColumns : turned ? matrix[matrix.size() - 2] : matrix.back();
  const size_t size = packedColumns ? Panels::sizeOf(inner, columns) : static_cast<size_t>(inner * columns);
  if (static_cast<size_t>(call.size(1)) != size) return call.refuse("the matrix does not fit");
  auto shape = call.shape(0);
  shape.back() = columns;
  const float *x = call.data(0), *bias = call.dataOrNone(2);
  float* y = call.output(0, shape);
  if (!call.isFine()) return;
  const Panels panels = packedColumns ? Panels(call.data(1), inner, columns) : Panels(call.data(1), inner, columns, turned);
  product(x, panels, bias, y, call.rows(0), call.whole(0));
}

/** activation((x · factor) · matrix + bias), a factor for each photo and channel; the matrix is packed with so many columns (attribute 1). */
void scaledProduct(Call& call) {
  const int64_t columns = call.whole(1), inner = call.channels(0);
  auto shape = call.shape(0);
  shape.back() = columns;
  const Factors factors{call.data(1), call.rows(0) / shape.front()};
  if (call.size(1) != shape.front() * inner) return call.refuse("the factors do not fit");
  if (static_cast<size_t>(call.size(2)) != Panels::sizeOf(inner, columns)) return call.refuse("the matrix does not fit");
  float* y = call.output(0, shape);
  if (!call.isFine()) return;
  product(call.data(0), Panels(call.data(2), inner, columns), call.dataOrNone(3), y, call.rows(0), call.whole(0), nullptr, &factors);
}

/** xᵀ · dy, [1, 1, inner, columns] */
void matrixGradient(Call& call) {
  const int64_t inner = call.channels(1), columns = call.channels(0);
  float* gradient = call.output(0, {1, 1, inner, columns});
  if (!call.isFine()) return;
  gradientProduct(call.data(1), call.data(0), gradient, call.rows(0), inner, columns);
}

/** Attributes: side, stride, padding before, and the other map's height and width. */
Window windowOf(Call& call, int input, bool isOutput) {
  const auto shape = call.shape(input);
  Window w{};
  w.batch = shape[0];
  w.channels = shape[3];
  w.side = call.whole(0);
  w.stride = call.whole(1);
  w.padding = call.whole(2);
  (isOutput ? w.outHeight : w.height) = shape[1];
  (isOutput ? w.outWidth : w.width) = shape[2];
  (isOutput ? w.height : w.outHeight) = call.whole(3);
  (isOutput ? w.width : w.outWidth) = call.whole(4);
  return w;
}

constexpr const char* unknownWindow = "no depthwise convolution is compiled for this window";

/** activation(conv(x, filter) + bias) over all channels; the filter may be packed with so many outputs (attribute 6). */
void convolutionOf(Call& call) {
  const Window w = windowOf(call, 0, false);
  const bool isPacked = call.whole(6) != 0;
  const int64_t out = isPacked ? call.whole(6) : call.channels(1);
  float* y = call.output(0, {w.batch, w.outHeight, w.outWidth, out});
  if (!call.isFine()) return;
  const int64_t inner = w.side * w.side * w.channels;
  const Panels filter = isPacked ? Panels(call.data(1), inner, out) : Panels(call.data(1), inner, out, false);
  convolution(w, call.data(0), filter, call.dataOrNone(2), call.whole(5), y);
}

/** The same of 3×3 at stride 1 with padding 1 by Winograd's algorithm. */
void winogradOf(Call& call) {
  const Window w = windowOf(call, 0, false);
  const bool isPacked = call.whole(6) != 0;
  const int64_t out = isPacked ? call.whole(6) : call.channels(1);
  float* y = call.output(0, {w.batch, w.height, w.width, out});
  if (!call.isFine()) return;
  winogradConvolution(w, call.data(0), {call.data(1), isPacked}, out, call.dataOrNone(2), call.whole(5), y);
}

void winogradInputGradientOf(Call& call) {
  const Window w = windowOf(call, 0, true);
  const int64_t in = call.shape(1)[2];
  float* dx = call.output(0, {w.batch, w.height, w.width, in});
  if (!call.isFine()) return;
  const float* turned = turnedFilter(call.data(1), 9, in, w.channels);
  winogradConvolution(w, call.data(0), {turned, false}, in, nullptr, none, dx);
}

void winogradFilterGradientOf(Call& call) {
  Window w = windowOf(call, 0, true);
  const int64_t out = w.channels;
  w.channels = call.channels(1);
  float* gradient = call.output(0, {w.side, w.side, w.channels, out});
  if (call.isFine()) winogradFilterGradient(w, call.data(1), call.data(0), out, gradient);
}

void convolutionInputGradientOf(Call& call) {
  Window w = windowOf(call, 0, true);
  const int64_t out = w.channels;
  w.channels = call.shape(1)[2];
  float* dx = call.output(0, {w.batch, w.height, w.width, w.channels});
  if (call.isFine()) convolutionInputGradient(w, out, call.data(0), call.data(1), dx);
}

void convolutionFilterGradientOf(Call& call) {
  Window w = windowOf(call, 0, true);
  const int64_t out = w.channels;
  w.channels = call.channels(1);
  float* gradient = call.output(0, {w.side, w.side, w.channels, out});
  if (call.isFine()) convolutionFilterGradient(w, out, call.data(1), call.data(0), gradient);
}

void depthwiseConv(Call& call) {
  const Window w = windowOf(call, 0, false);
  const float *x = call.data(0), *filter = call.data(1), *bias = call.dataOrNone(2);
  float* y = call.output(0, {w.batch, w.outHeight, w.outWidth, w.channels});
  if (!call.isFine()) return;
  const bool known = withWindow(w, [&](auto side, auto stride) {
    depthwise<decltype(side)::value, decltype(stride)::value>(w, x, filter, bias, call.whole(5), y);
  });
  if (!known) call.refuse(unknownWindow);
}

/** A 1×1 convolution, packed, and the depthwise one behind it; and the means of what comes out where they are wanted (attribute 6). */
void expandedDepthwiseConv(Call& call) {
  Window w = windowOf(call, 0, false);
  const int64_t inner = w.channels;
  w.channels = call.shape(3)[2];
  if (static_cast<size_t>(call.size(1)) != Panels::sizeOf(inner, w.channels)) return call.refuse("the matrix does not fit");
  const bool withMeans = call.whole(6) != 0;
  float* y = call.output(0, {w.batch, w.outHeight, w.outWidth, w.channels});
  float* means = call.output(1, {withMeans ? w.batch : 0, 1, 1, w.channels});
  if (!call.isFine()) return;
  const Panels expand(call.data(1), inner, w.channels);
  const bool known = withExpanded(w, call.whole(5), [&](auto side, auto stride, auto activation) {
    expandedDepthwise<decltype(side)::value, decltype(stride)::value, decltype(activation)::value>(
        w, call.data(0), expand, call.dataOrNone(2), call.data(3), call.dataOrNone(4), y, withMeans ? means : nullptr);
  });
  if (!known) call.refuse(unknownWindow);
}

void depthwiseConvInputGradient(Call& call) {
  const Window w = windowOf(call, 0, true);
  const float *dy = call.data(0), *filter = call.data(1);
  float* dx = call.output(0, {w.batch, w.height, w.width, w.channels});
  if (!call.isFine()) return;
  const bool known = withWindow(w, [&](auto side, auto stride) {
    depthwiseInputGradient<decltype(side)::value, decltype(stride)::value>(w, dy, filter, dx);
  });
  if (!known) call.refuse(unknownWindow);
}

void depthwiseConvFilterGradient(Call& call) {
  Window w = windowOf(call, 0, true);
  const float *dy = call.data(0), *x = call.data(1);
  float* gradient = call.output(0, {w.side, w.side, w.channels, 1});
  if (!call.isFine()) return;
  const bool known = withWindow(w, [&](auto side, auto stride) {
    depthwiseFilterGradient<decltype(side)::value, decltype(stride)::value>(w, x, dy, gradient);
  });
  if (!known) call.refuse(unknownWindow);
}

/**
 * What a batch gives: y, normalised by the batch and with the activation, mean, variance with Bessel's correction, and
 * 1 / √(variance + eps), outputs `first` and following.
 */
void normaliseBy(Call& call, const Moments& moments, const float* x, const std::vector<int64_t>& shape, int first, float eps,
                 int activation, const float* scale, const float* offset) {
  const int64_t channels = shape.back();
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); i += 1) rows *= shape[i];
  float *y = call.output(first, shape), *mean = call.output(first + 1, {channels});
  float *unbiased = call.output(first + 2, {channels}), *invStd = call.output(first + 3, {channels});
  if (!call.isFine()) return;
  std::vector<double> exactMean(static_cast<size_t>(channels)), variance(exactMean.size());
  moments.total(exactMean.data(), variance.data());
  const double bessel = static_cast<double>(rows) / static_cast<double>(std::max<int64_t>(1, rows - 1));
  for (int64_t c = 0; c < channels; c += 1) {
    mean[c] = static_cast<float>(exactMean[c]);
    unbiased[c] = static_cast<float>(variance[c] * bessel);
    invStd[c] = static_cast<float>(1 / std::sqrt(variance[c] + static_cast<double>(eps)));
  }
  withActivation(activation, [&](auto known) {
    normalise<decltype(known)::value>(x, rows, channels, mean, invStd, scale, offset, y);
  });
}

void batchNorm(Call& call) {
  const Moments moments = momentsOf(call.data(0), call.rows(0), call.channels(0));
  normaliseBy(call, moments, call.data(0), call.shape(0), 0, call.number(0), call.whole(1), call.data(1), call.data(2));
}

/** A 1×1 convolution and BatchNorm behind it, whose statistics are taken while the convolution's output is near. */
void matrixProductNorm(Call& call) {
  auto shape = call.shape(0);
  const int64_t inner = shape.back(), rows = call.rows(0);
  shape.back() = call.channels(1);
  float* z = call.output(0, shape);
  if (!call.isFine()) return;
  const int64_t block = rowsOfPiece(rows, inner);
  Moments moments((rows + block - 1) / block, shape.back());
  product(call.data(0), Panels(call.data(1), inner, shape.back(), false), nullptr, z, rows, none, &moments);
  normaliseBy(call, moments, z, shape, 1, call.number(0), call.whole(1), call.data(2), call.data(3));
}

/** The same of a convolution with a window. */
void convolutionNorm(Call& call) {
  const Window w = windowOf(call, 0, false);
  const std::vector<int64_t> shape{w.batch, w.outHeight, w.outWidth, call.channels(1)};
  float* z = call.output(0, shape);
  if (!call.isFine()) return;
  Moments moments(convolutionPieces(w), shape.back());
  const Panels filter(call.data(1), w.side * w.side * w.channels, shape.back(), false);
  convolution(w, call.data(0), filter, nullptr, none, z, &moments);
  normaliseBy(call, moments, z, shape, 1, call.number(5), call.whole(6), call.data(2), call.data(3));
}

/** The same of a depthwise convolution. */
void depthwiseNorm(Call& call) {
  const Window w = windowOf(call, 0, false);
  const std::vector<int64_t> shape{w.batch, w.outHeight, w.outWidth, w.channels};
  float* z = call.output(0, shape);
  if (!call.isFine()) return;
  Moments moments(w.batch * bandsOf(w.outHeight), w.channels);
  const bool known = withWindow(w, [&](auto side, auto stride) {
    depthwise<decltype(side)::value, decltype(stride)::value>(w, call.data(0), call.data(1), nullptr, none, z, &moments);
  });
  if (!known) return call.refuse(unknownWindow);
  normaliseBy(call, moments, z, shape, 1, call.number(5), call.whole(6), call.data(2), call.data(3));
}

/** Inputs x, scale, offset, mean and invStd, from `first` on. */
Normalised normalisedOf(Call& call, int first) {
  return {call.data(first), call.rows(first), call.channels(first), call.data(first + 3), call.data(first + 4),
          call.data(first + 1), call.data(first + 2)};
}

void batchNormGradient(Call& call) {
  const Normalised of = normalisedOf(call, 1);
  float *dx = call.output(0, call.shape(0)), *dScale = call.output(1, {of.channels}), *dOffset = call.output(2, {of.channels});
  if (!call.isFine()) return;
  withActivation(call.whole(0), [&](auto known) {
    const NormGradient<decltype(known)::value> gradient(call.data(0), of, dScale, dOffset);
    const Parts parts(of.rows, of.channels);
    const bool far = isFar(dx, of.rows * of.channels, of.channels);
    inPieces(parts.count, [&](int64_t part) {
      gradient.rows(parts.first(part), parts.last(part), dx + parts.first(part) * of.channels, far);
    });
  });
}

/** The same of a 1×1 convolution and BatchNorm behind it, back to the convolution's input and filter. */
void matrixProductNormGradient(Call& call) {
  const Normalised of = normalisedOf(call, 1);
  const int64_t inner = call.channels(6);
  if (!suitsProductNorm(of.rows, inner, of.channels)) return call.refuse("too few rows for gradients that are made together");
  float *dx = call.output(0, call.shape(6)), *dMatrix = call.output(1, call.shape(7));
  float *dScale = call.output(2, {of.channels}), *dOffset = call.output(3, {of.channels});
  if (!call.isFine()) return;
  withActivation(call.whole(0), [&](auto known) {
    const NormGradient<decltype(known)::value> gradient(call.data(0), of, dScale, dOffset);
    productNormGradient(gradient, of.rows, of.channels, call.data(6), inner, call.data(7), dx, dMatrix);
  });
}

/** The same of a depthwise convolution. */
void depthwiseNormGradientOf(Call& call) {
  Window w = windowOf(call, 1, true);
  const Normalised of = normalisedOf(call, 1);
  float *dx = call.output(0, call.shape(6)), *dFilter = call.output(1, call.shape(7));
  float *dScale = call.output(2, {of.channels}), *dOffset = call.output(3, {of.channels});
  if (!call.isFine()) return;
  bool known = false;
  withActivation(call.whole(5), [&](auto activation) {
    const NormGradient<decltype(activation)::value> norm(call.data(0), of, dScale, dOffset);
    known = withWindow(w, [&](auto side, auto stride) {
      depthwiseNormGradient<decltype(side)::value, decltype(stride)::value>(norm, w, call.data(6), call.data(7), dx, dFilter);
    });
  });
  if (!known) call.refuse(unknownWindow);
}

void layerNormOf(Call& call) {
  float* y = call.output(0, call.shape(0));
  if (call.isFine())
    layerNorm(call.data(0), call.rows(0), call.channels(0), call.data(1), call.data(2), call.number(0), y);
}

void layerNormGradientOf(Call& call) {
  const int64_t channels = call.channels(0);
  float *dx = call.output(0, call.shape(0)), *dScale = call.output(1, {channels}), *dOffset = call.output(2, {channels});
  if (call.isFine())
    layerNormGradient(call.data(0), call.data(1), call.rows(0), channels, call.data(2), call.number(0), dx, dScale,
                      dOffset);
}

/** The shape of query, key and value, input `index`, of so many heads (attribute 0); false, and refused, where they do not divide it. */
bool attentionShape(Call& call, int index, AttentionShape& shape) {
  const auto dims = call.shape(index);
  const int64_t heads = call.whole(0);
  if (dims.size() != 3 || heads < 1 || dims[2] % (3 * heads) != 0) {
    call.refuse("query, key and value do not divide into so many heads");
    return false;
  }
  shape = {dims[0], dims[1], heads, dims[2] / 3 / heads};
  return true;
}

void attentionOf(Call& call) {
  AttentionShape shape{};
  if (!attentionShape(call, 0, shape)) return;
  float* y = call.output(0, {shape.batch, shape.tokens, shape.features()});
  if (call.isFine()) attention(call.data(0), shape, y);
}

void attentionGradientOf(Call& call) {
  AttentionShape shape{};
  if (!attentionShape(call, 1, shape)) return;
  if (call.size(0) != shape.batch * shape.tokens * shape.features()) return call.refuse("the gradient has another size");
  float* dx = call.output(0, call.shape(1));
  if (call.isFine()) attentionGradient(call.data(0), call.data(1), shape, dx);
}

/** Numbers that one thread takes at once of tensors that are computed together. */
constexpr int64_t chunk = 1 << 14;

/** `work(tensor, from, to)` for all numbers of some tensors, whole registers but at a tensor's end, in pieces. */
template <typename F>
void overTensors(const std::vector<int64_t>& sizes, F work) {
  std::vector<std::pair<int, int64_t>> pieces;
  for (size_t i = 0; i < sizes.size(); i += 1)
    for (int64_t from = 0; from < sizes[i]; from += chunk) pieces.emplace_back(static_cast<int>(i), from);
  inPieces(static_cast<int64_t>(pieces.size()), [&](int64_t piece) {
    const auto [tensor, from] = pieces[piece];
    work(tensor, from, std::min(sizes[tensor], from + chunk));
  });
}

/** Of each pair a · (1 − share) + b · share. They are few and small. */
void mix(Call& call) {
  const int pairs = call.inputs() / 2;
  const float share = call.number(0), rest = 1 - share;
  for (int pair = 0; pair < pairs; pair += 1) {
    const int64_t size = call.size(pair);
    const float *a = call.data(pair), *b = call.data(pairs + pair);
    if (call.size(pairs + pair) != size) return call.refuse("what is mixed has another size");
    float* y = call.output(pair, call.shape(pair));
    if (!call.isFine()) return;
    for (int64_t i = 0; i < size; i += 1) y[i] = a[i] * rest + b[i] * share;
  }
}

/** One parameter of those that move together. */
struct Move {
  const float *weight, *gradient, *velocity;
  float *newWeight, *newVelocity;
  float rate;
};

/**
 * SGD with momentum of some parameters: velocity = momentum · velocity + gradient, weight −= rate · velocity; rates are each parameter's
 * and then the momentum. An empty velocity is none. Where it may take over, the new velocity lies where the gradient lay, and the new
 * weight where the velocity lay; each number is read before it is written over.
 */
void momentumSteps(Call& call) {
  const int moved = (call.inputs() - 1) / 3;
  const float *rates = call.data(3 * moved), momentum = rates[moved];
  const bool takesOver = call.whole(0) != 0;
  std::vector<Move> moves(moved);
  std::vector<int64_t> sizes(moved);
  for (int i = 0; i < moved; i += 1) {
    const int gradient = moved + i, velocity = 2 * moved + i;
    Move& move = moves[i] = {call.data(i), call.data(gradient), call.dataOrNone(velocity), nullptr, nullptr, rates[i]};
    sizes[i] = call.size(i);
    if (call.size(gradient) != sizes[i] || (move.velocity && call.size(velocity) != sizes[i]))
      return call.refuse("a gradient or a velocity has another size than its weight");
    move.newWeight = takesOver && move.velocity ? call.takenOver(i, velocity) : call.output(i, call.shape(i));
    move.newVelocity = takesOver ? call.takenOver(moved + i, gradient) : call.output(moved + i, call.shape(i));
    if (!call.isFine()) return;
  }
  overTensors(sizes, [&](int i, int64_t from, int64_t to) {
    const Move& it = moves[i];
    for (int64_t at = from; at < to; at += lanes) {
      const int64_t left = to - at;
      const Vector gradient = load(it.gradient + at, left);
      const Vector velocity = it.velocity ? load(it.velocity + at, left) * momentum + gradient : gradient;
      store(it.newVelocity + at, velocity, left);
      store(it.newWeight + at, load(it.weight + at, left) - velocity * it.rate, left);
    }
  });
}

void channelSumsOf(Call& call) {
  float* sums = call.output(0, {call.channels(0)});
  if (call.isFine()) channelSums(call.data(0), call.rows(0), call.channels(0), sums);
}

/** (x − mean) · weightsᵀ in float64. */
void centredLogitsOf(Call& call) {
  const int64_t columns = call.channels(0), rows = call.rows(0), width = call.rows(2);
  double* z = call.doublesOut(0, {rows, width});
  if (call.isFine()) centredLogits<double>({call.data(0), call.doubles(1), rows, columns}, call.doubles(2), width, z);
}

/** aᵀ · (x − mean) in float64. */
void centredLinesOf(Call& call) {
  const int64_t columns = call.channels(0), rows = call.rows(0), width = call.channels(2);
  double* lines = call.doublesOut(0, {width, columns});
  if (call.isFine()) centredLines<double>({call.data(0), call.doubles(1), rows, columns}, call.doubles(2), width, lines);
}

/** The second derivative of softmax's loss times weights and biases. */
void curvedLinesOf(Call& call) {
  const int64_t columns = call.channels(0), rows = call.rows(0), width = call.channels(2);
  float *lines = call.output(0, {width, columns}), *sums = call.output(1, {width});
  if (!call.isFine()) return;
  curvedLines({call.data(0), call.data(1), rows, columns}, call.data(2), call.data(3), call.data(4), width, lines, sums);
}

/** Sums of columns, and of their squared distances to `mean`, over the rows that count, in float64. */
void columnSumsOf(Call& call) {
  const int64_t columns = call.channels(0), rows = call.rows(0);
  double *sums = call.doublesOut(0, {columns}), *squares = call.doublesOut(1, {columns});
  if (call.isFine()) columnSums({call.data(0), call.doubles(1), rows, columns}, call.data(2), sums, squares);
}

void choleskySolveOf(Call& call) {
  const int64_t size = call.channels(0), width = call.rows(1);
  float* y = call.output(0, call.shape(1));
  if (call.isFine()) solveByCholesky(call.data(0), call.data(1), size, width, y);
}

/** An operation's attribute: how many tensors its lists have. */
const char* const count = "N: int";

const std::vector<Operation>& operations() {
  static const auto* list = new std::vector<Operation>{
      {"ThawBiasActivation", {"x", "bias"}, {"y"}, {"activation"}, biasActivation},
      {"ThawAddActivation", {"a", "b"}, {"y"}, {"activation"}, addActivation},
      {"ThawActivationGradient", {"dy", "from"}, {"dx"}, {"activation", "by_output"}, activationGradient},
      {"ThawFold", {"filter", "bias", "scale", "offset", "mean", "variance"}, {"folded", "folded_bias"}, {"eps"}, fold},
      {"ThawPacked", {"filter"}, {"packed"}, {"winograd", "turned"}, packed},
      {"ThawMatrixProduct", {"x", "matrix", "bias"}, {"y"}, {"activation", "turned", "packed"}, matrixProduct},
      {"ThawScaledProduct", {"x", "factor", "matrix", "bias"}, {"y"}, {"activation", "packed"}, scaledProduct},
      {"ThawMatrixGradient", {"dy", "x"}, {"gradient"}, {}, matrixGradient},
      {"ThawConvolution", {"x", "filter", "bias"}, {"y"},
       {"side", "stride", "padding", "height", "width", "activation", "packed"}, convolutionOf},
      {"ThawWinograd", {"x", "filter", "bias"}, {"y"},
       {"side", "stride", "padding", "height", "width", "activation", "packed"}, winogradOf},
      {"ThawWinogradInputGradient", {"dy", "filter"}, {"dx"}, {"side", "stride", "padding", "height", "width"},
       winogradInputGradientOf},
      {"ThawWinogradFilterGradient", {"dy", "x"}, {"gradient"}, {"side", "stride", "padding", "height", "width"},
       winogradFilterGradientOf},
      {"ThawConvolutionInputGradient", {"dy", "filter"}, {"dx"}, {"side", "stride", "padding", "height", "width"},
       convolutionInputGradientOf},
      {"ThawConvolutionFilterGradient", {"dy", "x"}, {"gradient"}, {"side", "stride", "padding", "height", "width"},
       convolutionFilterGradientOf},
      {"ThawConvolutionNorm", {"x", "filter", "scale", "offset"}, {"z", "y", "mean", "variance", "inv_std"},
       {"side", "stride", "padding", "height", "width", "eps", "activation"}, convolutionNorm},
      {"ThawDepthwise", {"x", "filter", "bias"}, {"y"},
       {"side", "stride", "padding", "height", "width", "activation"}, depthwiseConv},
      {"ThawExpandedDepthwise", {"x", "expand", "expand_bias", "filter", "bias"}, {"y", "means"},
       {"side", "stride", "padding", "height", "width", "activation", "with_means"}, expandedDepthwiseConv},
      {"ThawDepthwiseInputGradient", {"dy", "filter"}, {"dx"}, {"side", "stride", "padding", "height", "width"},
       depthwiseConvInputGradient},
      {"ThawDepthwiseFilterGradient", {"dy", "x"}, {"gradient"}, {"side", "stride", "padding", "height", "width"},
       depthwiseConvFilterGradient},
      {"ThawBatchNorm", {"x", "scale", "offset"}, {"y", "mean", "variance", "inv_std"}, {"eps", "activation"}, batchNorm},
      {"ThawBatchNormGradient", {"dy", "x", "scale", "offset", "mean", "inv_std"}, {"dx", "d_scale", "d_offset"},
       {"activation"}, batchNormGradient},
      {"ThawMatrixProductNormGradient", {"dy", "z", "scale", "offset", "mean", "inv_std", "x", "matrix"},
       {"dx", "d_matrix", "d_scale", "d_offset"}, {"activation"}, matrixProductNormGradient},
      {"ThawDepthwiseNormGradient", {"dy", "z", "scale", "offset", "mean", "inv_std", "x", "filter"},
       {"dx", "d_filter", "d_scale", "d_offset"}, {"side", "stride", "padding", "height", "width", "activation"},
       depthwiseNormGradientOf},
      {"ThawLayerNorm", {"x", "scale", "offset"}, {"y"}, {"eps"}, layerNormOf},
      {"ThawLayerNormGradient", {"dy", "x", "scale"}, {"dx", "d_scale", "d_offset"}, {"eps"}, layerNormGradientOf},
      {"ThawAttention", {"qkv"}, {"y"}, {"heads"}, attentionOf},
      {"ThawAttentionGradient", {"dy", "qkv"}, {"dx"}, {"heads"}, attentionGradientOf},
      {"ThawMatrixProductNorm", {"x", "matrix", "scale", "offset"}, {"z", "y", "mean", "variance", "inv_std"},
       {"eps", "activation"}, matrixProductNorm},
      {"ThawDepthwiseNorm", {"x", "filter", "scale", "offset"}, {"z", "y", "mean", "variance", "inv_std"},
       {"side", "stride", "padding", "height", "width", "eps", "activation"}, depthwiseNorm},
      {"ThawMix", {"a: N * float", "b: N * float"}, {"y: N * float"}, {count, "share"}, mix},
      {"ThawMomentum", {"weights: N * float", "gradients: N * float", "velocities: N * float", "rates"},
       {"new_weights: N * float", "new_velocities: N * float"}, {count, "takes_over"}, momentumSteps},
      {"ThawChannelSums", {"x"}, {"sums"}, {}, channelSumsOf},
      {"ThawCentredLogits", {"x", "mean: double", "weights: double"}, {"z: double"}, {}, centredLogitsOf},
      {"ThawCentredLines", {"x", "mean: double", "a: double"}, {"lines: double"}, {}, centredLinesOf},
      {"ThawCurvedLines", {"x", "mean", "probabilities", "weights", "biases"}, {"lines", "sums"}, {}, curvedLinesOf},
      {"ThawColumnSums", {"x", "mean: double", "counts"}, {"sums: double", "squares: double"}, {}, columnSumsOf},
      {"ThawCholeskySolve", {"lower", "b"}, {"y"}, {}, choleskySolveOf},
  };
  return *list;
}

/** A kernel that TensorFlow made for one set of attributes. */
struct Made {
  const Operation* operation;
  std::vector<float> attributes;
};

template <size_t I>
void* make(TF_OpKernelConstruction* construction) {
  auto* made = new Made{&operations()[I], {}};
  TF_Status* status = TF_NewStatus();
  for (const char* name : made->operation->attributes) {
    if (name == count) continue;
    float value = 0;
    TF_OpKernelConstruction_GetAttrFloat(construction, name, &value, status);
    made->attributes.push_back(value);
  }
  TF_DeleteStatus(status);
  return made;
}

void compute(void* kernel, TF_OpKernelContext* context) {
  const auto* made = static_cast<const Made*>(kernel);
  Call call(context, made->attributes);
  if (call.isFine()) made->operation->run(call);
}

void destroy(void* kernel) { delete static_cast<Made*>(kernel); }

void registerOperation(const Operation& operation, void* (*create)(TF_OpKernelConstruction*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  const auto typed = [](const char* name) { return std::strchr(name, ':') ? std::string(name) : std::string(name) + ": float"; };
  for (const char* name : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, typed(name).c_str());
  for (const char* name : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, typed(name).c_str());
  for (const char* name : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, typed(name).c_str());
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK)
    TF_RegisterKernelBuilder(operation.name, TF_NewKernelBuilder(operation.name, "CPU", create, compute, destroy), status);
  TF_DeleteStatus(status);
}

template <size_t... I>
void registerAll(std::index_sequence<I...>) {
  (registerOperation(operations()[I], make<I>), ...);
}

constexpr size_t operationCount = 37;

}  // namespace

/** Node calls this when it loads the module; there is nothing that JavaScript calls. */
extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void*, void* exports) {
#ifdef __AVX512F__
  const bool fits = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#else
  const bool fits = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  static const bool once = fits && (registerAll(std::make_index_sequence<operationCount>{}), true);
  (void)once;
  return exports;
}
