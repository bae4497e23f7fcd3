// Where a convolution's window goes.
#pragma once
#include <cstdint>

namespace thaw {

/** A map's sizes, those of what a window gives, and the window. */
struct Window {
  int64_t batch, height, width, channels;
  int64_t outHeight, outWidth;
  int64_t side, stride, padding;
};

}  // namespace thaw
