// The rate at which the device reads memory: the ceiling of a product of few rows.
#pragma once

#include <cstdint>

#include "device_array.h"
#include "timing.h"

namespace qutlass::bench {

// Gigabytes a second of a kernel that reads `data` once, 16 bytes a load, and adds it up: the best
// of some launch shapes. Cold, copies of it in turn.
double streaming_read_gbps(const DeviceArray<uint32_t>& data, Cache cache);

}  // namespace qutlass::bench
