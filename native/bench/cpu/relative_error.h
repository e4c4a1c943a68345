// How far a result is from the reference's.
#pragma once

namespace qutlass::bench {

double relative_error(double got, double want);

}  // namespace qutlass::bench
